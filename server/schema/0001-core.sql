-- SPDX-License-Identifier: Apache-2.0
-- The first floor of the database: who may act, chains and who holds them,
-- referrals, events, content, delivery, idempotency and the audit queue.
--
-- Narrow tables change (chain, referral, delivery); wide ones are written once.
-- The daemon's role may not delete anything, and may update only the columns
-- that an act changes. Codes are text in their standard's spelling: the code
-- tables live in the programs, not here.

-- Roles belong to the cluster, so another database may have made them already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stafett_owner') THEN
        CREATE ROLE stafett_owner NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stafett_app') THEN
        CREATE ROLE stafett_app LOGIN;
    END IF;
END
$$;

-- A plan that was cached while the tables were empty reads them whole, and is
-- kept: hundreds of microseconds a send until it is replanned (measured). So the
-- daemon's plans are look-ups by index in loops, joined in the order in which they
-- are written, whatever the statistics say.
ALTER ROLE stafett_app SET enable_seqscan = off;
ALTER ROLE stafett_app SET enable_bitmapscan = off;
ALTER ROLE stafett_app SET enable_hashjoin = off;
ALTER ROLE stafett_app SET enable_mergejoin = off;
ALTER ROLE stafett_app SET join_collapse_limit = 1;
ALTER ROLE stafett_app SET plan_cache_mode = force_generic_plan;
ALTER ROLE stafett_app SET jit = off;

CREATE SCHEMA IF NOT EXISTS stafett;
CREATE SCHEMA api;
GRANT USAGE ON SCHEMA stafett, api TO stafett_app, stafett_owner;

-- The only business clock. Tests of time replace this function, and nothing
-- else, so that the program under test is the released one.
CREATE FUNCTION stafett.now() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN transaction_timestamp();

-- Who -----------------------------------------------------------------------

CREATE TABLE stafett.organization (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    kind text NOT NULL
);

CREATE TABLE stafett.unit (
    id uuid PRIMARY KEY,
    organization uuid NOT NULL REFERENCES stafett.organization,
    handle text COLLATE "C" NOT NULL UNIQUE,
    display_name text NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    replaced_by uuid REFERENCES stafett.unit,
    hsa_id text,
    service_area text[] NOT NULL DEFAULT '{}',
    needs text[] NOT NULL DEFAULT '{}',
    kinds text[] NOT NULL DEFAULT '{}',
    age_min int NOT NULL DEFAULT 0,
    age_max int NOT NULL DEFAULT 0,
    opening_hours text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    on_call_phone text NOT NULL DEFAULT ''
);

CREATE TABLE stafett.municipality (
    code text PRIMARY KEY,
    name text NOT NULL,
    slug text NOT NULL
);

-- How alive a unit's inbox is; a row of its own, so that reading an inbox
-- never touches the directory.
CREATE TABLE stafett.inbox_activity (
    unit uuid PRIMARY KEY REFERENCES stafett.unit,
    last_read_time timestamptz NOT NULL
);

CREATE TABLE stafett.member (
    id uuid PRIMARY KEY,
    organization uuid NOT NULL REFERENCES stafett.organization,
    urn text COLLATE "C" NOT NULL UNIQUE,
    display_name text NOT NULL
);

CREATE TABLE stafett.membership (
    member uuid NOT NULL REFERENCES stafett.member,
    unit uuid NOT NULL REFERENCES stafett.unit,
    role text NOT NULL,
    valid_from timestamptz NOT NULL DEFAULT '-infinity',
    valid_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (member, unit, role, valid_from)
);

-- Custody -------------------------------------------------------------------
-- The holder of a chain is a row of custody, and the chain points at it by all
-- three of chain, sequence and unit. So a chain cannot have two holders (it
-- points at one row), nor none while it is open (the column is not null then),
-- nor a holder that the ledger does not know (the foreign key).

-- What one column may hold is a domain where a batch writes it: PostgreSQL keeps a
-- domain's check ready, while a table's is read from its text by every statement.
CREATE DOMAIN stafett.ordinal AS int CHECK (VALUE >= 1);
CREATE DOMAIN stafett.chain_status AS text CHECK (VALUE IN ('open', 'closed'));
CREATE DOMAIN stafett.delivery_state AS text
    CHECK (VALUE IN ('stored', 'offered', 'fetched', 'acknowledged', 'refused'));
