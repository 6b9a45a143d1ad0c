/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of the daemon. */
#include "store/statements.h"

/*
 * All effects of a batch in one statement. "op" is the batch, a row an operation; "ok"
 * are those of them that happen.
 *
 * The rows are one parameter of a composite type: with an array a column, half of
 * a small batch's time went into taking them apart. They are read where they came in,
 * again and again: a second copy of all cost a tenth of the statement.
 */
#define OPERATIONS(type) "WITH op AS (SELECT * FROM unnest($1::stafett." type "[])),"

/* The keys go in first, and sorted, so that two batches never wait for each other in a
 * circle: whoever does the same twice at once waits at the key, having done nothing. */
#define KEYS                                                                            \
	"INSERT INTO stafett.idempotency (unit, message, content_hash, receipt, chain," \
	" create_time)"                                                                 \
	" SELECT unit, message, content_hash, receipt, chain, stafett.now() FROM op"    \
	" WHERE applies ORDER BY unit, message"

/*
 * An operation whose key turns out to be taken (the same message committed meanwhile on
 * another connection) is lost: none of its effects happen, and it is decided again as the
 * duplicate that it is. "NOT IN (a subquery without references)" is a hashed look-up
 * however wrong the planner's guess of an array's length is; a join was quadratic. Only
 * the few rows that are lost are kept, and an array of them is made once a part: a hashed
 * look-up there, even an empty one, costs more than the part's own work when the batch is
 * small.
 */
#define KEYS_OR_LOST                                                        \
	"key AS (" KEYS " ON CONFLICT DO NOTHING RETURNING unit, message)," \
	"lost AS MATERIALIZED (SELECT n FROM op WHERE applies"              \
	" AND (unit, message) NOT IN (SELECT unit, message FROM key)),"     \
	"ok AS NOT MATERIALIZED (SELECT * FROM op"                          \
	" WHERE applies AND n <> ALL (ARRAY(SELECT n FROM lost))),"

/* What begins: chains, referrals. A send in a chain that is there begins one only. */
#define BEGINNINGS                                                                           \
	"new_chain AS ("                                                                     \
	"INSERT INTO stafett.chain (id, version, status, custodian, custody_seq, event_seq," \
	" help_request_date, intervention_due_date, clock_rule, clock_version, create_time," \
	" protected_time, awaits_help)"                                                      \
	" SELECT chain, chain_version, 'open', custodian, custody_seq, seq,"                 \
	" help_request_date, due_date, clock_rule, clock_version, stafett.now(),"            \
	" CASE WHEN protects THEN stafett.now() END, asks_help"                              \
	" FROM ok WHERE opens),"                                                             \
	"custody AS ("                                                                       \
	"INSERT INTO stafett.custody (chain, seq, before, unit, since, cause, referral)"     \
	" SELECT chain, custody_seq, NULLIF(custody_seq - 1, 0), custodian, stafett.now(),"  \
	" seq, held_by FROM ok WHERE moves),"                                                \
	"new_referral AS ("                                                                  \
	"INSERT INTO stafett.referral (id, chain, code, kind, status, priority, version,"    \
	" requester, owner, sender, hand_back_unit, create_time, update_time, next_actor,"   \
	" next_act, due_time, step_time, consent, opens_nothing)"                            \
	" SELECT referral, chain, code, kind, to_status, priority, version, unit, owner,"    \
	" unit, hand_back, stafett.now(), stafett.now(), next_actor, next_act, due_time,"    \
	" step_time, consent, opens_nothing FROM ok WHERE sends),"                           \
	"request AS ("                                                                       \
	"INSERT INTO stafett.request (referral, needs, basis, basis_form, basis_end_date,"   \
	" basis_covers_missed_events, replaces, reference, care_responsibility_remains,"     \
	" person_informed, call_time, last_dose_time, next_dose_by, discharge)"              \
	" SELECT referral, string_to_array(needs, ','), basis, basis_form, basis_end_date,"  \
	" basis_covers, replaces, reference, remains, informed, call_time, last_dose_time,"  \
	" next_dose_by, discharge FROM ok WHERE sends),"                                     \
	"party AS ("                                                                         \
	"INSERT INTO stafett.party (unit, code, referral, since)"                            \
	" SELECT unit, code, referral, stafett.now() FROM ok WHERE sends"                    \
	" UNION ALL"                                                                         \
	" SELECT owner, code, referral, stafett.now() FROM ok"                               \
	" WHERE sends AND owner <> unit"                                                     \
	" UNION ALL"                                                                         \
	" SELECT hand_back, code, referral, stafett.now() FROM ok"                           \
	" WHERE sends AND hand_back NOT IN (unit, owner)),"                                  \
	"delivery AS ("                                                                      \
	"INSERT INTO stafett.delivery (chain, seq, unit, referral, message, content_hash,"   \
	" state, done, needs, store_time)"                                                   \
	" SELECT chain, seq, owner, referral, message, content_hash,"                        \
	" 'stored', false, tell_owner, stafett.now() FROM ok WHERE sends),"

/* What was agreed to with a send, or since. */
#define CONSENTS                                                                          \
	"consent AS ("                                                                    \
	"INSERT INTO stafett.consent (id, chain, referral, unit, member, form, given_by," \
	" recipients, end_date, covers_missed_events, create_time)"                       \
	" SELECT consent, chain, referral, unit, member, basis_form, given_by,"           \
	" string_to_array(recipients, ','), basis_end_date, basis_covers, stafett.now()"  \
	" FROM ok WHERE gives_consent),"

