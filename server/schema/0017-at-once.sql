-- SPDX-License-Identifier: Apache-2.0
-- A chain that is closed at once, since the person has died or moved away: what is open in
-- it ends with it, each by an event of its own that its parties read; and nobody is
-- asked, expected or waited for any more.

-- The row of reach is believed only where the chain shows the same.
CREATE FUNCTION stafett.may_end_at_once(p stafett.reach) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN EXISTS (
    SELECT FROM stafett.chain c
    JOIN stafett.custody h ON h.chain = c.id AND h.seq = c.custody_seq AND h.unit = p.unit
    JOIN stafett.event e ON e.chain = c.id AND e.seq = p.seq AND e.kind = 'close'
    JOIN stafett.detail d ON d.chain = c.id AND d.seq = p.seq
    WHERE c.id = p.chain AND c.status = 'closed' AND c.event_seq = p.seq
        AND d.reason IN ('deceased', 'moved'));

CREATE FUNCTION stafett.carry_close(p stafett.reach) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    ends record;
    at int := p.seq;
BEGIN
    IF NOT stafett.may_end_at_once(p) THEN
        PERFORM stafett.refuse_reach(p);
    END IF;
    PERFORM stafett.tell(p, p.chain, p.seq, u.unit, u.referral, p.needs)
    FROM stafett.chain_units(p.chain) u;
    FOR ends IN SELECT r.id, r.status, r.version FROM referral r
        WHERE r.chain = p.chain AND NOT stafett.is_ended(r.status) ORDER BY r.create_time, r.id
    LOOP
        at := at + 1;
        INSERT INTO event (chain, seq, id, referral, version, kind, code, unit, member,
            occurrence_time, create_time, from_status, to_status, custodian, custodian_changed,
            next_kept)
        SELECT p.chain, at, gen_random_uuid(), ends.id, ends.version + 1, e.kind, e.code, e.unit,
            e.member, e.occurrence_time, e.create_time, ends.status, 'cancelled', e.custodian,
            false, false
        FROM event e WHERE e.chain = p.chain AND e.seq = p.seq;
        INSERT INTO detail (chain, seq, reason, person_told)
        SELECT p.chain, at, d.reason, d.person_told
        FROM detail d WHERE d.chain = p.chain AND d.seq = p.seq;
        UPDATE referral r SET status = 'cancelled', version = r.version + 1,
            update_time = stafett.now()
        WHERE r.id = ends.id;
    END LOOP;
    UPDATE referral r SET next_actor = NULL, next_act = NULL, due_time = NULL, step_time = NULL,
        question_seq = NULL, owner_due_time = NULL, expected = NULL, expected_time = NULL,
        alarm_time = NULL, missed = false, hand_back_seq = NULL
    WHERE r.chain = p.chain;
    UPDATE chain c SET event_seq = at, duty_time = NULL WHERE c.id = p.chain;
    DELETE FROM chain_question q WHERE q.chain = p.chain;
    -- What asked for something is only to be read.
    UPDATE delivery d SET needs = 'none', changed = pg_current_xact_id()
    WHERE d.chain = p.chain AND NOT d.done AND d.needs <> 'none';
END
$$;

-- What waited for a second member in a chain that is over, or to go on in it, waits no
-- more. (What was confirmed with the end is not open any more when this looks.)
CREATE FUNCTION stafett.drop_proposals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    waits proposal;
BEGIN
    FOR waits IN
        SELECT * FROM proposal x
        WHERE x.chain = new.id AND x.referral IS NULL AND x.state = 'open'
        UNION ALL
        SELECT * FROM proposal x WHERE x.other_chain = new.id AND x.state = 'open'
    LOOP
        PERFORM stafett.settle(waits.chain, waits.id, NULL, NULL);
        UPDATE proposal x SET state = 'dropped', decide_time = stafett.now()
        WHERE x.unit = waits.unit AND x.id = waits.id AND x.state = 'open';
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER chain_is_over AFTER UPDATE OF status ON stafett.chain FOR EACH ROW
    WHEN (old.status = 'open' AND new.status = 'closed') EXECUTE FUNCTION stafett.drop_proposals();

GRANT UPDATE (status, version, update_time, owner_due_time, expected, expected_time, alarm_time,
    missed) ON stafett.referral TO stafett_mover;
GRANT INSERT ON stafett.detail TO stafett_mover;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'stafett.may_end_at_once(stafett.reach)',
        'stafett.drop_proposals()',
        'stafett.carry_close(stafett.reach)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_mover', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END
$$;
