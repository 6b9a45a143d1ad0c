-- SPDX-License-Identifier: Apache-2.0
-- Reading chains as a whole, by functions that filter by party.

-- One row of a chain, for a unit that may see it.
CREATE TYPE stafett.chain_row AS (
    id uuid, status text, custodian text, custodian_since timestamptz, version int,
    help_request_date date, intervention_due_date date, intervention_start_date date,
    parties text, at_rest boolean, merged_into uuid, linked text, holds boolean, succeeds boolean,
    proposal uuid, proposal_act text, proposal_member text, proposal_member_name text,
    proposal_unit text, proposal_confirm_unit text, proposal_into uuid, proposal_reason text,
    proposal_help_date date, proposal_create_time timestamptz,
    create_time timestamptz, asked boolean, due_time timestamptz, read_time timestamptz,
    breach_reason text, follow_up text, protected_identity boolean,
    awaits_help boolean);

CREATE FUNCTION stafett.sees_chain(p_unit uuid, p_chain uuid) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN EXISTS (
    SELECT FROM stafett.chain c
    WHERE c.id = p_chain AND (c.custodian = p_unit
        OR EXISTS (SELECT FROM stafett.chain_party p WHERE p.unit = p_unit AND p.chain = c.id)
        OR EXISTS (SELECT FROM stafett.chain_units(c.id) w WHERE w.unit = p_unit)
        OR EXISTS (SELECT FROM stafett.proposal x WHERE x.chain = c.id AND x.confirm_unit = p_unit
            AND x.state = 'open')
        OR EXISTS (SELECT FROM stafett.unit u WHERE u.id = c.custodian AND u.replaced_by = p_unit)));

-- What a unit may see of a chain, as stafett.shown has it of a referral: how it stands;
-- or how it stood when another took the unit's place, or as far as it was told.
CREATE FUNCTION stafett.chain_shown(p_unit uuid, p_chain uuid)
RETURNS TABLE (
    until int, apart timestamptz, status text, version int, custodian uuid, custody_seq int,
    help_request_date date, intervention_due_date date, intervention_start_date date)
LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT gone.until, is_.apart,
        CASE WHEN gone.until IS NULL THEN c.status ELSE 'open' END,
        CASE WHEN gone.until IS NULL THEN stafett.version_shown(is_.apart, c.version) END,
        CASE WHEN is_.past THEN last.custodian ELSE c.custodian END,
        CASE WHEN NOT is_.past THEN c.custody_seq END,
        coalesce(gone.help_request_date, c.help_request_date),
        coalesce(gone.intervention_due_date, c.intervention_due_date),
        CASE WHEN NOT is_.past OR (gone.until IS NULL AND stafett.knows_start(
            p_unit, c.id, is_.apart, c.intervention_start_date)) THEN c.intervention_start_date END
    FROM (SELECT x.* FROM stafett.chain x WHERE x.id = p_chain LIMIT 1) c
    LEFT JOIN LATERAL (
        SELECT x.until, x.help_request_date, x.intervention_due_date FROM stafett.chain_party x
        WHERE x.chain = c.id AND x.unit = p_unit AND x.until IS NOT NULL
            AND c.custodian IS DISTINCT FROM p_unit
            AND NOT EXISTS (SELECT FROM stafett.chain_units(c.id) w WHERE w.unit = p_unit)
        LIMIT 1) gone ON true
    CROSS JOIN LATERAL (
        SELECT x.apart, gone.until IS NOT NULL OR x.apart IS NOT NULL AS past
        FROM (SELECT stafett.chain_unshared(p_unit, c.id) AS apart) x) is_
    LEFT JOIN LATERAL (
        SELECT e.custodian FROM stafett.event e
        LEFT JOIN LATERAL (
            SELECT x.id, x.code, x.unshared_time FROM stafett.referral x
            WHERE x.id = e.referral LIMIT 1) r ON true
        WHERE is_.past AND e.chain = c.id AND e.seq <= coalesce(gone.until, 2147483647)
            AND (e.referral IS NULL OR (
                SELECT e.seq <= coalesce(p.until, 2147483647) FROM stafett.party p
                WHERE p.unit = p_unit AND p.code = r.code AND p.referral = r.id LIMIT 1))
            AND stafett.is_seen(p_unit, c.custodian,
                CASE WHEN e.referral IS NULL THEN is_.apart ELSE r.unshared_time END,
                e.unit, e.create_time, e.kind)
        ORDER BY e.seq DESC LIMIT 1) last ON true;
