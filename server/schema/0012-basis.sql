-- SPDX-License-Identifier: Apache-2.0
-- Why a disclosure may be lawful, as rows: which legal basis is allowed for which
-- kind of referral, from which sector to which.
--
-- As with the rules of deadlines: a row is never changed once it counts, but for its
-- end, and a disclosure names the row and version that it was judged by. What the
-- codes mean, and which rows a database begins with, stands in the programs
-- (tbl/basis.def).

CREATE TABLE stafett.basis_rule (
    name text COLLATE "C" NOT NULL,
    version int NOT NULL CHECK (version >= 1),
    basis text NOT NULL,
    kind text NOT NULL DEFAULT '', -- of referrals; '': all that no row names
    from_sector text NOT NULL DEFAULT '' CHECK (from_sector IN ('', 'health', 'social', 'other')),
    to_sector text NOT NULL DEFAULT '' CHECK (to_sector IN ('', 'health', 'social', 'other')),
    source text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (name, version),
    CHECK (valid_from <= valid_to)
);

CREATE TRIGGER basis_rule_changed AFTER INSERT OR UPDATE OR DELETE ON stafett.basis_rule
    FOR EACH STATEMENT EXECUTE FUNCTION stafett.tell_rules_changed();

-- All rows; whoever decides keeps them in memory.
CREATE FUNCTION api.basis_rules()
RETURNS TABLE (
    name text, version int, basis text, kind text, from_sector text, to_sector text,
    source text, from_us bigint, to_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    SELECT r.name, r.version, r.basis, r.kind, r.from_sector, r.to_sector, r.source,
        stafett.microseconds(r.valid_from), stafett.microseconds(r.valid_to)
    FROM stafett.basis_rule r ORDER BY r.name, r.version;
END;

-- Whether a consent for these covers the unit: it, or its organisation, is named (as
-- rules_consent_covers of rules_basis.c has it).
CREATE FUNCTION stafett.covers(p_recipients text, p_unit uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
RETURN (
    SELECT u.handle = ANY (r.list) OR split_part(u.handle, '/', 1) = ANY (r.list)
    FROM stafett.unit u
    CROSS JOIN (SELECT string_to_array(p_recipients, ',') AS list) r
    WHERE u.id = p_unit);

-- What they may do ---------------------------------------------------------------

GRANT SELECT ON stafett.basis_rule TO stafett_owner;

DO $$
BEGIN
    ALTER FUNCTION api.basis_rules() OWNER TO stafett_owner;
    REVOKE EXECUTE ON FUNCTION api.basis_rules() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION api.basis_rules() TO stafett_app;
    ALTER FUNCTION stafett.covers(text, uuid) OWNER TO stafett_owner;
    REVOKE EXECUTE ON FUNCTION stafett.covers(text, uuid) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION stafett.covers(text, uuid) TO stafett_app;
END
$$;
