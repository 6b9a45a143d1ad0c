-- SPDX-License-Identifier: Apache-2.0
-- Rules of deadlines are changed: by who sits at the machine, and by operators through
-- the network, in one way for both.
--
-- Whether a row could count was judged before (domain/rule_draft.c). Here it is kept that
-- what counts is never changed, that a name stays the name of one thing, and that nothing
-- falls silent: a deadline on which somebody relies has a rule at all times.

-- What a row says, for the record of its change.
CREATE FUNCTION stafett.rule_said(p_rule stafett.rule) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, stafett, pg_temp
RETURN format('%s %s%s [%s] %s', (p_rule).amount, (p_rule).unit,
    CASE WHEN (p_rule).cut_off = '' THEN '' ELSE ' past ' || (p_rule).cut_off END,
    (p_rule).steps, (p_rule).source);

CREATE FUNCTION stafett.time_said(p_time timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN to_char(p_time AT TIME ZONE 'Europe/Stockholm', 'YYYY-MM-DD HH24:MI:SS');

-- The latest version of a name, whatever it counts for; whoever changes waits here for
-- whoever does so at this moment. Readers go on.
CREATE FUNCTION stafett.latest_rule(p_name text) RETURNS stafett.rule
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    latest stafett.rule;
BEGIN
    LOCK TABLE rule IN SHARE ROW EXCLUSIVE MODE;
    SELECT * INTO latest FROM rule r WHERE r.name = p_name ORDER BY r.version DESC LIMIT 1;
    RETURN latest;
END
$$;

-- From |p_at| on no version of that name counts; one that would have begun later never does.
CREATE FUNCTION stafett.close_rule(p_name text, p_at timestamptz, p_author text) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
BEGIN ATOMIC
    UPDATE stafett.rule SET valid_to = greatest(valid_from, p_at), end_author = p_author,
        end_time = stafett.now()
    WHERE name = p_name AND valid_to > p_at;
END;

-- Adds a version, of the two organisations of these slugs or, where they are empty, of
-- everybody. |p_known| is the version that its author took for the latest, 0 for none, null:
-- whichever it is. It begins now, or later. How it came out: done; again (it is there
-- already, by the same); version (there is another one); name (it is that of something
-- else); between (there are no such two); far.
CREATE FUNCTION stafett.add_rule(
    p_author text, p_known int, p_name text, p_deadline text, p_kind text, p_priority text,
    p_one text, p_other text, p_unit text, p_amount int, p_cut_off text, p_steps text,
    p_source text, p_from timestamptz, OUT outcome text, OUT version int, OUT said text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    latest stafett.rule := stafett.latest_rule(p_name);
    wanted stafett.rule;
    begins timestamptz := greatest(stafett.now(), coalesce(p_from, stafett.now()));
    agreed uuid[] := ARRAY(
        SELECT o.id FROM organization o WHERE o.slug IN (p_one, p_other) ORDER BY o.id);
BEGIN
    wanted.name := p_name;
    wanted.version := coalesce(latest.version, 0) + 1;
    wanted.deadline := p_deadline;
    wanted.kind := p_kind;
    wanted.priority := p_priority;
    wanted.organization := agreed[1];
    wanted.other_organization := agreed[2];
    wanted.unit := p_unit;
    wanted.amount := p_amount;
    wanted.cut_off := p_cut_off;
    wanted.steps := p_steps;
    wanted.source := p_source;
    wanted.valid_from := begins;
    wanted.valid_to := 'infinity';
    wanted.author := p_author;
    wanted.create_time := stafett.now();
    wanted.end_author := '';
    version := wanted.version;
    outcome := CASE
        WHEN cardinality(agreed) <> CASE WHEN p_one = '' AND p_other = '' THEN 0 ELSE 2 END
            THEN 'between'
        WHEN latest.name IS NOT NULL
            AND (latest.deadline, latest.kind, latest.priority, latest.organization,
                latest.other_organization)
            IS DISTINCT FROM (p_deadline, p_kind, p_priority, agreed[1], agreed[2]) THEN 'name'
        WHEN begins > stafett.now() + interval '10 years' THEN 'far'
        WHEN latest.version = p_known + 1 AND latest.author = p_author
            AND stafett.rule_said(latest) = stafett.rule_said(wanted)
            AND latest.valid_from = greatest(latest.create_time, p_from) THEN 'again'
        WHEN coalesce(latest.version, 0) <> p_known THEN 'version'
        ELSE 'done' END;
    IF outcome = 'done' THEN
        PERFORM stafett.close_rule(p_name, begins, p_author);
        INSERT INTO rule SELECT wanted.*;
        said := format('add %s %s from %s: %s; before: %s', p_name, version,
            stafett.time_said(begins), stafett.rule_said(wanted),
            CASE WHEN latest.name IS NULL THEN 'nothing' ELSE stafett.rule_said(latest) END);
    END IF;
END
$$;

-- Ends a name from |p_at| on, now at the earliest. How it came out: done; again (it has
-- ended by then); version; missing (there is no such name); far; needed (it is what makes
-- one of |p_needed| due where no other rule says more, and nothing is there instead).
CREATE FUNCTION stafett.end_rule(p_name text, p_known int, p_at timestamptz, p_author text,
    p_needed text, OUT outcome text, OUT version int, OUT said text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    latest stafett.rule := stafett.latest_rule(p_name);
    ends timestamptz := greatest(stafett.now(), coalesce(p_at, stafett.now()));
BEGIN
    version := coalesce(latest.version, 0);
    outcome := CASE WHEN version = 0 THEN 'missing' WHEN version <> p_known THEN 'version'
        WHEN latest.valid_to <= ends THEN 'again'
        WHEN ends > stafett.now() + interval '10 years' THEN 'far'
        WHEN latest.organization IS NULL AND latest.kind = '' AND latest.priority = ''
            AND latest.deadline = ANY (string_to_array(p_needed, ','))
            AND NOT EXISTS (
                SELECT FROM rule r WHERE r.name <> p_name AND r.deadline = latest.deadline
                    AND r.organization IS NULL AND r.kind = '' AND r.priority = ''
                    AND r.valid_from <= ends AND r.valid_to = 'infinity') THEN 'needed'
        ELSE 'done' END;
    IF outcome = 'done' THEN
        PERFORM close_rule(p_name, ends, p_author);
        said := format('end %s %s from %s: %s', p_name, version, time_said(ends),
            rule_said(latest));
    END IF;
END
$$;

-- Through the network ---------------------------------------------------------------
-- Who may is asked here as well as by the daemon: a role that the member holds in the
-- acting unit. Without one nothing happens.

CREATE FUNCTION api.add_rule(
    p_unit text, p_member text, p_roles text[], p_known int, p_name text, p_deadline text,
    p_kind text, p_priority text, p_one text, p_other text, p_amount_unit text, p_amount int,
    p_cut_off text, p_steps text, p_source text, p_from timestamptz)
RETURNS TABLE (outcome text, said text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    IF stafett.acting_unit(p_unit, p_member, p_roles) IS NOT NULL THEN
        RETURN QUERY SELECT x.outcome, x.said
        FROM stafett.add_rule(p_member, p_known, p_name, p_deadline, p_kind, p_priority, p_one,
            p_other, p_amount_unit, p_amount, p_cut_off, p_steps, p_source, p_from) x;
    END IF;
END
$$;

CREATE FUNCTION api.end_rule(
    p_unit text, p_member text, p_roles text[], p_known int, p_name text, p_at timestamptz,
    p_needed text)
RETURNS TABLE (outcome text, said text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
BEGIN
    IF stafett.acting_unit(p_unit, p_member, p_roles) IS NOT NULL THEN
        RETURN QUERY SELECT x.outcome, x.said
        FROM stafett.end_rule(p_name, p_known, p_at, p_member, p_needed) x;
    END IF;
END
$$;

-- The rules behind that name and version, in this order: everybody's, and the agreements of
-- the acting unit's organisation; of all organisations for who runs the service. Those
-- that have ended too where that is wanted, of one name where it is given.
CREATE FUNCTION api.listed_rules(
    p_unit text, p_member text, p_roles text[], p_name text, p_with_ended boolean,
    p_after_name text, p_after_version int, p_limit int)
RETURNS TABLE (
    name text, version int, deadline text, kind text, priority text, one text, other text,
    unit text, amount int, cut_off text, steps text, source text, valid_from timestamptz,
    valid_to timestamptz, create_time timestamptz, author text, end_author text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, stafett, pg_temp
AS $$
DECLARE
    acting uuid := stafett.acting_unit(p_unit, p_member, p_roles);
    home uuid := (SELECT u.organization FROM unit u WHERE u.id = acting);
    sees_all boolean := stafett.acting_unit(p_unit, p_member, '{operator}') IS NOT NULL;
BEGIN
    IF acting IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT r.name, r.version, r.deadline, r.kind, r.priority, a.slug, b.slug, r.unit, r.amount,
        r.cut_off, r.steps, r.source,
        CASE WHEN isfinite(r.valid_from) THEN r.valid_from END,
        CASE WHEN isfinite(r.valid_to) THEN r.valid_to END, r.create_time,
        coalesce(m.display_name, r.author), coalesce(e.display_name, r.end_author)
    FROM (
        SELECT * FROM rule x
        WHERE (x.name, x.version) > (p_after_name, p_after_version)
            AND (p_name = '' OR x.name = p_name)
            AND (p_with_ended OR x.valid_to > stafett.now() AND x.valid_to > x.valid_from)
            AND (x.organization IS NULL OR sees_all
                OR home IN (x.organization, x.other_organization))
        ORDER BY x.name, x.version LIMIT p_limit) r
    LEFT JOIN LATERAL (SELECT o.slug FROM organization o WHERE o.id = r.organization LIMIT 1) a
        ON true
    LEFT JOIN LATERAL (
        SELECT o.slug FROM organization o WHERE o.id = r.other_organization LIMIT 1) b ON true
    LEFT JOIN LATERAL (
        SELECT x.display_name FROM member x WHERE x.urn = r.author LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT x.display_name FROM member x WHERE x.urn = r.end_author LIMIT 1) e ON true
    ORDER BY r.name, r.version;
END
$$;

-- What they may do ---------------------------------------------------------------

GRANT SELECT, INSERT, UPDATE ON stafett.rule TO stafett_owner;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'stafett.rule_said(stafett.rule)',
        'stafett.time_said(timestamptz)',
        'stafett.latest_rule(text)',
        'stafett.close_rule(text, timestamptz, text)',
        'stafett.add_rule(text, int, text, text, text, text, text, text, text, int, text, text, '
            'text, timestamptz)',
        'stafett.end_rule(text, int, timestamptz, text, text)',
        'api.add_rule(text, text, text[], int, text, text, text, text, text, text, text, int, '
            'text, text, text, timestamptz)',
        'api.end_rule(text, text, text[], int, text, timestamptz, text)',
        'api.listed_rules(text, text, text[], text, boolean, text, int, int)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stafett_owner', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text LIKE 'api.%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stafett_app', f);
        END IF;
    END LOOP;
END
$$;