END;

CREATE FUNCTION stafett.chain_rows(p_unit uuid, p_ids uuid[]) RETURNS SETOF stafett.chain_row
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT c.id, s.status, h.handle, cu.since, s.version, s.help_request_date,
        s.intervention_due_date, s.intervention_start_date,
        (SELECT string_agg(y.handle, ',' ORDER BY y.handle) FROM (
                SELECT s.custodian AS unit
                UNION SELECT s.unit FROM stafett.referral r
                CROSS JOIN LATERAL (
                    SELECT p.unit FROM stafett.party p WHERE p.unit = p_unit AND p.code = r.code
                        AND p.referral = r.id AND p.until IS NULL LIMIT 1) p
                CROSS JOIN LATERAL (
                    VALUES (r.requester), (r.owner), (r.hand_back_unit)) s (unit)
                WHERE r.chain = c.id) z
            CROSS JOIN LATERAL (
                SELECT x.handle FROM stafett.unit x WHERE x.id = z.unit LIMIT 1) y),
        s.custody_seq IS NOT NULL AND NOT EXISTS (SELECT FROM stafett.referral x WHERE x.chain = c.id
            AND (NOT stafett.is_ended(x.status) OR x.hand_back_seq = c.custody_seq)),
        CASE WHEN s.until IS NULL THEN c.merged_into END, stafett.links_of(p_unit, c.id),
        coalesce(c.custodian = p_unit, false),
        coalesce(c.custodian = s.custodian AND h.replaced_by = p_unit, false),
        cp.id, cp.act, cp.urn, cp.display_name, cp.handle, cp.confirm_handle,
        cp.other_chain, cp.reason, cp.help_request_date, cp.create_time, c.create_time,
        asked.chain IS NOT NULL, asked.due_time, stafett.now(),
        CASE WHEN told.so
            THEN stafett.breach_reason(c.id, c.intervention_due_date, c.intervention_start_date) END,
        CASE WHEN c.custodian = p_unit THEN stafett.follow_up_of(c.id, c.duty_time) END,
        stafett.is_told_protected(p_unit, c.id, c.protected_time), c.awaits_help OR NOT told.so
    FROM unnest(p_ids) WITH ORDINALITY AS w (id, n)
    JOIN stafett.chain c ON c.id = w.id
    CROSS JOIN LATERAL stafett.chain_shown(p_unit, c.id) s
    -- Not who is only asked to agree that it goes on in another chain, or follows.
    CROSS JOIN LATERAL (SELECT s.until IS NULL AND s.apart IS NULL AND (c.custodian = p_unit
        OR EXISTS (SELECT FROM stafett.chain_units(c.id) w WHERE w.unit = p_unit)
        OR EXISTS (SELECT FROM stafett.chain_party x WHERE x.chain = c.id AND x.unit = p_unit))
        IS TRUE AS so) told
    LEFT JOIN stafett.unit h ON h.id = s.custodian
    LEFT JOIN stafett.custody cu ON cu.chain = c.id AND cu.seq = s.custody_seq
        AND c.custodian IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT x.id, x.act, m.urn, m.display_name, y.handle, z.handle AS confirm_handle,
            x.other_chain, x.reason, x.help_request_date, x.create_time
        FROM stafett.proposal x JOIN stafett.member m ON m.id = x.member
        JOIN stafett.unit y ON y.id = x.unit
        LEFT JOIN stafett.unit z ON z.id = x.confirm_unit
        WHERE x.chain = c.id AND x.referral IS NULL AND x.state = 'open'
            AND p_unit IN (x.unit, x.confirm_unit) LIMIT 1) cp ON true
    LEFT JOIN stafett.chain_duty asked ON asked.chain = c.id AND asked.unit = p_unit
    ORDER BY w.n;
END;