/* What every operation leaves behind that happens. */
#define RECORDS                                                                           \
	"event AS ("                                                                      \
	"INSERT INTO stafett.event (chain, seq, id, referral, version, kind, code, unit," \
	" member, occurrence_time, create_time, from_status, to_status, custodian,"       \
	" custodian_changed, next_kept, next_actor, next_act, due_time, due_rule,"        \
	" due_version, due_from, disclosed_to, basis, basis_rule, basis_version,"         \
	" third, third_rule, third_version, consent)"                                     \
	" SELECT chain, seq, event, referral, version, act, message_code, unit, member,"  \
	" occurrence_time, stafett.now(), from_status, to_status, custodian, moves,"      \
	" next_kept, next_actor, next_act, due_time, due_rule, due_version, due_from,"    \
	" disclosed_to, disclosed_by, basis_rule, basis_version, third, third_rule,"      \
	" third_version, consent"                                                         \
	" FROM ok WHERE has_event),"                                                      \
	"content AS ("                                                                    \
	"INSERT INTO stafett.content (chain, seq, message, suite, content_hash, header,"  \
	" card, body, body_unit, body_upload)"                                            \
	" SELECT chain, seq, message, suite, content_hash, header, card, body,"           \
	" CASE WHEN body_upload IS NOT NULL THEN unit END, body_upload"                   \
	" FROM ok WHERE header IS NOT NULL)"

/* And a refused one too. */
#define AUDIT                                                                         \
	"INSERT INTO stafett.audit_queue (id, create_time, unit, leaf, salt, detail)" \
	" SELECT audit, stafett.now(), unit, leaf, salt, detail FROM op"

/* The delivery |d| is one that the operation settles, or that its end leaves as a
 * thing to be read. */
#define SETTLED                                            \
	"ok.settles AND NOT d.done AND ((d.unit = ok.unit" \
	" AND d.needs <> 'none'"                           \
	" AND d.seq = coalesce(ok.delivered_seq, d.seq))"  \
	" OR (d.unit <> ok.unit AND ok.ends) OR d.unit = ok.leaver)"

/* Whether the unit of the delivery |d| is a party of the referral still. */
#define STILL_PARTY(code)                                                    \
	"(SELECT p.until IS NULL FROM stafett.party p WHERE p.unit = d.unit" \
	" AND p.code = " code " AND p.referral = d.referral LIMIT 1)"

/* What changes. No row of a batch that only opens chains changes anything, and the
 * joins alone would cost it a fifth of its time when it is small. */
