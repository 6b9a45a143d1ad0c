-- SPDX-License-Identifier: Apache-2.0
-- What the rules need to know, for a whole batch of operations: two functions, of
-- which a batch that only opens chains asks the first alone, and not even that where
-- what it would say is known to stand (stafett.directory).
--
-- They run after the lock statement, as statements of their own: their snapshots
-- are fresh, so they see what the lock waited for. What the acting unit is no party
-- to comes back as null, exactly as if it did not exist.
--
-- Each look-up is a LATERAL subquery with LIMIT 1: that is one look-up by the
-- whole key, whatever the planner believes of a table's size. As plain joins, a
-- plan that was made while the tables were empty compared the second half of a
-- key row by row, and one that was made later began with all of a unit's parties;
-- as EXISTS, it hashed all of party once a batch (all measured).

-- Whether others' part in a referral is kept from a unit: the consent was revoked, and it
-- does not hold the chain.
CREATE FUNCTION stafett.is_kept_from(p_unit uuid, p_custodian uuid, p_unshared timestamptz)
RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN p_unshared IS NOT NULL AND p_custodian IS DISTINCT FROM p_unit;

-- Whether what a unit did may be read by another, that does not hold the chain, since
-- the consent was revoked at |p_unshared|: its own, and what came after and still goes.
CREATE FUNCTION stafett.is_shared(
    p_unit uuid, p_custodian uuid, p_unshared timestamptz, p_author uuid, p_time timestamptz,
    p_kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN p_unshared IS NULL OR p_author = p_unit OR p_custodian IS NOT DISTINCT FROM p_unit
        OR (p_time >= p_unshared AND stafett.still_goes(p_kind));

-- Whether it happened for that other unit: what was before stays in its history.
CREATE FUNCTION stafett.is_seen(
    p_unit uuid, p_custodian uuid, p_unshared timestamptz, p_author uuid, p_time timestamptz,
    p_kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN p_unshared IS NULL OR p_time < p_unshared
        OR stafett.is_shared(p_unit, p_custodian, p_unshared, p_author, p_time, p_kind);

-- What is asked of whoever holds a chain, and of no referral of it: why help is late,
-- and how the person is some time after the treatment. The clerk counts the times of a
-- row that has none yet.
CREATE TABLE stafett.chain_question (
    chain uuid NOT NULL REFERENCES stafett.chain,
    what text NOT NULL, -- as the column of rules
    kind text NOT NULL DEFAULT '', -- of the referral that it is about
    set_seq int NOT NULL, -- the event that it was set by, or after
    from_time timestamptz NOT NULL,
    show_time timestamptz, -- from when on it is asked
    due_time timestamptz,
    rule text,
    rule_version int,
    step int NOT NULL DEFAULT 0, -- how often somebody was told, and when to look next
    look_time timestamptz,
    PRIMARY KEY (chain, what)
);

-- Whether what is committed is on another machine too, as this session commits.
CREATE FUNCTION stafett.is_replicated() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN current_setting('synchronous_standby_names') <> ''
        AND current_setting('synchronous_commit') IN ('on', 'remote_apply');
GRANT EXECUTE ON FUNCTION stafett.is_replicated() TO stafett_app, stafett_owner;

-- Who asks, with which key, for whom: a row an operation, in their order. A
-- batch is often one caller's: only a caller's first operation has the member, and
-- only a recipient's first the recipient; where they are null, nothing is looked
-- up, and the daemon takes the first one's row. What stands there of units and members
-- it keeps, until the version changes (stafett.directory) or their roles do by time.
CREATE FUNCTION api.load(p_unit text[], p_member text[], p_message uuid[], p_to text[])
RETURNS TABLE (
    at timestamptz, replicated boolean,
    unit uuid, organization text, member uuid, roles text,
    key_hash bytea, key_receipt bytea,
    to_unit uuid, to_status text, to_kinds text, to_replaced_by text,
    unit_open boolean, organization_id uuid, to_organization uuid, to_hours text,
    to_on_call boolean, organization_kind text, to_organization_kind text,
    directory_version bigint, roles_until timestamptz,
    handle text, urn text, to_handle text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    -- Whoever closes a unit holds the table meanwhile: this waits for it, and what is
    -- read then is newer than the wait. Until the batch ends no other unit closes.
    LOCK TABLE directory IN ACCESS SHARE MODE;
    RETURN QUERY
    SELECT stafett.now(), stafett.is_replicated(),
        u.id, org.number, m.id,
        CASE WHEN m.id IS NOT NULL THEN
            (SELECT string_agg(ms.role, ',') FROM membership ms
            WHERE ms.member = m.id AND ms.unit = u.id
                AND ms.valid_from <= stafett.now() AND stafett.now() < ms.valid_to) END,
        k.content_hash, k.receipt,
        t.id, t.status, array_to_string(t.kinds, ','),
        CASE WHEN t.replaced_by IS NOT NULL THEN
            (SELECT x.handle FROM unit x WHERE x.id = t.replaced_by) END,
        u.status = 'active', u.organization, t.organization, t.opening_hours,
        t.on_call_phone <> '', org.kind, recipient.kind, v.version,
        CASE WHEN m.id IS NOT NULL THEN
            (SELECT NULLIF(least(min(ms.valid_from) FILTER (WHERE ms.valid_from > stafett.now()),
                min(ms.valid_to) FILTER (WHERE ms.valid_to > stafett.now())), 'infinity')
            FROM membership ms WHERE ms.member = m.id AND ms.unit = u.id) END,
        o.unit, o.member, o.to_unit
    FROM unnest(p_unit, p_member, p_message, p_to) WITH ORDINALITY
        AS o (unit, member, message, to_unit, i)
    CROSS JOIN directory v
    LEFT JOIN LATERAL (
        SELECT x.id, x.organization, x.status FROM unit x
        WHERE x.handle = o.unit LIMIT 1) u ON true
    LEFT JOIN LATERAL (
        SELECT x.number, x.kind FROM organization x
        WHERE x.id = u.organization AND o.member IS NOT NULL LIMIT 1) org ON true
    LEFT JOIN LATERAL (SELECT x.id FROM member x WHERE x.urn = o.member LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT x.content_hash, x.receipt FROM idempotency x
        WHERE x.unit = u.id AND x.message = o.message LIMIT 1) k ON true
    LEFT JOIN LATERAL (
        SELECT x.id, x.status, x.kinds, x.replaced_by, x.organization, x.opening_hours,
            x.on_call_phone FROM unit x
        WHERE x.handle = o.to_unit LIMIT 1) t ON true
    LEFT JOIN LATERAL (
        SELECT x.kind FROM organization x WHERE x.id = t.organization LIMIT 1) recipient ON true
    ORDER BY o.i;
END
$$;

-- Whose answers to an open call are missing: who has left cannot answer any more, and
-- what has ended, or is shared no longer, needs no plan.
CREATE FUNCTION stafett.call_waits_for(p_call uuid) RETURNS TABLE (unit uuid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT a.unit FROM stafett.planning_call k
    JOIN stafett.referral r ON r.id = k.referral
    JOIN stafett.planning_answer a ON a.call = k.id
    WHERE k.id = p_call AND k.state = 'open' AND a.answer IS NULL
        AND NOT stafett.is_ended(r.status) AND r.unshared_time IS NULL
        AND stafett.is_party(a.unit, r.code, r.id);
END;

-- What the operations name that was there before: a chain, a referral, the message
-- that is acknowledged, an earlier referral, another unit, a member who is to take
-- it. Only those that name something; p_i says which they are.
CREATE FUNCTION api.load_chains(
    p_i int[], p_unit text[], p_chain uuid[], p_referral uuid[], p_named_unit text[],
    p_delivered uuid[], p_named_referral uuid[], p_assignee text[],
    p_consent uuid[])
RETURNS TABLE (
    i int,
    chain_exists boolean, chain_visible boolean, chain_status text, custodian uuid,
    chain_version int, custody_seq int, event_seq int, intervention_due_date date,
    referral_visible boolean, referral_left boolean, status text, version int, kind text,
    priority text, requester uuid, owner uuid, sender uuid, hand_back uuid,
    due_time timestamptz, question_seq int, owner_due_time timestamptz, restarted boolean,
    owner_assignee uuid, requester_assignee uuid,
    expected text, expected_time timestamptz, alarm_time timestamptz, missed boolean,
    home_planned boolean, aftercare uuid, hand_back_seq int, aftercare_owner uuid,
    at_rest boolean, proposal uuid, proposal_act text, proposal_member uuid, proposal_date date,
    named_unit uuid, named_unit_open boolean, named_unit_replaced_by text,
    replaces_ok boolean, replaces_ended boolean, replaces_kind text, aftercare_ok boolean,
    delivery_seq int, delivery_asks boolean, delivery_hash bytea,
    assignee uuid, assigned text,
    question_time timestamptz, last_time timestamptz, last_act text, last_unit text,
    last_member text, chain_merged boolean, succeeds boolean, moved_time timestamptz,
    moved_before_time timestamptz, call_open boolean, call_waits boolean, proposal_unit uuid,
    proposal_other uuid, basis text, consent uuid, consent_end_date date,
    consent_recipients text, consent_revoker uuid,
    custodian_busy boolean, requester_busy boolean, owner_busy boolean, hand_back_busy boolean,
    held_by uuid, requester_held_by uuid, hand_back_held_by uuid, named_unit_sector text,
    chain_kinds text, own_kinds text, chain_proposed boolean, shown_status text,
    shown_version int, apart boolean, start_date date, follow_up text,
    follow_up_waits boolean, awaits_help boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    LOCK TABLE directory IN ACCESS SHARE MODE; -- as above
    RETURN QUERY
    SELECT o.i, c.id IS NOT NULL, seen.chain,
        CASE WHEN seen.chain THEN c.status::text END,
        CASE WHEN seen.chain THEN c.custodian END,
        CASE WHEN seen.chain THEN c.version END,
        CASE WHEN seen.chain THEN c.custody_seq::int END,
        CASE WHEN seen.chain THEN c.event_seq::int END,
        CASE WHEN seen.chain THEN c.intervention_due_date END,
        f.id IS NOT NULL, mine.until IS NOT NULL, f.status, f.version, f.kind, f.priority,
        f.requester, f.owner, f.sender, f.hand_back_unit, f.due_time,
        f.question_seq, f.owner_due_time, f.restarted, f.owner_assignee, f.requester_assignee,
        f.expected, f.expected_time, f.alarm_time, f.missed, f.home_planned, f.aftercare,
        f.hand_back_seq, home.owner,
        rest.is_so, pr.id, pr.act, pr.member, pr.help_request_date,
        h.id, h.status = 'active',
        CASE WHEN h.replaced_by IS NOT NULL THEN
            (SELECT x.handle FROM unit x WHERE x.id = h.replaced_by) END,
        old.id IS NOT NULL, stafett.is_ended(old.status), old.kind,
        old.kind = 'aftercare' AND NOT stafett.is_ended(old.status),
        d.seq, d.asks, d.content_hash,
        taker.id, holder.urn,
        asked.create_time, latest.create_time, latest.kind, by_unit.handle, by_member.display_name,
        seen.chain AND c.merged_into IS NOT NULL, follows.so, f.moved_time, f.moved_before_time,
        call.id IS NOT NULL, call.waits, pr.unit, pr.other_chain,
        CASE WHEN f.moved_on_consent THEN 'consent' ELSE q.basis END, agreed.id,
        agreed.end_date, array_to_string(agreed.recipients, ','), agreed.revoke_unit,
        rest.custodian_busy, rest.requester_busy, rest.owner_busy, rest.hand_back_busy,
        line.referral, of_requester.referral, of_hand_back.referral,
        (SELECT x.kind FROM organization x WHERE x.id = h.organization), all_.kinds, all_.own,
        seen.chain AND EXISTS (SELECT FROM proposal x WHERE x.chain = c.id
            AND x.referral IS NOT DISTINCT FROM o.referral AND x.state = 'open'),
        CASE WHEN kept.so THEN latest.to_status END, CASE WHEN kept.so THEN latest.version END,
        o.referral IS NULL AND stafett.chain_unshared(u.id, c.id) IS NOT NULL,
        CASE WHEN seen.chain THEN c.intervention_start_date END,
        CASE WHEN c.duty_time <= stafett.now() THEN
            (SELECT x.what FROM chain_question x WHERE x.chain = c.id AND x.what <> 'help'
                AND x.show_time <= stafett.now() LIMIT 1) END,
        (SELECT true FROM chain_question x
            WHERE o.referral IS NOT NULL AND x.chain = c.id AND x.what <> 'help' LIMIT 1),
        c.awaits_help
    FROM unnest(p_i, p_unit, p_chain, p_referral, p_named_unit, p_delivered,
            p_named_referral, p_assignee, p_consent)
        AS o (i, unit, chain, referral, named_unit, delivered, named_referral, assignee, consent)
    LEFT JOIN LATERAL (SELECT x.id FROM unit x WHERE x.handle = o.unit LIMIT 1) u ON true
    LEFT JOIN LATERAL (SELECT * FROM chain x WHERE x.id = o.chain LIMIT 1) c ON true
    LEFT JOIN LATERAL (
        SELECT * FROM referral x
        WHERE x.id = o.referral AND x.chain IN (c.id, c.merged_into) LIMIT 1) r ON true
    LEFT JOIN LATERAL (
        SELECT x.referral, x.until FROM party x
        WHERE x.unit = u.id AND x.code = r.code AND x.referral = r.id LIMIT 1) mine ON true
    LEFT JOIN LATERAL (SELECT r.* WHERE mine.referral IS NOT NULL LIMIT 1) f ON true
    LEFT JOIN LATERAL (
        SELECT p.unit FROM (SELECT y.id, y.code FROM referral y WHERE y.chain = c.id OFFSET 0) x
        CROSS JOIN LATERAL (
            SELECT y.unit FROM party y
            WHERE y.unit = u.id AND y.code = x.code AND y.referral = x.id
                AND y.until IS NULL LIMIT 1) p
        LIMIT 1) ours ON true
    LEFT JOIN LATERAL (
        SELECT x.* FROM proposal x
        WHERE x.chain = c.id AND (x.unit = u.id OR x.confirm_unit = u.id)
            AND x.referral IS NOT DISTINCT FROM o.referral
            AND x.state = 'open' LIMIT 1) pr ON true
    LEFT JOIN LATERAL (
        SELECT x.referral FROM custody x
        WHERE x.chain = c.id AND x.seq = c.custody_seq LIMIT 1) line ON true
    -- What is held by this referral goes back to a unit that held it before by another
    -- one, perhaps, and does so again.
    LEFT JOIN LATERAL (
        SELECT x.referral FROM custody x
        WHERE x.chain = c.id AND x.unit = f.requester AND line.referral = f.id
        ORDER BY x.seq DESC LIMIT 1) of_requester ON true
    LEFT JOIN LATERAL (
        SELECT x.referral FROM custody x
        WHERE x.chain = c.id AND x.unit = f.hand_back_unit AND line.referral = f.id
        ORDER BY x.seq DESC LIMIT 1) of_hand_back ON true
    -- Of acts on the chain alone: whether the unit follows the one that holds it.
    LEFT JOIN LATERAL (
        SELECT x.replaced_by = u.id AS so FROM unit x
        WHERE o.referral IS NULL AND x.id = c.custodian LIMIT 1) follows ON true
    LEFT JOIN LATERAL (
        SELECT coalesce(c.custodian = u.id, false) OR ours.unit IS NOT NULL
            OR coalesce(pr.confirm_unit = u.id, false) OR coalesce(follows.so, false)
            -- Who held it by no referral when it was closed is told that it is.
            OR (c.status = 'closed' AND o.referral IS NULL AND EXISTS (
                SELECT FROM chain_party x
                WHERE x.chain = c.id AND x.unit = u.id AND x.until IS NULL))
            OR (c.merged_into IS NOT NULL AND mine.referral IS NOT NULL) AS chain) seen ON true
    -- What else is under way, and for whom of those who may hold the chain afterwards.
    LEFT JOIN LATERAL (
        SELECT count(*) = 0 AS is_so,
            bool_or(stafett.is_party(c.custodian, x.code, x.id)) AS custodian_busy,
            bool_or(stafett.is_party(r.requester, x.code, x.id)) AS requester_busy,
            bool_or(stafett.is_party(r.owner, x.code, x.id)) AS owner_busy,
            bool_or(stafett.is_party(r.hand_back_unit, x.code, x.id)) AS hand_back_busy
        FROM referral x WHERE x.chain = c.id AND x.id IS DISTINCT FROM r.id
            AND stafett.is_under_way(x.status, x.hand_back_seq, c.custody_seq)) rest ON true
    -- What is in the chain of a send, and what of it the unit has asked for itself.
    LEFT JOIN LATERAL (
        SELECT string_agg(DISTINCT x.kind, ',') AS kinds,
            string_agg(DISTINCT x.kind, ',') FILTER (WHERE x.requester = u.id) AS own
        FROM referral x WHERE o.referral IS NULL AND x.chain = c.id) all_ ON true
    LEFT JOIN LATERAL (SELECT * FROM unit x WHERE x.handle = o.named_unit LIMIT 1) h ON true
    LEFT JOIN LATERAL (
        SELECT x.id, x.kind, x.status FROM referral x
        WHERE x.id = o.named_referral AND x.requester = u.id AND x.chain = c.id LIMIT 1) old ON true
    LEFT JOIN LATERAL (
        SELECT x.owner FROM referral x
        WHERE x.id = f.aftercare AND x.status IN ('accepted', 'in-progress', 'on-hold')
            AND EXISTS (SELECT FROM unit y WHERE y.id = x.owner AND y.status = 'active')
        LIMIT 1) home ON true
    LEFT JOIN LATERAL (
        SELECT x.id, EXISTS (SELECT FROM planning_answer y
            WHERE y.call = x.id AND y.unit = u.id AND y.answer IS NULL) AS waits
        FROM planning_call x WHERE x.referral = f.id AND x.state = 'open'
            AND EXISTS (SELECT FROM stafett.call_waits_for(x.id)) LIMIT 1) call ON true
    LEFT JOIN LATERAL (
        SELECT dd.seq, dd.content_hash, e.kind IN ('send', 'forward') AS asks
        FROM delivery dd
        CROSS JOIN LATERAL (
            SELECT x.kind FROM event x WHERE x.chain = dd.chain AND x.seq = dd.seq LIMIT 1) e
        WHERE dd.chain = c.id AND dd.unit = u.id AND dd.referral = r.id
            AND dd.message = o.delivered
        ORDER BY dd.seq DESC LIMIT 1) d ON true
    LEFT JOIN LATERAL (
        SELECT x.id FROM member x
        WHERE x.urn = o.assignee AND EXISTS (
            SELECT FROM membership ms WHERE ms.member = x.id AND ms.unit = u.id
                AND ms.valid_from <= stafett.now() AND stafett.now() < ms.valid_to)
        LIMIT 1) taker ON true
    LEFT JOIN LATERAL (
        SELECT x.urn FROM member x
        WHERE x.id = CASE WHEN f.owner = u.id THEN f.owner_assignee
            WHEN f.requester = u.id THEN f.requester_assignee END LIMIT 1) holder ON true
    LEFT JOIN LATERAL (SELECT x.basis FROM request x WHERE x.referral = f.id LIMIT 1) q ON true
    LEFT JOIN LATERAL (
        SELECT x.* FROM consent x
        WHERE x.id = coalesce(o.consent, f.consent) AND x.chain = c.id AND seen.chain
        LIMIT 1) agreed ON true
    LEFT JOIN LATERAL (
        SELECT x.create_time FROM event x
        WHERE x.chain = c.id AND x.seq = f.question_seq LIMIT 1) asked ON true
    -- Who is told no more is told what it was told last.
    CROSS JOIN LATERAL (
        SELECT f.id IS NOT NULL AND stafett.is_kept_from(u.id, c.custodian, f.unshared_time) AS so) kept
    LEFT JOIN LATERAL (
        SELECT x.create_time, x.kind, x.unit, x.member, x.to_status, x.version FROM event x
        WHERE x.chain = c.id AND x.referral = f.id AND stafett.is_seen(
            u.id, c.custodian, f.unshared_time, x.unit, x.create_time, x.kind)
        ORDER BY x.seq DESC LIMIT 1) latest ON true
    LEFT JOIN LATERAL (SELECT x.handle FROM unit x WHERE x.id = latest.unit LIMIT 1) by_unit ON true
    LEFT JOIN LATERAL (
        SELECT x.display_name FROM member x WHERE x.id = latest.member LIMIT 1) by_member ON true;
END
$$;

-- One operation of a batch, with all that it changes: what the daemon hands over.
-- The fields stand in the order of server/store/columns.def. Most batches only open
-- chains; their rows end where nothing more is needed for that.
CREATE TYPE stafett.opening AS (
    n int,
    applies boolean,
    unit uuid,
    message uuid,
    content_hash bytea,
    receipt bytea,
    chain uuid,
    opens boolean,
    moves boolean,
    seq int,
    chain_version int,
    custodian uuid,
    held_by uuid,
    custody_seq int,
    help_request_date date,
    due_date date,
    clock_rule text,
    clock_version int,
    referral uuid,
    sends boolean,
    opens_nothing boolean,
    code text,
    owner uuid,
    hand_back uuid,
    version int,
    from_status text,
    to_status text,
    kind text,
    priority text,
    next_kept boolean,
    next_actor uuid,
    next_act text,
    due_time timestamptz,
    due_rule text,
    due_version int,
    due_from timestamptz,
    step_time timestamptz,
    tell_owner text,
    has_event boolean,
    event uuid,
    act text,
    message_code text,
    member uuid,
    occurrence_time timestamptz,
    body_upload uuid,
    suite text,
    header bytea,
    card bytea,
    body bytea,
    needs text,
    basis text,
    basis_form text,
    basis_end_date date,
    basis_covers boolean,
    replaces uuid,
    reference text,
    remains boolean,
    informed boolean,
    call_time timestamptz,
    last_dose_time timestamptz,
    next_dose_by text,
    discharge text,
    protects boolean,
    asks_help boolean,
    disclosed_to uuid,
    disclosed_by text,
    basis_rule text,
    basis_version int,
    third uuid,
    third_rule text,
    third_version int,
    consent uuid,
    gives_consent boolean,
    given_by text,
    recipients text,
    audit uuid,
    leaf bytea,
    salt bytea,
    detail bytea
);
CREATE TYPE stafett.operation AS (
    n int,
    applies boolean,
    unit uuid,
    message uuid,
    content_hash bytea,
    receipt bytea,
    chain uuid,
    opens boolean,
    moves boolean,
    seq int,
    chain_version int,
    custodian uuid,
    held_by uuid,
    custody_seq int,
    help_request_date date,
    due_date date,
    clock_rule text,
    clock_version int,
    referral uuid,
    sends boolean,
    opens_nothing boolean,
    code text,
    owner uuid,
    hand_back uuid,
    version int,
    from_status text,
    to_status text,
    kind text,
    priority text,
    next_kept boolean,
    next_actor uuid,
    next_act text,
    due_time timestamptz,
    due_rule text,
    due_version int,
    due_from timestamptz,
    step_time timestamptz,
    tell_owner text,
    has_event boolean,
    event uuid,
    act text,
    message_code text,
    member uuid,
    occurrence_time timestamptz,
    body_upload uuid,
    suite text,
    header bytea,
    card bytea,
    body bytea,
    needs text,
    basis text,
    basis_form text,
    basis_end_date date,
    basis_covers boolean,
    replaces uuid,
    reference text,
    remains boolean,
    informed boolean,
    call_time timestamptz,
    last_dose_time timestamptz,
    next_dose_by text,
    discharge text,
    protects boolean,
    asks_help boolean,
    disclosed_to uuid,
    disclosed_by text,
    basis_rule text,
    basis_version int,
    third uuid,
    third_rule text,
    third_version int,
    consent uuid,
    gives_consent boolean,
    given_by text,
    recipients text,
    audit uuid,
    leaf bytea,
    salt bytea,
    detail bytea,
    stopped_date date,
    closes boolean,
    requester uuid,
    sender uuid,
    arrives boolean,
    proposal uuid,
    proposes text,
    proposed_date date,
    decides text,
    reaches text,
    predecessor uuid,
    confirmer uuid,
    proposal_unit uuid,
    other_chain uuid,
    other_seq int,
    other_version int,
    other_help_date date,
    other_due_date date,
    other_start_date date,
    beside_due_time timestamptz,
    beside_rule text,
    beside_version int,
    beside_from timestamptz,
    beside_step_time timestamptz,
    tell_parties text,
    settles boolean,
    delivered_seq int,
    ends boolean,
    leaver uuid,
    tell_requester text,
    tell_hand_back text,
    question_seq int,
    owner_due_time timestamptz,
    restarted boolean,
    owner_assignee uuid,
    requester_assignee uuid,
    expected text,
    expected_time timestamptz,
    alarm_time timestamptz,
    missed boolean,
    home_planned boolean,
    aftercare uuid,
    hand_back_seq int,
    moved_time timestamptz,
    moved_before_time timestamptz,
    has_detail boolean,
    reason text,
    person_told text,
    named_unit uuid,
    responsible text,
    contact_by_date date,
    clock_reason text,
    appointment_time timestamptz,
    question text,
    contact boolean,
    assignee uuid,
    said_expected text,
    said_time timestamptz,
    no_next text,
    cancelled_by text,
    intervention text,
    start_date date,
    until_date date,
    housing text,
    not_needed text,
    first_contact_date date,
    unshares boolean,
    quiet boolean
);

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p
        WHERE p.pronamespace = 'api'::regnamespace AND p.proname IN ('load', 'load_chains')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
    END LOOP;
END
$$;
