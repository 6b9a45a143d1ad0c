-- SPDX-License-Identifier: Apache-2.0
-- What is asked of whoever holds a chain (stafett.chain_question): why help is late, once
-- the person's clock is broken, and how the person is, 3, 6 and 12 months after the
-- treatment. Asked in the day of the holder until it is answered; where it is not, those
-- are told whom the rule names. Nothing else follows from time.
--
--   the clock breaks, or a treatment is completed -> a row -> the clerk counts its times
--   -> it is asked -> told, step by step -> answered: the row goes

CREATE INDEX chain_question_look ON stafett.chain_question (look_time, chain)
    WHERE look_time IS NOT NULL;
CREATE INDEX chain_asks ON stafett.chain (custodian, duty_time, id) WHERE duty_time IS NOT NULL;

CREATE FUNCTION stafett.today() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (stafett.now() AT TIME ZONE 'Europe/Stockholm')::date;

-- A clock that was mended, has stopped, or runs again since a start was voided, is
-- looked at anew.
CREATE FUNCTION stafett.clock_is_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    DELETE FROM chain_question d WHERE d.chain = new.id AND d.what = 'help';
    new.breach_time := NULL;
    new.duty_time := stafett.duty_time_of(new.id);
    RETURN new;
END
$$;
CREATE TRIGGER chain_clock_changes BEFORE UPDATE ON stafett.chain FOR EACH ROW
    WHEN (new.intervention_due_date <> old.intervention_due_date
        OR new.intervention_start_date IS DISTINCT FROM old.intervention_start_date)
    EXECUTE FUNCTION stafett.clock_is_changed();

-- Whoever holds a chain in which nothing is under way ----------------------------------

-- Nobody is forgotten where chains or holders change: the holder is asked once to send
-- the person on, where it has nothing under way there (as next_at_rest of rules_next.c
-- has it). By a referral, if it is a party of one, best by one by which somebody who held
-- the chain had been asked; else by the chain itself. What it was asked before goes on
-- by its deadline; else that of the act counts. Nobody is asked anew who waits to be asked
-- how the person is: but after a merge, for one of the two may have asked for help again;
-- and what the chain itself asks does not end by the way.
CREATE FUNCTION stafett.ask_holder(p_chain uuid, p_seq int, p_act stafett.reach) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    held chain;
    is_busy boolean;
    is_followed boolean;
    asks uuid;
    was record;
BEGIN
    SELECT * INTO held FROM chain c WHERE c.id = p_chain;
    is_busy := held.status <> 'open' OR EXISTS (SELECT FROM referral r WHERE r.chain = p_chain
        AND stafett.is_under_way(r.status, r.hand_back_seq, held.custody_seq)
        AND stafett.is_party(held.custodian, r.code, r.id));
    is_followed := p_act.kind IS DISTINCT FROM 'merge' AND NOT held.asked AND EXISTS (
        SELECT FROM chain_question d WHERE d.chain = p_chain AND d.what <> 'help');
    IF NOT is_busy THEN
        asks := (SELECT r.id FROM referral r
            WHERE r.chain = p_chain AND stafett.is_party(held.custodian, r.code, r.id)
                AND (NOT is_followed OR r.next_act IS NOT DISTINCT FROM 'send')
            ORDER BY r.next_act = 'send' DESC NULLS LAST, r.next_actor = held.custodian DESC,
                r.update_time DESC, r.id DESC LIMIT 1);
    END IF;
    SELECT x.* INTO was FROM (
        SELECT r.due_time, r.step_time, r.step FROM referral r
        WHERE r.chain = p_chain AND r.next_act = 'send' AND r.due_time IS NOT NULL
            AND (r.id = asks OR r.next_actor = held.custodian)
        UNION ALL
        SELECT d.due_time, d.step_time, d.step FROM chain_duty d
        WHERE d.chain = p_chain AND d.due_time IS NOT NULL
        UNION ALL
        SELECT p_act.due_time, p_act.step_time, 0) x
    ORDER BY x.due_time LIMIT 1;
    UPDATE referral r SET next_actor = NULL, next_act = NULL, due_time = NULL, step_time = NULL
    WHERE r.chain = p_chain AND r.next_act = 'send' AND r.id IS DISTINCT FROM asks
        AND (r.next_actor = held.custodian OR r.next_actor <> r.requester
            OR r.status <> 'rejected');
    UPDATE referral r SET next_actor = held.custodian, next_act = 'send', due_time = was.due_time,
        step_time = was.step_time, step = was.step
    WHERE r.id = asks;
    IF is_busy OR is_followed OR asks IS NOT NULL THEN
        UPDATE chain c SET asked = false WHERE c.id = p_chain AND c.asked;
        RETURN;
    END IF;
    INSERT INTO chain_duty (chain, unit, seq, due_time, due_rule, due_version, due_from, step_time)
    VALUES (p_chain, held.custodian, p_seq, p_act.due_time, p_act.due_rule, p_act.due_version,
        p_act.due_from, p_act.step_time)
    ON CONFLICT DO NOTHING;
    UPDATE chain c SET asked = true WHERE c.id = p_chain AND NOT c.asked;