#define CHANGES \
	"old_chain AS ("                                                                     \
	"UPDATE stafett.chain c SET version = ok.chain_version,"                             \
	" status = CASE WHEN ok.closes THEN 'closed' ELSE c.status END," \
	" custodian = CASE WHEN NOT ok.closes THEN ok.custodian END,"                        \
	" help_request_date = coalesce(ok.help_request_date, c.help_request_date),"          \
	" intervention_due_date = CASE WHEN ok.help_request_date IS NULL"                    \
	" THEN c.intervention_due_date ELSE ok.due_date END,"                                \
	" clock_rule = coalesce(ok.clock_rule, c.clock_rule),"                               \
	" clock_version = coalesce(ok.clock_version, c.clock_version),"                      \
	" custody_seq = ok.custody_seq, event_seq = ok.seq,"                                 \
	" asked = c.asked"                                                                   \
	" AND NOT (ok.closes OR ok.moves OR (ok.sends AND ok.unit = ok.custodian)),"         \
	" protected_time = coalesce("                                                        \
	"c.protected_time, CASE WHEN ok.protects THEN stafett.now() END),"                   \
	" awaits_help = c.awaits_help OR ok.asks_help,"                                      \
	" intervention_start_date = coalesce(c.intervention_start_date, ok.stopped_date)"                                  \
	" FROM ok WHERE NOT ok.opens AND c.id = ok.chain),"                                  \
	"old_referral AS ("                                                                  \
	"UPDATE stafett.referral r SET version = ok.version, status = ok.to_status,"         \
	" owner = ok.owner, sender = ok.sender, update_time = stafett.now(),"                \
	" next_actor = CASE WHEN ok.next_kept THEN r.next_actor ELSE ok.next_actor END,"     \
	" next_act = CASE WHEN ok.next_kept THEN r.next_act ELSE ok.next_act END,"           \
	" due_time = CASE WHEN ok.next_kept THEN r.due_time ELSE ok.due_time END,"           \
	" step_time = CASE WHEN ok.next_kept THEN r.step_time ELSE ok.step_time END,"        \
	" step = CASE WHEN ok.next_kept THEN r.step ELSE 0 END,"                             \
	" question_seq = ok.question_seq, owner_due_time = ok.owner_due_time,"               \
	" restarted = ok.restarted, owner_assignee = ok.owner_assignee,"                     \
	" requester_assignee = ok.requester_assignee, expected = ok.expected,"               \
	" expected_time = ok.expected_time, alarm_time = ok.alarm_time,"                     \
	" missed = ok.missed, home_planned = ok.home_planned, aftercare = ok.aftercare,"     \
	" hand_back_seq = ok.hand_back_seq, moved_time = ok.moved_time," \
	" moved_before_time = ok.moved_before_time,"                                         \
	" consent = CASE WHEN ok.gives_consent AND (r.unshared_time IS NULL"                 \
	" OR stafett.covers(ok.recipients, ok.owner)) THEN ok.consent ELSE r.consent END,"    \
	" moved_on_consent = r.moved_on_consent"                                             \
	" OR (ok.act = 'forward' AND ok.disclosed_by = 'consent'),"                          \
	" unshared_time = CASE WHEN ok.gives_consent AND stafett.covers(ok.recipients, ok.owner)" \
	" THEN NULL WHEN ok.unshares THEN stafett.now() ELSE r.unshared_time END"                      \
	" FROM ok WHERE NOT ok.sends AND ok.has_event AND r.id = ok.referral),"              \
	/* Who was asked to send the person on has done so, or is asked so by another */     \
	/* referral of the chain from now on, or holds it no more; or it is closed. */       \
	"sent_on AS ("                                                                       \
	"UPDATE stafett.referral r SET next_actor = NULL, next_act = NULL, due_time = NULL," \
	" step_time = NULL"                                                                  \
	" FROM ok WHERE NOT ok.opens"                                                        \
	" AND (ok.sends OR ok.closes OR ok.moves OR ok.next_act = 'send')"                   \
	" AND r.chain = ok.chain AND r.id IS DISTINCT FROM ok.referral"                      \
	" AND ((ok.moves AND r.next_act = 'take-back') OR r.next_act = 'send'"               \
	" AND (ok.closes AND ok.reaches IS DISTINCT FROM 'merge' OR r.next_actor ="          \
	" CASE WHEN ok.sends THEN ok.unit WHEN ok.next_act = 'send' THEN ok.next_actor END"  \
	" OR (ok.moves AND r.next_actor <> ok.custodian"                                     \
	" AND (r.status <> 'rejected' OR r.next_actor <> r.requester))))"                    \
	" RETURNING r.id, r.chain, r.code, r.unshared_time, ok.unit),"                       \
	/* What has come to the unit about this is dealt with; what has come to others */    \
	/* about what has ended is only to be read. */                                       \
	"settled AS ("                                                                       \
	"UPDATE stafett.delivery d SET changed = pg_current_xact_id(),"                      \
	" state = CASE WHEN d.unit IN (ok.unit, ok.leaver) THEN 'acknowledged'"              \
	" ELSE d.state END,"                                                                 \
	" done = d.unit IN (ok.unit, ok.leaver) IS TRUE,"                                    \
	" needs = CASE WHEN d.unit = ok.unit THEN d.needs ELSE 'none' END,"                  \
	" acknowledge_time = CASE WHEN d.unit IN (ok.unit, ok.leaver) THEN stafett.now() END," \
	" acknowledge_member = CASE WHEN d.unit = ok.unit THEN ok.member END,"               \
	" cause = CASE WHEN d.unit = ok.unit AND ok.delivered_seq IS NULL THEN 'act'"        \
	" WHEN d.unit = ok.leaver THEN 'left' END"                                           \
	" FROM ok WHERE d.chain = ok.chain AND d.referral = ok.referral AND " SETTLED "),"   \
	/* For those who watch, the others of this referral, and those of the one that */    \
	/* asks no more, have changed too: they show how it stands. Not for who has left, */ \
	/* nor for who is told no more. */                                                   \
	"stirred AS ("                                                                       \
	"UPDATE stafett.delivery d SET changed = pg_current_xact_id()"                       \
	" FROM ok WHERE NOT ok.sends AND ok.has_event AND d.chain = ok.chain"                \
	" AND d.referral = ok.referral AND (" SETTLED ") IS NOT TRUE"                        \
	" AND (NOT ok.quiet OR d.unit IN (ok.unit, ok.custodian))"                           \
	" AND (d.unit IN (ok.unit, ok.owner) OR " STILL_PARTY("ok.code") ")),"               \
	"stirred_too AS ("                                                                \
	"UPDATE stafett.delivery d SET changed = pg_current_xact_id()"                       \
	" FROM sent_on WHERE d.chain = sent_on.chain AND d.referral = sent_on.id"           \
	" AND (d.unit = sent_on.unit OR (sent_on.unshared_time IS NULL"                      \
	" AND " STILL_PARTY("sent_on.code") "))),"                                           \
	"told AS ("                                                                          \
	"INSERT INTO stafett.delivery (chain, seq, unit, referral, message, content_hash,"   \
	" state, done, needs, store_time)"                                                   \
	" SELECT ok.chain, ok.seq, t.unit, ok.referral, ok.message, ok.content_hash,"        \
	" 'stored', false, t.needs, stafett.now() FROM ok CROSS JOIN LATERAL (VALUES"        \
	" (ok.requester, ok.tell_requester), (ok.owner, ok.tell_owner),"                     \
	" (ok.hand_back, ok.tell_hand_back)) t (unit, needs)"                                \
	" WHERE NOT ok.sends AND t.needs IS NOT NULL),"                                      \
	"arrival AS ("                                                                       \
	"INSERT INTO stafett.party (unit, code, referral, since)"                            \
	" SELECT owner, code, referral, stafett.now() FROM ok WHERE arrives"                 \
	" ON CONFLICT (unit, code, referral) DO UPDATE SET until = NULL),"                   \
	"departure AS ("                                                                     \
	"UPDATE stafett.party p SET until = ok.seq, help_request_date = c.help_request_date," \
	" intervention_due_date = c.intervention_due_date"                                   \
	" FROM ok JOIN stafett.chain c ON c.id = ok.chain WHERE ok.leaver IS NOT NULL"       \
	" AND p.unit = ok.leaver AND p.code = ok.code AND p.referral = ok.referral),"        \
	"proposal AS ("                                                                      \
	"INSERT INTO stafett.proposal (id, unit, chain, referral, act, member, reason,"      \
	" help_request_date, create_time, state, confirm_unit, other_chain)"                                            \
	" SELECT message, unit, chain, referral, proposes, member, reason, proposed_date," \
	" stafett.now(), 'open', confirmer, other_chain FROM ok WHERE proposes IS NOT NULL),"                        \
	"decided AS ("                                                                       \
	"UPDATE stafett.proposal p SET state = ok.decides, decide_time = stafett.now(),"     \
	" decide_member = ok.member FROM ok WHERE ok.decides IS NOT NULL"                    \
	" AND p.unit = ok.proposal_unit AND p.id = ok.proposal),"                                     \
	"detail AS ("                                                                        \
	"INSERT INTO stafett.detail (chain, seq, reason, person_told, named_unit,"           \
	" responsible, contact_by_date, clock_reason, appointment_time, question, contact,"  \
	" assignee, expected, expected_time, no_next, cancelled_by, intervention,"           \
	" start_date, until_date, housing, not_needed, first_contact_date, aftercare," \
	" request_kind, needs)"                                                                         \
	" SELECT chain, seq, reason, person_told, named_unit, responsible, contact_by_date," \
	" clock_reason, appointment_time, question, contact, assignee, said_expected,"       \
	" said_time, no_next, cancelled_by, intervention, start_date, until_date, housing,"  \
	" not_needed, first_contact_date, CASE act WHEN 'plan-home' THEN aftercare END," \
	" CASE act WHEN 'register' THEN kind END," \
	" CASE act WHEN 'register' THEN string_to_array(needs, ',') END"                       \
	" FROM ok WHERE has_detail),"                                                        \
	"revoked AS ("                                                                       \
	"UPDATE stafett.consent k SET revoke_time = stafett.now(), revoke_unit = ok.unit,"   \
	" revoke_member = ok.member FROM ok WHERE ok.act = 'unshare' AND k.id = ok.consent),"  \
	/* What else of the chain rests on it. */                                            \
	"unshared AS ("                                                                      \
	"UPDATE stafett.referral r SET unshared_time = stafett.now() FROM ok"                \
	" WHERE ok.act = 'unshare' AND r.chain = ok.chain AND r.consent = ok.consent"          \
	" AND r.id <> ok.referral AND (r.moved_on_consent OR EXISTS ("                       \
	"SELECT FROM stafett.request q WHERE q.referral = r.id AND q.basis = 'consent'))),"  \
	"reach AS ("                                                                         \
	"INSERT INTO stafett.reach (chain, seq, kind, unit, member, message, content_hash,"  \
	" referral, code, needs, proposal, predecessor, confirmer, other_chain, other_seq,"  \
	" other_version, help_request_date, due_date, start_date, due_time, due_rule,"       \
	" due_version, due_from, step_time, reason)"                                         \
	" SELECT chain, seq, reaches, unit, member, message, content_hash, referral, code,"  \
	" tell_parties, proposal, predecessor, confirmer, other_chain, other_seq,"           \
	" other_version, other_help_date, other_due_date, other_start_date,"                 \
	" beside_due_time, beside_rule, beside_version, beside_from, beside_step_time,"      \
	" reason FROM ok WHERE reaches IS NOT NULL),"                                        \
	/* Should another message have been quicker, content's unique key says so; the */    \
	/* condition is no plain null test, which would look like one of a smaller index. */ \
	"claim AS ("                                                                         \
	"UPDATE stafett.upload u SET message = ok.message"                                   \
	" FROM ok WHERE ok.body_upload IS NOT NULL AND u.unit = ok.unit"                     \
	" AND u.id = ok.body_upload AND coalesce(u.message, ok.message) = ok.message),"

