-- SPDX-License-Identifier: Apache-2.0
-- An inbox, and what has changed in it, for those who watch it.
--
-- A delivery carries the number of the transaction that last changed it or its
-- referral, so the feed is an index and not a log: it never grows beyond the
-- inbox, needs no cleaning, and an item that changed ten times is read once.
--
-- Numbers are given out before commits happen, and commits happen in any order. So
-- a reader does not ask for what has a higher number than the last it saw: it keeps
-- the snapshot it has read, and asks for what that snapshot did not show. What
-- committed late is in there, whatever its number; nothing is in there twice.

CREATE INDEX delivery_feed ON stafett.delivery (unit, changed, chain, seq);

-- Cursors of another epoch begin anew. One row.
CREATE TABLE stafett.feed_epoch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch int NOT NULL
);
INSERT INTO stafett.feed_epoch (epoch) VALUES (1);

-- To be called by the administrator when this database was put back to what it was
-- once: numbers that were given out then will be given out again. A restored dump
-- also brings numbers of another server, which may lie ahead of this one's. Nor is what a
-- daemon that was left running has kept of the directory taken for what stands there now.
CREATE FUNCTION stafett.raise_feed_epoch() RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    raised int;
BEGIN
    UPDATE delivery d SET changed = pg_current_xact_id() WHERE d.changed > pg_current_xact_id();
    UPDATE directory v SET version = v.version + 2000000 + floor(random() * 1000000000)::bigint;
    UPDATE feed_epoch e SET epoch = e.epoch + 1 RETURNING e.epoch INTO raised;
    RETURN raised;
END
$$;

-- The epoch of cursors: also another on another server, raised or not.
CREATE FUNCTION stafett.feed_epoch() RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT hashint8extended(c.system_identifier, e.epoch)
    FROM stafett.feed_epoch e, pg_control_system() c;
END;

-- One page of what |p_base| did not show of a unit's deliveries and |p_upto| does,
-- in the order of the numbers.
CREATE FUNCTION stafett.feed_page(
    p_unit uuid, p_base pg_snapshot, p_upto pg_snapshot,
    p_after xid8, p_after_chain uuid, p_after_seq int, p_limit int)
RETURNS SETOF stafett.delivery
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT * FROM stafett.delivery x
    WHERE x.unit = p_unit
        AND (x.changed, x.chain, x.seq) > (p_after, p_after_chain, p_after_seq)
        AND x.changed < pg_snapshot_xmax(p_upto)
        AND NOT pg_visible_in_snapshot(x.changed, p_base)
        AND pg_visible_in_snapshot(x.changed, p_upto)
    ORDER BY x.changed, x.chain, x.seq LIMIT p_limit;
END;

-- Of |p_members|, those without one of the roles in the unit: names with commas
-- between, or null.
CREATE FUNCTION stafett.strangers(p_unit uuid, p_members text[], p_roles text[]) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN (
    SELECT string_agg(o.urn, ',') FROM unnest(p_members) AS o (urn)
    LEFT JOIN LATERAL (
        SELECT x.id FROM stafett.member x WHERE x.urn = o.urn LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT x.role FROM stafett.membership x
        WHERE x.member = m.id AND x.unit = p_unit AND x.role = ANY (p_roles)
            AND x.valid_from <= stafett.now() AND stafett.now() < x.valid_to
        LIMIT 1) ms ON true
    WHERE ms.role IS NULL);

-- Whoever looks at an inbox keeps it alive: at most one write a minute, and never
-- waiting for another reader.
CREATE FUNCTION stafett.note_inbox_read(p_unit uuid) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    INSERT INTO stafett.inbox_activity AS a (unit, last_read_time)
    SELECT p_unit, stafett.now()
    WHERE NOT EXISTS (SELECT FROM stafett.inbox_activity b WHERE b.unit = p_unit)
    ON CONFLICT DO NOTHING;
    UPDATE stafett.inbox_activity a SET last_read_time = stafett.now()
    WHERE a.unit IN (
        SELECT b.unit FROM stafett.inbox_activity b
        WHERE b.unit = p_unit AND b.last_read_time < stafett.now() - interval '1 minute'
        FOR UPDATE SKIP LOCKED);
END;

-- What had only been stored is offered from now on. Rows that somebody is writing
-- are left alone. This is no change that a watcher hears of.
CREATE FUNCTION stafett.mark_offered(p_unit uuid, p_chains uuid[], p_seqs int[]) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    UPDATE stafett.delivery d SET state = 'offered', offer_time = stafett.now()
    WHERE d.ctid = ANY (ARRAY(
        SELECT x.ctid FROM unnest(p_chains, p_seqs) AS k (chain, seq)
        CROSS JOIN LATERAL (
            SELECT y.ctid FROM stafett.delivery y
            WHERE y.chain = k.chain AND y.seq = k.seq AND y.unit = p_unit
                AND y.state = 'stored'
            LIMIT 1 FOR UPDATE SKIP LOCKED) x));
