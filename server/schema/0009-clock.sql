-- SPDX-License-Identifier: Apache-2.0
-- The rules of deadlines as rows: what is due, when, and who is told of it.
--
-- A row is never changed once it counts, but for its end: another version begins
-- where it ends. So a deadline that names its rule and version can always be
-- explained. What the codes mean, and which rows a database begins with, stands
-- in the programs (tbl/deadlines.def).

CREATE TABLE stafett.rule (
    name text COLLATE "C" NOT NULL,
    version int NOT NULL CHECK (version >= 1),
    deadline text NOT NULL,
    kind text NOT NULL DEFAULT '', -- of referrals; '': all
    priority text NOT NULL DEFAULT '', -- '': all
    organization uuid REFERENCES stafett.organization, -- an agreement's two
    other_organization uuid REFERENCES stafett.organization,
    unit text NOT NULL,
    amount int NOT NULL CHECK (amount BETWEEN 0 AND 100000),
    cut_off text NOT NULL DEFAULT '',
    steps text NOT NULL DEFAULT '',
    source text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL DEFAULT 'infinity',
    -- Who added it and who ended it, a member or an account of the machine, and when that
    -- was said; '': it came with the program, or has no end.
    author text NOT NULL DEFAULT '',
    create_time timestamptz NOT NULL DEFAULT stafett.now(),
    end_author text NOT NULL DEFAULT '',
    end_time timestamptz,
    PRIMARY KEY (name, version),
    CHECK (valid_from <= valid_to),
    CHECK ((organization IS NULL) = (other_organization IS NULL))
);

-- Those who decide by the rules keep them; they are told to read them again, with
-- the commit. A new unit may belong to an organisation that has an agreement.
CREATE FUNCTION stafett.tell_rules_changed() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('stafett_clock', 'rules');
    RETURN NULL;
END
$$;
CREATE TRIGGER rule_changed AFTER INSERT OR UPDATE OR DELETE ON stafett.rule
    FOR EACH STATEMENT EXECUTE FUNCTION stafett.tell_rules_changed();
CREATE TRIGGER unit_changed AFTER INSERT ON stafett.unit
    FOR EACH STATEMENT EXECUTE FUNCTION stafett.tell_rules_changed();

