-- SPDX-License-Identifier: Apache-2.0
-- Reading the audit queue: the log of one organisation's units, the newest first.
-- What a record says stands in the leaf and in its detail, which are bytes: they
-- are read here only as far as a filter or a join needs it (see store/audit.h and
-- domain/leaf.h for their forms), and whole by the daemon.

-- The units whose log the member may read when acting for |p_unit|: that unit, and
-- those of the same organisation in which the member is an auditor too. Empty where
-- the member has none of |p_roles| there.
CREATE FUNCTION stafett.audited_units(p_unit text, p_member text, p_roles text[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN ARRAY(
        SELECT acting WHERE acting IS NOT NULL
        UNION
        SELECT u.id FROM unit home
        CROSS JOIN LATERAL (SELECT x.id FROM member x WHERE x.urn = p_member LIMIT 1) m
        JOIN membership ms ON ms.member = m.id
        JOIN unit u ON u.id = ms.unit
        WHERE home.id = acting AND u.organization = home.organization AND ms.role = 'auditor'
            AND ms.valid_from <= stafett.now() AND stafett.now() < ms.valid_to);
END
$$;

-- The referrals of a code's prefix or an id that these units are or were party to;
-- at most two, because a second one means that the prefix is ambiguous.
CREATE FUNCTION stafett.audited_referrals(p_units uuid[], p_id uuid, p_code text)
RETURNS TABLE (referral uuid)
LANGUAGE sql STABLE ROWS 2
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT p.referral FROM unnest(p_units) u (id)
    CROSS JOIN LATERAL (
        SELECT x.referral FROM stafett.party x
        WHERE x.unit = u.id AND x.code >= p_code AND x.code < p_code || '~'
            AND (p_id IS NULL OR x.referral = p_id)
        ORDER BY x.code LIMIT 2) p
    LIMIT 2;
END;

-- The same of chains in which they have or had a part without a referral; and of an
-- id, also of those that they know by a referral.
CREATE FUNCTION stafett.audited_chains(p_units uuid[], p_id uuid, p_code text)
RETURNS TABLE (chain uuid)
LANGUAGE sql STABLE ROWS 2
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT c.chain FROM (
        SELECT p.chain FROM unnest(p_units) u (id)
        CROSS JOIN LATERAL (
            SELECT x.chain FROM stafett.chain_party x
            WHERE x.unit = u.id AND x.code >= p_code AND x.code < p_code || '~'
                AND (p_id IS NULL OR x.chain = p_id)
            ORDER BY x.code LIMIT 2) p
        UNION ALL
        SELECT r.chain FROM stafett.referral r
        CROSS JOIN LATERAL (
            SELECT FROM stafett.party x WHERE x.unit = ANY (p_units) AND x.code = r.code
                AND x.referral = r.id LIMIT 1) mine
        WHERE r.chain = p_id) c
    LIMIT 2;
END;

-- Of these chains the referrals that the units are or were party to.
CREATE FUNCTION stafett.audited_parts(p_units uuid[], p_chains uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN ARRAY(
    SELECT r.id FROM unnest(p_chains) c (id)
    JOIN stafett.referral r ON r.chain = c.id
    CROSS JOIN LATERAL (
        SELECT FROM stafett.party x WHERE x.unit = ANY (p_units) AND x.code = r.code
            AND x.referral = r.id LIMIT 1) mine);

-- The first value with this tag in a detail; null where there is none.
CREATE FUNCTION stafett.audit_value(p_detail bytea, p_tag int) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place int := 0;
    size int;
BEGIN
    WHILE place + 3 <= length(p_detail) LOOP
        size := get_byte(p_detail, place + 1) * 256 + get_byte(p_detail, place + 2);
        IF get_byte(p_detail, place) = p_tag THEN
            RETURN substr(p_detail, place + 4, size);
        END IF;
        place := place + 3 + size;
    END LOOP;
    RETURN NULL;
END
$$;

-- A value as it stands in a detail: its tag, its length, itself.
CREATE FUNCTION stafett.audit_item(p_tag int, p_value bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN set_byte('\x00'::bytea, 0, p_tag) || substr(int4send(length(p_value)), 3) || p_value;

-- The least id of a time.
CREATE FUNCTION stafett.audit_id_at(p_time timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN rpad(lpad(to_hex(floor(extract(epoch FROM p_time) * 1000)::bigint), 12, '0'), 32, '0')::uuid;

-- What is asked about: how many units of that handle ('': any) may be read, and the
-- one referral or chain that is meant.
CREATE FUNCTION api.audit_subject(
    p_unit text, p_member text, p_roles text[], p_of text, p_id uuid, p_code text)
RETURNS TABLE (units int, subjects int, referral uuid, chain uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    scope uuid[] := stafett.audited_units(p_unit, p_member, p_roles);
    referrals uuid[] := '{}';
    chains uuid[] := '{}';
BEGIN
    SELECT count(*) INTO units FROM unnest(scope) s (id) JOIN unit u ON u.id = s.id
    WHERE p_of = '' OR u.handle = p_of;
    IF p_id IS NOT NULL OR p_code <> '' THEN
        referrals := ARRAY(
            SELECT a.referral FROM stafett.audited_referrals(scope, p_id, p_code) a);
        chains := ARRAY(SELECT a.chain FROM stafett.audited_chains(scope, p_id, p_code) a);
    END IF;
    subjects := cardinality(referrals) + cardinality(chains);
    referral := referrals[1];
    chain := chains[1];
    RETURN NEXT;
END
$$;

-- A record as it is shown; |matches| is false for one that only says how far the log
-- was looked at.
CREATE TYPE stafett.audit_row AS (
    matches boolean, id uuid, leaf bytea, detail bytea, member_display_name text,
    chain uuid, relation text);

CREATE FUNCTION stafett.audit_rows(p_units uuid[], p_ids uuid[])
RETURNS SETOF stafett.audit_row
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT true, q.id, q.leaf, q.detail, m.display_name, r.chain,
        coalesce(nullif(concat_ws(',', CASE WHEN r.requester = q.unit THEN 'requester' END,
            CASE WHEN r.owner = q.unit THEN 'owner' END,
            CASE WHEN r.hand_back_unit = q.unit THEN 'hand-back' END,
            CASE WHEN c.custodian = q.unit THEN 'holder' END,
            CASE WHEN p.until IS NOT NULL THEN 'left' END), ''), 'none')
    FROM unnest(p_units, p_ids) WITH ORDINALITY AS w (unit, id, n)
    CROSS JOIN LATERAL (
        SELECT x.* FROM stafett.audit_queue x WHERE x.unit = w.unit AND x.id = w.id LIMIT 1) q
    LEFT JOIN LATERAL (
        SELECT x.display_name FROM stafett.member x
        WHERE x.urn = convert_from(stafett.audit_value(q.detail, 1), 'UTF8') LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT x.* FROM stafett.referral x
        WHERE x.id = encode(stafett.audit_value(q.detail, 6), 'hex')::uuid LIMIT 1) r ON true
    LEFT JOIN LATERAL (
        SELECT x.custodian FROM stafett.chain x WHERE x.id = r.chain LIMIT 1) c ON true
    LEFT JOIN LATERAL (
        SELECT x.until FROM stafett.party x
        WHERE x.unit = q.unit AND x.code = r.code AND x.referral = r.id LIMIT 1) p ON true
    ORDER BY w.n;
END;

-- One page. A filter is looked for in the newest records only, so many of each unit;
-- where that is not the whole log, a last row that does not match says how far it
-- went: the next call begins behind it.
CREATE FUNCTION api.audit_log(
    p_unit text, p_member text, p_roles text[], p_of text, p_who text, p_types int, p_act text,
    p_outcome int, p_id uuid, p_code text, p_chain boolean, p_since timestamptz,
    p_until timestamptz, p_before uuid, p_limit int)
RETURNS SETOF stafett.audit_row
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    scope uuid[] := stafett.audited_units(p_unit, p_member, p_roles);
    units uuid[] := ARRAY(SELECT u.id FROM unnest(scope) s (id) JOIN unit u ON u.id = s.id
        WHERE p_of = '' OR u.handle = p_of);
    after uuid := coalesce(stafett.audit_id_at(p_since), '00000000-0000-0000-0000-000000000000');
    before uuid := coalesce(p_before, stafett.audit_id_at(p_until),
        'ffffffff-ffff-ffff-ffff-ffffffffffff');
    who bytea := stafett.audit_item(1, convert_to(nullif(p_who, ''), 'UTF8'));
    act bytea := stafett.audit_item(7, convert_to(nullif(p_act, ''), 'UTF8'));
    is_about boolean := p_id IS NOT NULL OR p_code <> '';
    is_filtered boolean := is_about OR p_types <> 0 OR p_outcome >= 0
        OR who IS NOT NULL OR act IS NOT NULL;
    each int := greatest(p_limit,
        CASE WHEN is_filtered THEN 2000 / greatest(1, array_length(units, 1)) ELSE 0 END);
    subjects uuid[];
    chains uuid[];
    about bytea[];
    objects bytea[];
    whose uuid[];
    ids uuid[];
    horizon uuid;
BEGIN
    IF is_about THEN
        subjects := ARRAY(SELECT a.referral FROM stafett.audited_referrals(scope, p_id, p_code) a);
        chains := ARRAY(SELECT a.chain FROM stafett.audited_chains(scope, p_id, p_code) a);
        IF p_chain THEN
            chains := chains || ARRAY(SELECT x.chain FROM unnest(subjects) s (id)
                JOIN referral x ON x.id = s.id);
        END IF;
        subjects := subjects || stafett.audited_parts(scope, chains);
        about := ARRAY(SELECT stafett.audit_item(6, uuid_send(s.id)) FROM unnest(subjects) s (id)
            UNION SELECT stafett.audit_item(5, uuid_send(c.id)) FROM unnest(chains) c (id));
        objects := ARRAY(SELECT uuid_send(s.id) FROM unnest(subjects || chains) s (id));
    END IF;
    WITH looked_at AS MATERIALIZED (
        SELECT x.* FROM unnest(units) u (id)
        CROSS JOIN LATERAL (
            SELECT q.unit, q.id, row_number() OVER (ORDER BY q.id DESC) AS nth,
                (p_types = 0 OR p_types >> get_byte(q.leaf, 34) & 1 = 1)
                AND (p_outcome < 0 OR get_byte(q.leaf, 35) = p_outcome)
                AND (who IS NULL OR substr(q.detail, 1, length(who)) = who)
                AND (act IS NULL OR position(act IN q.detail) > 0)
                AND (NOT is_about
                    OR EXISTS (SELECT FROM unnest(about) a (item) WHERE position(a.item IN q.detail) > 0)
                    OR EXISTS (SELECT FROM unnest(objects) o (id) WHERE position(o.id IN q.leaf) > 0))
                AS fits
            FROM audit_queue q
            WHERE q.unit = u.id AND q.id < before AND q.id >= after
            ORDER BY q.id DESC LIMIT each) x
    ), edge AS (
        SELECT l.id FROM looked_at l WHERE l.nth = each ORDER BY l.id DESC LIMIT 1
    ), fitting AS (
        SELECT l.unit, l.id FROM looked_at l
        WHERE l.fits AND l.id >= coalesce((SELECT e.id FROM edge e),
            '00000000-0000-0000-0000-000000000000')
        ORDER BY l.id DESC LIMIT p_limit
    )
    SELECT ARRAY(SELECT f.unit FROM fitting f ORDER BY f.id DESC),
        ARRAY(SELECT f.id FROM fitting f ORDER BY f.id DESC), (SELECT e.id FROM edge e)
    INTO whose, ids, horizon;
    RETURN QUERY SELECT * FROM stafett.audit_rows(whose, ids);
    IF horizon IS NOT NULL THEN
        RETURN QUERY SELECT false, horizon, NULL::bytea, NULL::bytea, NULL, NULL::uuid, NULL;
    END IF;
END
$$;

-- Who read a referral for the acting unit, and read its texts for the units that were
-- sent them: the newest first. Of the own unit the newest records of its log are looked
-- at only; of others no more is told than that a message of ours was first read.
CREATE FUNCTION api.readings(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text, p_most int, p_limit int)
RETURNS TABLE (
    "time" timestamptz, unit text, member text, member_display_name text, operation text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    one uuid := (SELECT min(v.referral::text)::uuid
        FROM stafett.visible(acting, p_id, p_code) v HAVING count(*) = 1);
    item bytea := stafett.audit_item(6, uuid_send(one));
BEGIN
    RETURN QUERY
    SELECT y.* FROM (
        SELECT q.create_time, p_unit, convert_from(stafett.audit_value(q.detail, 1), 'UTF8'),
            m.display_name, CASE get_byte(q.leaf, 34) WHEN 10 THEN 'fetch' WHEN 18 THEN 'look' ELSE 'get' END
        FROM (
            SELECT z.* FROM audit_queue z WHERE z.unit = acting
            ORDER BY z.id DESC LIMIT p_most) q
        LEFT JOIN LATERAL (
            SELECT x.display_name FROM member x
            WHERE x.urn = convert_from(stafett.audit_value(q.detail, 1), 'UTF8') LIMIT 1) m ON true
        WHERE get_byte(q.leaf, 34) IN (4, 10, 18) AND get_byte(q.leaf, 35) = 0
            AND position(item IN q.detail) > 0
        UNION ALL
        SELECT min(d.fetch_time), u.handle, NULL, NULL, 'fetch'
        FROM referral r
        JOIN delivery d ON d.chain = r.chain AND d.referral = r.id AND d.unit <> acting
        JOIN event e ON e.chain = d.chain AND e.seq = d.seq AND e.unit = acting
        JOIN unit u ON u.id = d.unit
        WHERE r.id = one AND d.fetch_time IS NOT NULL
        GROUP BY d.seq, u.handle) y
    ORDER BY 1 DESC LIMIT p_limit;
END
$$;

CREATE FUNCTION api.audit_entry(p_unit text, p_member text, p_roles text[], p_id uuid)
RETURNS SETOF stafett.audit_row
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    scope uuid[] := stafett.audited_units(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY SELECT * FROM stafett.audit_rows(
        scope, array_fill(p_id, ARRAY[coalesce(cardinality(scope), 0)]));
END
$$;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('api', 'stafett')
            AND (p.proname LIKE 'audit%' OR p.proname = 'readings')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text LIKE 'api.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
        END IF;
    END LOOP;
END
$$;
