-- SPDX-License-Identifier: Apache-2.0
-- Acts that reach beyond one referral and its chain: a chain that begins without a
-- referral, that goes on in another, that follows a unit which closes; a call to plan
-- together; and the messages about a chain to all of its parties.
--
-- Such an act is a row of stafett.reach beside its event. What it does to rows that
-- the daemon may not touch - events above all, which nobody writes again - is done by
-- that row's trigger, with rights of a role that nobody logs in as, and only after it
-- has found the chains as the act says that they are.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stafett_mover') THEN
        CREATE ROLE stafett_mover NOLOGIN;
    END IF;
END
$$;
GRANT USAGE ON SCHEMA stafett TO stafett_mover;

-- What is held by whom, for the unit itself and for the one that follows it.
CREATE INDEX chain_custodian ON stafett.chain (custodian, create_time, id)
    WHERE custodian IS NOT NULL;

CREATE TABLE stafett.reach (
    chain uuid NOT NULL,
    seq int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('register', 'tell', 'ask', 'settle', 'merge', 'take-over',
        'call', 'reply', 'waive', 'link', 'void', 'close', 'explain', 'follow', 'followed')),
    unit uuid NOT NULL,
    member uuid NOT NULL,
    message uuid NOT NULL,
    content_hash bytea NOT NULL,
    referral uuid,
    code text COLLATE "C", -- the chain's
    needs text,
    proposal uuid,
    predecessor uuid,
    confirmer uuid,
    other_chain uuid,
    other_seq int,
    other_version int,
    help_request_date date,
    due_date date,
    start_date date,
    -- By when what the act asks for beside its referral is due: that all plan together,
    -- or that a holder with nothing under way sends the person on.
    due_time timestamptz,
    due_rule text,
    due_version int,
    due_from timestamptz,
    step_time timestamptz,
    reason text,
    PRIMARY KEY (chain, seq)
);

-- Who is told -----------------------------------------------------------------

-- Delivers the message of an act to a party, unless it sent it or has it already.
CREATE FUNCTION stafett.tell(
    p_reach stafett.reach, p_chain uuid, p_seq int, p_unit uuid, p_referral uuid, p_needs text)
RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    INSERT INTO stafett.delivery AS d (chain, seq, unit, referral, message, content_hash, state,
        done, needs, store_time)
    SELECT p_chain, p_seq, p_unit, p_referral, p_reach.message, p_reach.content_hash, 'stored',
        false, p_needs, stafett.now()
    WHERE p_unit <> p_reach.unit
    ON CONFLICT (chain, seq, unit) DO UPDATE SET needs = excluded.needs WHERE d.needs = 'none';
END;

-- What came with a message that asked for something is dealt with, whoever had it.
CREATE FUNCTION stafett.settle(p_chain uuid, p_message uuid, p_unit uuid, p_by uuid) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    UPDATE stafett.delivery d SET state = 'acknowledged', done = true, cause = 'act',
        acknowledge_time = stafett.now(), acknowledge_member = p_by,
        changed = pg_current_xact_id()
    WHERE d.chain = p_chain AND d.message = p_message AND NOT d.done AND d.needs = 'act'
        AND (p_unit IS NULL OR d.unit = p_unit);
END;

-- The holder has seen to the chain, or it is another one's, or asked by a referral.
CREATE FUNCTION stafett.end_chain_duty(p_chain uuid) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    DELETE FROM stafett.chain_duty d WHERE d.chain = p_chain;
    UPDATE stafett.delivery d SET state = 'acknowledged', done = true, cause = 'act',
        acknowledge_time = stafett.now(), changed = pg_current_xact_id()
    FROM stafett.event e
    WHERE d.chain = p_chain AND d.referral IS NULL AND NOT d.done
        AND e.chain = d.chain AND e.seq = d.seq AND e.kind = 'alarm';
END;