-- Chains of an id, or of a code's prefix: those that the unit has or had a part in
-- without a referral, or whose merging waits for its agreement. What goes on in another chain is read there.
CREATE FUNCTION stafett.visible_chains(p_unit uuid, p_id uuid, p_code text)
RETURNS TABLE (chain uuid)
LANGUAGE sql STABLE ROWS 2
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE found AS (
        (SELECT p_id AS chain WHERE p_id IS NOT NULL AND stafett.sees_chain(p_unit, p_id))
        UNION ALL
        (SELECT p.chain FROM stafett.chain_party p
        WHERE p_id IS NULL AND p.unit = p_unit AND p.code >= p_code AND p.code < p_code || '~'
        ORDER BY p.code LIMIT 2)
        UNION ALL
        (SELECT x.chain FROM stafett.proposal x
        WHERE p_id IS NULL AND x.confirm_unit = p_unit AND x.state = 'open'
            AND starts_with(stafett.code_of(x.chain), p_code) LIMIT 2)
    ), way AS (
        SELECT f.chain, 0 AS step FROM found f
        UNION ALL
        SELECT c.merged_into, w.step + 1 FROM way w
        CROSS JOIN LATERAL (
            SELECT x.merged_into FROM stafett.chain x WHERE x.id = w.chain LIMIT 1) c
        WHERE c.merged_into IS NOT NULL AND w.step < 100
    )
    SELECT DISTINCT w.chain FROM way w
    CROSS JOIN LATERAL (
        SELECT x.merged_into FROM stafett.chain x WHERE x.id = w.chain LIMIT 1) c
    WHERE c.merged_into IS NULL AND stafett.sees_chain(p_unit, w.chain);
END;

CREATE FUNCTION api.chain(p_unit text, p_member text, p_roles text[], p_id uuid, p_code text)
RETURNS SETOF stafett.chain_row
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY SELECT * FROM stafett.chain_rows(acting,
        ARRAY(SELECT v.chain FROM stafett.visible_chains(acting, p_id, p_code) v));
END
$$;

-- The referrals of a chain that the unit is a party of.
CREATE FUNCTION api.chain_referrals(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text)
RETURNS SETOF stafett.referral_row
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY SELECT * FROM stafett.referral_rows(acting, ARRAY(
        SELECT r.id FROM stafett.visible_chains(acting, p_id, p_code) v
        JOIN referral r ON r.chain = v.chain
        CROSS JOIN LATERAL (
            SELECT FROM party p
            WHERE p.unit = acting AND p.code = r.code AND p.referral = r.id LIMIT 1) p
        ORDER BY r.create_time, r.id LIMIT 100));
END
$$;

-- The aftercare that a plan for the way home is made with; null: none. Who is asked to take
-- over there sees the plan, and of the words that came with it what the aftercare brought.
CREATE FUNCTION stafett.planned_with(p_chain uuid, p_seq int, p_kind text) RETURNS uuid
LANGUAGE sql STABLE
RETURN CASE p_kind WHEN 'plan-home' THEN (SELECT x.aftercare FROM stafett.detail x
    WHERE x.chain = p_chain AND x.seq = p_seq LIMIT 1) END;

-- What happened in a chain, as far as the unit may see it: the acts of its referrals,
-- up to when it left them, and those on the chain, while it has a part in it.
CREATE FUNCTION stafett.chain_events(p_unit uuid, p_chain uuid)
RETURNS TABLE (chain uuid, seq int)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT e.chain, e.seq FROM stafett.event e
    LEFT JOIN LATERAL (
        SELECT x.id, x.code FROM stafett.referral x WHERE x.id = e.referral LIMIT 1) r ON true
    LEFT JOIN LATERAL (
        SELECT coalesce(p.until, 2147483647) AS until FROM stafett.party p
        WHERE p.unit = p_unit AND p.code = r.code AND p.referral = r.id LIMIT 1) mine ON true
    WHERE e.chain = p_chain
        AND CASE WHEN e.referral IS NULL
            THEN (SELECT c.custodian = p_unit FROM stafett.chain c WHERE c.id = p_chain)
                OR EXISTS (SELECT FROM stafett.chain_units(p_chain) w WHERE w.unit = p_unit)
                OR EXISTS (SELECT FROM stafett.chain_party y
                    WHERE y.unit = p_unit AND y.chain = p_chain
                        AND (y.until IS NULL OR e.seq <= y.until))
                OR EXISTS (SELECT FROM stafett.proposal x WHERE x.chain = p_chain
                    AND x.confirm_unit = p_unit AND x.referral IS NULL
                    AND x.id = (SELECT ct.message FROM stafett.content ct
                        WHERE ct.chain = e.chain AND ct.seq = e.seq LIMIT 1))
            ELSE e.seq <= mine.until OR EXISTS (
                SELECT FROM stafett.referral x
                WHERE x.id = stafett.planned_with(e.chain, e.seq, e.kind)
                    AND stafett.is_party(p_unit, x.code, x.id)) END;
