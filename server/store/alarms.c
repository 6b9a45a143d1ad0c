/* SPDX-License-Identifier: Apache-2.0 */
#include "store/alarms.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "db/row.h"
#include "domain/alarm.h"
#include "store/audit.h"

/* The columns of duty.due, in its order. */
enum due_column {
	DUE_LOOK_TIME,
	DUE_KEY,
	DUE_NOW,
	DUE_CHAIN,
	DUE_EVENT_SEQ,
	DUE_REFERRAL,
	DUE_CALL,
	DUE_CHAIN_OPEN,
	DUE_STATUS,
	DUE_KIND,
	DUE_PRIORITY,
	DUE_REQUESTER,
	DUE_OWNER,
	DUE_HAND_BACK,
	DUE_HOLDER,
	DUE_NEXT_ACTOR,
	DUE_ACTOR_HANDLE,
	DUE_ACTOR_ORGANISATION,
	DUE_COVERS,
	DUE_EXPECTS,
	DUE_MISSED,
	DUE_ALARM_TIME,
	DUE_TIME,
	DUE_RULE,
	DUE_RULE_VERSION,
	DUE_FROM,
	DUE_STEP,
	DUE_STEP_TIME,
};

/* The arrays of duty.raise, in its order. */
#define ALARMS_ARRAYS(DO)                   \
	DO(chain, DB_UUID_ARRAY)            \
	DO(seq, DB_INT4_ARRAY)              \
	DO(referral, DB_UUID_ARRAY)         \
	DO(call, DB_UUID_ARRAY)             \
	DO(kind, DB_TEXT_ARRAY)             \
	DO(event, DB_UUID_ARRAY)            \
	DO(due, DB_TIMESTAMPTZ_ARRAY)       \
	DO(rule, DB_TEXT_ARRAY)             \
	DO(version, DB_INT4_ARRAY)          \
	DO(from, DB_TIMESTAMPTZ_ARRAY)      \
	DO(step, DB_INT4_ARRAY)             \
	DO(step_time, DB_TIMESTAMPTZ_ARRAY) \
	DO(requester, DB_TEXT_ARRAY)        \
	DO(owner, DB_TEXT_ARRAY)            \
	DO(hand_back, DB_TEXT_ARRAY)        \
	DO(holder, DB_TEXT_ARRAY)           \
	DO(waiting, DB_TEXT_ARRAY)          \
	DO(managers, DB_BOOL_ARRAY)         \
	DO(audit_id, DB_UUID_ARRAY)         \
	DO(leaf, DB_BYTEA_ARRAY)            \
	DO(salt, DB_BYTEA_ARRAY)            \
	DO(detail, DB_BYTEA_ARRAY)

#define MEMBER(name, type) struct db_array name;
struct alarms {
	int n;
	uint8_t hash[LEAF_HASH_LEN]; /* of no content */
	struct audit audit;
	ALARMS_ARRAYS(MEMBER)
};
#undef MEMBER

#define INIT(name, type)  db_array_init(&alarms->name, type);
#define FINI(name, type)  db_array_fini(&alarms->name);
#define CLEAR(name, type) db_array_clear(&alarms->name);
#define ADD(name, type)	  db_args_add_array(args, &alarms->name);

struct alarms *alarms_new(void)
{
	const struct bytes nothing = bytes_of("", 0);
	struct alarms *alarms = calloc(1, sizeof(*alarms));

	if (!alarms)
		return NULL;
	ALARMS_ARRAYS(INIT)
	content_hash(nothing, nothing, nothing, alarms->hash);
	return alarms;
}

struct alarms *alarms_free(struct alarms *alarms)
{
	if (!alarms)
		return NULL;
	ALARMS_ARRAYS(FINI)
	free(alarms);
	return NULL;
}

int alarms_count(const struct alarms *alarms)
{
	return alarms->n;
}

void alarms_args(struct alarms *alarms, struct db_args *args)
{
	db_args_init(args);
	ALARMS_ARRAYS(ADD)
	db_args_add_bytes(args, bytes_of(alarms->hash, sizeof(alarms->hash)));
}

