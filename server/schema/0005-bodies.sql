-- SPDX-License-Identifier: Apache-2.0
-- Bodies that are too large for a message. They are uploaded in parts before the
-- message that takes them over, and that take-over only writes a name: it costs
-- the same for a kilobyte and for the largest.
--
-- What a message has taken over cannot be deleted while the message is there: a
-- foreign key says so, whatever a program or a role may try.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stafett_clerk') THEN
        CREATE ROLE stafett_clerk LOGIN;
    END IF;
END
$$;
-- Plans that do not hang on statistics, as the daemon's.
ALTER ROLE stafett_clerk SET enable_seqscan = off;
ALTER ROLE stafett_clerk SET jit = off;

CREATE TABLE stafett.upload (
    unit uuid NOT NULL,
    id uuid NOT NULL,
    size int NOT NULL CHECK (size > 0),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32), -- as announced
    received int NOT NULL,
    complete boolean NOT NULL, -- all is there, and has the hash
    message uuid, -- of the unit, that has taken it over; null: none yet
    create_time timestamptz NOT NULL,
    PRIMARY KEY (unit, id),
    CHECK (received BETWEEN 0 AND size),
    CHECK (received = size OR NOT complete),
    CHECK (complete OR message IS NULL)
) WITH (fillfactor = 70);
CREATE INDEX upload_oldest ON stafett.upload (create_time) WHERE message IS NULL;
CREATE INDEX upload_waiting ON stafett.upload (unit) WHERE message IS NULL;

-- Every part but the last is exactly 64 KiB long.
CREATE TABLE stafett.upload_part (
    unit uuid NOT NULL,
    upload uuid NOT NULL,
    start int NOT NULL CHECK (start >= 0 AND start % 65536 = 0),
    data bytea NOT NULL CHECK (length(data) BETWEEN 1 AND 65536),
    PRIMARY KEY (unit, upload, start),
    FOREIGN KEY (unit, upload) REFERENCES stafett.upload ON DELETE CASCADE
);
-- Sealed bytes do not compress.
ALTER TABLE stafett.upload_part ALTER COLUMN data SET STORAGE EXTERNAL;

ALTER TABLE stafett.content
    ADD COLUMN body_unit uuid,
    ADD COLUMN body_upload uuid,
    ADD FOREIGN KEY (body_unit, body_upload) REFERENCES stafett.upload (unit, id) MATCH FULL,
    ADD CHECK (body_upload IS NULL OR body = '');
-- One upload is the body of one message.
CREATE UNIQUE INDEX content_upload ON stafett.content (body_unit, body_upload)
    WHERE body_upload IS NOT NULL;

-- Uploading --------------------------------------------------------------------

CREATE FUNCTION api.upload(p_unit text, p_member text, p_roles text[], p_id uuid)
RETURNS TABLE (size int, sha256 bytea, received int, complete boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT u.size, u.sha256, u.received, u.complete FROM upload u
    WHERE u.unit = stafett.acting_unit(p_unit, p_member, p_roles) AND u.id = p_id;
END
$$;

-- How many uploads of the unit no message has taken over.
CREATE FUNCTION api.uploads_waiting(p_unit text, p_member text, p_roles text[]) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    RETURN (SELECT count(*)::int FROM upload u
        WHERE u.unit = stafett.acting_unit(p_unit, p_member, p_roles) AND u.message IS NULL);
END
$$;

-- Whether the bytes on disk have the announced hash. What is read here is what
-- will be handed out; a hash that was kept while the bytes passed would have to
-- outlive every cut, and would tell nothing of the disk.
CREATE FUNCTION api.upload_is_whole(p_unit text, p_member text, p_roles text[], p_id uuid)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT u.received = u.size AND u.sha256 = (
            SELECT sha256(string_agg(p.data, '' ORDER BY p.start)) FROM upload_part p
            WHERE p.unit = u.unit AND p.upload = u.id)
        FROM upload u
        WHERE u.unit = stafett.acting_unit(p_unit, p_member, p_roles) AND u.id = p_id);
END
$$;

-- For the operations of a batch that claim uploads: may they. Null claims nothing.
CREATE FUNCTION api.load_uploads(
    p_unit text[], p_message uuid[], p_upload uuid[], p_sha256 bytea[], p_size int[])
