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
CREATE INDEX referral_sent_on ON stafett.referral (sender, stafett.due_place(due_time), id)
    WHERE next_act IS NOT NULL AND sender NOT IN (requester, owner, next_actor);

CREATE INDEX chain_duty_of ON stafett.chain_duty (unit, stafett.due_place(due_time), chain);
-- The broken clocks of those whom a unit holds.
CREATE INDEX chain_broken ON stafett.chain (custodian, id)
    WHERE breach_time IS NOT NULL AND intervention_start_date IS NULL;

CREATE TABLE stafett.heartbeat (
    process text PRIMARY KEY,
    last_time timestamptz NOT NULL
);

-- Of an open one: whether others' part in it is kept from a unit.
CREATE FUNCTION stafett.is_kept(p_unit uuid, p stafett.referral) RETURNS boolean
LANGUAGE sql STABLE
RETURN CASE WHEN p.unshared_time IS NULL THEN false ELSE (
    SELECT stafett.is_kept_from(p_unit, x.custodian, p.unshared_time)
    FROM stafett.chain x WHERE x.id = p.chain LIMIT 1) END;

-- Whether a unit hears what others do about it, and may wait for them.
CREATE FUNCTION stafett.hears(p_unit uuid, p stafett.referral) RETURNS boolean
LANGUAGE sql STABLE
RETURN NOT stafett.is_kept(p_unit, p) AND (
    SELECT x.until IS NULL FROM stafett.party x
    WHERE x.unit = p_unit AND x.code = p.code AND x.referral = p.id LIMIT 1) IS TRUE;

-- Whether a unit that has sent it on, and is on neither side, holds the person meanwhile.
CREATE FUNCTION stafett.holds_meanwhile(p_unit uuid, p stafett.referral) RETURNS boolean
LANGUAGE sql STABLE
RETURN stafett.hears(p_unit, p)
    AND (SELECT x.custodian = p_unit FROM stafett.chain x WHERE x.id = p.chain LIMIT 1);

CREATE FUNCTION stafett.shown_status(p_unit uuid, p stafett.referral) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN p.unshared_time IS NULL THEN p.status
    ELSE (SELECT x.status FROM stafett.shown(p_unit, p.id) x) END;

-- What the unit must do that is not the turn of a referral: with a chain that it holds,
-- for a call to plan together. |key| is the chain's or the call's id.
CREATE FUNCTION stafett.duties_aside(
    p_unit uuid, p_since timestamptz, p_until timestamptz, p_after timestamptz, p_after_key uuid,
    p_limit int)
