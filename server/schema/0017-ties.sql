-- SPDX-License-Identifier: Apache-2.0
-- What ties the rows of a chain together: that it has a holder whom the ledger knows,
-- and what belongs to a chain or a referral to one that is there.
--
-- These are foreign keys in all but name. PostgreSQL asks those by a query a row, and
-- four of them were a quarter of what a send cost: here a statement's rows are looked at
-- together, when all of it is written, as a foreign key's are. Nor is there a check of
-- chain's that spans columns, whose text PostgreSQL would read in every statement.
--
-- A foreign key also locks the row that it finds, so that it cannot be deleted before
-- the other one is committed. No lock is needed where nothing goes: the last part says
-- that rows to which others are tied stay, with their names.
--
-- Operators are PostgreSQL's own by name, as the tables are: to set a search path costs
-- more than the look does.

-- A chain begins open, and held by a line of the ledger.
CREATE FUNCTION stafett.refuse_chain_without_holder() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF EXISTS (SELECT FROM begun n
            WHERE n.status OPERATOR(pg_catalog.<>) 'open' OR n.merged_into IS NOT NULL
                OR (SELECT k.seq FROM stafett.custody k
                    WHERE k.chain OPERATOR(pg_catalog.=) n.id
                        AND k.seq OPERATOR(pg_catalog.=) n.custody_seq
                        AND k.unit OPERATOR(pg_catalog.=) n.custodian LIMIT 1) IS NULL) THEN
        RAISE EXCEPTION 'a chain begins open, and held as the ledger says'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER chain_begins_held AFTER INSERT ON stafett.chain
    REFERENCING NEW TABLE AS begun
    FOR EACH STATEMENT EXECUTE FUNCTION stafett.refuse_chain_without_holder();

-- And goes on so: whoever holds it next is in the ledger, too. That an open chain has a
-- holder and a closed one none is chain_moves_on.
CREATE FUNCTION stafett.refuse_holder_without_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM stafett.custody k
            WHERE k.chain OPERATOR(pg_catalog.=) new.id
                AND k.seq OPERATOR(pg_catalog.=) new.custody_seq
                AND k.unit OPERATOR(pg_catalog.=) new.custodian) THEN
        RAISE EXCEPTION 'a holder of whom the ledger knows nothing'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER chain_is_held AFTER UPDATE ON stafett.chain FOR EACH ROW
    WHEN (new.custodian IS NOT NULL AND (new.custodian IS DISTINCT FROM old.custodian
        OR new.custody_seq <> old.custody_seq))
    EXECUTE FUNCTION stafett.refuse_holder_without_line();

-- A line of the ledger is of a chain that is there, stands behind the one before it, and
-- is of a unit that is open: one that is closed takes hold of nobody, whatever the daemon
-- believes of it. Whoever closes a unit holds the table of units meanwhile: this waits for
-- it before it reads.
CREATE FUNCTION stafett.refuse_loose_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    LOCK TABLE stafett.unit IN ACCESS SHARE MODE;
    IF EXISTS (SELECT FROM moved m
            WHERE (SELECT u.status FROM stafett.unit u
                WHERE u.id OPERATOR(pg_catalog.=) m.unit LIMIT 1) OPERATOR(pg_catalog.=) 'closed') THEN
        RAISE EXCEPTION 'a unit that is closed holds nobody' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM moved m
            WHERE (SELECT c.id FROM stafett.chain c
                    WHERE c.id OPERATOR(pg_catalog.=) m.chain LIMIT 1) IS NULL
                OR m.seq OPERATOR(pg_catalog.>) 1 AND (SELECT k.seq FROM stafett.custody k
                    WHERE k.chain OPERATOR(pg_catalog.=) m.chain
                        AND k.seq OPERATOR(pg_catalog.=) (m.seq OPERATOR(pg_catalog.-) 1)
                    LIMIT 1) IS NULL) THEN
        RAISE EXCEPTION 'a line of the ledger follows the one before it, in a chain that is there'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER custody_is_of_open_unit AFTER INSERT ON stafett.custody
    REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION stafett.refuse_loose_line();

