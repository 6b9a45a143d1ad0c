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

-- What they may do ---------------------------------------------------------------

GRANT SELECT ON stafett.rule TO stafett_owner;
GRANT USAGE ON SCHEMA stafett, api TO stafett_clerk;

DO $$
DECLARE
    f regprocedure;
BEGIN
    REVOKE EXECUTE ON FUNCTION stafett.tell_rules_changed() FROM PUBLIC;
    FOREACH f IN ARRAY ARRAY[
        'stafett.microseconds(timestamptz)',
        'api.rules()',
        'api.rule_units()']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text LIKE 'api.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app, stafett_clerk', f);
        END IF;
    END LOOP;
END
$$;
