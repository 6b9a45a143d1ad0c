-- SPDX-License-Identifier: Apache-2.0
-- What the rules need to know, for a whole batch of operations in one call.
--
-- Runs after the lock statement, as a statement of its own: its snapshot is
-- fresh, so it sees what the lock waited for. What the acting unit is no party
-- to comes back as null, exactly as if it did not exist.
--
-- Each look-up is a LATERAL subquery with LIMIT 1: that is one look-up by the
-- whole key, whatever the planner believes of a table's size. As plain joins, a
-- plan that was made while the tables were empty compared the second half of a
-- key row by row; as EXISTS, it hashed all of party once a batch (both measured).

CREATE FUNCTION api.load(
    p_unit text[], p_member text[], p_message uuid[], p_chain uuid[], p_referral uuid[],
    p_to text[], p_hand_back text[], p_delivered uuid[], p_replaces uuid[])
RETURNS TABLE (
    i int, at timestamptz, replicated boolean,
    unit uuid, organization text, member uuid, roles text,
    key_hash bytea, key_receipt bytea,
    chain_exists boolean, chain_visible boolean, chain_status text, custodian uuid,
    chain_version int, custody_seq int, event_seq int, intervention_due_date date,
    referral_visible boolean, status text, version int, kind text, priority text,
    requester uuid, owner uuid, sender uuid,
    to_unit uuid, to_status text, to_kinds text, to_replaced_by text,
    hand_back uuid, replaces_ok boolean,
    delivery_seq int, delivery_hash bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT o.i::int, stafett.now(),
        current_setting('synchronous_standby_names') <> ''
            AND current_setting('synchronous_commit') IN ('on', 'remote_apply'),
        u.id, org.number, m.id, held.roles,
        k.content_hash, k.receipt,
        c.id IS NOT NULL, seen.chain,
        CASE WHEN seen.chain THEN c.status END, CASE WHEN seen.chain THEN c.custodian END,
        CASE WHEN seen.chain THEN c.version END, CASE WHEN seen.chain THEN c.custody_seq END,
        CASE WHEN seen.chain THEN c.event_seq END,
        CASE WHEN seen.chain THEN c.intervention_due_date END,
        seen.referral,
        CASE WHEN seen.referral THEN r.status END, CASE WHEN seen.referral THEN r.version END,
        CASE WHEN seen.referral THEN r.kind END, CASE WHEN seen.referral THEN r.priority END,
        CASE WHEN seen.referral THEN r.requester END, CASE WHEN seen.referral THEN r.owner END,
        CASE WHEN seen.referral THEN r.sender END,
        t.id, t.status, array_to_string(t.kinds, ','), successor.handle,
        h.id,
        old.id IS NOT NULL,
        d.seq, d.content_hash
    FROM unnest(p_unit, p_member, p_message, p_chain, p_referral, p_to, p_hand_back,
            p_delivered, p_replaces) WITH ORDINALITY
        AS o (unit, member, message, chain, referral, to_unit, hand_back, delivered, replaces, i)
    LEFT JOIN LATERAL (SELECT * FROM unit x WHERE x.handle = o.unit LIMIT 1) u ON true
    LEFT JOIN LATERAL (
        SELECT x.number FROM organization x WHERE x.id = u.organization LIMIT 1) org ON true
    LEFT JOIN LATERAL (SELECT x.id FROM member x WHERE x.urn = o.member LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(ms.role, ',' ORDER BY ms.role) AS roles FROM membership ms
        WHERE ms.member = m.id AND ms.unit = u.id
            AND ms.valid_from <= stafett.now() AND stafett.now() < ms.valid_to) held ON true
    LEFT JOIN LATERAL (
        SELECT x.content_hash, x.receipt FROM idempotency x
        WHERE x.unit = u.id AND x.message = o.message LIMIT 1) k ON true
    LEFT JOIN LATERAL (SELECT * FROM chain x WHERE x.id = o.chain LIMIT 1) c ON true
    LEFT JOIN LATERAL (
        SELECT * FROM referral x WHERE x.id = o.referral AND x.chain = c.id LIMIT 1) r ON true
    LEFT JOIN LATERAL (
        SELECT x.referral FROM party x
        WHERE x.unit = u.id AND x.code = r.code AND x.referral = r.id LIMIT 1) mine ON true
    LEFT JOIN LATERAL (
        SELECT p.unit FROM referral x
        JOIN party p ON p.unit = u.id AND p.code = x.code AND p.referral = x.id
        WHERE x.chain = c.id LIMIT 1) ours ON true
    LEFT JOIN LATERAL (
        SELECT mine.referral IS NOT NULL AS referral,
            coalesce(c.custodian = u.id, false) OR ours.unit IS NOT NULL AS chain) seen ON true
    LEFT JOIN LATERAL (SELECT * FROM unit x WHERE x.handle = o.to_unit LIMIT 1) t ON true
    LEFT JOIN LATERAL (
        SELECT x.handle FROM unit x WHERE x.id = t.replaced_by LIMIT 1) successor ON true
    LEFT JOIN LATERAL (SELECT x.id FROM unit x WHERE x.handle = o.hand_back LIMIT 1) h ON true
    LEFT JOIN LATERAL (
        SELECT x.id FROM referral x
        WHERE x.id = o.replaces AND x.requester = u.id LIMIT 1) old ON true
    LEFT JOIN LATERAL (
        SELECT dd.seq, dd.content_hash FROM delivery dd
        WHERE dd.chain = c.id AND dd.unit = u.id AND dd.referral = r.id
            AND (dd.message = o.delivered OR (o.delivered IS NULL AND NOT dd.done))
        ORDER BY dd.seq DESC LIMIT 1) d ON true;
END
$$;

ALTER FUNCTION api.load OWNER TO stafett_owner;
REVOKE EXECUTE ON FUNCTION api.load FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.load TO stafett_app;