-- Microseconds since 1970; null: for ever.
CREATE FUNCTION stafett.microseconds(p_time timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN isfinite(p_time) THEN (extract(epoch FROM p_time) * 1000000)::bigint END;

-- All rows, the ended ones too: open deadlines were counted by them. None of it is
-- about a person.
CREATE FUNCTION api.rules()
RETURNS TABLE (
    name text, version int, deadline text, kind text, priority text, organization uuid,
    other_organization uuid, unit text, amount int, cut_off text, steps text, source text,
    from_us bigint, to_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT r.name, r.version, r.deadline, r.kind, r.priority, r.organization,
        r.other_organization, r.unit, r.amount, r.cut_off, r.steps, r.source,
        stafett.microseconds(r.valid_from), stafett.microseconds(r.valid_to)
    FROM stafett.rule r ORDER BY r.name, r.version;
END;

-- The units of organisations that have agreements.
CREATE FUNCTION api.rule_units() RETURNS TABLE (unit uuid, organization uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT u.id, u.organization FROM stafett.unit u
    WHERE u.organization IN (
        SELECT r.organization FROM stafett.rule r
        UNION SELECT r.other_organization FROM stafett.rule r);
END;

-- Alarms ---------------------------------------------------------------------------
-- The clock tells, and never ends or moves anything. What it did is an event of
-- no unit and no member; whom it told stands here.

-- When somebody has to look at a referral; null: never.
CREATE FUNCTION stafett.look_time(p_step timestamptz, p_alarm timestamptz, p_missed boolean)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(p_step, CASE WHEN NOT p_missed THEN p_alarm END);

CREATE INDEX referral_look ON stafett.referral
    (stafett.look_time(step_time, alarm_time, missed), id)
    WHERE stafett.look_time(step_time, alarm_time, missed) IS NOT NULL;

CREATE INDEX chain_duty_look ON stafett.chain_duty (step_time, chain) WHERE step_time IS NOT NULL;
CREATE INDEX planning_call_look ON stafett.planning_call (step_time, id)
    WHERE step_time IS NOT NULL AND state = 'open';

-- Of the person's clocks only those that run, and were not seen to be broken.
CREATE INDEX chain_clock ON stafett.chain (intervention_due_date, id)
    WHERE status = 'open' AND intervention_start_date IS NULL AND breach_time IS NULL
        AND awaits_help;

-- Each step of each deadline once, whoever works and whatever was killed: a deadline
-- is named by the event that set it, step -1 is the miss of an expected event. One of
-- the chain alone has no referral, and says what it is about.
CREATE TABLE stafett.alarm (
    chain uuid NOT NULL,
    seq int NOT NULL, -- the event
    referral uuid, -- null: it is of the chain
    call uuid, -- to plan together, whose deadline it is
    what text NOT NULL DEFAULT '', -- of the chain's questions
    deadline_seq int NOT NULL,
    step int NOT NULL,
    told uuid[] NOT NULL,
    managers boolean NOT NULL,
    PRIMARY KEY (chain, seq),
    UNIQUE NULLS NOT DISTINCT (chain, referral, call, what, deadline_seq, step)
);

-- The clocks of the machines on which clerks have worked: how long the machine was up
-- and what the time was. One that has moved otherwise than the other was set.
CREATE TABLE stafett.clerk_clock (
    boot text PRIMARY KEY,
    up_us bigint NOT NULL,
    time timestamptz NOT NULL
);

-- Whether the clock has gone on as the machine has, give or take an hour; by how
-- many seconds it has not. Of a machine that has booted anew nobody knows how long it
-- was off: its clock must not be behind what was seen last, nor a month ahead of it.
-- Where it is, nothing is noted down: an operator takes the rows away (stafettd clock
-- accept).
CREATE FUNCTION duty.look_clock(p_boot text, p_up_us bigint)
RETURNS TABLE (steady boolean, jump_s bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    SELECT extract(epoch FROM stafett.now() - c.time)::bigint - (p_up_us - c.up_us) / 1000000
    INTO jump_s FROM clerk_clock c WHERE c.boot = p_boot;
    IF jump_s IS NULL THEN
        SELECT CASE WHEN stafett.now() BETWEEN max(c.time) AND max(c.time) + interval '1 month'
            THEN 0 ELSE extract(epoch FROM stafett.now() - max(c.time)) END
        INTO jump_s FROM clerk_clock c HAVING count(*) > 0;
    END IF;
    jump_s := coalesce(jump_s, 0);
    steady := abs(jump_s) <= 3600;
    IF steady THEN
        INSERT INTO clerk_clock AS c (boot, up_us, time) VALUES (p_boot, p_up_us, stafett.now())
        ON CONFLICT (boot) DO UPDATE SET up_us = excluded.up_us, time = excluded.time;
    END IF;
    RETURN NEXT;
END
$$;

-- Whether the units may tell each other of what the person missed: by the consent in
-- force, the latest that was given, or by what the referral was sent on.
CREATE FUNCTION stafett.tells_of_misses(p_referral uuid) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (SELECT r.unshared_time IS NULL AND CASE WHEN r.consent IS NULL
            THEN q.basis_covers_missed_events
            ELSE EXISTS (SELECT FROM stafett.consent k WHERE k.id = r.consent
                AND k.covers_missed_events AND k.revoke_time IS NULL AND (k.end_date IS NULL
                OR k.end_date >= (stafett.now() AT TIME ZONE 'Europe/Stockholm')::date)) END
        FROM stafett.referral r JOIN stafett.request q ON q.referral = r.id
        WHERE r.id = p_referral);

-- What has to be looked at behind a place, the oldest first: referrals, chains whose
-- holder is asked, and calls to plan together.
CREATE FUNCTION stafett.looks(p_after timestamptz, p_after_key uuid, p_limit int)
RETURNS TABLE (look_time timestamptz, key uuid, chain uuid, referral uuid, call uuid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT * FROM (
        (SELECT stafett.look_time(x.step_time, x.alarm_time, x.missed) AS look_time, x.id AS key,
            x.chain, x.id AS referral, NULL::uuid AS call
        FROM stafett.referral x
        WHERE stafett.look_time(x.step_time, x.alarm_time, x.missed) IS NOT NULL
            AND (stafett.look_time(x.step_time, x.alarm_time, x.missed), x.id) > (p_after, p_after_key)
        ORDER BY stafett.look_time(x.step_time, x.alarm_time, x.missed), x.id LIMIT p_limit)
        UNION ALL
        (SELECT x.step_time, x.chain, x.chain, NULL, NULL FROM stafett.chain_duty x
        WHERE x.step_time IS NOT NULL AND (x.step_time, x.chain) > (p_after, p_after_key)
        ORDER BY x.step_time, x.chain LIMIT p_limit)
        UNION ALL
        (SELECT x.step_time, x.id, x.chain, x.referral, x.id FROM stafett.planning_call x
        WHERE x.step_time IS NOT NULL AND x.state = 'open'
            AND (x.step_time, x.id) > (p_after, p_after_key)
        ORDER BY x.step_time, x.id LIMIT p_limit)) l
    ORDER BY l.look_time, l.key LIMIT p_limit;
END;

-- How they stand. Nothing is locked: duty.raise looks again.
CREATE FUNCTION duty.due(p_limit int, p_after timestamptz, p_after_key uuid)
RETURNS TABLE (
    look_time timestamptz, key uuid, at timestamptz, chain uuid, event_seq int, referral uuid, call uuid, chain_open boolean,
    status text, kind text, priority text, requester uuid, owner uuid, hand_back uuid, holder uuid,
    next_actor uuid, actor_handle text, actor_organization text, covers boolean,
    expects boolean, missed boolean, alarm_time timestamptz, due_time timestamptz,
    due_rule text, due_version int, due_from timestamptz, step int, step_time timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT d.look_time, d.key, stafett.now(), c.id, c.event_seq::int, r.id, k.id, c.status = 'open',
        coalesce(r.status, ''), coalesce(r.kind, 'care-request'), coalesce(r.priority, 'routine'),
        r.requester, r.owner, r.hand_back_unit, c.custodian, turn.unit, u.handle, o.number,
        stafett.tells_of_misses(r.id), r.expected IS NOT NULL AND k.id IS NULL, r.missed,
        CASE WHEN k.id IS NULL THEN r.alarm_time END, turn.due_time,
        coalesce(turn.due_rule, e.due_rule), coalesce(turn.due_version, e.due_version),
        coalesce(turn.due_from, e.due_from), turn.step, turn.step_time
    FROM stafett.looks(coalesce(p_after, '-infinity'), p_after_key, p_limit) d
    CROSS JOIN LATERAL (SELECT * FROM stafett.chain x WHERE x.id = d.chain LIMIT 1) c
    LEFT JOIN LATERAL (SELECT * FROM stafett.referral x WHERE x.id = d.referral LIMIT 1) r ON true
    LEFT JOIN LATERAL (
        SELECT * FROM stafett.planning_call x WHERE x.id = d.call LIMIT 1) k ON true
    LEFT JOIN LATERAL (
        SELECT * FROM stafett.chain_duty x
        WHERE x.chain = d.chain AND d.referral IS NULL LIMIT 1) t ON true
    -- Whose turn it is, by when, and by which rule where that is not the event's.
    CROSS JOIN LATERAL (
        SELECT r.next_actor AS unit, r.due_time, NULL::text AS due_rule, NULL::int AS due_version,
            NULL::timestamptz AS due_from, r.step, r.step_time
        WHERE r.id IS NOT NULL AND k.id IS NULL
        UNION ALL
        SELECT t.unit, t.due_time, t.due_rule, t.due_version, t.due_from, t.step, t.step_time
        WHERE t.chain IS NOT NULL
        UNION ALL
        SELECT (SELECT w.unit FROM stafett.call_waits_for(k.id) w ORDER BY w.unit LIMIT 1),
            k.due_time, k.due_rule, k.due_version, k.due_from, k.step, k.step_time
        WHERE k.id IS NOT NULL) turn
    LEFT JOIN LATERAL (
        SELECT x.due_rule, x.due_version, x.due_from FROM stafett.event x
        WHERE x.chain = d.chain AND (x.referral = d.referral OR x.referral IS NULL)
            AND x.due_time = r.due_time AND x.due_rule IS NOT NULL AND k.id IS NULL
        ORDER BY x.seq DESC LIMIT 1) e ON true
    LEFT JOIN LATERAL (
        SELECT x.handle, x.organization FROM stafett.unit x
        WHERE x.id = coalesce(turn.unit, r.owner, c.custodian) LIMIT 1) u ON true
    LEFT JOIN LATERAL (
        SELECT x.number FROM stafett.organization x WHERE x.id = u.organization LIMIT 1) o ON true
    WHERE d.look_time <= stafett.now()
    ORDER BY d.look_time, d.key;
END;

-- How long until somebody has to look again.
CREATE FUNCTION duty.next_due() RETURNS TABLE (done int, wait_ms bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT 0, (extract(epoch FROM least((SELECT l.look_time FROM stafett.looks(
            '-infinity', '00000000-0000-0000-0000-000000000000', 1) l), (
        SELECT x.look_time FROM stafett.chain_question x WHERE x.look_time IS NOT NULL
        ORDER BY x.look_time, x.chain LIMIT 1), (
        SELECT (x.intervention_due_date + 1)::timestamp AT TIME ZONE 'Europe/Stockholm'
        FROM stafett.chain x
        WHERE x.status = 'open' AND x.intervention_start_date IS NULL AND x.breach_time IS NULL
            AND x.awaits_help
        ORDER BY x.intervention_due_date, x.id LIMIT 1))
        - stafett.now()) * 1000)::bigint;
END;

-- The units of a referral that are still party to it and are told something, each once;
-- since the consent was revoked, those who hold or own it or must act, and nobody else.
CREATE FUNCTION stafett.told_units(
    p_referral uuid, p_units uuid[], p_needs text[])
RETURNS TABLE (unit uuid, needs text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT t.unit, t.needs FROM unnest(p_units, p_needs) AS t (unit, needs)
    CROSS JOIN LATERAL (
        SELECT x.* FROM stafett.referral x WHERE x.id = p_referral LIMIT 1) r
    CROSS JOIN LATERAL (
        SELECT x.unit FROM stafett.party x
        WHERE x.unit = t.unit AND x.code = r.code AND x.referral = p_referral
            AND x.until IS NULL LIMIT 1) p
    WHERE t.needs IS NOT NULL
        AND (NOT stafett.is_kept(t.unit, r) OR t.unit IN (r.owner, r.next_actor));
END;

-- Whom an alarm tells: of a call those first whose answers are missing; of a chain, which
-- others do not see, its holder.
CREATE FUNCTION stafett.alarm_tells(
    p_chain uuid, p_referral uuid, p_call uuid, p_units uuid[], p_needs text[], p_waiting text)
RETURNS TABLE (unit uuid, needs text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT ON (t.unit) t.unit, t.needs FROM (
        SELECT 1 AS place, w.unit, p_waiting AS needs FROM stafett.call_waits_for(p_call) w
        WHERE p_waiting IS NOT NULL
        UNION ALL SELECT 2, u.unit, u.needs FROM stafett.told_units(p_referral, p_units, p_needs) u
        UNION ALL SELECT 3, d.unit, 'act' FROM stafett.chain_duty d
        WHERE d.chain = p_chain AND p_referral IS NULL) t
    ORDER BY t.unit, t.place;
END;

-- The event that set the deadline of which an alarm tells.
CREATE FUNCTION stafett.deadline_event(p_chain uuid, p_referral uuid, p_call uuid) RETURNS int
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN coalesce(CASE
    WHEN p_call IS NOT NULL THEN (
        SELECT max(ct.seq) FROM stafett.content ct WHERE ct.chain = p_chain AND ct.message = p_call)
    WHEN p_referral IS NULL THEN (
        SELECT d.seq FROM stafett.chain_duty d WHERE d.chain = p_chain)
    ELSE (
        SELECT max(e.seq) FROM stafett.event e
        WHERE e.chain = p_chain AND e.referral = p_referral AND NOT e.next_kept) END, 0);

-- The step of a ladder has been told, or there is none any more (p_time null).
CREATE FUNCTION stafett.set_step(
    p_chain uuid, p_referral uuid, p_call uuid, p_step int, p_time timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    IF p_call IS NOT NULL THEN
        UPDATE planning_call k SET step = p_step, step_time = p_time WHERE k.id = p_call;
    ELSIF p_referral IS NULL THEN
        UPDATE chain_duty d SET step = p_step, step_time = p_time WHERE d.chain = p_chain;
    ELSE
        UPDATE referral x SET step = p_step, step_time = p_time WHERE x.id = p_referral;
    END IF;
END
$$;

-- Raises what was decided, one transaction with events, deliveries and audit records.
-- Only what still stands as it was seen, and is nobody else's just now; the rest
-- comes again. Gives how many, the units that were told (null: none), and the SQL state of
-- the last one that could not be raised.
CREATE FUNCTION duty.raise(
    p_chain uuid[], p_seq int[], p_referral uuid[], p_call uuid[], p_kind text[], p_event uuid[],
    p_due timestamptz[], p_rule text[], p_version int[], p_from timestamptz[],
    p_step int[], p_step_time timestamptz[], p_requester text[], p_owner text[],
    p_hand_back text[], p_holder text[], p_waiting text[], p_managers boolean[],
    p_audit uuid[], p_leaf bytea[], p_salt bytea[], p_detail bytea[], p_hash bytea)
RETURNS TABLE (done int, hint text, failure text, alarms int)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    a record;
    r referral;
    set_seq int;
    was timestamptz; -- the time for which it was put down
    told uuid[];
    needs text[];
    everybody uuid[] := '{}';
BEGIN
    done := 0;
    alarms := 0;
    FOR a IN
        SELECT o.*, c.custodian, c.version AS chain_version
        FROM unnest(p_chain, p_seq, p_referral, p_call, p_kind, p_event, p_due, p_rule, p_version,
            p_from, p_step, p_step_time, p_requester, p_owner, p_hand_back, p_holder,
            p_waiting, p_managers, p_audit, p_leaf, p_salt, p_detail)
            AS o (chain, seq, referral, call, kind, event, due, rule, version, since, step,
                step_time, requester, owner, hand_back, holder, waiting, managers, audit, leaf,
                salt, detail)
        JOIN chain c ON c.id = o.chain AND c.event_seq = o.seq
        ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
    LOOP
        -- One that cannot be raised must not hold up the others.
        BEGIN
            SELECT * INTO r FROM referral x WHERE x.id = a.referral;
            IF a.kind = '' THEN
                PERFORM stafett.set_step(a.chain, a.referral, a.call, a.step, NULL);
                UPDATE referral x SET alarm_time = NULL
                WHERE x.id = a.referral AND a.call IS NULL AND NOT x.missed;
                done := done + 1;
                CONTINUE;
            END IF;
            was := CASE WHEN a.call IS NOT NULL THEN (
                    SELECT k.step_time FROM planning_call k WHERE k.id = a.call)
                WHEN a.referral IS NULL THEN (
                    SELECT d.step_time FROM chain_duty d WHERE d.chain = a.chain)
                WHEN a.kind = 'miss' THEN r.alarm_time ELSE r.step_time END;
            set_seq := stafett.deadline_event(a.chain, a.referral, a.call);
            SELECT coalesce(array_agg(t.unit), '{}'), coalesce(array_agg(t.needs), '{}')
            INTO told, needs FROM stafett.alarm_tells(a.chain, a.referral, a.call,
                ARRAY[r.requester, r.owner, r.hand_back_unit, a.custodian],
                ARRAY[a.requester, a.owner, a.hand_back, a.holder], a.waiting) t;
            INSERT INTO event (chain, seq, id, referral, version, kind, code, unit, member,
                occurrence_time, create_time, from_status, to_status, custodian, custodian_changed,
                next_kept, next_actor, next_act, due_time, due_rule, due_version, due_from)
            VALUES (a.chain, a.seq + 1, a.event, a.referral, coalesce(r.version, a.chain_version),
                a.kind, CASE a.kind WHEN 'miss' THEN 'UTEBLIVEN' ELSE '' END,
                '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000',
                was, stafett.now(),
                coalesce(r.status, 'open'), coalesce(r.status, 'open'), a.custodian, false,
                a.kind <> 'miss',
                CASE a.kind WHEN 'miss' THEN r.owner END, CASE a.kind WHEN 'miss' THEN 'reach' END,
                a.due, a.rule, a.version, a.since);
            INSERT INTO alarm (chain, seq, referral, call, deadline_seq, step, told, managers)
            VALUES (a.chain, a.seq + 1, a.referral, a.call, set_seq,
                CASE a.kind WHEN 'miss' THEN -1 ELSE a.step - 1 END, told, a.managers);
            UPDATE chain x SET event_seq = a.seq + 1 WHERE x.id = a.chain;
            IF a.kind = 'miss' THEN
                UPDATE referral x SET missed = true, next_actor = x.owner, next_act = 'reach',
                    due_time = a.due, step = 0, step_time = a.step_time, update_time = stafett.now()
                WHERE x.id = a.referral;
            ELSE
                PERFORM stafett.set_step(a.chain, a.referral, a.call, a.step, a.step_time);
            END IF;
            UPDATE delivery d SET changed = pg_current_xact_id()
            WHERE d.chain = a.chain AND d.referral IS NOT DISTINCT FROM a.referral
                AND (d.referral IS NULL OR stafett.hears(d.unit, r));
            INSERT INTO delivery (chain, seq, unit, referral, message, content_hash, state, done,
                needs, store_time)
            SELECT a.chain, a.seq + 1, t.unit, a.referral, a.event, p_hash, 'stored', false, t.needs,
                stafett.now()
            FROM unnest(told, needs) t (unit, needs);
            INSERT INTO audit_queue (id, create_time, unit, leaf, salt, detail)
            VALUES (a.audit, stafett.now(), coalesce(r.next_actor, r.owner, a.custodian), a.leaf,
                a.salt, a.detail);
            everybody := everybody || told || r.owner || r.requester;
            done := done + 1;
            alarms := alarms + 1;
        EXCEPTION WHEN OTHERS THEN
            failure := SQLSTATE;
        END;
    END LOOP;
    SELECT string_agg(DISTINCT replace(t::text, '-', ''), '') INTO hint
    FROM unnest(everybody) t WHERE t IS NOT NULL;
    RETURN NEXT;
END
$$;

-- Why something is due: of a referral that the unit sees, the person's clock, what was
-- next at a time, and when it will be asked how the person is. What was set before goes
-- on until an event says otherwise, and its rule is that of the event that counted it.
CREATE FUNCTION api.deadlines(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text, p_as_of timestamptz)
RETURNS TABLE (
    referral uuid, what text, actor text, anchor_time timestamptz, anchor_date date,
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
    SELECT v.referral, d.what, a.handle, d.anchor_time, d.anchor_date, d.due_time, d.due_date,
        d.stop_date, d.alarms, u.name, u.version, u.deadline, u.unit, u.amount, u.cut_off,
        u.steps, u.source, CASE WHEN isfinite(u.valid_from) THEN u.valid_from END
    FROM stafett.visible(acting, p_id, p_code) v
    JOIN referral r ON r.id = v.referral
    JOIN chain c ON c.id = r.chain
    CROSS JOIN LATERAL stafett.shown(acting, r.id) s
    LEFT JOIN LATERAL (
        SELECT e.* FROM event e
        WHERE e.chain = r.chain AND e.referral = r.id AND NOT e.next_kept AND e.seq <= v.until
            AND e.create_time <= as_of
        ORDER BY e.seq DESC LIMIT 1) n ON true
    -- What an act on the whole chain has changed since stands in the referral alone.
    LEFT JOIN LATERAL (
        SELECT x.* FROM (
            SELECT r.next_act, r.next_actor, r.due_time, c.event_seq::int AS upto
            WHERE p_as_of IS NULL AND s.until IS NULL
            UNION ALL
            SELECT n.next_act, n.next_actor, n.due_time, n.seq
            WHERE p_as_of IS NOT NULL OR s.until IS NOT NULL) x
        WHERE NOT s.kept OR x.next_actor = acting) turn ON true
    LEFT JOIN LATERAL (
        SELECT e.due_rule, e.due_version, e.due_from FROM event e
        WHERE e.chain = r.chain AND (e.referral = r.id OR e.referral IS NULL)
            AND e.due_time = turn.due_time AND e.due_rule IS NOT NULL AND e.seq <= turn.upto
        ORDER BY e.seq DESC LIMIT 1) w ON true
    LEFT JOIN LATERAL (
        SELECT x.* FROM chain_question x
        WHERE x.chain = r.chain AND x.what <> 'help' AND x.from_time <= as_of
            AND x.due_time IS NOT NULL AND s.until IS NULL AND NOT s.kept AND s.apart IS NULL
        LIMIT 1) asked ON true
    CROSS JOIN LATERAL (VALUES
        (1, 'help', NULL::uuid, NULL::timestamptz, s.help_request_date, NULL::timestamptz,
            s.intervention_due_date,
            CASE WHEN s.intervention_start_date <= as_of THEN s.intervention_start_date END,
            (SELECT count(*)::int FROM alarm x WHERE x.chain = r.chain AND x.what = 'help'
                AND s.until IS NULL AND NOT s.kept AND s.apart IS NULL),
            c.clock_rule, c.clock_version),
        (2, turn.next_act, turn.next_actor, w.due_from, NULL, turn.due_time, NULL, NULL,
            (SELECT count(*)::int FROM alarm x WHERE x.chain = r.chain AND x.referral = r.id
                AND x.deadline_seq = n.seq AND x.step >= 0), w.due_rule, w.due_version),
        (3, asked.what, c.custodian, asked.from_time, NULL, asked.due_time, NULL, NULL, 0,
            asked.rule, asked.rule_version))
        AS d (n, what, actor, anchor_time, anchor_date, due_time, due_date, stop_date, alarms,
            rule, rule_version)
    LEFT JOIN LATERAL (SELECT x.handle FROM unit x WHERE x.id = d.actor LIMIT 1) a ON true
    LEFT JOIN LATERAL (
        SELECT x.* FROM rule x WHERE x.name = d.rule AND x.version = d.rule_version LIMIT 1) u
        ON true
    WHERE d.what IS NOT NULL
    ORDER BY v.referral, d.n;
END
$$;

-- What they may do ---------------------------------------------------------------

GRANT SELECT ON stafett.rule TO stafett_owner;
GRANT USAGE ON SCHEMA stafett, api TO stafett_clerk;
-- The clock's events are the functions' above to write, and nobody's else.
GRANT INSERT ON stafett.event, stafett.alarm, stafett.delivery, stafett.audit_queue
    TO stafett_owner;
GRANT SELECT ON stafett.alarm TO stafett_owner;
GRANT UPDATE (event_seq, breach_time) ON stafett.chain TO stafett_owner;
GRANT UPDATE (missed, alarm_time, next_actor, next_act, due_time, step, step_time, update_time)
    ON stafett.referral TO stafett_owner;
GRANT UPDATE (changed) ON stafett.delivery TO stafett_owner;
GRANT UPDATE (step, step_time) ON stafett.chain_duty, stafett.planning_call TO stafett_owner;
GRANT SELECT, INSERT, UPDATE ON stafett.clerk_clock TO stafett_owner;
GRANT EXECUTE ON FUNCTION stafett.look_time(timestamptz, timestamptz, boolean) TO stafett_app;

DO $$
DECLARE
    f regprocedure;
BEGIN
    REVOKE EXECUTE ON FUNCTION stafett.tell_rules_changed() FROM PUBLIC;
    FOREACH f IN ARRAY ARRAY[
        'stafett.microseconds(timestamptz)',
        'api.rules()',
        'api.rule_units()',
        'api.deadlines(text, text, text[], uuid, text, timestamptz)',
        'stafett.looks(timestamptz, uuid, int)',
        'stafett.told_units(uuid, uuid[], text[])',
        'stafett.alarm_tells(uuid, uuid, uuid, uuid[], text[], text)',
        'stafett.deadline_event(uuid, uuid, uuid)',
        'stafett.set_step(uuid, uuid, uuid, int, timestamptz)',
        'duty.look_clock(text, bigint)',
        'duty.due(int, timestamptz, uuid)',
        'duty.next_due()',
        'duty.raise(uuid[], int[], uuid[], uuid[], text[], uuid[], timestamptz[], text[], int[],'
            ' timestamptz[], int[], timestamptz[], text[], text[], text[], text[], text[],'
            ' boolean[], uuid[], bytea[], bytea[], bytea[], bytea)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text IN ('api.rules()', 'api.rule_units()') THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app, stafett_clerk', f);
        ELSIF f::text LIKE 'api.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
        ELSIF f::text LIKE 'duty.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_clerk', f);
        END IF;
    END LOOP;
END
$$;