END;

-- One page of a unit's deliveries, oldest first: what is open, and with |p_all|
-- what is done too. Each half is read in the order of the index, and no further.
CREATE FUNCTION stafett.inbox_page(
    p_unit uuid, p_all boolean, p_after timestamptz, p_after_chain uuid, p_after_seq int,
    p_limit int)
RETURNS SETOF stafett.delivery
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT * FROM (
        (SELECT * FROM stafett.delivery x
        WHERE x.unit = p_unit AND NOT x.done
            AND (x.store_time, x.chain, x.seq) > (p_after, p_after_chain, p_after_seq)
        ORDER BY x.store_time, x.chain, x.seq LIMIT p_limit)
        UNION ALL
        (SELECT * FROM stafett.delivery x
        WHERE p_all AND x.unit = p_unit AND x.done
            AND (x.store_time, x.chain, x.seq) > (p_after, p_after_chain, p_after_seq)
        ORDER BY x.store_time, x.chain, x.seq LIMIT p_limit)) page
    ORDER BY page.store_time, page.chain, page.seq LIMIT p_limit;
END;

-- One item of an inbox, or of what a watcher is told.
CREATE TYPE stafett.inbox_item AS (
    message uuid, from_unit text, from_display_name text, referral uuid, chain uuid, seq int,
    code text, event_kind text, state text, store_time timestamptz, offer_time timestamptz,
    fetch_time timestamptz, acknowledge_time timestamptz, acknowledge_member text, cause text,
    due_time timestamptz, status text, version int, priority text, kind text, needs text,
    intervention_due_date date, needs_of_unit text, card bytea, content_hash bytea,
    assignee text, assignee_display_name text, no_longer_shared boolean,
    intervention_start_date date, protected_identity boolean, awaits_help boolean);

-- The card that a message about the same brought last before one that brings none: by it
-- a list tells whom an answer is about. Of what is shared with the unit.
CREATE FUNCTION stafett.card_before(p_unit uuid, p_chain uuid, p_referral uuid, p_seq int)
RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN p_referral IS NULL THEN stafett.chain_card(p_unit, p_chain) ELSE (
        SELECT ct.card
        FROM event e
        JOIN content ct USING (chain, seq)
        JOIN referral r ON r.id = e.referral
        JOIN chain c ON c.id = e.chain
        WHERE e.chain = p_chain AND e.referral = p_referral AND e.seq < p_seq
            AND length(ct.card) > 0
            AND stafett.is_shared(
                p_unit, c.custodian, r.unshared_time, e.unit, e.create_time, e.kind)
        ORDER BY e.seq DESC LIMIT 1) END;
END
$$;

-- Deliveries as a unit may see them, in the order in which they are named; those without
-- a card of their own with an earlier one, if |p_with_earlier|.
CREATE FUNCTION stafett.inbox_items(
    p_unit uuid, p_chains uuid[], p_seqs int[], p_with_earlier boolean)
