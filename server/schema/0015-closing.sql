-- SPDX-License-Identifier: Apache-2.0
-- The directory changes: every batch knows of it at once. Units close: not while they
-- hold anybody, and what waits there goes to the successor.

-- How often it was changed. The daemon keeps what it has read of units and members, and
-- each of its batches reads only this number, in the snapshot in which it would have read
-- them: while that is as it was, so are they.
CREATE TABLE stafett.directory (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
);
INSERT INTO stafett.directory (version) VALUES (1);
GRANT SELECT ON stafett.directory TO stafett_app;
GRANT SELECT, UPDATE ON stafett.directory TO stafett_owner;

-- Those who change it go one by one, and before they touch anything: so nobody waits
-- here with a row that another of them wants.
CREATE FUNCTION stafett.count_directory() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    LOCK TABLE directory IN SHARE ROW EXCLUSIVE MODE;
    UPDATE directory SET version = version + 1;
    RETURN NULL;
END
$$;

-- By whatever way it is changed: in a session that is a replica's, too, and by a dump that
-- is restored. A subscriber fires no triggers of statements: the number itself comes there.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['organization', 'unit', 'member', 'membership'] LOOP
        EXECUTE format('CREATE TRIGGER directory_changes BEFORE INSERT OR UPDATE OR DELETE'
            ' OR TRUNCATE ON stafett.%I EXECUTE FUNCTION stafett.count_directory()', name);
        EXECUTE format('ALTER TABLE stafett.%I ENABLE ALWAYS TRIGGER directory_changes', name);
    END LOOP;
END
$$;

-- While it holds anybody a unit does not close. Every batch reads the table of the version,
-- so the lock waits for those that are under way, and the next ones see that it is closed.
-- It does not wait long: behind it all others wait, and a backup may read for an hour.
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
        LOCK TABLE directory IN ACCESS EXCLUSIVE MODE;
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

-- And a unit that is closed takes hold of nobody, whatever the daemon believes of it; nor
-- is a line of custody behind any but the one before it, to which its key then ties it
-- (as a column that is generated that cost every statement three times this). The
-- version is read for its lock, which a statement has before it takes its snapshot: what is
-- read of units is newer than any closing. It runs as whoever writes: to be the owner, with
-- a search_path of its own, cost more than all this does. Nothing is found by that path but
-- what is pg_catalog's, and no role of the daemon may create anything.
CREATE FUNCTION stafett.refuse_unsound_custody() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM moved m
            LEFT JOIN LATERAL (
                SELECT u.status FROM stafett.unit u
                WHERE u.id OPERATOR(pg_catalog.=) m.unit LIMIT 1) u ON true
            LEFT JOIN stafett.directory v ON true
            WHERE u.status OPERATOR(pg_catalog.=) 'closed'
                OR m.before IS DISTINCT FROM NULLIF(m.seq OPERATOR(pg_catalog.-) 1, 0)) THEN
        RAISE EXCEPTION 'a unit that is closed holds nobody, and no line of custody stands '
            'behind any but the one before it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

-- Nothing new: the daemon may ask for every unit (api.load, api.units).
GRANT SELECT (id, status) ON stafett.unit TO stafett_app;

CREATE TRIGGER custody_is_sound AFTER INSERT ON stafett.custody
    REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION stafett.refuse_unsound_custody();

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
    FOREACH f IN ARRAY ARRAY[
        'stafett.refuse_unsound_custody()',
        'stafett.count_directory()']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END
$$;
