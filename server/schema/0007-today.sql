-- SPDX-License-Identifier: Apache-2.0
-- What is open and by when: the questions of a working day, each read in the order
-- of an index that holds open referrals only. And the heartbeat of those processes
-- without which nobody would be told that something is late.

-- A day after every other: the place of what has no due time, in every order.
CREATE FUNCTION stafett.due_place(p_due timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(p_due, '9999-12-31 00:00:00+00'::timestamptz);

-- Whose turn it is; then, of the same referrals, who waits for it.
CREATE INDEX referral_duty ON stafett.referral (next_actor, stafett.due_place(due_time), id)
    WHERE next_act IS NOT NULL;
CREATE INDEX referral_asked ON stafett.referral (requester, stafett.due_place(due_time), id)
    WHERE next_act IS NOT NULL AND next_actor <> requester;
CREATE INDEX referral_owned ON stafett.referral (owner, stafett.due_place(due_time), id)
    WHERE next_act IS NOT NULL AND next_actor <> owner;

CREATE TABLE stafett.heartbeat (
    process text PRIMARY KEY,
    last_time timestamptz NOT NULL
);

-- Open referrals in which the unit must act (p_side 'unit'), waits for another
-- ('others'), or both (''), the most urgent first. What each half finds is in the
-- order of its index, and no half reads further than the page.
CREATE FUNCTION api.open_referrals(
    p_unit text, p_member text, p_roles text[], p_side text, p_direction text,
    p_overdue boolean, p_status text, p_other text, p_since timestamptz,
    p_after timestamptz, p_after_id uuid, p_limit int)
RETURNS TABLE (since timestamptz, r stafett.referral_row)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    other uuid := (SELECT u.id FROM unit u WHERE u.handle = p_other);
    after timestamptz := coalesce(p_after, '-infinity');
    after_id uuid := coalesce(p_after_id, '00000000-0000-0000-0000-000000000000');
    until timestamptz := CASE WHEN p_overdue THEN stafett.now() ELSE 'infinity' END;
    least_time timestamptz := coalesce(p_since, '-infinity');
    ids uuid[];
    times timestamptz[];
BEGIN
    SELECT array_agg(o.id), array_agg(o.due) INTO ids, times FROM (
        SELECT h.id, h.due FROM (
            (SELECT x.id, stafett.due_place(x.due_time) AS due FROM referral x
            WHERE p_side <> 'others' AND x.next_act IS NOT NULL AND x.next_actor = acting
                AND (stafett.due_place(x.due_time), x.id) > (after, after_id)
                AND stafett.due_place(x.due_time) < until
                AND (p_direction = '' OR (p_direction = 'sent' AND x.requester = acting)
                    OR (p_direction = 'received' AND x.owner = acting))
                AND (p_status = '' OR x.status = p_status)
                AND (p_other = '' OR x.requester = other OR x.owner = other)
                AND x.create_time >= least_time
            ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_limit)
            UNION
            (SELECT x.id, stafett.due_place(x.due_time) FROM referral x
            WHERE p_side <> 'unit' AND p_direction <> 'received'
                AND x.next_act IS NOT NULL AND x.next_actor <> x.requester
                AND x.requester = acting
                AND (stafett.due_place(x.due_time), x.id) > (after, after_id)
                AND stafett.due_place(x.due_time) < until
                AND (p_status = '' OR x.status = p_status)
                AND (p_other = '' OR x.owner = other)
                AND x.create_time >= least_time
            ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_limit)
            UNION
            (SELECT x.id, stafett.due_place(x.due_time) FROM referral x
            WHERE p_side <> 'unit' AND p_direction <> 'sent'
                AND x.next_act IS NOT NULL AND x.next_actor <> x.owner
                AND x.owner = acting
                AND (stafett.due_place(x.due_time), x.id) > (after, after_id)
                AND stafett.due_place(x.due_time) < until
                AND (p_status = '' OR x.status = p_status)
                AND (p_other = '' OR x.requester = other)
                AND x.create_time >= least_time
            ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_limit)) h
        ORDER BY h.due, h.id LIMIT p_limit) o;
    RETURN QUERY
    SELECT times[x.n], x.row_ FROM (
        SELECT row_number() OVER () AS n, rr AS row_
        FROM stafett.referral_rows(acting, coalesce(ids, '{}')) rr) x;
END
$$;

-- How many are open, and how many of them are late; each counted no further than
-- |p_most|.
CREATE FUNCTION api.open_counts(p_unit text, p_member text, p_roles text[], p_most int)
RETURNS TABLE (duties int, waiting int, late_duties int, late_waiting int)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    SELECT count(*), count(*) FILTER (WHERE d.due < stafett.now()) INTO duties, late_duties
    FROM (
        SELECT stafett.due_place(x.due_time) AS due FROM referral x
        WHERE x.next_act IS NOT NULL AND x.next_actor = acting
        ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_most) d;
    SELECT least(count(*), p_most), least(count(*) FILTER (WHERE w.due < stafett.now()), p_most)
    INTO waiting, late_waiting
    FROM (
        (SELECT x.id, stafett.due_place(x.due_time) AS due FROM referral x
        WHERE x.next_act IS NOT NULL AND x.next_actor <> x.requester AND x.requester = acting
        ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_most)
        UNION
        (SELECT x.id, stafett.due_place(x.due_time) FROM referral x
        WHERE x.next_act IS NOT NULL AND x.next_actor <> x.owner AND x.owner = acting
        ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_most)) w;
    RETURN NEXT;
END
$$;

-- What the unit was told since a time, the newest first: the events of its
-- deliveries, dealt with or not.
CREATE FUNCTION api.news(
    p_unit text, p_member text, p_roles text[], p_since timestamptz, p_limit int)
RETURNS TABLE (
    id uuid, referral uuid, version int, kind text, code text, unit text, member text,
    member_display_name text, occurrence_time timestamptz, create_time timestamptz,
    from_status text, to_status text, custodian text, custodian_changed boolean,
    status_reason text, person_told text, named_unit text, question text, contact boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY
    SELECT e.id, e.referral, e.version, e.kind, e.code, u.handle, m.urn, m.display_name,
        e.occurrence_time, e.create_time, e.from_status, e.to_status, c.handle,
        e.custodian_changed,
        dt.reason, dt.person_told, n.handle, dt.question, dt.contact
    FROM (
        (SELECT x.chain, x.seq, x.store_time FROM delivery x
        WHERE x.unit = acting AND NOT x.done AND x.store_time > p_since
        ORDER BY x.store_time DESC, x.chain DESC, x.seq DESC LIMIT p_limit)
        UNION ALL
        (SELECT x.chain, x.seq, x.store_time FROM delivery x
        WHERE x.unit = acting AND x.done AND x.store_time > p_since
        ORDER BY x.store_time DESC, x.chain DESC, x.seq DESC LIMIT p_limit)
        ORDER BY 3 DESC, 1 DESC, 2 DESC LIMIT p_limit) d
    CROSS JOIN LATERAL (
        SELECT y.* FROM event y WHERE y.chain = d.chain AND y.seq = d.seq LIMIT 1) e
    LEFT JOIN LATERAL (SELECT y.handle FROM unit y WHERE y.id = e.unit LIMIT 1) u ON true
    LEFT JOIN LATERAL (
        SELECT y.urn, y.display_name FROM member y WHERE y.id = e.member LIMIT 1) m ON true
    LEFT JOIN LATERAL (SELECT y.handle FROM unit y WHERE y.id = e.custodian LIMIT 1) c ON true
    LEFT JOIN LATERAL (
        SELECT y.* FROM detail y WHERE y.chain = e.chain AND y.seq = e.seq LIMIT 1) dt ON true
    LEFT JOIN LATERAL (SELECT y.handle FROM unit y WHERE y.id = dt.named_unit LIMIT 1) n ON true
    ORDER BY d.store_time DESC, d.chain DESC, d.seq DESC;
END
$$;

-- Says that the clerk is at work; again in a minute. Of several clerks any will do.
CREATE FUNCTION duty.beat(p_limit int) RETURNS TABLE (done int, wait_ms bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    INSERT INTO heartbeat AS h (process, last_time) VALUES ('clerk', stafett.now())
    ON CONFLICT (process) DO UPDATE SET last_time = excluded.last_time
    WHERE h.last_time < excluded.last_time;
    done := 0;
    wait_ms := 60000;
    RETURN NEXT;
END
$$;

GRANT EXECUTE ON FUNCTION stafett.due_place(timestamptz) TO stafett_app;
GRANT SELECT, INSERT, UPDATE ON stafett.heartbeat TO stafett_owner;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'api.open_referrals(text, text, text[], text, text, boolean, text, text, timestamptz,'
            ' timestamptz, uuid, int)',
        'api.open_counts(text, text, text[], int)',
        'api.news(text, text, text[], timestamptz, int)',
        'duty.beat(int)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text LIKE 'api.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
        ELSE
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_clerk', f);
        END IF;
    END LOOP;
END
$$;