END
$$;

-- What no rule counts is not asked; what would come after it is, and after the last of
-- them what is asked of any holder: by when, |p_due| and the like say.
CREATE FUNCTION stafett.pass_over(
    p_chain uuid, p_seq int, p_what text, p_due timestamptz, p_rule text, p_version int,
    p_step_time timestamptz)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    asks reach;
BEGIN
    UPDATE chain_question d SET look_time = stafett.now(), what = CASE p_what
        WHEN 'follow-up-3' THEN 'follow-up-6' ELSE 'follow-up-12' END
    WHERE d.chain = p_chain AND d.what = p_what AND p_what <> 'follow-up-12';
    IF NOT FOUND THEN
        DELETE FROM chain_question d WHERE d.chain = p_chain AND d.what = p_what;
        asks.due_time := p_due;
        asks.due_rule := p_rule;
        asks.due_version := p_version;
        asks.due_from := stafett.now();
        asks.step_time := p_step_time;
        PERFORM stafett.ask_holder(p_chain, p_seq, asks);
    END IF;
END
$$;

-- What acts do with it (stafett.carry_out) -------------------------------------------

-- What was sent by mistake has not stopped the person's clock: it stands since the
-- earliest start that is left, or goes on; and how the person is is not asked after it,
-- but after the treatment before it, where there was one. Where there was none its holder
-- is asked what any other is: it may have no part in what was voided.
CREATE FUNCTION stafett.carry_void(p stafett.reach) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    waited boolean;
BEGIN
    UPDATE chain c SET intervention_start_date = (
        SELECT min(d.start_date) FROM event e
        JOIN detail d ON d.chain = e.chain AND d.seq = e.seq
        JOIN referral r ON r.id = e.referral
        WHERE e.chain = c.id AND e.kind = 'start' AND r.status <> 'entered-in-error'
            AND stafett.stops_clock(r.kind))
    WHERE c.id = p.chain AND c.intervention_start_date IS NOT NULL AND EXISTS (
        SELECT FROM event e
        WHERE e.chain = c.id AND e.referral = p.referral AND e.kind = 'start');
    DELETE FROM chain_question d WHERE d.chain = p.chain AND d.what <> 'help' AND EXISTS (
        SELECT FROM event e
        WHERE e.chain = d.chain AND e.seq = d.set_seq AND e.referral = p.referral);
    waited := FOUND;
    INSERT INTO chain_question (chain, what, kind, set_seq, from_time, look_time)
    SELECT p.chain, 'follow-up-' || m.months, r.kind, e.seq, e.create_time, stafett.now()
    FROM event e JOIN referral r ON r.id = e.referral
    CROSS JOIN (VALUES (3), (6), (12)) m (months)
    WHERE e.chain = p.chain AND e.kind = 'complete' AND r.status = 'completed' AND r.home_planned
        AND e.create_time + m.months * interval '1 month' > stafett.now()
        AND NOT EXISTS (SELECT FROM chain_question d
            WHERE d.chain = p.chain AND d.what <> 'help')
    ORDER BY e.create_time DESC, m.months LIMIT 1;
    IF waited AND NOT FOUND THEN
        PERFORM stafett.ask_holder(p.chain, p.seq, p);
    END IF;
    UPDATE chain c SET duty_time = stafett.duty_time_of(c.id) WHERE c.id = p.chain;
