-- SPDX-License-Identifier: Apache-2.0
-- What the rules need to know, for a whole batch of operations in one call.
--
-- Runs after the lock statement, as a statement of its own: its snapshot is
-- fresh, so it sees what the lock waited for. What the acting unit is no party
-- to comes back as null, exactly as if it did not exist.

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
SET search_path = pg_catalog, stafett
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
        EXISTS (SELECT FROM referral old WHERE old.id = o.replaces AND old.requester = u.id),
        d.seq, d.content_hash
    FROM unnest(p_unit, p_member, p_message, p_chain, p_referral, p_to, p_hand_back,
            p_delivered, p_replaces) WITH ORDINALITY
        AS o (unit, member, message, chain, referral, to_unit, hand_back, delivered, replaces, i)
    LEFT JOIN unit u ON u.handle = o.unit
    LEFT JOIN organization org ON org.id = u.organization
    LEFT JOIN member m ON m.urn = o.member
    LEFT JOIN LATERAL (
        SELECT string_agg(ms.role, ',' ORDER BY ms.role) AS roles FROM membership ms
        WHERE ms.member = m.id AND ms.unit = u.id
            AND ms.valid_from <= stafett.now() AND stafett.now() < ms.valid_to) held ON true
    LEFT JOIN idempotency k ON k.unit = u.id AND k.message = o.message
    LEFT JOIN chain c ON c.id = o.chain
    LEFT JOIN referral r ON r.id = o.referral AND r.chain = c.id
    LEFT JOIN LATERAL (
        SELECT EXISTS (SELECT FROM party p
                WHERE p.unit = u.id AND p.code = r.code AND p.referral = r.id) AS referral,
            c.custodian = u.id OR EXISTS (
                SELECT FROM referral any_of JOIN party p ON p.unit = u.id
                    AND p.code = any_of.code AND p.referral = any_of.id
                WHERE any_of.chain = c.id) AS chain) seen ON true
    LEFT JOIN unit t ON t.handle = o.to_unit
    LEFT JOIN unit successor ON successor.id = t.replaced_by
    LEFT JOIN unit h ON h.handle = o.hand_back
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