CREATE FUNCTION stafett.chain_asks_no_more() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    IF NOT (SELECT c.asked FROM chain c WHERE c.id = new.id) THEN -- by the next holder
        PERFORM stafett.end_chain_duty(new.id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER chain_asks_no_more AFTER UPDATE OF asked ON stafett.chain FOR EACH ROW
    WHEN (old.asked AND NOT new.asked) EXECUTE FUNCTION stafett.chain_asks_no_more();

-- From when on the holder of a chain is asked the first of its own (chain_question).
CREATE FUNCTION stafett.duty_time_of(p_chain uuid) RETURNS timestamptz
    LANGUAGE sql STABLE
    RETURN (SELECT min(d.show_time) FROM stafett.chain_question d WHERE d.chain = p_chain);

-- What they do ------------------------------------------------------------------

CREATE FUNCTION stafett.refuse_reach(p_reach stafett.reach) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a % that the chains do not show', p_reach.kind
        USING ERRCODE = 'check_violation';
END
$$;

-- Whom the chain of a next of kin belongs to does not change when either goes on in
-- another. Two chains that become one are not linked to themselves.
CREATE FUNCTION stafett.carry_links(p_from uuid, p_into uuid) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    INSERT INTO stafett.chain_link (chain, linked, create_time)
    SELECT p_into, k.linked, k.create_time FROM stafett.chain_link k
    WHERE k.chain = p_from AND k.linked <> p_into
    UNION ALL
    SELECT k.chain, p_into, k.create_time FROM stafett.chain_link k
    WHERE k.linked = p_from AND k.chain <> p_into
    ON CONFLICT DO NOTHING;
    DELETE FROM stafett.chain_link k WHERE k.chain = p_from;
    DELETE FROM stafett.chain_link k WHERE k.linked = p_from;
END;

-- Everything that was in the chain stands behind what is in the other one, in its
-- old order. What remains is the ledger of who held it, and where it goes on.
CREATE FUNCTION stafett.carry_merge(p stafett.reach) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    behind int := p.other_seq - p.seq;
    ended chain;
    goes_on chain;
    held_by uuid;
BEGIN
    SELECT * INTO ended FROM chain c WHERE c.id = p.chain;
    UPDATE chain c SET version = p.other_version, event_seq = p.other_seq,
        help_request_date = p.help_request_date, intervention_due_date = p.due_date,
        intervention_start_date = p.start_date,
        protected_time = least(c.protected_time, ended.protected_time),
        awaits_help = c.awaits_help OR ended.awaits_help,
        clock_rule = CASE WHEN p.help_request_date < c.help_request_date
            THEN ended.clock_rule ELSE c.clock_rule END,
        clock_version = CASE WHEN p.help_request_date < c.help_request_date
            THEN ended.clock_version ELSE c.clock_version END
    WHERE c.id = p.other_chain AND c.id <> p.chain AND c.status = 'open' AND c.event_seq = behind
    RETURNING * INTO goes_on;
    IF goes_on.id IS NULL OR ended.status <> 'closed' OR ended.event_seq <> p.seq
        OR ended.merged_into IS NOT NULL
        OR p.help_request_date > least(ended.help_request_date, goes_on.help_request_date) THEN
        PERFORM stafett.refuse_reach(p);
    END IF;
    UPDATE chain c SET merged_into = p.other_chain WHERE c.id = p.chain;
    PERFORM stafett.end_chain_duty(p.chain);
    INSERT INTO chain_party (unit, code, chain, since)
    SELECT u.unit, p.code, p.chain, stafett.now() FROM stafett.chain_units(p.chain) u
    UNION SELECT cu.unit, p.code, p.chain, stafett.now() FROM custody cu WHERE cu.chain = p.chain
    ON CONFLICT DO NOTHING;
    PERFORM stafett.tell(p, p.chain, p.seq, u.unit, u.referral, p.needs)
    FROM (SELECT DISTINCT ON (x.unit) x.unit, x.referral FROM (
            SELECT * FROM stafett.chain_units(p.chain)
            UNION ALL SELECT * FROM stafett.chain_units(p.other_chain)) x) u;
    PERFORM stafett.settle(p.chain, p.proposal, NULL, p.member);

    UPDATE event SET chain = p.other_chain, seq = seq + behind WHERE chain = p.chain AND seq < p.seq;
    INSERT INTO event (chain, seq, id, referral, version, kind, code, unit, member,
        occurrence_time, create_time, from_status, to_status, custodian, custodian_changed,
        due_time, due_rule, due_version, due_from)
    SELECT p.other_chain, p.other_seq, gen_random_uuid(), NULL, e.version, e.kind, e.code, e.unit,
        e.member, e.occurrence_time, e.create_time, 'open', 'open', goes_on.custodian, false,
        e.due_time, e.due_rule, e.due_version, e.due_from
    FROM event e WHERE e.chain = p.chain AND e.seq = p.seq;
    UPDATE detail SET chain = p.other_chain, seq = seq + behind WHERE chain = p.chain;
    UPDATE content SET chain = p.other_chain, seq = seq + behind WHERE chain = p.chain;
    UPDATE delivery d SET chain = p.other_chain, seq = d.seq + behind,
        changed = CASE WHEN stafett.is_party(d.unit, r.code, r.id) THEN pg_current_xact_id()
            ELSE d.changed END
    FROM referral r WHERE d.chain = p.chain AND r.id = d.referral;
    UPDATE proposal SET chain = p.other_chain WHERE chain = p.chain AND referral IS NOT NULL;
    UPDATE planning_call SET chain = p.other_chain WHERE chain = p.chain;
    UPDATE consent SET chain = p.other_chain WHERE chain = p.chain;
    PERFORM stafett.carry_links(p.chain, p.other_chain);
    UPDATE alarm SET chain = p.other_chain, seq = seq + behind, deadline_seq = deadline_seq + behind
    WHERE chain = p.chain;
    PERFORM stafett.carry_questions(p.chain, p.other_chain, behind);
    UPDATE party y SET until = y.until + behind, past = y.past + behind
    FROM (SELECT DISTINCT r.id, r.code, w.unit FROM referral r
        CROSS JOIN LATERAL (
            SELECT e.unit FROM event e WHERE e.chain = p.other_chain AND e.referral = r.id
            UNION SELECT t.named_unit FROM event e
                JOIN detail t ON t.chain = e.chain AND t.seq = e.seq
                WHERE e.chain = p.other_chain AND e.referral = r.id
            UNION VALUES (r.requester), (r.hand_back_unit)
            UNION SELECT h.unit FROM custody h WHERE h.chain = p.chain) w
        WHERE r.chain = p.chain) gone
    WHERE y.unit = gone.unit AND y.code = gone.code AND y.referral = gone.id
        AND y.until IS NOT NULL;
    -- Who held it by a referral and the other one by none holds both by that one.
    UPDATE custody k SET referral = (SELECT x.referral FROM custody x
        WHERE x.chain = ended.id AND x.seq = ended.custody_seq AND x.unit = k.unit)
    WHERE k.chain = goes_on.id AND k.seq = goes_on.custody_seq AND k.referral IS NULL;
    held_by := (SELECT k.referral FROM custody k
        WHERE k.chain = goes_on.id AND k.seq = goes_on.custody_seq);
    -- Who waited to be relieved as its holder waits no more, where it is held by
    -- another unit, or by another referral.
    UPDATE referral r SET chain = p.other_chain, question_seq = r.question_seq + behind,
        hand_back_seq = CASE WHEN w.waits AND w.holds THEN goes_on.custody_seq END,
        next_actor = CASE WHEN w.over THEN NULL ELSE r.next_actor END,
        next_act = CASE WHEN w.over THEN NULL ELSE r.next_act END,
        due_time = CASE WHEN w.over THEN NULL ELSE r.due_time END,
        step_time = CASE WHEN w.over THEN NULL ELSE r.step_time END
    FROM (SELECT y.id, y.waits, y.holds, y.waits AND NOT y.holds AND y.next_act = 'take-back' AS over
        FROM (SELECT x.id, x.next_act, x.hand_back_seq = ended.custody_seq AS waits,
                x.owner = goes_on.custodian
                    AND (x.id = held_by OR (x.owner = x.requester AND held_by IS NULL)) AS holds
            FROM referral x WHERE x.chain = p.chain) y) w
    WHERE r.id = w.id;
    PERFORM stafett.ask_holder(p.other_chain, p.other_seq, p);
END
$$;

-- A successor sits in every seat of a unit at a referral and has what waited there; the
-- unit sees what came up to |p_seq|.
CREATE FUNCTION stafett.follow_referral(
    p_referral uuid, p_code text, p_chain uuid, p_seq int, p_unit uuid, p_successor uuid)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    INSERT INTO party (unit, code, referral, since)
    VALUES (p_successor, p_code, p_referral, stafett.now())
    ON CONFLICT (unit, code, referral) DO UPDATE SET until = NULL;
    UPDATE party y SET until = p_seq, help_request_date = c.help_request_date,
        intervention_due_date = c.intervention_due_date
    FROM chain c WHERE c.id = p_chain
        AND y.unit = p_unit AND y.code = p_code AND y.referral = p_referral AND y.until IS NULL;
    UPDATE referral r SET
        owner_assignee = CASE WHEN r.owner <> p_unit THEN r.owner_assignee END,
        requester_assignee = CASE WHEN r.requester <> p_unit THEN r.requester_assignee END,
        requester = CASE r.requester WHEN p_unit THEN p_successor ELSE r.requester END,
        owner = CASE r.owner WHEN p_unit THEN p_successor ELSE r.owner END,
        sender = CASE r.sender WHEN p_unit THEN p_successor ELSE r.sender END,
        next_actor = CASE r.next_actor WHEN p_unit THEN p_successor ELSE r.next_actor END
    WHERE r.id = p_referral;
    INSERT INTO delivery (chain, seq, unit, referral, message, content_hash, state, done, needs,
        store_time)
    SELECT d.chain, d.seq, p_successor, d.referral, d.message, d.content_hash, 'stored', false,
        d.needs, stafett.now()
    FROM delivery d
    WHERE d.chain = p_chain AND d.referral = p_referral AND d.unit = p_unit AND NOT d.done
    ON CONFLICT DO NOTHING;
    UPDATE delivery d SET state = 'acknowledged', done = true, cause = 'left',
        acknowledge_time = stafett.now(), changed = pg_current_xact_id()
    WHERE d.chain = p_chain AND d.referral = p_referral AND d.unit = p_unit AND NOT d.done;
    UPDATE planning_answer a SET unit = p_successor FROM planning_call k
    WHERE k.referral = p_referral AND k.state = 'open' AND a.call = k.id AND a.unit = p_unit
        AND a.answer IS NULL
        AND NOT EXISTS (SELECT FROM planning_answer b WHERE b.call = k.id AND b.unit = p_successor);
END
$$;

-- The successor sits in every seat of the unit that it follows; who leaves sees what
-- it saw.
CREATE FUNCTION stafett.carry_take_over(p stafett.reach) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM unit u
            WHERE u.id = p.predecessor AND u.replaced_by = p.unit AND u.id <> p.unit)
        OR NOT EXISTS (SELECT FROM chain c WHERE c.id = p.chain AND c.custodian = p.unit) THEN
        PERFORM stafett.refuse_reach(p);
    END IF;
    INSERT INTO chain_party (unit, code, chain, since)
    VALUES (p.unit, p.code, p.chain, stafett.now())
    ON CONFLICT (unit, code, chain) DO UPDATE SET until = NULL;
    UPDATE chain_party y SET until = p.seq, help_request_date = c.help_request_date,
        intervention_due_date = c.intervention_due_date
    FROM chain c
    WHERE c.id = p.chain AND y.chain = c.id AND y.unit = p.predecessor AND y.until IS NULL;
    PERFORM stafett.tell(p, p.chain, p.seq, u.unit, u.referral, p.needs)
    FROM stafett.chain_units(p.chain) u WHERE u.unit <> p.predecessor;
    INSERT INTO party (unit, code, referral, since)
    SELECT p.unit, r.code, r.id, stafett.now() FROM referral r
    CROSS JOIN LATERAL (
        SELECT FROM party y WHERE y.unit = p.predecessor AND y.code = r.code
            AND y.referral = r.id AND y.until IS NULL LIMIT 1) y
    WHERE r.chain = p.chain
    ON CONFLICT (unit, code, referral) DO UPDATE SET until = NULL;
    UPDATE party y SET until = p.seq, help_request_date = c.help_request_date,
        intervention_due_date = c.intervention_due_date
    FROM referral r, chain c
    WHERE r.chain = p.chain AND c.id = p.chain AND y.unit = p.predecessor AND y.code = r.code AND y.referral = r.id
        AND y.until IS NULL;
    UPDATE referral r SET
        owner_assignee = CASE WHEN r.owner <> p.predecessor THEN r.owner_assignee END,
        requester_assignee = CASE WHEN r.requester <> p.predecessor THEN r.requester_assignee END,
        requester = CASE r.requester WHEN p.predecessor THEN p.unit ELSE r.requester END,
        owner = CASE r.owner WHEN p.predecessor THEN p.unit ELSE r.owner END,
        sender = CASE r.sender WHEN p.predecessor THEN p.unit ELSE r.sender END,
        hand_back_unit = CASE r.hand_back_unit WHEN p.predecessor THEN p.unit ELSE r.hand_back_unit END,
        next_actor = CASE r.next_actor WHEN p.predecessor THEN p.unit ELSE r.next_actor END,
        hand_back_seq = CASE WHEN r.hand_back_seq = c.custody_seq - 1 AND r.hand_back_unit <> p.unit
            AND r.hand_back_unit <> p.predecessor THEN c.custody_seq END
    FROM chain c
    WHERE c.id = p.chain AND r.chain = p.chain
        AND p.predecessor IN (r.requester, r.owner, r.sender, r.hand_back_unit, r.next_actor);
    -- Where it had been handed back to either of them, it has come.
    UPDATE referral r SET next_actor = NULL, next_act = NULL, due_time = NULL, step_time = NULL
    WHERE r.chain = p.chain AND r.next_act = 'take-back' AND r.hand_back_seq IS NULL;
    PERFORM stafett.end_chain_duty(p.chain);
    PERFORM stafett.ask_holder(p.chain, p.seq, p);
    INSERT INTO delivery (chain, seq, unit, referral, message, content_hash, state, done, needs,
        store_time)
    SELECT d.chain, d.seq, p.unit, d.referral, d.message, d.content_hash, 'stored', false, d.needs,
        stafett.now()
    FROM delivery d WHERE d.chain = p.chain AND d.unit = p.predecessor AND NOT d.done
    ON CONFLICT DO NOTHING;
    UPDATE delivery d SET state = 'acknowledged', done = true, cause = 'left',
        acknowledge_time = stafett.now(), changed = pg_current_xact_id()
    WHERE d.chain = p.chain AND d.unit = p.predecessor AND NOT d.done;
    UPDATE proposal x SET state = 'dropped', decide_time = stafett.now(), decide_member = p.member
    WHERE x.chain = p.chain AND x.unit = p.predecessor AND x.state = 'open';
    UPDATE planning_answer a SET unit = p.unit FROM planning_call k
    WHERE k.chain = p.chain AND k.state = 'open' AND a.call = k.id AND a.unit = p.predecessor
        AND a.answer IS NULL
        AND NOT EXISTS (SELECT FROM planning_answer b WHERE b.call = k.id AND b.unit = p.unit);