CREATE DOMAIN stafett.delivery_needs AS text CHECK (VALUE IN ('act', 'ack', 'none'));

CREATE TABLE stafett.chain (
    id uuid PRIMARY KEY,
    version int NOT NULL,
    status stafett.chain_status NOT NULL,
    custodian uuid,
    custody_seq stafett.ordinal NOT NULL,
    event_seq stafett.ordinal NOT NULL,
    help_request_date date NOT NULL,
    intervention_due_date date NOT NULL,
    intervention_start_date date, -- the person's clock stopped then
    clock_rule text, -- by which intervention_due_date was counted, and its version
    clock_version int,
    create_time timestamptz NOT NULL,
    merged_into uuid, -- where it goes on, since it turned out to be of the same person
    asked boolean NOT NULL DEFAULT false, -- its holder is, by its row of chain_duty
    breach_time timestamptz, -- the person's clock was broken: when that was seen
    awaits_help boolean NOT NULL DEFAULT true, -- has what stops the person's clock, or was registered
    protected_time timestamptz, -- of protected identity, since then; counted in no statistics
    duty_time timestamptz, -- since when its holder is asked something (chain_question); null: never
    CHECK ((status = 'open') = (custodian IS NOT NULL)),
    CHECK (merged_into IS NULL OR custodian IS NULL) -- it is closed
) WITH (fillfactor = 85);

-- Change points, never ranges, each behind the one before it: gaps and overlaps
-- cannot be written down.
CREATE TABLE stafett.custody (
    chain uuid NOT NULL REFERENCES stafett.chain,
    seq stafett.ordinal NOT NULL,
    before int, -- the one: seq - 1, null of the first (custody_is_sound)
    unit uuid NOT NULL,
    since timestamptz NOT NULL,
    cause int NOT NULL, -- the event, by its number in the chain
    referral uuid, -- by which it holds: that is given back with it; null: by none
    PRIMARY KEY (chain, seq),
    UNIQUE (chain, seq, unit),
    FOREIGN KEY (chain, before) REFERENCES stafett.custody (chain, seq)
);

ALTER TABLE stafett.chain
    ADD FOREIGN KEY (id, custody_seq, custodian) REFERENCES stafett.custody (chain, seq, unit);

-- And the chain only moves on: never back to an earlier line of the ledger, which
-- would be a move that nothing records.
CREATE FUNCTION stafett.refuse_step_back() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a chain does not step back' USING ERRCODE = 'check_violation';
END
$$;

-- Nor is it closed, or the person's clock mended, without an event that says so.
CREATE TRIGGER chain_moves_on BEFORE UPDATE ON stafett.chain FOR EACH ROW
    WHEN (new.custody_seq < old.custody_seq OR new.event_seq < old.event_seq
        OR (new.event_seq = old.event_seq AND (new.status <> old.status
            OR new.help_request_date <> old.help_request_date
            OR new.intervention_due_date <> old.intervention_due_date)))
    EXECUTE FUNCTION stafett.refuse_step_back();

-- Referrals and what happened to them ----------------------------------------

CREATE TABLE stafett.referral (
    id uuid PRIMARY KEY,
    chain uuid NOT NULL REFERENCES stafett.chain,
    code text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    priority text NOT NULL,
    version int NOT NULL,
    requester uuid NOT NULL,
    owner uuid NOT NULL,
    sender uuid NOT NULL, -- the last on its way to the owner that held the chain
    hand_back_unit uuid NOT NULL,
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL,
    next_actor uuid,
    next_act text,
    due_time timestamptz,
    step_time timestamptz, -- when somebody is told of it next, and how often they were
    step int NOT NULL DEFAULT 0,
    question_seq int, -- the event that asked what nobody has answered yet
    owner_due_time timestamptz, -- the owner's deadline meanwhile
    restarted boolean NOT NULL DEFAULT false, -- that deadline was, after a question
    owner_assignee uuid,
    requester_assignee uuid,
    expected text, -- an event of the treatment, when it is, and when its miss is known
    expected_time timestamptz,
    alarm_time timestamptz,
    missed boolean NOT NULL DEFAULT false,
    home_planned boolean NOT NULL DEFAULT false,
    aftercare uuid,
    hand_back_seq int, -- the line of custody with which the owner waits to be relieved
    moved_time timestamptz, -- when it last moved to another organisation,
    moved_before_time timestamptz, -- and the time before; null once that was planned for
    consent uuid, -- the latest that was given for it, or that it was sent on
    moved_on_consent boolean NOT NULL DEFAULT false, -- forwarded on it, whatever it was sent on
    unshared_time timestamptz, -- the one on which it rests was revoked then
    -- Its requester was told nothing of the chain any more: it lets nobody into it.
    opens_nothing boolean NOT NULL DEFAULT false
) WITH (fillfactor = 85);
CREATE INDEX referral_chain ON stafett.referral (chain);
ALTER TABLE stafett.custody ADD FOREIGN KEY (referral) REFERENCES stafett.referral;