END
$$;

-- What is asked goes with its chain: how the person is after the latest treatment; and why
-- help is late where the other asks it, if neither has said so.
CREATE FUNCTION stafett.carry_questions(p_from uuid, p_into uuid, p_behind int) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    DELETE FROM stafett.chain_question d USING stafett.chain_question x
    WHERE d.chain = p_into AND d.what <> 'help' AND x.chain = p_from AND x.what <> 'help'
        AND x.from_time > d.from_time;
    UPDATE stafett.chain_question d SET chain = p_into, set_seq = d.set_seq + p_behind
    WHERE d.chain = p_from AND d.what <> 'help' AND NOT EXISTS (
        SELECT FROM stafett.chain_question x WHERE x.chain = p_into AND x.what <> 'help');
    DELETE FROM stafett.chain_question d WHERE d.chain = p_from;
    DELETE FROM stafett.chain_question d WHERE d.chain = p_into AND d.what = 'help'
        AND EXISTS (SELECT FROM stafett.detail t
            WHERE t.chain = p_into AND t.clock_reason IS NOT NULL);
    UPDATE stafett.chain c SET duty_time = stafett.duty_time_of(c.id)
    WHERE c.id IN (p_from, p_into);
END;

-- Why help is late has been said: nobody is asked, or told, any more; but that it is late,
-- where the clerk is about to tell it.
CREATE FUNCTION stafett.carry_explain(p stafett.reach) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    UPDATE stafett.chain_question d SET show_time = NULL WHERE d.chain = p.chain
        AND d.what = 'help' AND d.step = 0 AND d.look_time <= stafett.now();
    DELETE FROM stafett.chain_question d WHERE d.chain = p.chain AND d.what = 'help'
        AND NOT coalesce(d.step = 0 AND d.look_time <= stafett.now(), false);
    UPDATE stafett.chain c SET duty_time = stafett.duty_time_of(c.id) WHERE c.id = p.chain;
END;

-- A treatment was completed: how the person is will be asked, the latest one counts.
CREATE FUNCTION stafett.carry_follow(p stafett.reach) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    DELETE FROM chain_question d WHERE d.chain = p.chain AND d.what <> 'help';
    INSERT INTO chain_question (chain, what, kind, set_seq, from_time, look_time)
    SELECT p.chain, 'follow-up-3', r.kind, p.seq, stafett.now(), stafett.now()
    FROM referral r WHERE r.id = p.referral;
    UPDATE chain c SET duty_time = stafett.duty_time_of(c.id) WHERE c.id = p.chain;
END
$$;

-- How the person is was answered; the next question is the first whose time has not
-- passed, counted from the same day. After the last one what is asked of any holder is.
CREATE FUNCTION stafett.carry_followed(p stafett.reach) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    asked chain_question;
    next text;