/*
 * Opens chains, and nothing else. A key that is taken fails it, and the batch then goes
 * by the other: to be ready for that, which hardly ever happens, costs a sixteenth of the
 * statement, and a tenth of a small batch's. The keys are the statement proper, and that
 * comes before the parts that nothing reads from.
 */
#define OPEN(more)                                                                         \
	OPERATIONS("opening")                                                              \
	"ok AS NOT MATERIALIZED (SELECT * FROM op WHERE applies)," BEGINNINGS more RECORDS \
	", audit AS (" AUDIT ") " KEYS

static const char open_sql[] = OPEN("");

/* Where one of them gives a consent: the part for it costs as much when none does. */
static const char open_agreed_sql[] = OPEN(CONSENTS);

/* Does everything, and tells which rows are lost. */
static const char apply_sql[] =
	OPERATIONS("operation") KEYS_OR_LOST BEGINNINGS CONSENTS CHANGES RECORDS
	", audit AS (" AUDIT " WHERE n <> ALL (ARRAY(SELECT n FROM lost))) SELECT n FROM lost";

/* Left to the server, who takes it from the cast. */
static const Oid apply_types[] = {0};

static const Oid lock_types[] = {DB_UUID_ARRAY, DB_UUID_ARRAY};

static const Oid load_uploads_types[] = {
	DB_TEXT_ARRAY, DB_UUID_ARRAY, DB_UUID_ARRAY, DB_BYTEA_ARRAY, DB_INT4_ARRAY};

static const Oid load_chains_types[] = {DB_INT4_ARRAY, DB_TEXT_ARRAY, DB_UUID_ARRAY, DB_UUID_ARRAY,
	DB_TEXT_ARRAY, DB_UUID_ARRAY, DB_UUID_ARRAY, DB_TEXT_ARRAY, DB_UUID_ARRAY};