END
$$;

CREATE FUNCTION stafett.carry_call(p stafett.reach) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    INSERT INTO stafett.planning_call (id, chain, referral, told, state, create_time, due_time,
        due_rule, due_version, due_from, step_time)
    SELECT p.message, p.chain, r.id, ARRAY[r.requester, p.unit], 'open', stafett.now(), p.due_time,
        p.due_rule, p.due_version, p.due_from, p.step_time
    FROM stafett.referral r WHERE r.id = p.referral;
    -- Who has only another part in the chain sees nothing of it that it could answer.
    INSERT INTO stafett.planning_answer (call, unit)
    SELECT p.message, u.unit FROM stafett.chain_units(p.chain) u
    JOIN stafett.referral r ON r.id = p.referral
    WHERE stafett.is_party(u.unit, r.code, r.id);
    SELECT stafett.tell(p, p.chain, p.seq, a.unit, p.referral, p.needs)
    FROM stafett.planning_answer a WHERE a.call = p.message;
END;

-- An answer settles the call where it is the last one; a waiver does at once.
CREATE FUNCTION stafett.carry_answer(p stafett.reach) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    open_call uuid := (SELECT k.id FROM planning_call k
        WHERE k.referral = p.referral AND k.state = 'open' LIMIT 1);
BEGIN
    IF p.kind = 'waive' THEN
        UPDATE planning_call k SET state = 'waived', reason = p.reason, waive_unit = p.unit,
            waive_member = p.member, settle_time = stafett.now()
        WHERE k.id = open_call;
        PERFORM stafett.settle(p.chain, open_call, NULL, p.member);
        RETURN;
    END IF;
    UPDATE planning_answer a SET answer = p.reason, member = p.member, message = p.message,
        answer_time = stafett.now()
    WHERE a.call = open_call AND a.unit = p.unit;
    PERFORM stafett.settle(p.chain, open_call, p.unit, p.member);
    UPDATE planning_call k SET state = 'answered', settle_time = stafett.now()
    WHERE k.id = open_call AND NOT EXISTS (SELECT FROM stafett.call_waits_for(k.id));