BEGIN
    DELETE FROM chain_question d WHERE d.chain = p.chain AND d.what <> 'help' RETURNING * INTO asked;
    next := (SELECT 'follow-up-' || m.months FROM (VALUES (6), (12)) m (months)
        WHERE 'follow-up-' || m.months <> asked.what
            AND asked.from_time + m.months * interval '1 month' > stafett.now()
        ORDER BY m.months LIMIT 1);
    INSERT INTO chain_question (chain, what, kind, set_seq, from_time, look_time)
    SELECT p.chain, next, asked.kind, asked.set_seq, asked.from_time, stafett.now() WHERE next IS NOT NULL;
    IF next IS NULL THEN
        PERFORM stafett.ask_holder(p.chain, p.seq, p);
    END IF;
    UPDATE chain c SET duty_time = stafett.duty_time_of(c.id) WHERE c.id = p.chain;
END
$$;

-- What is asked --------------------------------------------------------------------

-- What the unit is asked of the chains that it holds, the oldest first.
CREATE FUNCTION api.chain_questions(p_unit text, p_member text, p_roles text[], p_limit int)
RETURNS TABLE (
    c stafett.chain_row, what text, due_time timestamptz, referral uuid, code text, card bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY
    SELECT cr, d.what, d.due_time, r.id, coalesce(r.code, own.code), (
        SELECT ct.card FROM event e JOIN content ct ON ct.chain = e.chain AND ct.seq = e.seq
        WHERE e.chain = x.id AND (e.referral IS NULL OR e.referral = r.id)
            AND length(ct.card) > 0
        ORDER BY e.seq DESC LIMIT 1)
    FROM (
        SELECT y.id, y.duty_time FROM chain y
        WHERE y.custodian = acting AND y.duty_time IS NOT NULL AND y.duty_time <= stafett.now()
        ORDER BY y.duty_time, y.id LIMIT p_limit) x
    CROSS JOIN LATERAL (
        SELECT y.what, y.due_time FROM chain_question y
        WHERE y.chain = x.id AND y.show_time <= stafett.now()
        ORDER BY y.due_time, y.what) d
    CROSS JOIN LATERAL stafett.chain_rows(acting, ARRAY[x.id]) cr
    LEFT JOIN LATERAL (
        SELECT u.referral FROM stafett.chain_units(x.id) u WHERE u.unit = acting LIMIT 1) u ON true
    LEFT JOIN LATERAL (
        SELECT y.id, y.code FROM referral y WHERE y.id = u.referral LIMIT 1) r ON true
    LEFT JOIN LATERAL (
        SELECT y.code FROM chain_party y WHERE y.chain = x.id AND y.unit = acting
            AND y.until IS NULL LIMIT 1) own ON true
    ORDER BY x.duty_time, x.id, d.due_time;
END
$$;

-- Why something of a chain is due, for who finds it by its own id or code (as api.deadlines
-- has it of a referral): the person's clock, and what its holder is asked.
CREATE FUNCTION api.chain_deadlines(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text, p_as_of timestamptz)
RETURNS TABLE (
    chain uuid, what text, actor text, anchor_time timestamptz, anchor_date date,
    due_time timestamptz, due_date date, stop_date date, alarms int,
    name text, version int, deadline text, unit text, amount int, cut_off text, steps text,
    source text, valid_from timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    as_of timestamptz := coalesce(p_as_of, 'infinity');
BEGIN
    RETURN QUERY
    SELECT c.id, d.what, a.handle, d.anchor_time, d.anchor_date, d.due_time, d.due_date,
        d.stop_date, d.alarms, u.name, u.version, u.deadline, u.unit, u.amount, u.cut_off,
        u.steps, u.source, CASE WHEN isfinite(u.valid_from) THEN u.valid_from END
    FROM stafett.visible_chains(acting, p_id, p_code) v
    JOIN chain c ON c.id = v.chain
    CROSS JOIN LATERAL stafett.chain_shown(acting, c.id) s
    LEFT JOIN LATERAL (
        SELECT x.* FROM chain_duty x
        WHERE x.chain = c.id AND c.custodian = acting AND (
            SELECT e.create_time FROM event e WHERE e.chain = x.chain AND e.seq = x.seq) <= as_of
        LIMIT 1) turn ON true
    LEFT JOIN LATERAL (
        SELECT x.* FROM chain_question x
        WHERE x.chain = c.id AND x.what <> 'help' AND x.from_time <= as_of
            AND x.due_time IS NOT NULL AND s.until IS NULL AND s.apart IS NULL
        LIMIT 1) asked ON true
    CROSS JOIN LATERAL (VALUES
        (1, 'help', NULL::uuid, NULL::timestamptz, s.help_request_date, NULL::timestamptz,
            s.intervention_due_date,
            CASE WHEN s.intervention_start_date <= as_of THEN s.intervention_start_date END,
            (SELECT count(*)::int FROM alarm x WHERE x.chain = c.id AND x.what = 'help'
                AND s.until IS NULL AND s.apart IS NULL),
            c.clock_rule, c.clock_version),
        (2, CASE WHEN turn.chain IS NOT NULL THEN 'send' END, turn.unit, turn.due_from, NULL,
            turn.due_time, NULL, NULL,
            (SELECT count(*)::int FROM alarm x WHERE x.chain = c.id AND x.referral IS NULL
                AND x.what = '' AND x.deadline_seq = turn.seq), turn.due_rule, turn.due_version),
        (3, asked.what, c.custodian, asked.from_time, NULL, asked.due_time, NULL, NULL, 0,
            asked.rule, asked.rule_version))
        AS d (n, what, actor, anchor_time, anchor_date, due_time, due_date, stop_date, alarms,
            rule, rule_version)
    LEFT JOIN LATERAL (SELECT x.handle FROM unit x WHERE x.id = d.actor LIMIT 1) a ON true
    LEFT JOIN LATERAL (
        SELECT x.* FROM rule x WHERE x.name = d.rule AND x.version = d.rule_version LIMIT 1) u
        ON true
    WHERE d.what IS NOT NULL
    ORDER BY c.id, d.n;
END
$$;

-- What the clerk does ----------------------------------------------------------------

-- Sees that clocks are broken.
CREATE FUNCTION duty.break_clocks(p_limit int) RETURNS TABLE (done int, wait_ms bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    WITH broken AS (
        SELECT x.id FROM stafett.chain x
        WHERE x.status = 'open' AND x.intervention_start_date IS NULL AND x.breach_time IS NULL
            AND x.awaits_help
            AND x.intervention_due_date < stafett.today()
        ORDER BY x.intervention_due_date, x.id LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), seen AS (
        UPDATE stafett.chain c SET breach_time = stafett.now() FROM broken b WHERE c.id = b.id
        RETURNING c.id, c.event_seq, c.help_request_date
    ), asked AS (
        INSERT INTO stafett.chain_question (chain, what, set_seq, from_time, look_time)
        SELECT s.id, 'help', s.event_seq,
            s.help_request_date::timestamp AT TIME ZONE 'Europe/Stockholm', stafett.now()
        FROM seen s ON CONFLICT DO NOTHING
        RETURNING chain
    )
    SELECT count(*)::int, NULL::bigint FROM asked;
END;

-- What has to be looked at of chains, the oldest first, a chain once. Nothing is locked:
-- duty.raise_chains looks again.
CREATE FUNCTION duty.chains_due(p_limit int)
RETURNS TABLE (
    at timestamptz, chain uuid, event_seq int, chain_open boolean, what text, kind text,
    from_time timestamptz, due_date date, due_time timestamptz, rule text, rule_version int,
    step int, look_time timestamptz, holder_handle text, holder_organization text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT stafett.now(), c.id, c.event_seq::int, c.status = 'open', d.what, d.kind, d.from_time,
        c.intervention_due_date, d.due_time,
        coalesce(d.rule, CASE d.what WHEN 'help' THEN c.clock_rule END),
        coalesce(d.rule_version, CASE d.what WHEN 'help' THEN c.clock_version END),
        d.step, d.look_time, u.handle, o.number
    FROM (
        SELECT * FROM stafett.chain_question x
        WHERE x.look_time IS NOT NULL AND x.look_time <= stafett.now()
        ORDER BY x.look_time, x.chain LIMIT p_limit) d
    CROSS JOIN LATERAL (SELECT * FROM stafett.chain x WHERE x.id = d.chain LIMIT 1) c
    LEFT JOIN LATERAL (
        SELECT x.handle, x.organization FROM stafett.unit x WHERE x.id = c.custodian LIMIT 1) u
        ON true
    LEFT JOIN LATERAL (
        SELECT x.number FROM stafett.organization x WHERE x.id = u.organization LIMIT 1) o ON true;
END;

-- Who is told of a chain: its holder, or all that are parties of it now and with whom
-- it is shared; each with the referral by which it is one (null: by none).
CREATE FUNCTION stafett.chain_told(p_chain uuid, p_holder uuid, p_parties boolean)
RETURNS TABLE (unit uuid, referral uuid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT p_holder, (
        SELECT u.referral FROM stafett.chain_units(p_chain) u WHERE u.unit = p_holder LIMIT 1)
    UNION ALL
    SELECT u.unit, u.referral FROM stafett.chain_units(p_chain) u
    WHERE p_parties AND u.unit <> p_holder AND stafett.chain_unshared(u.unit, p_chain) IS NULL;
END;

-- Notes the times that were counted (kind ''), or that nothing counts them (kind
-- 'pass-over'), and tells what was decided: as duty.raise,
-- one transaction with event, deliveries and audit record, only what still stands as
-- it was seen.
CREATE FUNCTION duty.raise_chains(
    p_chain uuid[], p_seq int[], p_what text[], p_kind text[], p_event uuid[],
    p_show timestamptz[], p_due timestamptz[], p_rule text[], p_version int[], p_step int[],
    p_look timestamptz[], p_parties boolean[], p_managers boolean[],
    p_audit uuid[], p_leaf bytea[], p_salt bytea[], p_detail bytea[], p_hash bytea)
RETURNS TABLE (done int, hint text, failure text, alarms int)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    a record;
    told uuid[];
    everybody uuid[] := '{}';
BEGIN
    done := 0;
    alarms := 0;
    FOR a IN
        SELECT o.*, c.custodian, c.version AS chain_version, d.set_seq, d.step AS told_before,
            coalesce(d.due_time, d.look_time) AS at
        FROM unnest(p_chain, p_seq, p_what, p_kind, p_event, p_show, p_due, p_rule, p_version,
            p_step, p_look, p_parties, p_managers, p_audit, p_leaf, p_salt, p_detail)
            AS o (chain, seq, what, kind, event, show, due, rule, version, step, look, parties,
                managers, audit, leaf, salt, detail)
        JOIN chain c ON c.id = o.chain AND c.event_seq = o.seq
        JOIN chain_question d ON d.chain = o.chain AND d.what = o.what
        ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
    LOOP
        -- One that cannot be told must not hold up the others.
        BEGIN
            IF a.kind = 'pass-over' THEN
                PERFORM stafett.pass_over(
                    a.chain, a.seq, a.what, a.due, a.rule, a.version, a.look);
                done := done + 1;
                CONTINUE;
            END IF;
            UPDATE chain_question d SET show_time = a.show, due_time = a.due, rule = a.rule,
                rule_version = a.version, step = a.step, look_time = a.look
            WHERE d.chain = a.chain AND d.what = a.what;
            IF a.kind <> '' THEN
                SELECT coalesce(array_agg(t.unit), '{}') INTO told
                FROM stafett.chain_told(a.chain, a.custodian, a.parties) t;
                INSERT INTO event (chain, seq, id, referral, version, kind, code, unit, member,
                    occurrence_time, create_time, from_status, to_status, custodian,
                    custodian_changed)
                VALUES (a.chain, a.seq + 1, a.event, NULL, a.chain_version, a.kind, '',
                    '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000',
                    least(a.at, stafett.now()), stafett.now(), 'open', 'open', a.custodian, false);
                INSERT INTO alarm (chain, seq, referral, what, deadline_seq, step, told, managers)
                VALUES (a.chain, a.seq + 1, NULL, a.what, a.set_seq, a.told_before, told, a.managers);
                INSERT INTO delivery (chain, seq, unit, referral, message, content_hash, state,
                    done, needs, store_time)
                SELECT a.chain, a.seq + 1, t.unit, t.referral, a.event, p_hash, 'stored', false,
                    'none', stafett.now()
                FROM stafett.chain_told(a.chain, a.custodian, a.parties) t
                WHERE t.referral IS NOT NULL;
                INSERT INTO audit_queue (id, create_time, unit, leaf, salt, detail)
                VALUES (a.audit, stafett.now(), a.custodian, a.leaf, a.salt, a.detail);
                UPDATE chain x SET event_seq = a.seq + 1 WHERE x.id = a.chain;
                everybody := everybody || told;
                alarms := alarms + 1;
            END IF;
            -- Why help is late may be known before it is.
            DELETE FROM chain_question d WHERE d.chain = a.chain AND d.what = a.what
                AND a.what = 'help' AND (a.kind <> '' OR coalesce(a.look > stafett.now(), true))
                AND EXISTS (SELECT FROM detail t WHERE t.chain = a.chain
                    AND t.clock_reason IS NOT NULL);
            UPDATE chain x SET duty_time = stafett.duty_time_of(a.chain) WHERE x.id = a.chain;
            done := done + 1;
        EXCEPTION WHEN OTHERS THEN
            failure := SQLSTATE;
        END;
    END LOOP;
    SELECT string_agg(DISTINCT replace(t::text, '-', ''), '') INTO hint FROM unnest(everybody) t;
    RETURN NEXT;
END
$$;

-- What they may do -------------------------------------------------------------------

GRANT SELECT, INSERT, UPDATE, DELETE ON stafett.chain_question TO stafett_owner;
GRANT UPDATE (duty_time, breach_time) ON stafett.chain TO stafett_owner;
GRANT EXECUTE ON FUNCTION stafett.today() TO stafett_app;

DO $$
DECLARE
    f regprocedure;
BEGIN
    GRANT EXECUTE ON FUNCTION stafett.duty_time_of(uuid) TO stafett_owner;
    FOREACH f IN ARRAY ARRAY[
        'stafett.ask_holder(uuid, int, stafett.reach)',
        'stafett.pass_over(uuid, int, text, timestamptz, text, int, timestamptz)',
        'stafett.carry_void(stafett.reach)',
        'stafett.carry_questions(uuid, uuid, int)',
        'stafett.carry_explain(stafett.reach)',
        'stafett.carry_follow(stafett.reach)',
        'stafett.carry_followed(stafett.reach)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_mover', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
    GRANT EXECUTE ON FUNCTION stafett.pass_over(uuid, int, text, timestamptz, text, int, timestamptz)
        TO stafett_owner;
    FOREACH f IN ARRAY ARRAY[
        'stafett.clock_is_changed()',
        'stafett.chain_told(uuid, uuid, boolean)',
        'api.chain_questions(text, text, text[], int)',
        'api.chain_deadlines(text, text, text[], uuid, text, timestamptz)',
        'duty.break_clocks(int)',
        'duty.chains_due(int)',
        'duty.raise_chains(uuid[], int[], text[], text[], uuid[], timestamptz[], timestamptz[],'
            ' text[], int[], int[], timestamptz[], boolean[], boolean[], uuid[], bytea[], bytea[],'
            ' bytea[], bytea)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text LIKE 'api.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
        ELSIF f::text LIKE 'duty.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_clerk', f);
        END IF;
    END LOOP;
END
$$;
