-- SPDX-License-Identifier: Apache-2.0
-- Figures: how long people wait for help. A person counts once, by the day on which help
-- was asked for; where and for what is what the first referral says.
--
-- What of these figures may be told is decided by the daemon (domain/statistics.h): the
-- function gives it all, of the units of one organisation, whoever of it asks.
--
-- A quarter is counted once, by who first asks for it when it is complete, and stands as it
-- was counted: who reads it again after a word was mended or added learns nothing of that.

CREATE TABLE stafett.counted_quarter (
    quarter date PRIMARY KEY, -- its first day
    count_time timestamptz NOT NULL
);

-- A person of whom this organisation has or had a part, and nothing by which to find whom:
-- each organisation has rows of its own, and reads no other's.
CREATE TABLE stafett.counted (
    organization uuid NOT NULL,
    quarter date NOT NULL REFERENCES stafett.counted_quarter,
    municipality text NOT NULL,
    need text NOT NULL,
    from_unit text NOT NULL,
    to_unit text NOT NULL,
    late boolean NOT NULL,
    reason text NOT NULL,
    acknowledge_hours int,
    accept_hours int,
    contact_days int,
    start_days int
);
CREATE INDEX counted_of ON stafett.counted (organization, quarter);

-- Days of asking come nearly in order; a quarter's are looked for once.
CREATE INDEX chain_asked ON stafett.chain USING brin (help_request_date);

