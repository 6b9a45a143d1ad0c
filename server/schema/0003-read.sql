-- SPDX-License-Identifier: Apache-2.0
-- Reading, by functions that filter by party: the daemon has no other way to
-- case data, so a query that forgot its filter cannot be written.
--
-- Every function begins with the acting unit: the unit of |p_unit| if the member
-- has one of |p_roles| there now, else null, and then there are no rows.
--
-- pg_temp stands last in each search_path: unnamed it would come first, and a
-- temporary table of the caller's would pass for one of ours.

CREATE FUNCTION stafett.acting_unit(p_unit text, p_member text, p_roles text[]) RETURNS uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN (
    SELECT u.id FROM stafett.unit u
    WHERE u.handle = p_unit AND EXISTS (
        SELECT FROM stafett.member m JOIN stafett.membership ms ON ms.member = m.id
        WHERE m.urn = p_member AND ms.unit = u.id AND ms.role = ANY (p_roles)
            AND ms.valid_from <= stafett.now() AND stafett.now() < ms.valid_to));

-- Who calls, for the roles check and the audit leaf; and when the clerk last showed
-- itself, which every list tells.
CREATE FUNCTION api.actor(p_unit text, p_member text)
RETURNS TABLE (
    at timestamptz, unit uuid, organization text, member uuid, roles text,
    clerk_time timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT stafett.now(), u.id, o.number, m.id, (
        SELECT string_agg(ms.role, ',' ORDER BY ms.role) FROM membership ms
        WHERE ms.member = m.id AND ms.unit = u.id
            AND ms.valid_from <= stafett.now() AND stafett.now() < ms.valid_to),
        (SELECT h.last_time FROM heartbeat h WHERE h.process = 'clerk')
    FROM (SELECT 1) one
    LEFT JOIN unit u ON u.handle = p_unit
    LEFT JOIN organization o ON o.id = u.organization
    LEFT JOIN member m ON m.urn = p_member;
END
$$;

-- Referrals of a code's prefix or an id, at most two: a second one means that
-- the prefix is ambiguous. Of one that the unit has left, the events after |until|
-- do not exist for it, nor those of a chain that a merge has put before, up to |past|.
CREATE FUNCTION stafett.visible(p_unit uuid, p_id uuid, p_code text)
RETURNS TABLE (referral uuid, past int, until int)
LANGUAGE sql STABLE ROWS 2
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT p.referral, CASE WHEN p.until IS NULL THEN 0 ELSE p.past END,
        coalesce(p.until, 2147483647) FROM stafett.party p
    WHERE p.unit = p_unit AND p.code >= p_code AND p.code < p_code || '~'
        AND (p_id IS NULL OR p.referral = p_id)
    ORDER BY p.code LIMIT 2;
END;

-- The units that are parties of a chain now, each with the latest of the chain's
-- referrals by which it is one.
CREATE FUNCTION stafett.chain_units(p_chain uuid) RETURNS TABLE (unit uuid, referral uuid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT ON (s.unit) s.unit, r.id
    FROM stafett.referral r
    CROSS JOIN LATERAL (
        VALUES (r.requester), (r.owner), (r.hand_back_unit), (r.sender)) s (unit)
    CROSS JOIN LATERAL (
        SELECT FROM stafett.party p
        WHERE p.unit = s.unit AND p.code = r.code AND p.referral = r.id AND p.until IS NULL
        LIMIT 1) p
    WHERE r.chain = p_chain
    ORDER BY s.unit, r.create_time DESC, r.id;
END;

-- Those that are linked with a chain and in which the unit has a part too.
CREATE FUNCTION stafett.links_of(p_unit uuid, p_chain uuid) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN (
    SELECT string_agg(l.id::text, ',' ORDER BY l.id) FROM (
        SELECT k.linked AS id FROM stafett.chain_link k WHERE k.chain = p_chain
        UNION SELECT k.chain FROM stafett.chain_link k WHERE k.linked = p_chain) l
    CROSS JOIN LATERAL (
        SELECT x.custodian FROM stafett.chain x WHERE x.id = l.id LIMIT 1) c
    WHERE c.custodian = p_unit
        OR EXISTS (SELECT FROM stafett.chain_units(l.id) w WHERE w.unit = p_unit));

-- Since when nothing of a chain is shared with a unit any more; null: it is. A referral
-- lets in whom another unit tells by it, and nobody else: who sends one to itself learns
-- nothing by that, nor does whom it sends one to once it is told nothing itself.
CREATE FUNCTION stafett.chain_unshared(p_unit uuid, p_chain uuid) RETURNS timestamptz
LANGUAGE sql STABLE
RETURN CASE WHEN (SELECT true FROM stafett.referral x
        WHERE x.chain = p_chain AND (x.unshared_time IS NOT NULL OR x.opens_nothing) LIMIT 1)
    THEN (
        SELECT CASE WHEN bool_or(r.unshared_time IS NOT NULL OR r.opens_nothing)
                AND NOT bool_or(r.requester <> p_unit AND p.until IS NULL
                    AND r.unshared_time IS NULL AND NOT r.opens_nothing)
            THEN coalesce(max(r.unshared_time), '-infinity') END
        FROM stafett.referral r
        CROSS JOIN LATERAL (
            SELECT x.until FROM stafett.party x WHERE x.unit = p_unit AND x.code = r.code
                AND x.referral = r.id LIMIT 1) p
        WHERE r.chain = p_chain AND (SELECT x.custodian IS DISTINCT FROM p_unit
            FROM stafett.chain x WHERE x.id = p_chain LIMIT 1))
    END;

-- Whether a unit has been told that the identity in a chain, marked since |p_since|, is
-- protected: its parties are, and who was one then goes on to be, so that no list shows the
-- name on a card that it has kept. What was marked later it is not told.
CREATE FUNCTION stafett.is_told_protected(p_unit uuid, p_chain uuid, p_since timestamptz)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    IF p_since IS NULL THEN
        RETURN false;
    END IF;
    RETURN p_since <= coalesce(stafett.chain_unshared(p_unit, p_chain), 'infinity') AND EXISTS (
        SELECT FROM (
            SELECT NULL::int AS until FROM chain c WHERE c.id = p_chain AND c.custodian = p_unit
            UNION ALL
            SELECT y.until FROM chain_party y WHERE y.chain = p_chain AND y.unit = p_unit
            UNION ALL
            SELECT y.until FROM referral r CROSS JOIN LATERAL (
                SELECT x.until FROM party x
                WHERE x.unit = p_unit AND x.code = r.code AND x.referral = r.id LIMIT 1) y
            WHERE r.chain = p_chain) mine
        WHERE mine.until IS NULL OR p_since <= (SELECT e.create_time FROM event e
            WHERE e.chain = p_chain AND e.seq = mine.until));
END
$$;

-- Whether a unit has seen that help began, before it was told no more, or began it itself.
CREATE FUNCTION stafett.knows_start(p_unit uuid, p_chain uuid, p_apart timestamptz, p_start date)
RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM stafett.event e
    CROSS JOIN LATERAL (
        SELECT x.start_date FROM stafett.detail x WHERE x.chain = e.chain AND x.seq = e.seq LIMIT 1) d
    WHERE e.chain = p_chain AND e.kind = 'start' AND d.start_date = p_start
        AND (e.unit = p_unit OR e.create_time < p_apart));

-- A version counts what was done: who is told nothing of a chain any more names the first.
CREATE FUNCTION stafett.version_shown(p_apart timestamptz, p_version int) RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN p_apart IS NULL THEN p_version ELSE 1 END;

-- What a unit may see of a referral and of its chain, for every door by which it asks: how
-- they stand; or how they stood when the unit left, or as far as it was told since the
-- consent was revoked.
--   until   the event with which it left; null: it is a party
--   kept    others' part in the referral is kept from it
--   apart   since when nothing of the chain is shared with it; null: it is
--   open    whether it sees what is to be done next, and by when
CREATE FUNCTION stafett.shown(p_unit uuid, p_referral uuid)
RETURNS TABLE (
    until int, kept boolean, apart timestamptz, open boolean,
    status text, version int, update_time timestamptz, owner uuid,
    chain_status text, chain_version int, custodian uuid, custody_seq int,
    help_request_date date, intervention_due_date date, intervention_start_date date)
LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT mine.until, is_.kept, is_.apart,
        mine.until IS NULL AND (NOT is_.kept OR r.next_actor = p_unit),
        CASE WHEN is_.past THEN last.to_status ELSE r.status END,
        CASE WHEN is_.past THEN last.version ELSE r.version END,
        CASE WHEN is_.past THEN last.create_time ELSE r.update_time END,
        CASE WHEN mine.until IS NULL THEN r.owner ELSE coalesce(
            CASE WHEN last.kind IN ('accept', 'acknowledge') THEN last.unit
                WHEN last.kind = 'forward' THEN (SELECT x.named_unit FROM stafett.detail x
                    WHERE x.chain = last.chain AND x.seq = last.seq LIMIT 1) END,
            (SELECT x.unit FROM stafett.event x WHERE x.chain = r.chain AND x.referral = r.id
                AND x.seq > mine.until AND x.kind = 'forward' ORDER BY x.seq LIMIT 1),
            r.owner) END,
        CASE WHEN mine.until IS NULL THEN c.status ELSE 'open' END,
        CASE WHEN mine.until IS NULL THEN stafett.version_shown(is_.apart, c.version) END,
        CASE WHEN is_.past OR is_.apart IS NOT NULL THEN last.custodian ELSE c.custodian END,
        CASE WHEN mine.until IS NULL AND is_.apart IS NULL THEN c.custody_seq END,
        coalesce(mine.help_request_date, c.help_request_date),
        coalesce(mine.intervention_due_date, c.intervention_due_date),
        CASE WHEN mine.until IS NULL AND (is_.apart IS NULL OR stafett.knows_start(
            p_unit, c.id, is_.apart, c.intervention_start_date)) THEN c.intervention_start_date END
    FROM (SELECT x.* FROM stafett.referral x WHERE x.id = p_referral LIMIT 1) r
    CROSS JOIN LATERAL (SELECT x.* FROM stafett.chain x WHERE x.id = r.chain LIMIT 1) c
    LEFT JOIN LATERAL (
        SELECT CASE WHEN x.until IS NOT NULL THEN x.help_request_date END AS help_request_date,
            CASE WHEN x.until IS NOT NULL THEN x.intervention_due_date END AS intervention_due_date,
            x.until
        FROM stafett.party x
        WHERE x.unit = p_unit AND x.code = r.code AND x.referral = r.id LIMIT 1) mine ON true
    CROSS JOIN LATERAL (
        SELECT x.kept, x.apart, mine.until IS NOT NULL OR x.kept AS past FROM (
            SELECT stafett.is_kept_from(p_unit, c.custodian, r.unshared_time) AS kept,
                stafett.chain_unshared(p_unit, c.id) AS apart) x) is_
    LEFT JOIN LATERAL (
        SELECT x.* FROM stafett.event x
        WHERE (is_.past OR is_.apart IS NOT NULL) AND x.chain = r.chain AND x.referral = r.id
            AND x.seq <= coalesce(mine.until, 2147483647) AND stafett.is_seen(
                p_unit, c.custodian, r.unshared_time, x.unit, x.create_time, x.kind)
        ORDER BY x.seq DESC LIMIT 1) last ON true;
END;

-- One row of a referral with its chain, as lists and reading share it. Where the unit
-- must act on the chain itself, it has no referral: see stafett.chain_duty_row().
CREATE TYPE stafett.referral_row AS (
    id uuid, code text, chain uuid, kind text, status text, priority text, version int,
    requester text, owner text, hand_back_unit text,
    create_time timestamptz, update_time timestamptz, acknowledge_time timestamptz,
    accept_time timestamptz, responsible text, contact_by_date date,
    appointment_time timestamptz, next_actor text, next_act text, due_time timestamptz,
    needs text, basis text, basis_form text, basis_end_date date,
    basis_covers_missed_events boolean, replaces uuid, reference text,
    care_responsibility_remains boolean, person_informed boolean,
    chain_status text, custodian text, custodian_since timestamptz, chain_version int,
    help_request_date date, intervention_due_date date, parties text,
    intervention_start_date date, at_rest boolean,
    chain_proposal uuid, chain_proposal_act text, chain_proposal_member text, chain_proposal_member_name text,
    chain_proposal_unit text, chain_proposal_confirm_unit text, chain_proposal_into uuid, chain_proposal_reason text,
    chain_proposal_help_date date, chain_proposal_create_time timestamptz,
    delivery_state text, store_time timestamptz, offer_time timestamptz, fetch_time timestamptz,
    delivery_acknowledge_time timestamptz, acknowledge_member text, cause text,
    relation text, question_time timestamptz, question text, assignee text, assignee_display_name text,
    expected text, expected_time timestamptz, alarm_time timestamptz, missed boolean,
    home_planned boolean, aftercare uuid, aftercare_accepted boolean, waits boolean,
    proposal uuid, proposal_act text, proposal_member text, proposal_member_name text,
    proposal_unit text, proposal_confirm_unit text, proposal_into uuid, proposal_reason text,
    proposal_help_date date, proposal_create_time timestamptz,
    call uuid, call_state text, call_create_time timestamptz, call_due_time timestamptz,
    call_waits_for text, call_waits boolean, last_dose_time timestamptz, next_dose_by text,
    discharge text, call_time timestamptz, linked text,
    no_longer_shared boolean, revoked boolean, revoked_here boolean, consent uuid, consent_unit text,
    consent_recipients text, consent_given_by text, consent_form text,
    consent_time timestamptz, consent_end_date date, consent_covers boolean,
    revoke_time timestamptz, consent_status text, read_time timestamptz,
    breach_reason text, follow_up text, protected_identity boolean, awaits_help boolean,
    card bytea);

-- Why help is late, where it is and somebody has said so: the last word on it.
CREATE FUNCTION stafett.breach_reason(p_chain uuid, p_due date, p_start date) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN coalesce(p_start, (stafett.now() AT TIME ZONE 'Europe/Stockholm')::date) > p_due
    THEN (SELECT d.clock_reason FROM stafett.detail d
        WHERE d.chain = p_chain AND d.clock_reason IS NOT NULL ORDER BY d.seq DESC LIMIT 1) END;

-- Which question is asked about how the person is; null: none now.
CREATE FUNCTION stafett.follow_up_of(p_chain uuid, p_duty_time timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN p_duty_time <= stafett.now()
    THEN (SELECT d.what FROM stafett.chain_question d WHERE d.chain = p_chain AND d.what <> 'help'
        AND d.show_time <= stafett.now() LIMIT 1) END;

-- A unit that has left sees the referral as it stood then: "gone" is its last event.
CREATE FUNCTION stafett.referral_rows(p_unit uuid, p_ids uuid[]) RETURNS SETOF stafett.referral_row
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT r.id, r.code, r.chain, r.kind, s.status, r.priority, s.version,
        requester.handle, owner.handle, hand_back.handle,
        r.create_time, s.update_time, acknowledged.create_time,
        accepted.create_time, accepted.responsible, accepted.contact_by_date,
        accepted.appointment_time, next_actor.handle,
        CASE WHEN s.open THEN r.next_act END,
        CASE WHEN s.open THEN r.due_time END,
        array_to_string(q.needs, ','), q.basis, q.basis_form, q.basis_end_date,
        q.basis_covers_missed_events, q.replaces, q.reference,
        q.care_responsibility_remains, q.person_informed,
        s.chain_status, custodian.handle, cu.since, s.chain_version,
        s.help_request_date, s.intervention_due_date,
        (SELECT string_agg(pu.handle, ',' ORDER BY pu.handle)
            FROM stafett.unit pu
            WHERE pu.id IN (r.requester, s.owner, r.hand_back_unit, s.custodian)),
        s.intervention_start_date,
        NOT EXISTS (SELECT FROM stafett.referral x WHERE x.chain = c.id
            AND (NOT stafett.is_ended(x.status) OR x.hand_back_seq = c.custody_seq)),
        cp.id, cp.act, cp.urn, cp.display_name, cp.handle, cp.confirm_handle,
        cp.other_chain, cp.reason, cp.help_request_date, cp.create_time,
        d.state, d.store_time, d.offer_time, d.fetch_time, d.acknowledge_time, am.urn, d.cause,
        concat_ws(',', CASE WHEN r.requester = p_unit THEN 'requester' END,
            CASE WHEN r.owner = p_unit THEN 'owner' END,
            CASE WHEN r.hand_back_unit = p_unit THEN 'hand-back' END,
            CASE WHEN c.custodian = p_unit THEN 'holder' END,
            CASE WHEN s.until IS NOT NULL THEN 'left' END),
        (SELECT e.create_time FROM stafett.event e
            WHERE e.chain = r.chain AND e.seq = r.question_seq AND s.open LIMIT 1),
        (SELECT a.question FROM stafett.detail a
            WHERE a.chain = r.chain AND a.seq = r.question_seq AND s.open AND NOT s.kept LIMIT 1),
        assignee.urn, assignee.display_name,
        still.expected, still.expected_time, still.alarm_time, still.missed,
        still.home_planned, still.aftercare,
        (SELECT x.status IN ('accepted', 'in-progress', 'on-hold')
            FROM stafett.referral x WHERE x.id = still.aftercare LIMIT 1),
        still.hand_back_seq = c.custody_seq,
        rp.id, rp.act, rp.urn, rp.display_name, rp.handle, rp.confirm_handle,
        rp.other_chain, rp.reason, rp.help_request_date, rp.create_time,
        call.id, CASE WHEN call.state <> 'open' OR waited.for_ IS NOT NULL THEN call.state
            ELSE 'answered' END,
        call.create_time, call.due_time, waited.for_, coalesce(waited.for_us, false),
        q.last_dose_time, q.next_dose_by, q.discharge, q.call_time,
        stafett.links_of(p_unit, c.id),
        s.kept, r.unshared_time IS NOT NULL, CASE WHEN r.unshared_time IS NOT NULL THEN (
            SELECT k.revoke_unit = p_unit FROM stafett.consent k WHERE k.id = r.consent LIMIT 1) END,
        agreed.id, agreed.handle,
        array_to_string(agreed.recipients, ','), agreed.given_by, agreed.form,
        agreed.create_time, agreed.end_date, agreed.covers_missed_events, agreed.revoke_time,
        CASE WHEN agreed.revoke_time IS NOT NULL THEN 'revoked'
            WHEN agreed.end_date < (stafett.now() AT TIME ZONE 'Europe/Stockholm')::date THEN 'ended'
            WHEN agreed.id IS NOT NULL THEN 'active' END,
        stafett.now(),
        CASE WHEN s.until IS NULL AND NOT s.kept AND s.apart IS NULL
            THEN stafett.breach_reason(c.id, c.intervention_due_date, c.intervention_start_date) END,
        CASE WHEN c.custodian = p_unit AND s.until IS NULL
            THEN stafett.follow_up_of(c.id, c.duty_time) END,
        stafett.is_told_protected(p_unit, c.id, c.protected_time),
        c.awaits_help OR s.until IS NOT NULL OR s.kept OR s.apart IS NOT NULL,
        (SELECT ct.card FROM stafett.event e JOIN stafett.content ct USING (chain, seq)
            WHERE e.chain = r.chain AND e.referral = r.id AND e.seq <= s.last
                AND length(ct.card) > 0
                AND stafett.is_shared(p_unit, c.custodian, r.unshared_time, e.unit, e.create_time, e.kind)
            ORDER BY e.seq DESC LIMIT 1)
    FROM unnest(p_ids) WITH ORDINALITY AS w (id, n)
    JOIN stafett.referral r ON r.id = w.id
    JOIN stafett.chain c ON c.id = r.chain
    JOIN stafett.request q ON q.referral = r.id
    CROSS JOIN LATERAL (SELECT x.*, coalesce(x.until, 2147483647) AS last
        FROM stafett.shown(p_unit, r.id) x) s
    LEFT JOIN LATERAL (
        SELECT k.*, y.handle FROM stafett.consent k JOIN stafett.unit y ON y.id = k.unit
        WHERE k.id = r.consent AND NOT s.kept AND s.until IS NULL LIMIT 1) agreed ON true
    LEFT JOIN LATERAL (
        SELECT r.* WHERE s.until IS NULL AND NOT s.kept LIMIT 1) still ON true
    LEFT JOIN LATERAL (
        SELECT x.id, x.act, m.urn, m.display_name, y.handle, z.handle AS confirm_handle,
            x.other_chain, x.reason, x.help_request_date, x.create_time
        FROM stafett.proposal x JOIN stafett.member m ON m.id = x.member
        JOIN stafett.unit y ON y.id = x.unit
        LEFT JOIN stafett.unit z ON z.id = x.confirm_unit
        WHERE x.chain = c.id AND (x.unit = p_unit OR x.confirm_unit = p_unit)
            AND x.referral IS NULL AND x.state = 'open'
            AND (s.until IS NULL OR x.confirm_unit = p_unit)
        LIMIT 1) cp ON true
    LEFT JOIN LATERAL (
        SELECT x.id, x.act, m.urn, m.display_name, y.handle, z.handle AS confirm_handle,
            x.other_chain, x.reason, x.help_request_date, x.create_time
        FROM stafett.proposal x JOIN stafett.member m ON m.id = x.member
        JOIN stafett.unit y ON y.id = x.unit
        LEFT JOIN stafett.unit z ON z.id = x.confirm_unit
        WHERE x.chain = c.id AND x.unit = p_unit AND x.referral = r.id AND x.state = 'open'
        LIMIT 1) rp ON true
    LEFT JOIN LATERAL (
        SELECT x.* FROM stafett.planning_call x
        WHERE x.referral = r.id AND s.until IS NULL ORDER BY x.create_time DESC LIMIT 1) call
        ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(y.handle, ',' ORDER BY y.handle) AS for_, bool_or(y.id = p_unit) AS for_us
        FROM stafett.call_waits_for(call.id) w JOIN stafett.unit y ON y.id = w.unit
        WHERE call.id IS NOT NULL) waited ON true
    LEFT JOIN stafett.custody cu
        ON cu.chain = c.id AND cu.seq = s.custody_seq
    LEFT JOIN stafett.unit requester ON requester.id = r.requester
    LEFT JOIN stafett.unit owner ON owner.id = s.owner
    LEFT JOIN stafett.unit hand_back ON hand_back.id = r.hand_back_unit
    LEFT JOIN stafett.unit custodian ON custodian.id = s.custodian
    LEFT JOIN stafett.unit next_actor ON next_actor.id = r.next_actor AND s.open
    LEFT JOIN LATERAL (
        SELECT e.create_time FROM stafett.event e
        WHERE e.chain = r.chain AND e.referral = r.id AND e.kind IN ('acknowledge', 'accept')
            AND e.seq <= s.last
        ORDER BY e.seq LIMIT 1) acknowledged ON true
    LEFT JOIN LATERAL (
        SELECT e.create_time, a.responsible, a.contact_by_date, a.appointment_time
        FROM stafett.event e JOIN stafett.detail a USING (chain, seq)
        WHERE e.chain = r.chain AND e.referral = r.id AND e.kind = 'accept'
            AND e.seq <= s.last
        ORDER BY e.seq DESC LIMIT 1) accepted ON true
    LEFT JOIN LATERAL (
        SELECT dd.store_time, t.offer_time, t.fetch_time, t.acknowledge_time,
            CASE WHEN t.acknowledge_time IS NOT NULL OR s.until IS NULL THEN dd.state
                WHEN t.fetch_time IS NOT NULL THEN 'fetched'
                WHEN t.offer_time IS NOT NULL THEN 'offered' ELSE 'stored' END AS state,
            CASE WHEN t.acknowledge_time IS NOT NULL THEN dd.acknowledge_member END
                AS acknowledge_member,
            CASE WHEN t.acknowledge_time IS NOT NULL THEN dd.cause END AS cause
        FROM stafett.delivery dd
        CROSS JOIN LATERAL (SELECT
            CASE WHEN dd.offer_time <= then_.time THEN dd.offer_time END AS offer_time,
            CASE WHEN dd.fetch_time <= then_.time THEN dd.fetch_time END AS fetch_time,
            CASE WHEN dd.acknowledge_time <= then_.time THEN dd.acknowledge_time END
                AS acknowledge_time
            FROM (SELECT CASE WHEN s.until IS NULL THEN 'infinity' ELSE s.update_time END
                AS time) then_) t
        WHERE dd.chain = r.chain AND dd.referral = r.id AND dd.unit = s.owner
            AND dd.seq <= s.last AND (dd.needs <> 'none' OR dd.seq = 1)
        ORDER BY dd.seq DESC LIMIT 1) d ON true
    LEFT JOIN LATERAL (
        SELECT m.urn FROM stafett.member m WHERE m.id = d.acknowledge_member LIMIT 1) am ON true
    LEFT JOIN LATERAL (
        SELECT m.urn, m.display_name FROM stafett.member m
        WHERE s.until IS NULL AND m.id = CASE p_unit WHEN r.owner THEN r.owner_assignee
            WHEN r.requester THEN r.requester_assignee END LIMIT 1) assignee ON true
    ORDER BY w.n;
END;

CREATE FUNCTION api.referral(p_unit text, p_member text, p_roles text[], p_id uuid, p_code text)
RETURNS SETOF stafett.referral_row
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY SELECT * FROM stafett.referral_rows(acting,
        ARRAY(SELECT v.referral FROM stafett.visible(acting, p_id, p_code) v));
END
$$;

CREATE FUNCTION api.referrals(
    p_unit text, p_member text, p_roles text[], p_direction text, p_status text,
    p_other text, p_since timestamptz, p_before timestamptz, p_before_id uuid, p_limit int)
RETURNS TABLE (since timestamptz, key uuid, r stafett.referral_row)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    other uuid := (SELECT u.id FROM unit u WHERE u.handle = p_other);
    least_time timestamptz := coalesce(p_since, '-infinity');
    ids uuid[];
    times timestamptz[];
BEGIN
    SELECT array_agg(s.referral), array_agg(s.since) INTO ids, times FROM (
        SELECT p.referral, p.since FROM party p
        CROSS JOIN LATERAL (SELECT * FROM referral x WHERE x.id = p.referral LIMIT 1) f
        WHERE p.unit = acting
            AND (p.since, p.referral) < (coalesce(p_before, 'infinity'),
                coalesce(p_before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
            AND (p_direction = '' OR (p_direction = 'sent' AND f.requester = acting)
                OR (p_direction = 'received' AND f.owner = acting))
            AND (p_status = '' OR p_status = CASE
                WHEN p.until IS NULL AND f.unshared_time IS NULL THEN f.status
                ELSE (SELECT x.status FROM stafett.shown(acting, f.id) x) END)
            AND (p_other = '' OR f.requester = other OR (f.owner = other AND p.until IS NULL))
            AND p.since >= least_time AND f.create_time >= least_time
        ORDER BY p.since DESC, p.referral DESC LIMIT p_limit) s;
    RETURN QUERY
    SELECT times[x.n], ids[x.n], x.row_ FROM (
        SELECT row_number() OVER () AS n, rr AS row_
        FROM stafett.referral_rows(acting, coalesce(ids, '{}')) rr) x;
END
$$;

-- The directory: no personal data, open to every member with a role.
CREATE FUNCTION api.units(
    p_unit text, p_member text, p_roles text[],
    p_municipality text, p_need text, p_kind text, p_age int, p_handle text,
    p_closed boolean, p_after text, p_limit int)
RETURNS TABLE (
    id uuid, handle text, display_name text, organization text, organization_number text,
    status text, replaced_by text, hsa_id text, service_area text, needs text, kinds text,
    age_min int, age_max int, opening_hours text, phone text, on_call_phone text,
    last_read_time timestamptz, unacknowledged int, median_acknowledge_seconds int)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    IF stafett.acting_unit(p_unit, p_member, p_roles) IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT u.id, u.handle, u.display_name, o.name, o.number,
        u.status, successor.handle, u.hsa_id, array_to_string(u.service_area, ','),
        array_to_string(u.needs, ','), array_to_string(u.kinds, ','),
        u.age_min, u.age_max, u.opening_hours, u.phone, u.on_call_phone,
        a.last_read_time,
        (SELECT count(*)::int FROM delivery d WHERE d.unit = u.id AND NOT d.done),
        -- The latest two hundred of the last 90 days; fewer than five tell nothing.
        (SELECT CASE WHEN count(*) >= 5 THEN
                percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM l.took))::int END
            FROM (SELECT d.acknowledge_time - d.store_time AS took FROM delivery d
                WHERE d.unit = u.id AND d.done AND d.store_time > stafett.now() - interval '90 days'
                    AND d.acknowledge_time IS NOT NULL
                ORDER BY d.store_time DESC LIMIT 200) l)
    FROM unit u
    JOIN organization o ON o.id = u.organization
    LEFT JOIN unit successor ON successor.id = u.replaced_by
    LEFT JOIN inbox_activity a ON a.unit = u.id
    WHERE u.handle > p_after AND starts_with(u.handle, p_handle)
        AND (p_closed OR u.status = 'active')
        AND (p_need = '' OR p_need = ANY (u.needs))
        AND (p_kind = '' OR p_kind = ANY (u.kinds))
        AND (p_age = 0 OR (p_age >= u.age_min AND (u.age_max = 0 OR p_age <= u.age_max)))
        AND (p_municipality = '' OR u.service_area && ARRAY(
            SELECT y.code FROM municipality y
            WHERE y.code = p_municipality OR y.slug = lower(p_municipality)
                OR lower(y.name) = lower(p_municipality)))
    ORDER BY u.handle LIMIT p_limit;
END
$$;

-- The settings without which an answer would promise too much.
CREATE FUNCTION api.durability() RETURNS TABLE (name text, value text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s.name, pg_catalog.current_setting(s.name)
    FROM (VALUES ('fsync'), ('full_page_writes'), ('synchronous_commit'), ('wal_level')) s (name);
END;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'api' OR (n.nspname = 'stafett' AND p.proname NOT IN ('now', 'is_ended'))
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text LIKE 'api.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
        END IF;
    END LOOP;
END
$$;