static const Oid load_others_types[] = {DB_INT4_ARRAY, DB_TEXT_ARRAY, DB_UUID_ARRAY, DB_UUID_ARRAY};
static const Oid load_known_types[] = {DB_UUID_ARRAY, DB_UUID_ARRAY};
static const Oid load_types[] = {DB_TEXT_ARRAY, DB_TEXT_ARRAY, DB_UUID_ARRAY, DB_TEXT_ARRAY};

#define STATEMENT(name, sql, types)                      \
	{                                                \
		name, sql, (int)ARRAY_SIZE(types), types \
	}
#define BARE(name, sql)            \
	{                          \
		name, sql, 0, NULL \
	}

const struct db_statement write_statements[WRITE_STATEMENTS] = {
	[WRITE_ROW_TYPES] = BARE("row_types",
		"SELECT 'stafett.opening'::regtype::oid, 'stafett.operation'::regtype::oid"),
	[WRITE_DURABILITY] = BARE("durability", "SELECT * FROM api.durability()"),
	[WRITE_BEGIN] = BARE("begin", "BEGIN"),
	/* Chains that somebody else has locked are left for the next batch. */
	[WRITE_LOCK] = STATEMENT("lock",
		"SELECT id FROM stafett.chain WHERE id = ANY ($1 || $2) ORDER BY id"
		" FOR UPDATE SKIP LOCKED",
		lock_types),
	[WRITE_LOAD_UPLOADS] = STATEMENT("load_uploads",
		"SELECT * FROM api.load_uploads($1, $2, $3, $4, $5)", load_uploads_types),
	/* Statements of their own: their snapshots are newer than the locks. */
	[WRITE_LOAD_CHAINS] = STATEMENT("load_chains",
		"SELECT * FROM api.load_chains($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		load_chains_types),
	[WRITE_LOAD_OTHERS] = STATEMENT(
		"load_others", "SELECT * FROM api.load_others($1, $2, $3, $4)", load_others_types),
	[WRITE_LOAD_KNOWN] = STATEMENT("load_known",
		"SELECT stafett.now(), stafett.is_replicated(), d.version,"
		" EXISTS (SELECT FROM unnest($1, $2) o (unit, message) CROSS JOIN LATERAL ("
		"SELECT x.unit FROM stafett.idempotency x"
		" WHERE x.unit = o.unit AND x.message = o.message LIMIT 1) k)"
		" FROM stafett.directory d",
		load_known_types),
	[WRITE_LOAD] = STATEMENT("load", "SELECT * FROM api.load($1, $2, $3, $4)", load_types),
	[WRITE_OPEN] = STATEMENT("open", open_sql, apply_types),
	[WRITE_OPEN_AGREED] = STATEMENT("open_agreed", open_agreed_sql, apply_types),
	[WRITE_APPLY] = STATEMENT("apply", apply_sql, apply_types),
	[WRITE_COMMIT] = BARE("commit", "COMMIT"),
	[WRITE_ROLLBACK] = BARE("rollback", "ROLLBACK"),
};

/* Every reading function begins with unit, member and the roles that may. */
#define ACTING_TYPES DB_TEXT, DB_TEXT, DB_TEXT_ARRAY

static const Oid actor_types[] = {DB_TEXT, DB_TEXT};
static const Oid referral_types[] = {ACTING_TYPES, DB_UUID, DB_TEXT};
static const Oid latest_types[] = {ACTING_TYPES, DB_UUID, DB_TEXT, DB_INT4};
static const Oid readings_types[] = {ACTING_TYPES, DB_UUID, DB_TEXT, DB_INT4, DB_INT4};
static const Oid held_chains_types[] = {ACTING_TYPES, DB_TEXT, DB_TIMESTAMPTZ, DB_UUID, DB_INT4};
static const Oid referrals_types[] = {
	ACTING_TYPES, DB_TEXT, DB_TEXT, DB_TEXT, DB_TIMESTAMPTZ, DB_TIMESTAMPTZ, DB_UUID, DB_INT4};
static const Oid open_types[] = {ACTING_TYPES, DB_TEXT, DB_TEXT, DB_BOOL, DB_TEXT, DB_TEXT,
	DB_TIMESTAMPTZ, DB_TIMESTAMPTZ, DB_UUID, DB_INT4};
static const Oid counts_types[] = {ACTING_TYPES, DB_INT4};
static const Oid deadlines_types[] = {ACTING_TYPES, DB_UUID, DB_TEXT, DB_TIMESTAMPTZ};
static const Oid news_types[] = {ACTING_TYPES, DB_TIMESTAMPTZ, DB_INT4};
static const Oid inbox_types[] = {ACTING_TYPES, DB_BOOL, DB_TIMESTAMPTZ, DB_UUID, DB_INT4, DB_INT4};

/* An item, as in an inbox, and what stands about the page (stafett.watch_row). */
#define WATCH_COLUMNS "(w.item).*, w.changed, w.snapshot, w.epoch, w.restarted, w.more, w.strangers"

static const Oid watch_inbox_types[] = {
	ACTING_TYPES, DB_TIMESTAMPTZ, DB_UUID, DB_INT4, DB_INT4, DB_INT4};
static const Oid watch_changes_types[] = {ACTING_TYPES, DB_TEXT_ARRAY, DB_INT8, DB_TEXT, DB_TEXT,
	DB_TEXT, DB_UUID, DB_INT4, DB_INT4, DB_INT4};
static const Oid units_types[] = {
	ACTING_TYPES, DB_TEXT, DB_TEXT, DB_TEXT, DB_INT4, DB_TEXT, DB_BOOL, DB_TEXT, DB_INT4};
static const Oid body_types[] = {ACTING_TYPES, DB_UUID, DB_TEXT, DB_TEXT, DB_UUID};
static const Oid begin_upload_types[] = {ACTING_TYPES, DB_UUID, DB_INT4, DB_BYTEA, DB_INT4};
static const Oid upload_types[] = {ACTING_TYPES, DB_UUID};
static const Oid audit_subject_types[] = {ACTING_TYPES, DB_TEXT, DB_UUID, DB_TEXT};
static const Oid audit_log_types[] = {ACTING_TYPES, DB_TEXT, DB_TEXT, DB_INT4, DB_TEXT, DB_INT4,
	DB_UUID, DB_TEXT, DB_BOOL, DB_TIMESTAMPTZ, DB_TIMESTAMPTZ, DB_UUID, DB_INT4};
static const Oid audit_entry_types[] = {ACTING_TYPES, DB_UUID};
static const Oid rules_types[] = {ACTING_TYPES, DB_TEXT, DB_BOOL, DB_TEXT, DB_INT4, DB_INT4};
static const Oid add_rule_types[] = {ACTING_TYPES, DB_INT4, DB_TEXT, DB_TEXT, DB_TEXT, DB_TEXT,
	DB_TEXT, DB_TEXT, DB_TEXT, DB_INT4, DB_TEXT, DB_TEXT, DB_TEXT, DB_TIMESTAMPTZ};
static const Oid end_rule_types[] = {ACTING_TYPES, DB_INT4, DB_TEXT, DB_TIMESTAMPTZ, DB_TEXT};
static const Oid statistics_quarter_types[] = {ACTING_TYPES, DB_TEXT, DB_TEXT};
static const Oid statistics_types[] = {ACTING_TYPES, DB_TEXT, DB_TEXT};
static const Oid audit_types[] = {DB_UUID, DB_UUID, DB_BYTEA, DB_BYTEA, DB_BYTEA};

const struct db_statement read_statements[READ_STATEMENTS] = {
	[READ_BEGIN] = BARE("begin", "BEGIN"),
	[READ_ACTOR] = STATEMENT("actor", "SELECT * FROM api.actor($1, $2)", actor_types),
	[READ_PATIENCE] = BARE("patience", "SET LOCAL statement_timeout = '60s'"),
	[READ_REFERRAL] = STATEMENT(
		"referral", "SELECT * FROM api.referral($1, $2, $3, $4, $5)", referral_types),
	[READ_EVENTS] = STATEMENT(
		"events", "SELECT * FROM api.events($1, $2, $3, $4, $5, $6)", latest_types),
	[READ_MESSAGES] = STATEMENT(
		"messages", "SELECT * FROM api.messages($1, $2, $3, $4, $5, $6)", latest_types),
	[READ_BODY] =
		STATEMENT("body", "SELECT * FROM api.body($1, $2, $3, $4, $5, $6, $7)", body_types),
	/* An upload that is there already stays as it is. */
	[READ_BEGIN_UPLOAD] = STATEMENT("begin_upload",
		"INSERT INTO stafett.upload (unit, id, size, sha256, received, complete,"
		" create_time)"
		" SELECT a.unit, $4, $5, $6, 0, false, stafett.now() FROM api.actor($1, $2) a"
		" WHERE string_to_array(a.roles, ',') && $3"
		" AND api.uploads_waiting($1, $2, $3) < $7"
		" ON CONFLICT DO NOTHING RETURNING id",
		begin_upload_types),
	[READ_UPLOAD] =
		STATEMENT("upload", "SELECT * FROM api.upload($1, $2, $3, $4)", upload_types),
	[READ_CHAIN] =
		STATEMENT("chain", "SELECT * FROM api.chain($1, $2, $3, $4, $5)", referral_types),
	[READ_CHAIN_REFERRALS] = STATEMENT("chain_referrals",
		"SELECT * FROM api.chain_referrals($1, $2, $3, $4, $5)", referral_types),
	[READ_CHAIN_HISTORY] = STATEMENT("chain_history",
		"SELECT * FROM api.chain_history($1, $2, $3, $4, $5, $6)", latest_types),
	[READ_CHAIN_MESSAGES] = STATEMENT("chain_messages",
		"SELECT * FROM api.chain_messages($1, $2, $3, $4, $5, $6)", latest_types),
	[READ_CHAIN_CARD] = STATEMENT(
		"chain_card", "SELECT * FROM api.chain_card($1, $2, $3, $4, $5)", referral_types),
	[READ_PROPOSALS] =
		STATEMENT("proposals", "SELECT * FROM api.proposals($1, $2, $3, $4)", counts_types),
	[READ_CHAIN_PROPOSALS] = STATEMENT("chain_proposals",
		"SELECT (r).*, card FROM api.chain_proposals($1, $2, $3, $4)", counts_types),
	[READ_READINGS] = STATEMENT("readings",
		"SELECT * FROM api.readings($1, $2, $3, $4, $5, $6, $7)", readings_types),
	[READ_HELD_CHAINS] = STATEMENT("held_chains",
		"SELECT * FROM api.held_chains($1, $2, $3, $4, $5, $6, $7)", held_chains_types),
	[READ_REFERRALS] = STATEMENT("referrals",
		"SELECT (r).*, since, key"
		" FROM api.referrals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		referrals_types),
	[READ_OPEN] = STATEMENT("open",
		"SELECT (r).*, since, key FROM api.open_referrals("
		"$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		open_types),
	[READ_COUNTS] =
		STATEMENT("counts", "SELECT * FROM api.open_counts($1, $2, $3, $4)", counts_types),
	[READ_DEADLINES] = STATEMENT("deadlines",
		"SELECT * FROM api.deadlines($1, $2, $3, $4, $5, $6)", deadlines_types),
	[READ_CHAIN_DEADLINES] = STATEMENT("chain_deadlines",
		"SELECT * FROM api.chain_deadlines($1, $2, $3, $4, $5, $6)", deadlines_types),
	[READ_CHAIN_QUESTIONS] = STATEMENT("chain_questions",
		"SELECT (c).*, card, what, due_time, referral, code"
		" FROM api.chain_questions($1, $2, $3, $4)",
		counts_types),
	[READ_NEWS] = STATEMENT("news", "SELECT * FROM api.news($1, $2, $3, $4, $5)", news_types),
	[READ_INBOX] = STATEMENT(
		"inbox", "SELECT * FROM api.inbox($1, $2, $3, $4, $5, $6, $7, $8)", inbox_types),
	[READ_WATCH_INBOX] = STATEMENT("watch_inbox",
		"SELECT " WATCH_COLUMNS " FROM api.watch_inbox($1, $2, $3, $4, $5, $6, $7, $8) w",
		watch_inbox_types),
	[READ_WATCH_CHANGES] = STATEMENT("watch_changes",
		"SELECT " WATCH_COLUMNS
		" FROM api.watch_changes($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) w",
		watch_changes_types),
	[READ_UNITS] = STATEMENT("units",
		"SELECT * FROM api.units($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		units_types),
	[READ_AUDIT_SUBJECT] = STATEMENT("audit_subject",
		"SELECT * FROM api.audit_subject($1, $2, $3, $4, $5, $6)", audit_subject_types),
	[READ_AUDIT_LOG] = STATEMENT("audit_log",
		"SELECT * FROM api.audit_log($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
		" $13, $14, $15)",
		audit_log_types),
	[READ_AUDIT_ENTRY] = STATEMENT(
		"audit_entry", "SELECT * FROM api.audit_entry($1, $2, $3, $4)", audit_entry_types),
	[READ_RULES] = STATEMENT("rules",
		"SELECT * FROM api.listed_rules($1, $2, $3, $4, $5, $6, $7, $8)", rules_types),
	[READ_ADD_RULE] = STATEMENT("add_rule",
		"SELECT * FROM api.add_rule($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
		" $13, $14, $15, $16)",
		add_rule_types),
	[READ_END_RULE] = STATEMENT("end_rule",
		"SELECT * FROM api.end_rule($1, $2, $3, $4, $5, $6, $7)", end_rule_types),
	[READ_STATISTICS_QUARTER] = STATEMENT("statistics_quarter",
		"SELECT * FROM api.statistics_quarter($1, $2, $3, $4, $5)",
		statistics_quarter_types),
	[READ_STATISTICS] = STATEMENT(
		"statistics", "SELECT * FROM api.statistics($1, $2, $3, $4, $5)", statistics_types),
	[READ_AUDIT] = STATEMENT("audit",
		"INSERT INTO stafett.audit_queue (id, create_time, unit, leaf, salt, detail)"
		" VALUES ($1, stafett.now(), $2, $3, $4, $5)",
		audit_types),
	[READ_COMMIT] = BARE("commit", "COMMIT"),
	[READ_ROLLBACK] = BARE("rollback", "ROLLBACK"),
	[READ_DURABILITY] = BARE("durability", "SELECT * FROM api.durability()"),
	/* What was found good stays so for the session, whatever is reloaded. */
	[READ_KEEP] = BARE("keep", "SELECT set_config('synchronous_commit', "
				   "current_setting('synchronous_commit'), false)"),
};

static const Oid put_types[] = {DB_UUID, DB_UUID, DB_INT4, DB_BYTEA};
static const Oid finish_types[] = {ACTING_TYPES, DB_UUID, DB_UUID};
static const Oid part_types[] = {ACTING_TYPES, DB_UUID, DB_TEXT, DB_TEXT, DB_UUID, DB_INT4};

const struct db_statement body_statements[BODY_STATEMENTS] = {
	/* The part that comes next, or nothing: the row of the upload is the lock. */
	[BODY_PUT] = STATEMENT("put",
		"WITH next AS (UPDATE stafett.upload SET received = received + length($4)"
		" WHERE unit = $1 AND id = $2 AND received = $3 AND NOT complete"
		" RETURNING unit, id)"
		" INSERT INTO stafett.upload_part (unit, upload, start, data)"
		" SELECT unit, id, $3, $4 FROM next RETURNING true",
		put_types),
	[BODY_FINISH] = STATEMENT("finish",
		"UPDATE stafett.upload SET complete = true WHERE unit = $4 AND id = $5"
		" AND NOT complete AND api.upload_is_whole($1, $2, $3, $5) RETURNING id",
		finish_types),
	[BODY_PART] = STATEMENT(
		"part", "SELECT * FROM api.body_part($1, $2, $3, $4, $5, $6, $7, $8)", part_types),
};

/* The rules of deadlines, for whoever counts (see rulebooks.h). */
#define RULES_SQL      "SELECT * FROM api.rules()"
#define RULE_UNITS_SQL "SELECT * FROM api.rule_units()"

static const Oid portion_types[] = {DB_INT4};
static const Oid hint_types[] = {DB_TEXT};
static const Oid gather_types[] = {DB_UUID_ARRAY};
static const Oid claim_types[] = {DB_UUID_ARRAY, DB_INT4};
static const Oid told_types[] = {DB_UUID};
static const Oid clock_types[] = {DB_TEXT, DB_INT8};
static const Oid due_types[] = {DB_INT4, DB_TIMESTAMPTZ, DB_UUID};
static const Oid raise_types[] = {DB_UUID_ARRAY, DB_INT4_ARRAY, DB_UUID_ARRAY, DB_UUID_ARRAY,
	DB_TEXT_ARRAY, DB_UUID_ARRAY, DB_TIMESTAMPTZ_ARRAY, DB_TEXT_ARRAY, DB_INT4_ARRAY,
	DB_TIMESTAMPTZ_ARRAY, DB_INT4_ARRAY, DB_TIMESTAMPTZ_ARRAY, DB_TEXT_ARRAY, DB_TEXT_ARRAY,
	DB_TEXT_ARRAY, DB_TEXT_ARRAY, DB_TEXT_ARRAY, DB_BOOL_ARRAY, DB_UUID_ARRAY, DB_BYTEA_ARRAY,
	DB_BYTEA_ARRAY, DB_BYTEA_ARRAY, DB_BYTEA};

static const Oid raise_chains_types[] = {DB_UUID_ARRAY, DB_INT4_ARRAY, DB_TEXT_ARRAY, DB_TEXT_ARRAY,
	DB_UUID_ARRAY, DB_TIMESTAMPTZ_ARRAY, DB_TIMESTAMPTZ_ARRAY, DB_TEXT_ARRAY, DB_INT4_ARRAY,
	DB_INT4_ARRAY, DB_TIMESTAMPTZ_ARRAY, DB_BOOL_ARRAY, DB_BOOL_ARRAY, DB_UUID_ARRAY,
	DB_BYTEA_ARRAY, DB_BYTEA_ARRAY, DB_BYTEA_ARRAY, DB_BYTEA};

const struct db_statement duty_statements[DUTY_STATEMENTS] = {
	[DUTY_PURGE_UPLOADS] =
		STATEMENT("purge_uploads", "SELECT * FROM duty.purge_uploads($1)", portion_types),
	[DUTY_LISTEN] = BARE("listen", "LISTEN stafett_clock"),
	[DUTY_LISTEN_COMMITS] = BARE("listen_commits", "LISTEN stafett_inbox"),
	[DUTY_RULES] = BARE("rules", RULES_SQL),
	[DUTY_RULE_UNITS] = BARE("rule_units", RULE_UNITS_SQL),
	[DUTY_CLOCK] = STATEMENT("clock", "SELECT * FROM duty.look_clock($1, $2)", clock_types),
	[DUTY_DUE] = STATEMENT("due", "SELECT * FROM duty.due($1, $2, $3)", due_types),
	[DUTY_RAISE] = STATEMENT("raise",
		"SELECT * FROM duty.raise($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
		" $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
		raise_types),
	[DUTY_BREAK_CLOCKS] =
		STATEMENT("break_clocks", "SELECT * FROM duty.break_clocks($1)", portion_types),
	[DUTY_CHAINS_DUE] =
		STATEMENT("chains_due", "SELECT * FROM duty.chains_due($1)", portion_types),
	[DUTY_RAISE_CHAINS] = STATEMENT("raise_chains",
		"SELECT * FROM duty.raise_chains($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
		" $13, $14, $15, $16, $17, $18)",
		raise_chains_types),
	[DUTY_HINT] =
		STATEMENT("hint", "SELECT 0, pg_notify('stafett_inbox', $1)::text", hint_types),
	[DUTY_NOTICE_UNITS] = BARE("notice_units", "SELECT * FROM duty.notice_units()"),
	[DUTY_GATHER_NOTICES] =
		STATEMENT("gather_notices", "SELECT * FROM duty.gather_notices($1)", gather_types),
	[DUTY_CLAIM_NOTICES] =
		STATEMENT("claim_notices", "SELECT * FROM duty.claim_notices($1, $2)", claim_types),
	[DUTY_NOTE_TOLD] = STATEMENT("note_told", "SELECT * FROM duty.note_told($1)", told_types),
	[DUTY_PURGE_NOTICES] =
		STATEMENT("purge_notices", "SELECT * FROM duty.purge_notices($1)", portion_types),
	[DUTY_NEXT] =
		STATEMENT("next", "SELECT * FROM duty.next_due() WHERE $1 > 0", portion_types),
	[DUTY_BEAT] = STATEMENT("beat", "SELECT * FROM duty.beat($1)", portion_types),
};

static const Oid notify_types[] = {DB_TEXT};

const struct db_statement hint_statements[HINT_STATEMENTS] = {
	[HINT_LISTEN] = BARE("listen", "LISTEN stafett_inbox"),
	[HINT_LISTEN_RULES] = BARE("listen_rules", "LISTEN stafett_clock"),
	[HINT_RULES] = BARE("rules", RULES_SQL),
	[HINT_BASES] = BARE("bases", "SELECT * FROM api.basis_rules()"),
	[HINT_RULE_UNITS] = BARE("rule_units", RULE_UNITS_SQL),
	[HINT_NOTIFY] = STATEMENT("notify", "SELECT pg_notify('stafett_inbox', $1)", notify_types),
};
