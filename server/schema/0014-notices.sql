-- SPDX-License-Identifier: Apache-2.0
-- What is told outside the program: that there are alarms, by codes and their number,
-- never about whom.
--
-- alarm -> notice_line, in the alarm's own transaction -> notice, many lines in one, when
-- the unit may be told -> tried until it is told or too old. Whoever tries it takes it
-- first, for longer than a try may last; so one that dies is followed by another, and
-- what was told twice has the same id.

-- How a unit wants to be told; by no row: not at all.
CREATE TABLE stafett.notice_way (
    unit uuid PRIMARY KEY REFERENCES stafett.unit,
    mail text NOT NULL DEFAULT '', -- an address
    hook text NOT NULL DEFAULT '', -- the name of one of the operator's commands
    hours text NOT NULL DEFAULT '', -- as a unit's opening hours; '': always
    CHECK (mail <> '' OR hook <> '')
);

CREATE DOMAIN stafett.notice_means AS text CHECK (VALUE IN ('mail', 'hook'));

CREATE TABLE stafett.notice_line (
    unit uuid NOT NULL,
    means stafett.notice_means NOT NULL,
    event uuid NOT NULL, -- the alarm's
    code text NOT NULL, -- of the referral or the chain, as people say it
    PRIMARY KEY (unit, means, event)
);

CREATE TABLE stafett.notice (
    id uuid PRIMARY KEY,
    unit uuid NOT NULL,
    means stafett.notice_means NOT NULL,
    codes text NOT NULL, -- the first few, with blanks between
    count int NOT NULL, -- of all
    tries int NOT NULL DEFAULT 0,
    create_time timestamptz NOT NULL,
    next_time timestamptz, -- of the next try; null: it was told, or given up
    told_time timestamptz
);
CREATE INDEX notice_next ON stafett.notice (next_time, id) WHERE next_time IS NOT NULL;
CREATE INDEX notice_past ON stafett.notice (create_time, id) WHERE next_time IS NULL;

CREATE FUNCTION stafett.note_alarm() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    INSERT INTO notice_line (unit, means, event, code)
    SELECT w.unit, m.means, e.id, substr(at.code, 1, 4) || '-' || substr(at.code, 5)
    FROM unnest(new.told) t (unit)
    JOIN notice_way w ON w.unit = t.unit
    CROSS JOIN LATERAL (VALUES ('mail', w.mail), ('hook', w.hook)) m (means, target)
    JOIN event e ON e.chain = new.chain AND e.seq = new.seq
    CROSS JOIN LATERAL (SELECT stafett.code_of(coalesce(new.referral, (
        SELECT u.referral FROM stafett.chain_units(new.chain) u
        WHERE new.what <> '' AND u.unit = t.unit), new.chain)) AS code) at
    WHERE m.target <> '';
    RETURN NULL;
END
$$;
CREATE TRIGGER alarm_is_noted AFTER INSERT ON stafett.alarm
    FOR EACH ROW EXECUTE FUNCTION stafett.note_alarm();

-- To whom there is something to be told, and when they may be.
CREATE FUNCTION duty.notice_units() RETURNS TABLE (at timestamptz, unit uuid, hours text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT stafett.now(), u.id, coalesce(w.hours, '') FROM stafett.unit u
    LEFT JOIN stafett.notice_way w ON w.unit = u.id
    WHERE EXISTS (SELECT FROM stafett.notice_line l WHERE l.unit = u.id)
        OR u.id IN (SELECT n.unit FROM stafett.notice n
            WHERE n.next_time IS NOT NULL AND n.next_time <= stafett.now());
END;

-- One notice of all lines of each of these units that nobody else has in hand.
CREATE FUNCTION duty.gather_notices(p_units uuid[]) RETURNS TABLE (done int, wait_ms bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    WITH taken AS (
        DELETE FROM stafett.notice_line l
        WHERE (l.unit, l.means, l.event) IN (
            SELECT x.unit, x.means, x.event FROM stafett.notice_line x
            WHERE x.unit = ANY (p_units) FOR UPDATE SKIP LOCKED)
        RETURNING l.unit, l.means, l.code
    ), made AS (
        INSERT INTO stafett.notice (id, unit, means, codes, count, create_time, next_time)
        SELECT gen_random_uuid(), t.unit, t.means,
            array_to_string((array_agg(DISTINCT t.code ORDER BY t.code))[:20], ' '),
            count(DISTINCT t.code), stafett.now(), stafett.now()
        FROM taken t GROUP BY t.unit, t.means
        RETURNING id
    )
    SELECT 0, NULL::bigint FROM (SELECT count(*) FROM made) m;
END;

-- Takes what is to be tried of these units, the oldest first: after the n-th try the next
-- comes after 2^(n-1) minutes, an hour at most, 77 times; that is three days where it is
-- never quiet. Where the unit does not want it any more, nobody is told.
CREATE FUNCTION duty.claim_notices(p_units uuid[], p_limit int)
RETURNS TABLE (id uuid, unit text, means text, target text, codes text, count int, is_old boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    WITH next AS (
        SELECT n.id FROM stafett.notice n
        WHERE n.next_time IS NOT NULL AND n.next_time <= stafett.now()
            AND n.unit = ANY (p_units)
        ORDER BY n.next_time, n.id LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), way AS (
        SELECT n.id, CASE n.means WHEN 'mail' THEN w.mail ELSE w.hook END AS target,
            n.tries >= 77 AS is_old
        FROM next x JOIN stafett.notice n ON n.id = x.id
        LEFT JOIN stafett.notice_way w ON w.unit = n.unit
    ), tried AS (
        UPDATE stafett.notice n SET tries = n.tries + 1,
            next_time = CASE WHEN y.target <> '' AND NOT y.is_old
                THEN stafett.now() + least(60, 2 ^ least(n.tries, 6)) * interval '1 minute' END
        FROM way y WHERE n.id = y.id
        RETURNING n.id, n.unit, n.means, y.target, n.codes, n.count, y.is_old
    )
    SELECT t.id, u.handle, t.means::text, t.target, t.codes, t.count, t.is_old
    FROM tried t JOIN stafett.unit u ON u.id = t.unit WHERE t.target <> '';
END;

CREATE FUNCTION duty.note_told(p_id uuid) RETURNS TABLE (done int)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    UPDATE stafett.notice SET next_time = NULL, told_time = stafett.now() WHERE id = p_id
    RETURNING 1;
END;

-- A month later nobody asks what was told.
CREATE FUNCTION duty.purge_notices(p_limit int) RETURNS TABLE (done int, wait_ms bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    DELETE FROM notice n WHERE n.id = ANY (ARRAY(
        SELECT x.id FROM notice x
        WHERE x.next_time IS NULL AND x.create_time < stafett.now() - interval '30 days'
        ORDER BY x.create_time, x.id LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS done = ROW_COUNT;
    RETURN NEXT;
END
$$;

-- What they may do ---------------------------------------------------------------

GRANT SELECT ON stafett.notice_way TO stafett_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON stafett.notice_line, stafett.notice TO stafett_owner;

DO $$
DECLARE
    f regprocedure;
BEGIN
    ALTER FUNCTION stafett.note_alarm() OWNER TO stafett_owner;
    REVOKE EXECUTE ON FUNCTION stafett.note_alarm() FROM PUBLIC;
    FOREACH f IN ARRAY ARRAY[
        'duty.notice_units()',
        'duty.gather_notices(uuid[])',
        'duty.claim_notices(uuid[], int)',
        'duty.note_told(uuid)',
        'duty.purge_notices(int)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_clerk', f);
    END LOOP;
END
$$;