END;

-- One event, as it is shown.
CREATE TYPE stafett.event_row AS (
    id uuid, referral uuid, version int, kind text, code text, unit text, member text,
    member_display_name text, occurrence_time timestamptz, create_time timestamptz,
    from_status text, to_status text, custodian text, custodian_changed boolean,
    status_reason text, person_told text, named_unit text, question text, contact boolean,
    expected text, expected_time timestamptz, no_next text, cancelled_by text,
    intervention text, start_date date, until_date date, housing text, not_needed text,
    first_contact_date date, aftercare uuid, request_kind text, needs text,
    basis text, consent uuid, disclosed_to text, basis_rule text, basis_version int,
    third text, third_rule text, third_version int, managers_told boolean,
    proposes text, proposed_date date, goes_on uuid, assignee text, assignee_name text,
    has_text boolean);

-- What takes two is told to whom it is put, and to everybody once it is confirmed; to
-- whom something is assigned, within the unit. |p_shared|: whether the unit may read what
-- was written with it.
CREATE FUNCTION stafett.events_of(
    p_unit uuid, p_chains uuid[], p_seqs int[], p_shared boolean[])
RETURNS SETOF stafett.event_row
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT e.id, e.referral, e.version, e.kind, e.code, u.handle, m.urn, m.display_name,
        e.occurrence_time, e.create_time, e.from_status, e.to_status, c.handle,
        e.custodian_changed,
        CASE WHEN e.kind <> 'propose' THEN coalesce(dt.reason, two.reason) ELSE two.reason END,
        dt.person_told, n.handle, dt.question, dt.contact,
        dt.expected, dt.expected_time, dt.no_next, dt.cancelled_by,
        dt.intervention, dt.start_date, dt.until_date, dt.housing, dt.not_needed,
        dt.first_contact_date, dt.aftercare, dt.request_kind, array_to_string(dt.needs, ','),
        e.basis, e.consent, told.handle, e.basis_rule, e.basis_version,
        third.handle, e.third_rule, e.third_version, al.managers,
        two.act, two.help_request_date, two.other_chain, ours.urn, ours.display_name,
        k.shared AND (length(ct.body) > 0 OR ct.body_upload IS NOT NULL)
    FROM unnest(p_chains, p_seqs, p_shared) WITH ORDINALITY AS k (chain, seq, shared, n)
    CROSS JOIN LATERAL (
        SELECT * FROM stafett.event x WHERE x.chain = k.chain AND x.seq = k.seq LIMIT 1) e
    LEFT JOIN LATERAL (SELECT x.handle FROM stafett.unit x WHERE x.id = e.unit LIMIT 1) u ON true
    LEFT JOIN LATERAL (
        SELECT x.urn, x.display_name FROM stafett.member x WHERE x.id = e.member LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT x.handle FROM stafett.unit x WHERE x.id = e.custodian LIMIT 1) c ON true
    LEFT JOIN LATERAL (
        SELECT * FROM stafett.detail x WHERE x.chain = e.chain AND x.seq = e.seq LIMIT 1) dt ON true
    LEFT JOIN LATERAL (
        SELECT x.handle FROM stafett.unit x WHERE x.id = dt.named_unit LIMIT 1) n ON true
    LEFT JOIN LATERAL (
        SELECT x.handle FROM stafett.unit x WHERE x.id = e.disclosed_to LIMIT 1) told ON true
    LEFT JOIN LATERAL (
        SELECT x.handle FROM stafett.unit x WHERE x.id = e.third LIMIT 1) third ON true
    LEFT JOIN LATERAL (
        SELECT x.managers FROM stafett.alarm x
        WHERE e.kind = 'alarm' AND x.chain = e.chain AND x.seq = e.seq LIMIT 1) al ON true
    LEFT JOIN LATERAL (
        SELECT x.* FROM stafett.content x WHERE x.chain = e.chain AND x.seq = e.seq LIMIT 1) ct ON true
    LEFT JOIN LATERAL (
        (SELECT x.* FROM stafett.proposal x
        WHERE e.kind = 'propose' AND x.unit = e.unit AND x.id = ct.message LIMIT 1)
        UNION ALL
        (SELECT x.* FROM stafett.proposal x
        WHERE e.kind IN ('drop', 'void', 'correct-clock') AND x.chain = e.chain
            AND x.decide_time = e.create_time AND x.referral IS NOT DISTINCT FROM e.referral
            AND (e.kind = 'drop' OR e.kind = x.act) LIMIT 1)) two
        ON two.unit = p_unit OR two.confirm_unit = p_unit OR two.state = 'confirmed'
    LEFT JOIN LATERAL (
        SELECT x.urn, x.display_name FROM stafett.member x
        WHERE e.unit = p_unit AND x.id = dt.assignee LIMIT 1) ours ON true
    ORDER BY k.n;