RETURNS TABLE (n int, item stafett.inbox_item)
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT k.n::int, ROW(d.message, f.handle, f.display_name, d.referral, d.chain, d.seq,
        coalesce(r.code, stafett.code_of(d.chain)), e.kind, d.state::text, d.store_time,
        d.offer_time, d.fetch_time, d.acknowledge_time, am.urn, d.cause,
        CASE WHEN r.id IS NULL THEN asked.due_time WHEN r.next_actor = p_unit THEN r.due_time END,
        coalesce(s.status, e.to_status), coalesce(s.version, e.version),
        r.priority, r.kind, array_to_string(q.needs, ','),
        CASE WHEN r.id IS NOT NULL THEN s.intervention_due_date
            WHEN c.custodian = p_unit THEN c.intervention_due_date END,
        d.needs::text,
        CASE WHEN NOT shared.so THEN NULL
            WHEN length(ct.card) > 0 OR NOT p_with_earlier THEN ct.card
            ELSE stafett.card_before(p_unit, d.chain, d.referral, d.seq) END, d.content_hash,
        assignee.urn, assignee.display_name, NOT shared.so,
        CASE WHEN r.id IS NOT NULL THEN s.intervention_start_date
            WHEN c.custodian = p_unit THEN c.intervention_start_date END,
        stafett.is_told_protected(p_unit, c.id, c.protected_time),
        c.awaits_help AND CASE WHEN r.id IS NOT NULL THEN s.until IS NULL
            ELSE c.custodian = p_unit END
        )::stafett.inbox_item
    FROM unnest(p_chains, p_seqs) WITH ORDINALITY AS k (chain, seq, n)
    CROSS JOIN LATERAL (
        SELECT * FROM stafett.delivery x
        WHERE x.chain = k.chain AND x.seq = k.seq AND x.unit = p_unit LIMIT 1) d
    LEFT JOIN stafett.referral r ON r.id = d.referral
    LEFT JOIN stafett.request q ON q.referral = r.id
    LEFT JOIN stafett.chain_duty asked ON asked.chain = d.chain AND asked.unit = p_unit
    JOIN stafett.chain c ON c.id = d.chain
    JOIN stafett.event e ON e.chain = d.chain AND e.seq = d.seq
    LEFT JOIN stafett.content ct ON ct.chain = d.chain AND ct.seq = d.seq
    LEFT JOIN LATERAL stafett.shown(p_unit, r.id) s ON true
    LEFT JOIN stafett.unit f ON f.id = e.unit
    LEFT JOIN LATERAL (
        SELECT x.urn FROM stafett.member x WHERE x.id = d.acknowledge_member LIMIT 1) am ON true
    LEFT JOIN LATERAL (
        SELECT x.urn, x.display_name FROM stafett.member x
        WHERE s.until IS NULL AND x.id = CASE p_unit WHEN r.owner THEN r.owner_assignee
            WHEN r.requester THEN r.requester_assignee END LIMIT 1) assignee ON true
    CROSS JOIN LATERAL (SELECT stafett.is_shared(
        p_unit, c.custodian, r.unshared_time, e.unit, e.create_time, e.kind) AS so) shared
    ORDER BY k.n;
END;

-- The inbox of a unit. What had only been stored is offered from now on.
CREATE FUNCTION api.inbox(
    p_unit text, p_member text, p_roles text[], p_all boolean,
    p_after timestamptz, p_after_chain uuid, p_after_seq int, p_limit int)
RETURNS SETOF stafett.inbox_item
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    chains uuid[];
    seqs int[];
BEGIN
    IF acting IS NULL THEN
        RETURN;
    END IF;
    PERFORM stafett.note_inbox_read(acting);
    SELECT array_agg(x.chain), array_agg(x.seq) INTO chains, seqs
    FROM stafett.inbox_page(acting, p_all, coalesce(p_after, '-infinity'),
        coalesce(p_after_chain, '00000000-0000-0000-0000-000000000000'),
        coalesce(p_after_seq, 0), p_limit) x;
    PERFORM stafett.mark_offered(acting, chains, seqs);
    RETURN QUERY SELECT (i.item).* FROM stafett.inbox_items(acting, chains, seqs, true) i
    ORDER BY i.n;
END
$$;

-- A row of a page for a watcher. The first one, without a message, is about the page:
--   snapshot   what has been read when the page, and those after it, are
--   epoch      of its cursors
--   restarted  the caller's base is of another time: there are no items, and the
--              inbox has to be read anew
--   more       the next page can be read at once
--   strangers  of the other members, those who may not watch (any more)
CREATE TYPE stafett.watch_row AS (
    item stafett.inbox_item,
    changed xid8, snapshot text, epoch bigint, restarted boolean, more boolean, strangers text);

-- How many of these items fit: cards of |p_bytes| in all, but at least one item.
CREATE FUNCTION stafett.items_that_fit(p_chains uuid[], p_seqs int[], p_bytes int) RETURNS int
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN (
    SELECT count(*)::int FROM (
        SELECT k.n, sum(coalesce(length(ct.card), 0)) OVER (ORDER BY k.n) AS bytes
        FROM unnest(p_chains, p_seqs) WITH ORDINALITY AS k (chain, seq, n)
        LEFT JOIN LATERAL (
            SELECT x.card FROM stafett.content x
            WHERE x.chain = k.chain AND x.seq = k.seq LIMIT 1) ct ON true) f
    WHERE f.n = 1 OR f.bytes <= p_bytes);

-- The items of a page, and the row about it. The caller has found at most |p_limit|.
-- |p_numbers| are those by which it found them, or null: an item may have another by
-- now, behind which the next page must not begin.
CREATE FUNCTION stafett.watch_page(
    p_unit uuid, p_chains uuid[], p_seqs int[], p_numbers xid8[], p_limit int, p_bytes int,
    p_snapshot pg_snapshot, p_strangers text)
RETURNS SETOF stafett.watch_row
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    fit int := stafett.items_that_fit(p_chains, p_seqs, p_bytes);
    about stafett.watch_row;