RETURNS TABLE (key uuid, due timestamptz, referral uuid, chain uuid, act text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT * FROM (
        (SELECT d.chain AS key, stafett.due_place(d.due_time) AS due, NULL::uuid AS referral, d.chain,
            'send' AS act
        FROM stafett.chain_duty d
        CROSS JOIN LATERAL (
            SELECT x.create_time FROM stafett.chain x WHERE x.id = d.chain LIMIT 1) c
        WHERE d.unit = p_unit AND c.create_time >= p_since
            AND (stafett.due_place(d.due_time), d.chain) > (p_after, p_after_key)
            AND stafett.due_place(d.due_time) < p_until
        ORDER BY stafett.due_place(d.due_time), d.chain LIMIT p_limit)
        UNION ALL
        (SELECT k.id, k.due_time, k.referral, k.chain, 'reply'
        FROM stafett.planning_answer a
        CROSS JOIN LATERAL (SELECT * FROM stafett.planning_call x WHERE x.id = a.call LIMIT 1) k
        CROSS JOIN LATERAL (SELECT * FROM stafett.referral x WHERE x.id = k.referral LIMIT 1) r
        WHERE a.unit = p_unit AND a.answer IS NULL AND k.state = 'open'
            AND NOT stafett.is_ended(r.status) AND r.unshared_time IS NULL
            AND stafett.is_party(p_unit, r.code, r.id) AND r.create_time >= p_since
            AND (k.due_time, k.id) > (p_after, p_after_key) AND k.due_time < p_until
        ORDER BY k.due_time, k.id LIMIT p_limit)) o
    ORDER BY o.due, o.key LIMIT p_limit;
END;

-- A chain as a row of a list, where what the unit must do is not with a referral.
CREATE FUNCTION stafett.chain_duty_row(p_unit uuid, p_chain uuid, p_act text, p_due timestamptz)
RETURNS stafett.referral_row
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    r stafett.referral_row;
BEGIN
    SELECT c.id, c.status, h.handle, cu.since, c.version, c.help_request_date,
        c.intervention_due_date, c.intervention_start_date,
        NOT EXISTS (SELECT FROM referral x WHERE x.chain = c.id
            AND stafett.is_under_way(x.status, x.hand_back_seq, c.custody_seq)),
        stafett.links_of(p_unit, c.id), CASE WHEN c.custodian = p_unit THEN 'holder' ELSE '' END,
        stafett.chain_card(p_unit, c.id),
        stafett.is_told_protected(p_unit, c.id, c.protected_time), c.awaits_help
    INTO r.chain, r.chain_status, r.custodian, r.custodian_since, r.chain_version,
        r.help_request_date, r.intervention_due_date, r.intervention_start_date, r.at_rest,
        r.linked, r.relation, r.card, r.protected_identity, r.awaits_help
    FROM chain c
    LEFT JOIN unit h ON h.id = c.custodian
    LEFT JOIN custody cu ON cu.chain = c.id AND cu.seq = c.custody_seq
    WHERE c.id = p_chain;
    SELECT x.id, x.act, m.urn, m.display_name, y.handle, z.handle, x.other_chain, x.reason,
        x.help_request_date, x.create_time
    INTO r.chain_proposal, r.chain_proposal_act, r.chain_proposal_member,
        r.chain_proposal_member_name, r.chain_proposal_unit, r.chain_proposal_confirm_unit,
        r.chain_proposal_into, r.chain_proposal_reason, r.chain_proposal_help_date,
        r.chain_proposal_create_time
    FROM proposal x JOIN member m ON m.id = x.member JOIN unit y ON y.id = x.unit
    LEFT JOIN unit z ON z.id = x.confirm_unit
    WHERE x.chain = p_chain AND x.referral IS NULL AND x.state = 'open'
        AND p_unit IN (x.unit, x.confirm_unit)
    LIMIT 1;
    r.next_actor := (SELECT u.handle FROM unit u WHERE u.id = p_unit);
    r.next_act := p_act;
    r.due_time := nullif(p_due, stafett.due_place(NULL));
    r.read_time := stafett.now();
    RETURN r;
END
$$;

-- What is open: that in which the unit must act (p_side 'unit'), that in which it waits
-- for another ('others'), or both (''), the most urgent first. What each part finds is in
-- the order of its index, and no part reads further than the page. Late is what should have
-- been done before now; and of chains that the unit holds and whose clock is broken, all.
CREATE FUNCTION api.open_referrals(
    p_unit text, p_member text, p_roles text[], p_side text, p_direction text,
    p_overdue boolean, p_status text, p_other text, p_since timestamptz,
    p_after timestamptz, p_after_id uuid, p_limit int)
RETURNS TABLE (since timestamptz, key uuid, r stafett.referral_row)
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
    -- Of no direction, no state and nobody else's.
    with_aside boolean := p_side <> 'others' AND p_direction = '' AND p_status = '' AND p_other = '';
    keys uuid[];
    times timestamptz[];
    referrals uuid[];
    chains uuid[];
    acts text[];
    rows stafett.referral_row[];
    row_at int := 0;
BEGIN
    SELECT array_agg(o.key), array_agg(o.due), array_agg(o.referral), array_agg(o.chain),
        array_agg(o.act)
    INTO keys, times, referrals, chains, acts
    FROM (
        SELECT h.* FROM (
            (SELECT x.id AS key, stafett.due_place(x.due_time) AS due, x.id AS referral,
                NULL::uuid AS chain, NULL::text AS act FROM referral x
            WHERE p_side <> 'others' AND x.next_act IS NOT NULL AND x.next_actor = acting
                AND (stafett.due_place(x.due_time), x.id) > (after, after_id)
                AND stafett.due_place(x.due_time) < until
                AND (p_direction = '' OR (p_direction = 'sent' AND x.requester = acting)
                    OR (p_direction = 'received' AND x.owner = acting))
                AND (p_status = '' OR stafett.shown_status(acting, x) = p_status)
                AND (p_other = '' OR x.requester = other OR x.owner = other)
                AND x.create_time >= least_time
            ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_limit)
            UNION
            (SELECT x.id, stafett.due_place(x.due_time), x.id, NULL, NULL FROM referral x
            WHERE p_side <> 'unit' AND p_direction <> 'received'
                AND x.next_act IS NOT NULL AND x.next_actor <> x.requester
                AND x.requester = acting AND stafett.hears(acting, x)
                AND (stafett.due_place(x.due_time), x.id) > (after, after_id)
                AND stafett.due_place(x.due_time) < until
                AND (p_status = '' OR stafett.shown_status(acting, x) = p_status)
                AND (p_other = '' OR x.owner = other)
                AND x.create_time >= least_time
            ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_limit)
            UNION
            (SELECT x.id, stafett.due_place(x.due_time), x.id, NULL, NULL FROM referral x
            WHERE p_side <> 'unit' AND p_direction <> 'sent'
                AND x.next_act IS NOT NULL AND x.next_actor <> x.owner
                AND x.owner = acting AND stafett.hears(acting, x)
                AND (stafett.due_place(x.due_time), x.id) > (after, after_id)
                AND stafett.due_place(x.due_time) < until
                AND (p_status = '' OR stafett.shown_status(acting, x) = p_status)
                AND (p_other = '' OR x.requester = other)
                AND x.create_time >= least_time
            ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_limit)
            UNION
            (SELECT x.id, stafett.due_place(x.due_time), x.id, NULL, NULL FROM referral x
            WHERE p_side <> 'unit' AND p_direction = ''
                AND x.next_act IS NOT NULL AND x.sender NOT IN (x.requester, x.owner, x.next_actor)
                AND x.sender = acting AND stafett.holds_meanwhile(acting, x)
                AND (stafett.due_place(x.due_time), x.id) > (after, after_id)
                AND stafett.due_place(x.due_time) < until
                AND (p_status = '' OR x.status = p_status)
                AND (p_other = '' OR x.requester = other OR x.owner = other)
                AND x.create_time >= least_time
            ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_limit)
            UNION
            (SELECT x.id, stafett.due_place(x.due_time), x.id, NULL, NULL
            FROM (SELECT y.id FROM chain y
                WHERE p_overdue AND y.custodian = acting AND y.breach_time IS NOT NULL
                    AND y.intervention_start_date IS NULL OFFSET 0) c
            -- Not the other way round: all that is open, in the order of its due time.
            CROSS JOIN LATERAL (SELECT * FROM referral y WHERE y.chain = c.id OFFSET 0) x
            WHERE x.next_act IS NOT NULL AND acting IN (x.next_actor, x.requester, x.owner)
                AND (p_side = '' OR (p_side = 'unit') = (x.next_actor = acting))
                AND (stafett.due_place(x.due_time), x.id) > (after, after_id)
                AND (p_direction = '' OR (p_direction = 'sent' AND x.requester = acting)
                    OR (p_direction = 'received' AND x.owner = acting))
                AND (p_status = '' OR x.status = p_status)
                AND (p_other = '' OR x.requester = other OR x.owner = other)
                AND x.create_time >= least_time
            ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_limit)
            UNION
            (SELECT a.* FROM stafett.duties_aside(
                acting, least_time, until, after, after_id, p_limit) a WHERE with_aside)) h
        ORDER BY h.due, h.key LIMIT p_limit) o;
    rows := ARRAY(SELECT rr FROM stafett.referral_rows(acting, array_remove(referrals, NULL)) rr);
    FOR i IN 1 .. coalesce(cardinality(keys), 0) LOOP
        since := times[i];
        key := keys[i];
        IF referrals[i] IS NULL THEN
            r := stafett.chain_duty_row(acting, chains[i], acts[i], times[i]);
        ELSE
            row_at := row_at + 1;
            r := rows[row_at];
        END IF;
        IF referrals[i] IS NOT NULL AND acts[i] IS NOT NULL THEN
            r.next_actor := p_unit;
            r.next_act := acts[i];
            r.due_time := times[i];
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

-- How many are open, and how many of them are late; each counted no further than
-- |p_most|. What the holder of a chain is asked (chain_question) is its own to do, too; and
-- for how many of those whom it holds help is late.
CREATE FUNCTION api.open_counts(p_unit text, p_member text, p_roles text[], p_most int)
RETURNS TABLE (
    duties int, waiting int, late_duties int, late_waiting int, late_help int, inbox int)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    SELECT least(count(*), p_most), least(count(*) FILTER (WHERE d.is_late), p_most)
    INTO duties, late_duties
    FROM (
        (SELECT stafett.due_place(x.due_time) < stafett.now() FROM referral x
        WHERE x.next_act IS NOT NULL AND x.next_actor = acting
        ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_most)
        UNION ALL
        (SELECT a.due < stafett.now() FROM stafett.duties_aside(acting, '-infinity', 'infinity',
            '-infinity', '00000000-0000-0000-0000-000000000000', p_most) a)
        UNION ALL
        (SELECT y.due_time < stafett.now() FROM chain x
        JOIN chain_question y ON y.chain = x.id AND y.show_time <= stafett.now()
        WHERE x.custodian = acting AND x.duty_time IS NOT NULL AND x.duty_time <= stafett.now()
        ORDER BY x.duty_time, x.id LIMIT p_most)) d (is_late);
    SELECT least(count(*), p_most), least(count(*) FILTER (WHERE w.is_late), p_most)
    INTO waiting, late_waiting
    FROM (
        (SELECT x.id, stafett.due_place(x.due_time) < stafett.now() AS is_late FROM referral x
        WHERE x.next_act IS NOT NULL AND x.next_actor <> x.requester AND x.requester = acting
            AND stafett.hears(acting, x)
        ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_most)
        UNION
        (SELECT x.id, stafett.due_place(x.due_time) < stafett.now() FROM referral x
        WHERE x.next_act IS NOT NULL AND x.next_actor <> x.owner AND x.owner = acting
            AND stafett.hears(acting, x)
        ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_most)
        UNION
        (SELECT x.id, stafett.due_place(x.due_time) < stafett.now() FROM referral x
        WHERE x.next_act IS NOT NULL AND x.sender NOT IN (x.requester, x.owner, x.next_actor)
            AND x.sender = acting AND stafett.holds_meanwhile(acting, x)
        ORDER BY stafett.due_place(x.due_time), x.id LIMIT p_most)) w;
    late_help := (SELECT count(*) FROM (
        SELECT FROM chain x WHERE x.custodian = acting AND x.breach_time IS NOT NULL
            AND x.intervention_start_date IS NULL LIMIT p_most) h);
    inbox := (SELECT count(*) FROM (
        SELECT FROM delivery x WHERE x.unit = acting AND NOT x.done LIMIT p_most) i);
    RETURN NEXT;
END
$$;

-- What the unit was told since a time, the newest first: the events of its
-- deliveries, dealt with or not. What is of a chain alone comes with a referral of it.
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
    SELECT e.id, d.referral, e.version, e.kind, e.code, u.handle, m.urn, m.display_name,
        e.occurrence_time, e.create_time, e.from_status, e.to_status, c.handle,
        e.custodian_changed,
        dt.reason, dt.person_told, n.handle, dt.question, dt.contact
    FROM (
        (SELECT x.chain, x.seq, x.referral, x.store_time FROM delivery x
        WHERE x.unit = acting AND NOT x.done AND x.store_time > p_since
        ORDER BY x.store_time DESC, x.chain DESC, x.seq DESC LIMIT p_limit)
        UNION ALL
        (SELECT x.chain, x.seq, x.referral, x.store_time FROM delivery x
        WHERE x.unit = acting AND x.done AND x.store_time > p_since
        ORDER BY x.store_time DESC, x.chain DESC, x.seq DESC LIMIT p_limit)
        ORDER BY 4 DESC, 1 DESC, 2 DESC LIMIT p_limit) d
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
        'stafett.duties_aside(uuid, timestamptz, timestamptz, timestamptz, uuid, int)',
        'stafett.chain_duty_row(uuid, uuid, text, timestamptz)',
        'stafett.is_kept(uuid, stafett.referral)',
        'stafett.hears(uuid, stafett.referral)',
        'stafett.holds_meanwhile(uuid, stafett.referral)',
        'stafett.shown_status(uuid, stafett.referral)',
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
        ELSIF f::text LIKE 'duty.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_clerk', f);
        END IF;
    END LOOP;
END
$$;