RETURNS TABLE (i int, ready boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT o.i::int, up.complete AND up.sha256 = o.sha256 AND up.size = o.size
        AND (up.message IS NULL OR up.message = o.message)
    FROM unnest(p_unit, p_message, p_upload, p_sha256, p_size) WITH ORDINALITY
        AS o (unit, message, upload, sha256, size, i)
    CROSS JOIN LATERAL (
        SELECT x.* FROM upload x
        WHERE x.unit = (SELECT u.id FROM unit u WHERE u.handle = o.unit) AND x.id = o.upload
        LIMIT 1) up
    WHERE o.upload IS NOT NULL;
END
$$;

-- Reading ----------------------------------------------------------------------

-- Where the contents of a referral stand that the unit is party to, and those about
-- its chain as a whole. A code that
-- means two referrals opens neither of them.
CREATE FUNCTION stafett.visible_contents(p_unit uuid, p_id uuid, p_code text)
RETURNS TABLE (referral uuid, chain uuid, seq int, message uuid, from_unit text)
LANGUAGE sql STABLE ROWS 5
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT r.id, ct.chain, ct.seq, ct.message, u.handle
    FROM stafett.visible(p_unit, p_id, p_code) v
    JOIN stafett.referral r ON r.id = v.referral
    JOIN stafett.event e ON e.chain = r.chain AND e.seq <= v.until
        AND (e.referral = r.id OR (e.referral IS NULL AND e.seq > v.past))
    JOIN stafett.content ct ON ct.chain = e.chain AND ct.seq = e.seq
    JOIN stafett.unit u ON u.id = e.unit
    JOIN stafett.chain c ON c.id = r.chain
    CROSS JOIN LATERAL (SELECT CASE WHEN e.referral IS NULL
        THEN stafett.chain_unshared(p_unit, c.id) ELSE r.unshared_time END AS time) un
    WHERE stafett.is_shared(p_unit, c.custodian, un.time, e.unit, e.create_time, e.kind)
        AND (SELECT count(*) FROM stafett.visible(p_unit, p_id, p_code)) = 1
    ORDER BY ct.chain, ct.seq;
END;

-- To its recipient a message is fetched by reading it, and where it needs no more,
-- that acknowledges it. A row that somebody is
-- writing is left alone: a reader never waits.
CREATE FUNCTION stafett.mark_fetched(p_unit uuid, p_chain uuid, p_seq int) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    UPDATE stafett.delivery d SET fetch_time = stafett.now(),
        state = CASE d.needs WHEN 'none' THEN 'acknowledged' ELSE 'fetched' END,
        done = d.needs = 'none',
        acknowledge_time = CASE d.needs WHEN 'none' THEN stafett.now() END,
        cause = CASE d.needs WHEN 'none' THEN 'seen' END
    WHERE d.ctid = ANY (ARRAY(
        SELECT x.ctid FROM stafett.delivery x
        WHERE x.chain = p_chain AND x.seq = p_seq AND x.unit = p_unit
            AND x.state IN ('stored', 'offered')
        FOR UPDATE SKIP LOCKED));
END;

-- The latest contents of a referral; of a body that was uploaded they tell the name. To
-- its recipient they are fetched by this. One more than the limit tells that there are
-- earlier ones, and is not.
CREATE FUNCTION api.messages(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text, p_limit int)
RETURNS TABLE (
    message uuid, from_unit text, suite text, content_hash bytea, header bytea, card bytea,
    body bytea, upload uuid, upload_sha256 bytea, upload_size int, event uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    PERFORM stafett.mark_fetched(acting, v.chain, v.seq) FROM (
        SELECT * FROM stafett.visible_contents(acting, p_id, p_code) x
        ORDER BY x.seq DESC LIMIT p_limit) v;
    RETURN QUERY
    SELECT v.message, v.from_unit, ct.suite, ct.content_hash, ct.header, ct.card, ct.body,
        up.id, up.sha256, up.size, e.id
    FROM (
        SELECT * FROM stafett.visible_contents(acting, p_id, p_code) x
        ORDER BY x.seq DESC LIMIT p_limit + 1) v
    JOIN content ct ON ct.chain = v.chain AND ct.seq = v.seq
    JOIN event e ON e.chain = v.chain AND e.seq = v.seq
    LEFT JOIN upload up ON up.unit = ct.body_unit AND up.id = ct.body_upload
    ORDER BY v.seq;
END
$$;

-- The body of one message: how large it is, and on which basis it was told; null: the unit knows of the message, and what
-- it says is not shared with it any more.
CREATE FUNCTION api.body(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text,
    p_from text, p_message uuid)
RETURNS TABLE (referral uuid, size int, basis text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    PERFORM stafett.mark_fetched(acting, v.chain, v.seq)
    FROM stafett.visible_contents(acting, p_id, p_code) v
    WHERE v.from_unit = p_from AND v.message = p_message;
    RETURN QUERY
    SELECT v.referral, coalesce(up.size, length(ct.body)), q.basis
    FROM stafett.visible_contents(acting, p_id, p_code) v
    JOIN request q ON q.referral = v.referral
    JOIN content ct ON ct.chain = v.chain AND ct.seq = v.seq
    LEFT JOIN upload up ON up.unit = ct.body_unit AND up.id = ct.body_upload
    WHERE v.from_unit = p_from AND v.message = p_message;
    IF NOT FOUND THEN
        RETURN QUERY
        SELECT v.referral, NULL::int, NULL FROM stafett.visible(acting, p_id, p_code) v
        JOIN referral r ON r.id = v.referral
        JOIN event e ON e.chain = r.chain AND e.referral = r.id AND e.seq <= v.until
        JOIN unit u ON u.id = e.unit AND u.handle = p_from
        JOIN delivery d ON d.chain = e.chain AND d.seq = e.seq AND d.unit = acting
            AND d.message = p_message
        WHERE (SELECT count(*) FROM stafett.visible(acting, p_id, p_code)) = 1;
    END IF;
END
$$;

-- The 64 KiB of a body that begin at |p_start|, a multiple of that.
CREATE FUNCTION api.body_part(
    p_unit text, p_member text, p_roles text[], p_id uuid, p_code text,
    p_from text, p_message uuid, p_start int)
RETURNS TABLE (data bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
BEGIN
    RETURN QUERY
    SELECT coalesce(p.data, substring(ct.body FROM p_start + 1 FOR 65536))
    FROM stafett.visible_contents(acting, p_id, p_code) v
    JOIN content ct ON ct.chain = v.chain AND ct.seq = v.seq
    LEFT JOIN LATERAL (
        SELECT x.data FROM upload_part x
        WHERE x.unit = ct.body_unit AND x.upload = ct.body_upload AND x.start = p_start
        LIMIT 1) p ON true
    WHERE v.from_unit = p_from AND v.message = p_message;
END
$$;

-- The clerk's duties -------------------------------------------------------------
-- Each takes a few rows that nobody else has in hand, and tells how many it took
-- and when the next is due (null: there is none).

CREATE SCHEMA duty;
GRANT USAGE ON SCHEMA duty TO stafett_clerk;

-- Deletes uploads that no message took over within seven days.
CREATE FUNCTION duty.purge_uploads(p_limit int) RETURNS TABLE (done int, wait_ms bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    DELETE FROM upload d WHERE d.ctid = ANY (ARRAY(
        SELECT u.ctid FROM upload u
        WHERE u.message IS NULL AND u.create_time < stafett.now() - interval '7 days'
        ORDER BY u.create_time LIMIT p_limit
        FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS done = ROW_COUNT;
    SELECT extract(epoch FROM min(u.create_time) + interval '7 days' - stafett.now()) * 1000
    INTO wait_ms FROM upload u WHERE u.message IS NULL;
    RETURN NEXT;
END
$$;

-- What they may do -----------------------------------------------------------------
-- The daemon adds parts and counts them; the clerk has its duties and nothing else.

GRANT INSERT (unit, id, size, sha256, received, complete, create_time)
    ON stafett.upload TO stafett_app;
GRANT SELECT (unit, id, size, received, complete, message) ON stafett.upload TO stafett_app;
GRANT UPDATE (received, complete, message) ON stafett.upload TO stafett_app;
GRANT INSERT ON stafett.upload_part TO stafett_app;
GRANT SELECT ON stafett.upload, stafett.upload_part TO stafett_owner;
-- Deleting by claiming: a row lock asks for the right to update something.
GRANT DELETE, UPDATE (message) ON stafett.upload TO stafett_owner;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'api.upload(text, text, text[], uuid)',
        'api.uploads_waiting(text, text, text[])',
        'api.upload_is_whole(text, text, text[], uuid)',
        'api.load_uploads(text[], uuid[], uuid[], bytea[], int[])',
        'api.messages(text, text, text[], uuid, text, int)',
        'stafett.visible_contents(uuid, uuid, text)',
        'stafett.mark_fetched(uuid, uuid, int)',
        'api.body(text, text, text[], uuid, text, text, uuid)',
        'api.body_part(text, text, text[], uuid, text, text, uuid, int)',
        'duty.purge_uploads(int)']::regprocedure[]
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