END
$$;

-- A merge is proposed to the holder of the other chain: by a referral of this chain
-- that it is a party of, else by one of its own, if it has any.
CREATE FUNCTION stafett.carry_ask(p stafett.reach) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT stafett.tell(p, p.chain, p.seq, u.unit, u.referral, 'act')
    FROM (SELECT x.unit, x.referral FROM (
            SELECT 1 AS place, a.* FROM stafett.chain_units(p.chain) a
            UNION ALL SELECT 2, b.* FROM stafett.chain_units(p.other_chain) b
            UNION ALL SELECT 3, p.confirmer, NULL) x
        WHERE x.unit = p.confirmer ORDER BY x.place LIMIT 1) u;
END;

CREATE FUNCTION stafett.carry_out() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    CASE new.kind
    WHEN 'merge' THEN PERFORM stafett.carry_merge(new);
    WHEN 'take-over' THEN PERFORM stafett.carry_take_over(new);
    WHEN 'call' THEN PERFORM stafett.carry_call(new);
    WHEN 'reply', 'waive' THEN PERFORM stafett.carry_answer(new);
    WHEN 'ask' THEN PERFORM stafett.carry_ask(new);
    WHEN 'void' THEN PERFORM stafett.carry_void(new);
    WHEN 'close' THEN PERFORM stafett.carry_close(new);
    WHEN 'explain' THEN PERFORM stafett.carry_explain(new);
    WHEN 'follow' THEN PERFORM stafett.carry_follow(new);
    WHEN 'followed' THEN PERFORM stafett.carry_followed(new);
    WHEN 'settle' THEN PERFORM stafett.settle(new.chain, new.proposal, NULL, new.member);
    WHEN 'register' THEN
        INSERT INTO chain_party (unit, code, chain, since)
        VALUES (new.unit, new.code, new.chain, stafett.now());
        PERFORM stafett.ask_holder(new.chain, new.seq, new);
    WHEN 'link' THEN
        INSERT INTO chain_link (chain, linked, create_time)
        VALUES (new.chain, new.other_chain, stafett.now());
    WHEN 'tell' THEN
        PERFORM stafett.tell(new, new.chain, new.seq, u.unit, u.referral, new.needs)
        FROM stafett.chain_units(new.chain) u;
    END CASE;
    RETURN NULL;