-- A referral is of a chain that is there, also when that goes on in another.
CREATE FUNCTION stafett.refuse_referral_without_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF TG_LEVEL OPERATOR(pg_catalog.=) 'ROW' THEN
        IF EXISTS (SELECT FROM stafett.chain c WHERE c.id OPERATOR(pg_catalog.=) new.chain) THEN
            RETURN NULL;
        END IF;
    ELSIF NOT EXISTS (SELECT FROM begun n
            WHERE (SELECT c.id FROM stafett.chain c
                WHERE c.id OPERATOR(pg_catalog.=) n.chain LIMIT 1) IS NULL) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'a referral of a chain that is not there'
        USING ERRCODE = 'foreign_key_violation';
END
$$;
CREATE TRIGGER referral_is_of_a_chain AFTER INSERT ON stafett.referral
    REFERENCING NEW TABLE AS begun
    FOR EACH STATEMENT EXECUTE FUNCTION stafett.refuse_referral_without_chain();
CREATE TRIGGER referral_goes_to_a_chain AFTER UPDATE OF chain ON stafett.referral FOR EACH ROW
    EXECUTE FUNCTION stafett.refuse_referral_without_chain();

-- An event is of a referral that is there, or of the chain alone; which of them never
-- changes.
CREATE FUNCTION stafett.refuse_event_without_referral() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF EXISTS (SELECT FROM happened n
            WHERE n.referral IS NOT NULL AND (SELECT r.id FROM stafett.referral r
                WHERE r.id OPERATOR(pg_catalog.=) n.referral LIMIT 1) IS NULL) THEN
        RAISE EXCEPTION 'an event of a referral that is not there'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER event_is_of_a_referral AFTER INSERT ON stafett.event
    REFERENCING NEW TABLE AS happened
    FOR EACH STATEMENT EXECUTE FUNCTION stafett.refuse_event_without_referral();

-- What others are tied to stays, whoever it is that would take it away.
CREATE FUNCTION stafett.refuse_to_untie() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % stay: others are tied to them', TG_TABLE_NAME
        USING ERRCODE = 'foreign_key_violation';
END
$$;
CREATE TRIGGER chain_stays BEFORE DELETE OR TRUNCATE ON stafett.chain
    EXECUTE FUNCTION stafett.refuse_to_untie();
CREATE TRIGGER chain_keeps_its_name BEFORE UPDATE OF id ON stafett.chain
    EXECUTE FUNCTION stafett.refuse_to_untie();
CREATE TRIGGER custody_stays BEFORE DELETE OR TRUNCATE ON stafett.custody
    EXECUTE FUNCTION stafett.refuse_to_untie();
CREATE TRIGGER custody_keeps_its_name BEFORE UPDATE OF chain, seq, unit ON stafett.custody
    EXECUTE FUNCTION stafett.refuse_to_untie();
CREATE TRIGGER referral_stays BEFORE DELETE OR TRUNCATE ON stafett.referral
    EXECUTE FUNCTION stafett.refuse_to_untie();
CREATE TRIGGER referral_keeps_its_name BEFORE UPDATE OF id ON stafett.referral
    EXECUTE FUNCTION stafett.refuse_to_untie();
CREATE TRIGGER event_keeps_its_referral BEFORE UPDATE OF referral ON stafett.event
    EXECUTE FUNCTION stafett.refuse_to_untie();

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'stafett.refuse_chain_without_holder()',
        'stafett.refuse_holder_without_line()',
        'stafett.refuse_loose_line()',
        'stafett.refuse_referral_without_chain()',
        'stafett.refuse_event_without_referral()']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
    REVOKE EXECUTE ON FUNCTION stafett.refuse_to_untie() FROM PUBLIC;
END
$$;