-- What was asked for, as it was sent; written once.
CREATE TABLE stafett.request (
    referral uuid PRIMARY KEY,
    needs text[] NOT NULL,
    basis text NOT NULL,
    basis_form text,
    basis_end_date date,
    basis_covers_missed_events boolean NOT NULL,
    replaces uuid,
    reference text,
    care_responsibility_remains boolean NOT NULL,
    person_informed boolean NOT NULL,
    call_time timestamptz, -- stat: when the unit was phoned
    last_dose_time timestamptz, -- a handover of somebody who is given doses
    next_dose_by text,
    discharge text -- which message of law 2017:612
);

CREATE TABLE stafett.event (
    chain uuid NOT NULL,
    seq int NOT NULL, -- the order of a chain's events, given out under its lock
    id uuid NOT NULL,
    referral uuid REFERENCES stafett.referral,
    version int NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    unit uuid NOT NULL,
    member uuid NOT NULL,
    occurrence_time timestamptz NOT NULL,
    create_time timestamptz NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    custodian uuid NOT NULL,
    custodian_changed boolean NOT NULL,
    -- Whose turn it is from here on, by when, and by which rule counted from when;
    -- where next_kept, all of that is as before.
    next_kept boolean NOT NULL DEFAULT true,
    next_actor uuid,
    next_act text,
    due_time timestamptz,
    due_rule text,
    due_version int,
    due_from timestamptz,
    -- To whom something was disclosed by it, and why that was lawful then; and to a third
    -- unit, by which row: the one to which it would be handed back.
    disclosed_to uuid,
    basis text,
    basis_rule text,
    basis_version int,
    third uuid,
    third_rule text,
    third_version int,
    consent uuid,
    PRIMARY KEY (chain, seq)
);

-- What an act said in codes, beyond its kind; only where it said something.
CREATE TABLE stafett.detail (
    chain uuid NOT NULL,
    seq int NOT NULL,
    reason text,
    person_told text,
    named_unit uuid, -- where it was forwarded to, or the alternative to a rejection
    responsible text,
    contact_by_date date,
    clock_reason text,
    appointment_time timestamptz,
    question text,
    contact boolean,
    assignee uuid,
    expected text,
    expected_time timestamptz,
    no_next text,
    cancelled_by text,
    intervention text,
    start_date date,
    until_date date,
    housing text,
    not_needed text,
    first_contact_date date,
    aftercare uuid,
    request_kind text, -- register: how it came, and for which needs
    needs text[],
    PRIMARY KEY (chain, seq)
);

-- The message of an event: the exact bytes that were sent.
CREATE TABLE stafett.content (
    chain uuid NOT NULL,
    seq int NOT NULL,
    message uuid NOT NULL,
    suite text NOT NULL,
    content_hash bytea NOT NULL,
    header bytea NOT NULL,
    card bytea NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (chain, seq)
);
-- Sealed bytes do not compress.
ALTER TABLE stafett.content ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE stafett.content ALTER COLUMN card SET STORAGE EXTERNAL;

-- Who may see a referral, and by which code. What has no row here does not
-- exist for the unit.
CREATE TABLE stafett.party (
    unit uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    referral uuid NOT NULL,
    since timestamptz NOT NULL,
    until int, -- the event with which it left: what came after it is not shown
    past int NOT NULL DEFAULT 0, -- nor what a merge has put before all that it saw
    help_request_date date, -- of the chain, as they were then
    intervention_due_date date,
    PRIMARY KEY (unit, code, referral)
);
CREATE INDEX party_newest ON stafett.party (unit, since, referral);