END
$$;

CREATE TRIGGER reach_carried_out AFTER INSERT ON stafett.reach
    FOR EACH ROW EXECUTE FUNCTION stafett.carry_out();

-- What the rules need to know of a second chain -------------------------------------

CREATE FUNCTION api.load_others(p_i int[], p_unit text[], p_chain uuid[], p_other uuid[])
RETURNS TABLE (
    i int, help_request_date date, start_date date,
    other_exists boolean, other_visible boolean, other_open boolean, other_custodian uuid,
    other_version int, other_event_seq int, other_help_request_date date, other_due_date date,
    other_start_date date, other_kinds text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT o.i, c.help_request_date, c.intervention_start_date,
        x.id IS NOT NULL, seen.so, seen.so AND x.status = 'open',
        CASE WHEN seen.so THEN x.custodian END, CASE WHEN seen.so THEN x.version END,
        CASE WHEN seen.so THEN x.event_seq::int END,
        CASE WHEN seen.so THEN x.help_request_date END,
        CASE WHEN seen.so THEN x.intervention_due_date END,
        CASE WHEN seen.so THEN x.intervention_start_date END,
        (SELECT string_agg(DISTINCT y.kind, ',') FROM referral y WHERE y.chain = x.id)
    FROM unnest(p_i, p_unit, p_chain, p_other) AS o (i, unit, chain, other)
    LEFT JOIN LATERAL (SELECT y.id FROM unit y WHERE y.handle = o.unit LIMIT 1) u ON true
    LEFT JOIN LATERAL (SELECT y.* FROM chain y WHERE y.id = o.chain LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT y.* FROM chain y WHERE y.id = o.other LIMIT 1) x ON true
    LEFT JOIN LATERAL (SELECT x.id IS NOT NULL AND (x.custodian = u.id
        OR EXISTS (SELECT FROM stafett.chain_units(x.id) w WHERE w.unit = u.id)
        OR EXISTS (SELECT FROM proposal y WHERE y.chain = o.chain AND y.other_chain = x.id
            AND y.state = 'open' AND u.id IN (y.unit, y.confirm_unit))) IS TRUE AS so) seen ON true;
END
$$;

-- What they may do -----------------------------------------------------------------------

GRANT INSERT ON stafett.reach TO stafett_app;
GRANT SELECT ON stafett.chain_party, stafett.chain_link, stafett.planning_call,
    stafett.planning_answer, stafett.reach TO stafett_owner;

GRANT SELECT ON ALL TABLES IN SCHEMA stafett TO stafett_mover;
GRANT EXECUTE ON FUNCTION stafett.now(), stafett.is_ended(text), stafett.stops_clock(text),
    stafett.is_under_way(text, int, int), stafett.is_party(uuid, text, uuid),
    stafett.call_waits_for(uuid) TO stafett_mover;
GRANT INSERT, DELETE ON stafett.chain_duty TO stafett_mover;
GRANT INSERT ON stafett.chain_party, stafett.chain_link, stafett.planning_call,
    stafett.planning_answer, stafett.delivery, stafett.party, stafett.event TO stafett_mover;
GRANT UPDATE (version, event_seq, help_request_date, intervention_due_date,
    intervention_start_date, clock_rule, clock_version, merged_into, asked, breach_time,
    duty_time, protected_time, awaits_help) ON stafett.chain
    TO stafett_mover;
GRANT UPDATE (chain, seq) ON stafett.event, stafett.detail, stafett.content TO stafett_mover;
GRANT UPDATE (chain, seq, state, done, needs, cause, acknowledge_time, acknowledge_member, changed)
    ON stafett.delivery TO stafett_mover;
GRANT UPDATE (chain, requester, owner, sender, hand_back_unit, next_actor, next_act, due_time,
    step_time, step, question_seq, hand_back_seq, owner_assignee, requester_assignee)
    ON stafett.referral TO stafett_mover;
GRANT UPDATE (until, past, help_request_date, intervention_due_date) ON stafett.party TO stafett_mover;
GRANT UPDATE (until, help_request_date, intervention_due_date) ON stafett.chain_party TO stafett_mover;
GRANT DELETE, UPDATE (linked) ON stafett.chain_link TO stafett_mover;
GRANT UPDATE (referral) ON stafett.custody TO stafett_mover;
GRANT UPDATE (chain, seq, deadline_seq) ON stafett.alarm TO stafett_mover;
GRANT UPDATE (chain) ON stafett.consent TO stafett_mover;
GRANT INSERT, UPDATE, DELETE ON stafett.chain_question TO stafett_mover;
GRANT UPDATE (chain, state, decide_time, decide_member) ON stafett.proposal TO stafett_mover;
GRANT UPDATE ON stafett.planning_call, stafett.planning_answer TO stafett_mover;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'stafett.duty_time_of(uuid)',
        'stafett.tell(stafett.reach, uuid, int, uuid, uuid, text)',
        'stafett.settle(uuid, uuid, uuid, uuid)',
        'stafett.end_chain_duty(uuid)',
        'stafett.chain_asks_no_more()',
        'stafett.refuse_reach(stafett.reach)',
        'stafett.follow_referral(uuid, text, uuid, int, uuid, uuid)',
        'stafett.carry_links(uuid, uuid)',
        'stafett.carry_merge(stafett.reach)',
        'stafett.carry_take_over(stafett.reach)',
        'stafett.carry_call(stafett.reach)',
        'stafett.carry_answer(stafett.reach)',
        'stafett.carry_ask(stafett.reach)',
        'stafett.carry_out()'
        ]::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_mover', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
    f := 'api.load_others(int[], text[], uuid[], uuid[])';
    EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
END
$$;
GRANT EXECUTE ON FUNCTION stafett.chain_units(uuid) TO stafett_mover;