END;

-- The latest events of a referral, and of its chain as a whole. One more than the limit
-- tells that there are earlier ones.
CREATE FUNCTION api.events(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text, p_limit int)
RETURNS SETOF stafett.event_row
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY
    SELECT x.* FROM (
        SELECT array_agg(n.chain ORDER BY n.chain, n.seq) AS chains,
            array_agg(n.seq ORDER BY n.chain, n.seq) AS seqs,
            array_agg(n.shared ORDER BY n.chain, n.seq) AS shared
        FROM (
            SELECT e.chain, e.seq, (e.referral IS NULL OR e.referral = r.id) AND stafett.is_shared(
                acting, c.custodian, un.time, e.unit, e.create_time, e.kind) AS shared
            FROM stafett.visible(acting, p_id, p_code) v
            JOIN referral r ON r.id = v.referral
            JOIN event e ON e.chain = r.chain AND e.seq <= v.until
                AND (e.referral = r.id OR (e.referral IS NULL AND e.seq > v.past)
                    OR stafett.planned_with(e.chain, e.seq, e.kind) = r.id)
            JOIN chain c ON c.id = r.chain
            CROSS JOIN LATERAL (SELECT stafett.chain_unshared(acting, c.id) AS time) apart
            CROSS JOIN LATERAL (SELECT CASE WHEN e.referral IS NULL THEN apart.time
                ELSE r.unshared_time END AS time) un
            WHERE stafett.is_seen(acting, c.custodian, un.time, e.unit, e.create_time, e.kind)
            ORDER BY e.seq DESC LIMIT p_limit + 1) n) l
    CROSS JOIN LATERAL stafett.events_of(acting, l.chains, l.seqs, l.shared) x;
END
$$;

-- The latest of it. One more than the limit tells that there are earlier events.
CREATE FUNCTION api.chain_history(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text, p_limit int)
RETURNS SETOF stafett.event_row
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY
    SELECT x.* FROM (
        SELECT array_agg(n.chain ORDER BY n.create_time, n.seq) AS chains,
            array_agg(n.seq ORDER BY n.create_time, n.seq) AS seqs,
            array_agg(n.shared ORDER BY n.create_time, n.seq) AS shared
        FROM (
            SELECT k.chain, k.seq, e.create_time, stafett.is_shared(acting, c.custodian, un.time,
                e.unit, e.create_time, e.kind) AND (e.referral IS NULL
                    OR (SELECT true FROM party p WHERE p.unit = acting AND p.code = r.code
                        AND p.referral = r.id LIMIT 1)) IS TRUE AS shared
            FROM stafett.visible_chains(acting, p_id, p_code) v
            CROSS JOIN LATERAL stafett.chain_events(acting, v.chain) k
            CROSS JOIN LATERAL (
                SELECT * FROM event x WHERE x.chain = k.chain AND x.seq = k.seq LIMIT 1) e
            CROSS JOIN LATERAL (SELECT x.custodian FROM chain x WHERE x.id = k.chain LIMIT 1) c
            LEFT JOIN LATERAL (
                SELECT x.id, x.code, x.unshared_time FROM referral x
                WHERE x.id = e.referral LIMIT 1) r ON true
            CROSS JOIN LATERAL (SELECT CASE WHEN e.referral IS NULL
                THEN stafett.chain_unshared(acting, k.chain) ELSE r.unshared_time END AS time) un
            WHERE stafett.is_seen(acting, c.custodian, un.time, e.unit, e.create_time, e.kind)
                AND (SELECT count(*) FROM stafett.visible_chains(acting, p_id, p_code)) = 1
            ORDER BY e.create_time DESC, k.seq DESC LIMIT p_limit + 1) n) l
    CROSS JOIN LATERAL stafett.events_of(acting, l.chains, l.seqs, l.shared) x;