/* --- reading ------------------------------------------------------------------- */

static void read_units(const struct db_row *row, struct alarm_facts *f)
{
	f->requester = db_row_uuid(row, DUE_REQUESTER);
	f->owner = db_row_uuid(row, DUE_OWNER);
	f->hand_back = db_row_uuid(row, DUE_HAND_BACK);
	f->holder = db_row_uuid(row, DUE_HOLDER);
	f->next_actor = db_row_uuid(row, DUE_NEXT_ACTOR);
}

/* A code of a newer database fits nothing: such a referral is a newer clerk's. */
static bool read_facts(const struct db_row *row, const struct rulebook *book, struct alarm_facts *f)
{
	int state = state_from_code(db_row_bytes(row, DUE_STATUS));
	int kind = kind_from_code(db_row_bytes(row, DUE_KIND));

	if (state < 0 || kind < 0)
		return false;
	*f = (struct alarm_facts){
		.now_us = db_row_time(row, DUE_NOW),
		.book = book,
		.chain_open = db_row_bool(row, DUE_CHAIN_OPEN),
		.calls = db_row_has(row, DUE_CALL),
		.state = (enum state)state,
		.kind = (enum kind)kind,
		.priority = db_row_bytes(row, DUE_PRIORITY),
		.covers_misses = db_row_bool(row, DUE_COVERS),
		.expects = db_row_bool(row, DUE_EXPECTS),
		.missed = db_row_bool(row, DUE_MISSED),
		.alarm_us = db_row_time(row, DUE_ALARM_TIME),
		.due_us = db_row_time(row, DUE_TIME),
		.from_us = db_row_time(row, DUE_FROM),
		.rule = rulebook_get(
			book, db_row_bytes(row, DUE_RULE), db_row_int(row, DUE_RULE_VERSION)),
		.step = db_row_int(row, DUE_STEP),
		.step_us = db_row_time(row, DUE_STEP_TIME),
	};
	read_units(row, f);
	return true;
}

/* --- writing -------------------------------------------------------------------- */

/* Empty is none. */
static void add_bytes(struct db_array *array, const struct db_row *row, int column)
{
	if (db_row_has(row, column))
		db_array_add_bytes(array, db_row_bytes(row, column));
	else
		db_array_add_null(array);
}

static const char *alarm_event(enum alarm_kind kind)
{
	return kind == ALARM_MISS ? "miss" : kind == ALARM_STEP ? "alarm" : "";
}

/* Nobody did it: the record names the unit whose turn it is. */
static void add_audit(struct alarms *alarms, const struct db_row *row, const struct alarm_facts *f,
	const char *event, const uint8_t random[AUDIT_RANDOM])
{
	static const uint8_t no_certificate[32];
	const struct caller clock = {.call_id = "",
		.address = "",
		.unit = db_row_bytes(row, DUE_ACTOR_HANDLE),
		.fingerprint = no_certificate};
	struct audit *audit = &alarms->audit;

	audit_begin(audit, LEAF_ALARM, f->now_us, &clock, random);
	audit_set_organisation(audit, db_row_bytes(row, DUE_ACTOR_ORGANISATION));
	audit->leaf.object =
		db_row_uuid(row, db_row_has(row, DUE_REFERRAL) ? DUE_REFERRAL : DUE_CHAIN);
	audit->leaf.state_before = audit->leaf.state_after = state_leaf_number(f->state);
	audit_add(audit, AUDIT_ACT, bytes_of_string(event));
	audit_add(audit, AUDIT_CHAIN, db_row_bytes(row, DUE_CHAIN));
	if (db_row_has(row, DUE_REFERRAL))
		audit_add(audit, AUDIT_REFERRAL, db_row_bytes(row, DUE_REFERRAL));
	audit_finish(audit);
	db_array_add_uuid(&alarms->audit_id, audit->leaf.event.b);
	db_array_add_bytes(&alarms->leaf, bytes_of(audit->encoded, audit->encoded_len));
	db_array_add_bytes(&alarms->salt, bytes_of(audit->salt, sizeof(audit->salt)));
	db_array_add_bytes(&alarms->detail, bytes_of(audit->detail, audit->detail_len));
}