BEGIN
    about.snapshot := p_snapshot::text;
    about.epoch := stafett.feed_epoch();
    about.more := fit = p_limit OR fit < cardinality(p_chains);
    about.strangers := p_strangers;
    RETURN NEXT about;
    PERFORM stafett.note_inbox_read(p_unit);
    IF fit = 0 THEN
        RETURN;
    END IF;
    PERFORM stafett.mark_offered(p_unit, p_chains[:fit], p_seqs[:fit]);
    RETURN QUERY
    SELECT i.item, p_numbers[i.n], NULL::text, NULL::bigint, NULL::boolean, NULL::boolean,
        NULL::text
    FROM stafett.inbox_items(p_unit, p_chains[:fit], p_seqs[:fit], false) i ORDER BY i.n;
END
$$;

-- A page of the open inbox, oldest first. Once all pages are read, what changed
-- since the first one's snapshot is still to be asked for.
CREATE FUNCTION api.watch_inbox(
    p_unit text, p_member text, p_roles text[],
    p_after timestamptz, p_after_chain uuid, p_after_seq int, p_limit int, p_bytes int)
RETURNS SETOF stafett.watch_row
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    here pg_snapshot := pg_current_snapshot();
    chains uuid[];
    seqs int[];
BEGIN
    IF acting IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(x.chain), array_agg(x.seq) INTO chains, seqs
    FROM stafett.inbox_page(acting, false, coalesce(p_after, '-infinity'),
        coalesce(p_after_chain, '00000000-0000-0000-0000-000000000000'),
        coalesce(p_after_seq, 0), p_limit) x;
    RETURN QUERY SELECT * FROM stafett.watch_page(
        acting, chains, seqs, NULL, p_limit, p_bytes, here, NULL);
END
$$;

-- A page of what changed since |p_base|, up to |p_upto|; null: up to now. Those of
-- |p_others| who may not watch are told of.
CREATE FUNCTION api.watch_changes(
    p_unit text, p_member text, p_roles text[], p_others text[],
    p_epoch bigint, p_base text, p_upto text,
    p_after text, p_after_chain uuid, p_after_seq int, p_limit int, p_bytes int)
RETURNS SETOF stafett.watch_row
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    here pg_snapshot := pg_current_snapshot();
    base pg_snapshot := p_base::pg_snapshot;
    upto pg_snapshot := coalesce(p_upto::pg_snapshot, here);
    about stafett.watch_row;
    chains uuid[];
    seqs int[];
    numbers xid8[];
BEGIN
    IF acting IS NULL THEN
        RETURN;
    END IF;
    IF p_epoch <> stafett.feed_epoch() OR pg_snapshot_xmax(base) > pg_snapshot_xmax(here) THEN
        about.restarted := true;
        RETURN NEXT about;
        RETURN;
    END IF;
    SELECT array_agg(x.chain), array_agg(x.seq), array_agg(x.changed)
    INTO chains, seqs, numbers
    FROM stafett.feed_page(acting, base, upto, coalesce(p_after::xid8, pg_snapshot_xmin(base)),
        coalesce(p_after_chain, '00000000-0000-0000-0000-000000000000'),
        coalesce(p_after_seq, 0), p_limit) x;
    RETURN QUERY SELECT * FROM stafett.watch_page(
        acting, chains, seqs, numbers, p_limit, p_bytes, upto, stafett.strangers(acting, p_others, p_roles));
END
$$;

-- What they may do ---------------------------------------------------------------
-- An act touches the deliveries of its referral, all of them.

GRANT UPDATE (changed) ON stafett.delivery TO stafett_app;
GRANT SELECT (chain) ON stafett.referral TO stafett_app;
GRANT SELECT ON stafett.feed_epoch TO stafett_owner;

DO $$
DECLARE
    f regprocedure;
BEGIN
    REVOKE EXECUTE ON FUNCTION stafett.raise_feed_epoch() FROM PUBLIC;
    FOREACH f IN ARRAY ARRAY[
        'stafett.feed_epoch()',
        'stafett.feed_page(uuid, pg_snapshot, pg_snapshot, xid8, uuid, int, int)',
        'stafett.strangers(uuid, text[], text[])',
        'stafett.note_inbox_read(uuid)',
        'stafett.mark_offered(uuid, uuid[], int[])',
        'stafett.items_that_fit(uuid[], int[], int)',
        'stafett.inbox_page(uuid, boolean, timestamptz, uuid, int, int)',
        'stafett.card_before(uuid, uuid, uuid, int)',
        'stafett.inbox_items(uuid, uuid[], int[], boolean)',
        'api.inbox(text, text, text[], boolean, timestamptz, uuid, int, int)',
        'stafett.watch_page(uuid, uuid[], int[], xid8[], int, int, pg_snapshot, text)',
        'api.watch_inbox(text, text, text[], timestamptz, uuid, int, int, int)',
        'api.watch_changes(text, text, text[], text[], bigint, text, text, text, uuid, int, int, int)'
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