END
$$;

-- Where the messages on a chain itself stand that the unit may read, the latest; those
-- of its referrals are read with them.
CREATE FUNCTION stafett.chain_contents(p_unit uuid, p_chain uuid, p_limit int)
RETURNS TABLE (chain uuid, seq int, from_unit uuid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT k.chain, k.seq, e.unit
    FROM stafett.chain_events(p_unit, p_chain) k
    CROSS JOIN LATERAL (
        SELECT * FROM stafett.event x WHERE x.chain = k.chain AND x.seq = k.seq LIMIT 1) e
    CROSS JOIN LATERAL (
        SELECT FROM stafett.content x WHERE x.chain = k.chain AND x.seq = k.seq LIMIT 1) ct
    CROSS JOIN LATERAL (
        SELECT x.custodian FROM stafett.chain x WHERE x.id = k.chain LIMIT 1) c
    CROSS JOIN (SELECT stafett.chain_unshared(p_unit, p_chain) AS time) un
    WHERE e.referral IS NULL
        AND stafett.is_shared(p_unit, c.custodian, un.time, e.unit, e.create_time, e.kind)
    ORDER BY k.seq DESC LIMIT p_limit;
END;

-- They are fetched by this. One more than the limit tells that there are earlier ones,
-- and is not.
CREATE FUNCTION api.chain_messages(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text, p_limit int)
RETURNS TABLE (
    message uuid, from_unit text, suite text, content_hash bytea, header bytea, card bytea,
    body bytea, upload uuid, upload_sha256 bytea, upload_size int, event uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    one uuid;
BEGIN
    SELECT min(v.chain::text)::uuid INTO one FROM stafett.visible_chains(acting, p_id, p_code) v
    HAVING count(*) = 1;
    PERFORM stafett.mark_fetched(acting, k.chain, k.seq)
    FROM stafett.chain_contents(acting, one, p_limit) k;
    RETURN QUERY
    SELECT ct.message, u.handle, ct.suite, ct.content_hash, ct.header, ct.card, ct.body,
        up.id, up.sha256, up.size, e.id
    FROM stafett.chain_contents(acting, one, p_limit + 1) k
    CROSS JOIN LATERAL (
        SELECT * FROM content x WHERE x.chain = k.chain AND x.seq = k.seq LIMIT 1) ct
    JOIN event e ON e.chain = k.chain AND e.seq = k.seq
    JOIN unit u ON u.id = k.from_unit
    LEFT JOIN upload up ON up.unit = ct.body_unit AND up.id = ct.body_upload
    ORDER BY k.seq;
END
$$;

-- The chains that a unit holds, the oldest first; of another unit, those that the
-- caller's follows.
CREATE FUNCTION api.held_chains(
    p_unit text, p_member text, p_roles text[], p_holder text,
    p_after timestamptz, p_after_id uuid, p_limit int)
RETURNS SETOF stafett.chain_row
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    holder uuid := CASE WHEN p_holder = '' THEN acting ELSE (
        SELECT u.id FROM unit u WHERE u.handle = p_holder
            AND (u.id = acting OR u.replaced_by = acting)) END;
BEGIN
    RETURN QUERY SELECT * FROM stafett.chain_rows(acting, ARRAY(
        SELECT c.id FROM chain c
        WHERE c.custodian = holder AND (c.create_time, c.id) > (coalesce(p_after, '-infinity'),
            coalesce(p_after_id, '00000000-0000-0000-0000-000000000000'))
        ORDER BY c.create_time, c.id LIMIT p_limit));
END
$$;

-- The card that a chain's own messages brought last: nothing is fetched by this.
CREATE FUNCTION stafett.chain_card(p_unit uuid, p_chain uuid) RETURNS bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN (
    SELECT ct.card FROM stafett.chain_contents(p_unit, p_chain, 2147483647) k
    CROSS JOIN LATERAL (
        SELECT * FROM stafett.content x WHERE x.chain = k.chain AND x.seq = k.seq LIMIT 1) ct
    WHERE length(ct.card) > 0
    ORDER BY k.seq DESC LIMIT 1);

CREATE FUNCTION api.chain_card(p_unit text, p_member text, p_roles text[], p_id uuid, p_code text)
RETURNS TABLE (card bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    one uuid := (SELECT min(v.chain::text)::uuid
        FROM stafett.visible_chains(acting, p_id, p_code) v HAVING count(*) = 1);
BEGIN
    RETURN QUERY SELECT stafett.chain_card(acting, one);
END
$$;

-- What waits for a second member, of the unit or at its proposal, the oldest first. A
-- chain is shown by the latest of its referrals that the unit is a party of.
CREATE FUNCTION stafett.waiting_proposals(p_unit uuid, p_limit int)
RETURNS TABLE (chain uuid, referral uuid, create_time timestamptz)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT x.chain, coalesce(x.referral, mine.id), x.create_time
    FROM (
        (SELECT * FROM stafett.proposal p WHERE p.unit = p_unit AND p.state = 'open'
        ORDER BY p.create_time, p.id LIMIT p_limit)
        UNION ALL
        (SELECT * FROM stafett.proposal p
        WHERE p.confirm_unit = p_unit AND p.unit <> p_unit AND p.state = 'open'
        ORDER BY p.create_time, p.id LIMIT p_limit)) x
    CROSS JOIN LATERAL (
        SELECT FROM stafett.chain c WHERE c.id = x.chain AND c.status = 'open'
            AND stafett.sees_chain(p_unit, c.id) LIMIT 1) c
    LEFT JOIN LATERAL (
        SELECT r.id FROM stafett.referral r
        WHERE x.referral IS NULL AND r.chain = x.chain
            AND stafett.is_party(p_unit, r.code, r.id)
        ORDER BY r.create_time DESC, r.id DESC LIMIT 1) mine ON true
    ORDER BY x.create_time, x.id LIMIT p_limit;
END;

CREATE FUNCTION api.proposals(p_unit text, p_member text, p_roles text[], p_limit int)
RETURNS SETOF stafett.referral_row
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY SELECT * FROM stafett.referral_rows(acting, ARRAY(
        SELECT w.referral FROM stafett.waiting_proposals(acting, p_limit) w
        WHERE w.referral IS NOT NULL
        GROUP BY w.referral ORDER BY min(w.create_time), w.referral));
END
$$;

-- Of chains in which the unit has no referral, with the card that their own messages
-- brought last.
CREATE FUNCTION api.chain_proposals(p_unit text, p_member text, p_roles text[], p_limit int)
RETURNS TABLE (card bytea, r stafett.chain_row)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY SELECT stafett.chain_card(acting, x.id), x
    FROM stafett.chain_rows(acting, ARRAY(
        SELECT w.chain FROM stafett.waiting_proposals(acting, p_limit) w
        WHERE w.referral IS NULL
        GROUP BY w.chain ORDER BY min(w.create_time), w.chain)) x;
END
$$;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'stafett.sees_chain(uuid, uuid)',
        'stafett.chain_rows(uuid, uuid[])',
        'stafett.visible_chains(uuid, uuid, text)',
        'stafett.planned_with(uuid, int, text)',
        'stafett.chain_events(uuid, uuid)',
        'stafett.events_of(uuid, uuid[], int[], boolean[])',
        'api.events(text, text, text[], uuid, text, int)',
        'api.chain(text, text, text[], uuid, text)',
        'api.chain_referrals(text, text, text[], uuid, text)',
        'stafett.chain_shown(uuid, uuid)',
        'stafett.chain_contents(uuid, uuid, int)',
        'api.chain_history(text, text, text[], uuid, text, int)',
        'api.chain_messages(text, text, text[], uuid, text, int)',
        'stafett.chain_card(uuid, uuid)',
        'api.chain_card(text, text, text[], uuid, text)',
        'stafett.waiting_proposals(uuid, int)',
        'api.proposals(text, text, text[], int)',
        'api.chain_proposals(text, text, text[], int)',
        'api.held_chains(text, text, text[], text, timestamptz, uuid, int)'
        ]::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text LIKE 'api.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
        END IF;
    END LOOP;
END
$$;