CREATE TABLE stafett.delivery (
    chain uuid NOT NULL,
    seq int NOT NULL,
    unit uuid NOT NULL,
    referral uuid, -- null: it is about the chain, and the unit has no referral there
    message uuid NOT NULL,
    content_hash bytea NOT NULL,
    state stafett.delivery_state NOT NULL,
    done boolean NOT NULL, -- acknowledged or refused: the inbox's index
    needs stafett.delivery_needs NOT NULL,
    store_time timestamptz NOT NULL,
    offer_time timestamptz,
    fetch_time timestamptz,
    acknowledge_time timestamptz,
    acknowledge_member uuid,
    cause text, -- of an acknowledgement that nobody said: act, seen, left
    -- The transaction that last changed it or its referral, for those who watch.
    changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (chain, seq, unit),
    CHECK (done = (state IN ('acknowledged', 'refused')))
) WITH (fillfactor = 85);
CREATE INDEX delivery_inbox ON stafett.delivery (unit, done, store_time, chain, seq);

-- One key of one unit names at most one message, for as long as its chain is
-- kept. The receipt is stored as bytes: it is the same however often it is asked.
CREATE TABLE stafett.idempotency (
    unit uuid NOT NULL,
    message uuid NOT NULL,
    content_hash bytea NOT NULL,
    receipt bytea NOT NULL,
    chain uuid NOT NULL,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (unit, message)
);

-- What the person has agreed to: that units tell each other. A fact of the chain,
-- known by the event with which it was given.
CREATE TABLE stafett.consent (
    id uuid PRIMARY KEY,
    chain uuid NOT NULL REFERENCES stafett.chain,
    referral uuid NOT NULL,
    unit uuid NOT NULL,
    member uuid NOT NULL,
    form text,
    given_by text,
    recipients text[] NOT NULL CHECK (cardinality(recipients) > 0),
    end_date date,
    covers_missed_events boolean NOT NULL,
    create_time timestamptz NOT NULL,
    revoke_time timestamptz,
    revoke_unit uuid,
    revoke_member uuid,
    CHECK ((revoke_time IS NULL) = (revoke_unit IS NULL))
);
CREATE INDEX consent_chain ON stafett.consent (chain);

CREATE FUNCTION stafett.refuse_again() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was revoked stays so' USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER consent_stays_revoked BEFORE UPDATE ON stafett.consent FOR EACH ROW
    WHEN (old.revoke_time IS NOT NULL AND new.revoke_time IS DISTINCT FROM old.revoke_time)
    EXECUTE FUNCTION stafett.refuse_again();

-- What is shown and told of a referral also when its consent is revoked: what ends it
-- or hands it back (the rows STILL_GOES of tbl/basis.def).
CREATE FUNCTION stafett.still_goes(p_kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN p_kind IN ('acknowledge', 'reject', 'complete', 'break-off', 'withdraw', 'need-gone',
        'take-back', 'void', 'correct', 'note', 'assign', 'close', 'merge', 'correct-clock',
        'take-over', 'confirm', 'seen', 'consent', 'unshare');

-- What takes two: proposed by one member, confirmed or dropped by another. Until
-- then nothing has happened.
CREATE TABLE stafett.proposal (
    id uuid NOT NULL, -- the message
    unit uuid NOT NULL,
    chain uuid NOT NULL REFERENCES stafett.chain,
    referral uuid,
    act text NOT NULL,
    member uuid NOT NULL,
    reason text,
    help_request_date date,
    create_time timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'confirmed', 'dropped')),
    decide_time timestamptz,
    decide_member uuid,
    confirm_unit uuid, -- another unit that has to agree; null: the same
    other_chain uuid, -- merge: the one that goes on
    PRIMARY KEY (unit, id),
    CHECK (state <> 'confirmed' OR decide_member <> member)
);
CREATE INDEX proposal_chain ON stafett.proposal (chain, unit);
-- What waits in a unit, and what waits for its agreement: read in this order.
CREATE INDEX proposal_open ON stafett.proposal (unit, create_time, id) WHERE state = 'open';
CREATE INDEX proposal_asked ON stafett.proposal (confirm_unit, create_time, id)
    WHERE state = 'open' AND confirm_unit IS NOT NULL;