static void add_due(struct alarms *alarms, const struct alarm_decision *d)
{
	const struct due *due = &d->due;

	db_array_add_time(&alarms->due, due->us);
	db_array_add_text(&alarms->rule, due->rule ? due->rule->name : NULL);
	if (due->rule)
		db_array_add_int(&alarms->version, due->rule->version);
	else
		db_array_add_null(&alarms->version);
	db_array_add_time(&alarms->from, due->us ? due->from_us : 0);
	db_array_add_int(&alarms->step, d->step);
	db_array_add_time(&alarms->step_time, d->step_us);
}

static void add_tells(struct alarms *alarms, const struct alarm_decision *d)
{
	db_array_add_text(&alarms->requester, rules_needs_code(d->tells.requester));
	db_array_add_text(&alarms->owner, rules_needs_code(d->tells.owner));
	db_array_add_text(&alarms->hand_back, rules_needs_code(d->tells.hand_back));
	db_array_add_text(&alarms->holder, rules_needs_code(d->tells.holder));
	db_array_add_text(&alarms->waiting, rules_needs_code(d->tells.waiting));
	db_array_add_bool(&alarms->managers, d->tells_managers);
}

static int alarms_add(struct alarms *alarms, const struct db_row *row, const struct alarm_facts *f,
	const struct alarm_decision *d)
{
	enum { EVENT_RANDOM = 10 };
	uint8_t random[EVENT_RANDOM + AUDIT_RANDOM];
	struct uuid event;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -EIO;
	event = uuid_make(f->now_us / 1000, random);
	db_array_add_bytes(&alarms->chain, db_row_bytes(row, DUE_CHAIN));
	db_array_add_int(&alarms->seq, db_row_int(row, DUE_EVENT_SEQ));
	add_bytes(&alarms->referral, row, DUE_REFERRAL);
	add_bytes(&alarms->call, row, DUE_CALL);
	db_array_add_text(&alarms->kind, alarm_event(d->kind));
	db_array_add_uuid(&alarms->event, event.b);
	add_due(alarms, d);
	add_tells(alarms, d);
	add_audit(alarms, row, f, alarm_event(d->kind), random + EVENT_RANDOM);
	alarms->n++;
	return 0;
}

/* One alarm of a chain at a time: the next has a number that this one gives it. */
static bool has_chain_before(const PGresult *due, int at)
{
	const struct db_row row = {due, at};

	for (int i = 0; i < at; i++)
		if (bytes_equal(db_row_bytes(&row, DUE_CHAIN),
			    db_row_bytes(&(struct db_row){due, i}, DUE_CHAIN)))
			return true;
	return false;
}

/* Where the next portion begins: whatever could not be decided, or raised, is passed. */
static void keep_place(const PGresult *due, struct alarms_place *place)
{
	const struct db_row last = {due, PQntuples(due) - 1};

	if (last.row < 0)
		return;
	place->look_us = db_row_time(&last, DUE_LOOK_TIME);
	place->key = db_row_uuid(&last, DUE_KEY);
}

int alarms_decide(struct alarms *alarms, const PGresult *due, const struct rulebook *book,
	struct alarms_place *place)
{
	int r = 0;

	ALARMS_ARRAYS(CLEAR)
	alarms->n = 0;
	keep_place(due, place);
	for (int i = 0; !r && i < PQntuples(due); i++) {
		const struct db_row row = {due, i};
		struct alarm_decision decision;
		struct alarm_facts facts;

		if (has_chain_before(due, i) || !read_facts(&row, book, &facts))
			continue;
		alarm_decide(&facts, &decision);
		if (decision.kind != ALARM_LATER)
			r = alarms_add(alarms, &row, &facts, &decision);
	}
	return r;
}
