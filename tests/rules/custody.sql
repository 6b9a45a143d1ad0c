-- SPDX-License-Identifier: Apache-2.0
-- Of the tests' schema alone: looks at every chain that a transaction has touched,
-- when it commits. An open chain has exactly one holder, the last line of its
-- ledger, and a closed one has none.
CREATE FUNCTION stafett.check_custody() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, stafett, pg_temp AS $$
DECLARE
    c stafett.chain;
    last stafett.custody;
BEGIN
    SELECT * INTO c FROM chain WHERE id = new.id;
    SELECT * INTO last FROM custody WHERE chain = new.id ORDER BY seq DESC LIMIT 1;
    IF (c.status = 'open') <> (c.custodian IS NOT NULL)
        OR last.seq IS DISTINCT FROM c.custody_seq
        OR (c.custodian IS NOT NULL AND last.unit IS DISTINCT FROM c.custodian)
        OR (SELECT count(*) FROM custody WHERE chain = new.id) <> last.seq
        OR (SELECT max(seq) FROM event WHERE chain = new.id) IS DISTINCT FROM c.event_seq
    THEN
        RAISE EXCEPTION 'custody of chain % is broken', new.id;
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER custody_at_commit AFTER INSERT OR UPDATE ON stafett.chain
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stafett.check_custody();