-- What waits for the holder of another chain, found from there.
CREATE INDEX proposal_other ON stafett.proposal (other_chain)
    WHERE other_chain IS NOT NULL AND state = 'open';

-- The letters of a code: the last forty bits of an id (see domain/code.h).
CREATE FUNCTION stafett.code_of(p_id uuid) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
            (('x' || lpad(right(p_id::text, 10), 16, '0'))::bit(64)::bigint >> 35 - 5 * n & 31)::int + 1,
            1), '' ORDER BY n) FROM generate_series(0, 7) n);

CREATE FUNCTION stafett.is_ended(p_status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN p_status IN ('completed', 'rejected', 'cancelled', 'failed', 'entered-in-error');

-- Whether somebody has to do something about it: it is open, or waits to be taken back.
CREATE FUNCTION stafett.is_under_way(p_status text, p_hand_back_seq int, p_custody_seq int)
RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN NOT stafett.is_ended(p_status) OR p_hand_back_seq IS NOT DISTINCT FROM p_custody_seq;

-- Whether a unit is still a party of a referral.
CREATE FUNCTION stafett.is_party(p_unit uuid, p_code text, p_referral uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN EXISTS (SELECT FROM stafett.party p
        WHERE p.unit = p_unit AND p.code = p_code AND p.referral = p_referral
            AND p.until IS NULL);

-- A start that stops the person's clock: of a kind that transfers (tbl/kinds.def).
CREATE FUNCTION stafett.stops_clock(p_kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN p_kind IN ('care-request', 'handover', 'screening', 'self-request');

-- Who may read a chain without being a party of any of its referrals.
CREATE TABLE stafett.chain_party (
    unit uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    chain uuid NOT NULL REFERENCES stafett.chain,
    since timestamptz NOT NULL,
    until int, -- the event with which another took its place,
    help_request_date date, -- and how it stood then
    intervention_due_date date,
    PRIMARY KEY (unit, code, chain)
);
CREATE INDEX chain_party_chain ON stafett.chain_party (chain, unit);

-- Whose turn it is where no referral says so: a holder with nothing under way in its
-- chain, and no referral of it by which it could be asked, sends the person on or closes
-- the chain.
CREATE TABLE stafett.chain_duty (
    chain uuid PRIMARY KEY REFERENCES stafett.chain,
    unit uuid NOT NULL, -- the holder
    seq int NOT NULL, -- the event since which it is asked
    due_time timestamptz,
    due_rule text,
    due_version int,
    due_from timestamptz,
    step_time timestamptz, -- when it is told next, and how often it was
    step int NOT NULL DEFAULT 0
);

-- The chain of a person and that of their next of kin know each other by id alone.
CREATE TABLE stafett.chain_link (
    chain uuid NOT NULL REFERENCES stafett.chain,
    linked uuid NOT NULL REFERENCES stafett.chain,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (chain, linked)
);
CREATE INDEX chain_link_linked ON stafett.chain_link (linked);

-- All are called to plan together, because a referral went from hand to hand. The
-- managers of the units of |told| are told of it.
CREATE TABLE stafett.planning_call (
    id uuid PRIMARY KEY, -- the message that moved it
    chain uuid NOT NULL REFERENCES stafett.chain,
    referral uuid NOT NULL REFERENCES stafett.referral,
    told uuid[] NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'answered', 'waived')),
    create_time timestamptz NOT NULL,
    due_time timestamptz NOT NULL,
    due_rule text,
    due_version int,
    due_from timestamptz,
    step_time timestamptz, -- when somebody is told of it next, and how often they were
    step int NOT NULL DEFAULT 0,
    reason text, -- of a waiver, and whose it is
    waive_unit uuid,
    waive_member uuid,
    settle_time timestamptz,
    CHECK ((state = 'open') = (settle_time IS NULL)),
    CHECK ((state = 'waived') = (reason IS NOT NULL AND waive_member IS NOT NULL))
);
CREATE INDEX planning_call_referral ON stafett.planning_call (referral, state);
CREATE INDEX planning_call_chain ON stafett.planning_call (chain);

CREATE TABLE stafett.planning_answer (
    call uuid NOT NULL REFERENCES stafett.planning_call,
    unit uuid NOT NULL,
    answer text, -- null: none yet
    member uuid,
    message uuid,
    answer_time timestamptz,
    PRIMARY KEY (call, unit),
    CHECK ((answer IS NULL) = (answer_time IS NULL))
);
CREATE INDEX planning_answer_missing ON stafett.planning_answer (unit, call)
    WHERE answer IS NULL;

-- Written in the transaction of every write and every reading of case data.
-- The sealer will number the leaves; until then they wait here.
-- An id begins with its time, so the key is the order in which a unit's log is read.
CREATE TABLE stafett.audit_queue (
    id uuid NOT NULL,
    create_time timestamptz NOT NULL,
    unit uuid,
    leaf bytea NOT NULL,
    salt bytea NOT NULL,
    detail bytea NOT NULL,
    CONSTRAINT audit_log UNIQUE NULLS NOT DISTINCT (unit, id)
);

-- What the daemon may do -------------------------------------------------------
-- Inserts, updates of the columns that acts change, and of reads only the keys
-- that a lock or a join on the key needs. All other reading goes by api.*.

GRANT INSERT ON stafett.chain, stafett.custody, stafett.referral, stafett.request,
    stafett.event, stafett.detail, stafett.proposal, stafett.consent, stafett.content, stafett.party, stafett.delivery, stafett.idempotency,
    stafett.audit_queue TO stafett_app;
GRANT SELECT (id) ON stafett.chain TO stafett_app;
GRANT SELECT (status, help_request_date, intervention_due_date, intervention_start_date,
    clock_rule, clock_version, asked, protected_time, awaits_help),
    UPDATE (version, status, custodian, custody_seq, event_seq, help_request_date,
    intervention_due_date, intervention_start_date, clock_rule, clock_version, asked, protected_time,
    awaits_help)
    ON stafett.chain TO stafett_app;
GRANT SELECT (id) ON stafett.referral TO stafett_app;
GRANT SELECT (next_actor, next_act, due_time, step_time, step) ON stafett.referral TO stafett_app;
GRANT UPDATE (version, status, owner, sender, update_time, next_actor, next_act, due_time, step_time, step,
    question_seq, owner_due_time, restarted, owner_assignee, requester_assignee,
    expected, expected_time, alarm_time, missed, home_planned, aftercare, hand_back_seq,
    moved_time, moved_before_time, consent, moved_on_consent, unshared_time)
    ON stafett.referral TO stafett_app;
GRANT SELECT (chain, code, status, requester, consent, moved_on_consent, unshared_time)
    ON stafett.referral
    TO stafett_app;
GRANT SELECT (referral, basis) ON stafett.request TO stafett_app;
GRANT SELECT (id), UPDATE (revoke_time, revoke_unit, revoke_member)
    ON stafett.consent TO stafett_app;
GRANT SELECT (unit, id), UPDATE (state, decide_time, decide_member)
    ON stafett.proposal TO stafett_app;
GRANT SELECT (unit, code, referral, until),
    UPDATE (until, help_request_date, intervention_due_date) ON stafett.party TO stafett_app;
GRANT SELECT (chain, seq, unit, referral, state, done, needs) ON stafett.delivery TO stafett_app;
GRANT UPDATE (state, done, needs, acknowledge_time, acknowledge_member, cause)
    ON stafett.delivery TO stafett_app;
GRANT SELECT (unit, message) ON stafett.idempotency TO stafett_app;
GRANT EXECUTE ON FUNCTION stafett.now(), stafett.is_ended(text) TO stafett_app;
REVOKE EXECUTE ON FUNCTION stafett.refuse_again() FROM PUBLIC;
-- The functions run as the owner of nothing but these rights.
GRANT SELECT ON ALL TABLES IN SCHEMA stafett TO stafett_owner;
GRANT UPDATE (state, done, offer_time, fetch_time, acknowledge_time, cause)
    ON stafett.delivery TO stafett_owner;
GRANT INSERT, UPDATE ON stafett.inbox_activity TO stafett_owner;
GRANT EXECUTE ON FUNCTION stafett.is_under_way(text, int, int), stafett.is_party(uuid, text, uuid),
    stafett.code_of(uuid) TO stafett_owner;
