-- SPDX-License-Identifier: Apache-2.0
-- Units that close: not while they hold anybody, and what waits there goes to the
-- successor.

-- While it holds anybody it does not. Every act reads the units of its batch, so the
-- lock waits for those that are under way, and the next ones see that it is closed. It
-- does not wait long: behind it all others wait, and a backup may read for an hour.
CREATE FUNCTION stafett.refuse_to_close() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, stafett, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    held bigint;
    waiting bigint;
BEGIN
    BEGIN
        LOCK TABLE unit IN ACCESS EXCLUSIVE MODE;
    EXCEPTION WHEN lock_not_available THEN
        RAISE EXCEPTION '% cannot close while the directory is being read (by a backup?): '
            'try again when that is over', new.handle USING ERRCODE = 'lock_not_available';
    END;
    held := (SELECT count(*) FROM chain c WHERE c.custodian = new.id);
    IF held > 0 THEN
        RAISE EXCEPTION '% holds % %: its successor takes them over first', new.handle, held,
            CASE held WHEN 1 THEN 'chain' ELSE 'chains' END USING ERRCODE = 'check_violation';
    END IF;
    waiting := (SELECT count(*) FROM referral r WHERE r.next_act IS NOT NULL
        AND new.id IN (r.requester, r.owner, r.next_actor, r.hand_back_unit));
    IF waiting > 0 AND new.replaced_by IS NULL THEN
        RAISE EXCEPTION '% has a part in % %: name its successor (replaced_by)', new.handle,
            waiting, CASE waiting WHEN 1 THEN 'referral' ELSE 'referrals' END
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END
$$;

CREATE TRIGGER unit_closes BEFORE UPDATE OF status ON stafett.unit FOR EACH ROW
    WHEN (old.status <> 'closed' AND new.status = 'closed')
    EXECUTE FUNCTION stafett.refuse_to_close();

-- And a unit that is closed takes hold of nobody, whatever the daemon believes of it.
CREATE FUNCTION stafett.refuse_closed_holder() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    LOCK TABLE unit IN ACCESS SHARE MODE;
    IF EXISTS (SELECT FROM moved m
            CROSS JOIN LATERAL (SELECT u.status FROM unit u WHERE u.id = m.unit LIMIT 1) u
            WHERE u.status = 'closed') THEN
        RAISE EXCEPTION 'a unit that is closed holds nobody' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER custody_is_of_open_unit AFTER INSERT ON stafett.custody
    REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION stafett.refuse_closed_holder();

-- What was to come back to a unit that is closed comes to its successor, and so does
-- what is under way there: nobody is asked by a unit, or waits for one, that is closed.
-- The unit at the end of the line: a successor may have closed too. Null: the line ends
-- nowhere, since it comes back to itself.
CREATE FUNCTION stafett.last_successor(p_unit uuid) RETURNS uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN (
    WITH RECURSIVE line (unit, status, next) AS (
        SELECT u.id, u.status, u.replaced_by FROM stafett.unit u WHERE u.id = p_unit
        UNION
        SELECT u.id, u.status, u.replaced_by FROM line
        JOIN stafett.unit u ON u.id = line.next WHERE line.status = 'closed')
    SELECT l.unit FROM line l
    WHERE l.unit <> p_unit AND (l.status <> 'closed' OR l.next IS NULL));

CREATE FUNCTION stafett.follow_unit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    x record;
    successor uuid := coalesce(stafett.last_successor(new.id), new.replaced_by);
BEGIN
    INSERT INTO party (unit, code, referral, since)
    SELECT successor, r.code, r.id, stafett.now() FROM referral r
    WHERE r.hand_back_unit = new.id
    ON CONFLICT (unit, code, referral) DO UPDATE SET until = NULL;
    UPDATE referral r SET hand_back_unit = successor,
        next_actor = CASE WHEN r.next_act = 'take-back' AND r.next_actor = new.id
            THEN successor ELSE r.next_actor END
    WHERE r.hand_back_unit = new.id;
    FOR x IN SELECT r.id, r.code, r.chain, c.event_seq FROM referral r
        JOIN chain c ON c.id = r.chain
        WHERE r.next_act IS NOT NULL AND new.id IN (r.requester, r.owner, r.next_actor)
        ORDER BY r.chain, r.id
    LOOP
        PERFORM stafett.follow_referral(x.id, x.code, x.chain, x.event_seq, new.id, successor);
        PERFORM stafett.ask_holder(x.chain, x.event_seq, NULL);
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER unit_is_followed AFTER UPDATE OF replaced_by ON stafett.unit FOR EACH ROW
    WHEN (new.status = 'closed' AND new.replaced_by IS NOT NULL)
    EXECUTE FUNCTION stafett.follow_unit();

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'stafett.last_successor(uuid)',
        'stafett.follow_unit()']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_mover', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
    f := 'stafett.refuse_closed_holder()';
    EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
END
$$;