-- The municipality of a person, as far as units say: the one that the unit serves which
-- asked, or was asked; '' where both serve several.
CREATE FUNCTION stafett.municipality_of(p_from text[], p_to text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN cardinality(p_from) = 1 THEN p_from[1]
    WHEN cardinality(p_to) = 1 THEN p_to[1] ELSE '' END;

-- How long somebody waited for what came before they asked, too: 0 days. What has not
-- come has no time (and greatest() would take 0 for it).
CREATE FUNCTION stafett.days_between(p_asked date, p_came date) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN p_came > p_asked THEN p_came - p_asked WHEN p_came IS NOT NULL THEN 0 END;

-- Those who asked for help in a time, and were recorded before |p_known|: one row a chain,
-- with the organisations that have or had a part of it; none of protected identity. Hours are counted from the first
-- message, days from the day of asking.
CREATE FUNCTION stafett.asked_for_help(
    p_from date, p_until date, p_known timestamptz, p_kinds text[])
RETURNS TABLE (
    organizations uuid[], municipality text, need text, from_unit text, to_unit text,
    late boolean, reason text, acknowledge_hours int, accept_hours int, contact_days int,
    start_days int)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
SET enable_bitmapscan = on
BEGIN ATOMIC
    SELECT ARRAY(SELECT DISTINCT x.organization FROM stafett.unit x
            WHERE x.id IN (n.sender, n.asked, r.owner, c.custodian) ORDER BY x.organization),
        stafett.municipality_of(f.service_area, t.service_area),
        CASE cardinality(n.needs) WHEN 0 THEN 'other' WHEN 1 THEN n.needs[1] ELSE 'mixed' END,
        f.handle, coalesce(t.handle, ''),
        NOT coalesce(c.intervention_start_date <= c.intervention_due_date, false),
        coalesce(e.reason, CASE WHEN c.status = 'closed' THEN 'ended' ELSE 'not-recorded' END),
        ceil(extract(epoch FROM e.acknowledged - e.sent) / 3600)::int,
        ceil(extract(epoch FROM e.accepted - e.sent) / 3600)::int,
        stafett.days_between(c.help_request_date, least(
            (e.contacted AT TIME ZONE 'Europe/Stockholm')::date, c.intervention_start_date)),
        stafett.days_between(c.help_request_date, c.intervention_start_date)
    FROM (
        SELECT * FROM stafett.chain x
        WHERE x.help_request_date >= p_from AND x.help_request_date < p_until
            AND x.create_time < p_known AND x.merged_into IS NULL AND x.protected_time IS NULL
        ORDER BY x.help_request_date, x.id) c
    LEFT JOIN LATERAL (
        SELECT x.* FROM stafett.referral x
        WHERE x.chain = c.id AND x.kind = ANY (p_kinds) AND x.status <> 'entered-in-error'
        ORDER BY x.create_time, x.id LIMIT 1) r ON true
    LEFT JOIN LATERAL (
        SELECT x.needs FROM stafett.request x WHERE x.referral = r.id LIMIT 1) q ON true
    CROSS JOIN LATERAL (
        SELECT min(x.create_time) FILTER (WHERE x.kind = 'send') AS sent,
            min(x.create_time) FILTER (
                WHERE x.kind IN ('acknowledge', 'accept', 'reject', 'forward')) AS acknowledged,
            min(x.create_time) FILTER (WHERE x.kind = 'accept') AS accepted,
            min(x.occurrence_time) FILTER (
                WHERE x.kind = 'attend' OR (x.kind = 'note' AND d.contact)) AS contacted,
            (array_agg(x.unit ORDER BY x.seq) FILTER (
                WHERE x.kind = 'send' AND x.referral = r.id))[1] AS sender,
            (array_agg(x.disclosed_to ORDER BY x.seq) FILTER (
                WHERE x.kind = 'send' AND x.referral = r.id))[1] AS asked,
            (array_agg(x.unit ORDER BY x.seq) FILTER (WHERE x.kind = 'register'))[1] AS taker,
            (array_agg(array_to_string(d.needs, ',') ORDER BY x.seq) FILTER (
                WHERE x.kind = 'register'))[1] AS needs,
            (array_agg(d.clock_reason ORDER BY x.seq DESC) FILTER (
                WHERE d.clock_reason IS NOT NULL))[1] AS reason
        FROM stafett.event x
        LEFT JOIN LATERAL (
            SELECT y.* FROM stafett.detail y WHERE y.chain = x.chain AND y.seq = x.seq
            LIMIT 1) d ON true
        LEFT JOIN LATERAL (
            SELECT y.kind FROM stafett.referral y WHERE y.id = x.referral LIMIT 1) o ON true
        WHERE x.chain = c.id AND (x.referral IS NULL OR o.kind = ANY (p_kinds))) e
    CROSS JOIN LATERAL (
        SELECT coalesce(q.needs, string_to_array(e.needs, ','), '{}') AS needs,
            coalesce(e.sender, e.taker) AS sender,
            CASE WHEN r.id IS NOT NULL THEN coalesce(e.asked, r.owner) END AS asked) n
    CROSS JOIN LATERAL (
        SELECT x.* FROM stafett.unit x WHERE x.id = n.sender LIMIT 1) f
    LEFT JOIN LATERAL (
        SELECT x.* FROM stafett.unit x WHERE x.id = n.asked LIMIT 1) t ON true;
END;

-- The first day of the latest quarter of which all is known. That is when a month has
-- passed since its end, which is what the last of it had time for.
CREATE FUNCTION stafett.latest_quarter() RETURNS date
LANGUAGE sql STABLE
RETURN (date_trunc('quarter', (stafett.now() AT TIME ZONE 'Europe/Stockholm')
    - interval '1 month') - interval '3 months')::date;

-- Counts a quarter that is complete, once: who comes second waits for the first, and adds
-- nothing. Whoever was recorded when it was complete already is not in it.
CREATE FUNCTION stafett.count_quarter(p_quarter date, p_kinds text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    INSERT INTO counted_quarter VALUES (p_quarter, stafett.now()) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO counted
        SELECT home, p_quarter, a.municipality, a.need, a.from_unit, a.to_unit, a.late, a.reason,
            a.acknowledge_hours, a.accept_hours, a.contact_days, a.start_days
        FROM stafett.asked_for_help(
            p_quarter, (p_quarter + interval '3 months')::date,
            (p_quarter + interval '4 months') AT TIME ZONE 'Europe/Stockholm', p_kinds) a
        CROSS JOIN LATERAL unnest(a.organizations) home;
    END IF;
END
$$;

-- Which quarter is meant by its first day, or by ''; and the municipality by its name or
-- number: null where there is no such.
CREATE FUNCTION api.statistics_quarter(
    p_unit text, p_member text, p_roles text[], p_quarter text, p_municipality text)
RETURNS TABLE (quarter text, is_over boolean, municipality text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    latest date := stafett.latest_quarter();
    wanted date := coalesce(nullif(p_quarter, '')::date, latest);
BEGIN
    quarter := to_char(wanted, 'YYYY"-Q"Q');
    is_over := wanted <= latest;
    municipality := CASE WHEN p_municipality = '' THEN '' ELSE (
        SELECT y.code FROM municipality y WHERE y.code = p_municipality
            OR y.slug = lower(p_municipality) OR lower(y.name) = lower(p_municipality)
        ORDER BY y.code LIMIT 1) END;
    RETURN NEXT;
END
$$;

-- The figures of the four quarters that end with this one (0 to 3) and of their year (4),
-- in the order that domain/statistics.h wants: of all (0), of each municipality (1), of
-- its needs (2) and its pairs of units (3); and the reasons of those who waited too
-- long (4). A time is null where nobody has it.
CREATE FUNCTION api.statistics(
    p_unit text, p_member text, p_roles text[], p_quarter text, p_kinds text)
RETURNS TABLE (
    rows_ int, level int, period int, municipality text, municipality_name text, need text,
    from_unit text, to_unit text, persons int, late int,
    acknowledged int, acknowledge_median int, acknowledge_p90 int,
    accepted int, accept_median int, accept_p90 int,
    contacted int, contact_median int, contact_p90 int,
    started int, start_median int, start_p90 int)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    home uuid := (SELECT u.organization FROM unit u
        WHERE u.id = stafett.acting_unit(p_unit, p_member, p_roles));
    last date := coalesce(nullif(p_quarter, '')::date, stafett.latest_quarter());
    quarters date[] := ARRAY(SELECT (last - n * interval '3 months')::date
        FROM generate_series(3, 0, -1) n ORDER BY n DESC);
    one date;
BEGIN
    IF home IS NULL OR last > stafett.latest_quarter() THEN
        RETURN;
    END IF;
    FOREACH one IN ARRAY quarters LOOP
        PERFORM stafett.count_quarter(one, string_to_array(p_kinds, ','));
    END LOOP;
    RETURN QUERY
    WITH figures AS (
        SELECT CASE GROUPING(a.municipality, a.need, a.from_unit, a.reason)
                WHEN 15 THEN 0 WHEN 7 THEN 1 WHEN 3 THEN 2 WHEN 5 THEN 3 ELSE 4 END AS level,
            p.period, coalesce(a.municipality, '') AS municipality,
            coalesce(a.need, a.reason, '') AS need, coalesce(a.from_unit, '') AS from_unit,
            coalesce(a.to_unit, '') AS to_unit,
            count(*)::int AS persons, count(*) FILTER (WHERE a.late)::int AS late,
            count(a.acknowledge_hours)::int AS n1,
            percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY a.acknowledge_hours) AS t1,
            count(a.accept_hours)::int AS n2,
            percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY a.accept_hours) AS t2,
            count(a.contact_days)::int AS n3,
            percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY a.contact_days) AS t3,
            count(a.start_days)::int AS n4,
            percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY a.start_days) AS t4
        FROM counted a
        CROSS JOIN LATERAL (VALUES (array_position(quarters, a.quarter) - 1), (4)) p (period)
        WHERE a.organization = home AND a.quarter = ANY (quarters)
        GROUP BY GROUPING SETS ((p.period), (p.period, a.municipality),
            (p.period, a.municipality, a.need),
            (p.period, a.municipality, a.from_unit, a.to_unit), (p.period, a.reason)))
    SELECT (count(*) OVER ())::int, x.level, x.period, x.municipality, coalesce(m.name, ''),
        x.need, x.from_unit, x.to_unit, CASE x.level WHEN 4 THEN x.late ELSE x.persons END, x.late,
        x.n1, x.t1[1], x.t1[2], x.n2, x.t2[1], x.t2[2],
        x.n3, x.t3[1], x.t3[2], x.n4, x.t4[1], x.t4[2]
    FROM figures x
    LEFT JOIN LATERAL (
        SELECT y.name FROM municipality y WHERE y.code = x.municipality LIMIT 1) m ON true
    WHERE x.level < 4 OR x.late > 0
    ORDER BY x.level, x.period, x.municipality COLLATE "C", x.need COLLATE "C",
        x.from_unit COLLATE "C", x.to_unit COLLATE "C";
END
$$;

GRANT SELECT, INSERT ON stafett.counted_quarter, stafett.counted TO stafett_owner;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'stafett.municipality_of(text[], text[])',
        'stafett.days_between(date, date)',
        'stafett.asked_for_help(date, date, timestamptz, text[])',
        'stafett.latest_quarter()',
        'stafett.count_quarter(date, text[])',
        'api.statistics_quarter(text, text, text[], text, text)',
        'api.statistics(text, text, text[], text, text)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text LIKE 'api.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
        END IF;
    END LOOP;
END
$$;
