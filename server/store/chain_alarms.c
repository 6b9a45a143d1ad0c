/* SPDX-License-Identifier: Apache-2.0 */
#include "store/chain_alarms.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "db/row.h"
#include "domain/chain_alarm.h"
#include "store/audit.h"

/* The columns of duty.chains_due, in its order. */
enum due_column {
	DUE_NOW,
	DUE_CHAIN,
	DUE_EVENT_SEQ,
	DUE_CHAIN_OPEN,
	DUE_WHAT,
	DUE_KIND,
	DUE_FROM,
	DUE_DATE,
	DUE_TIME,
	DUE_RULE,
	DUE_RULE_VERSION,
	DUE_STEP,
	DUE_LOOK,
	DUE_HOLDER_HANDLE,
	DUE_HOLDER_ORGANISATION,
};

/* The arrays of duty.raise_chains, in its order. */
#define CHAIN_ALARMS_ARRAYS(DO)        \
	DO(chain, DB_UUID_ARRAY)       \
	DO(seq, DB_INT4_ARRAY)         \
	DO(what, DB_TEXT_ARRAY)        \
	DO(kind, DB_TEXT_ARRAY)        \
	DO(event, DB_UUID_ARRAY)       \
	DO(show, DB_TIMESTAMPTZ_ARRAY) \
	DO(due, DB_TIMESTAMPTZ_ARRAY)  \
	DO(rule, DB_TEXT_ARRAY)        \
	DO(version, DB_INT4_ARRAY)     \
	DO(step, DB_INT4_ARRAY)        \
	DO(look, DB_TIMESTAMPTZ_ARRAY) \
	DO(parties, DB_BOOL_ARRAY)     \
	DO(managers, DB_BOOL_ARRAY)    \
	DO(audit_id, DB_UUID_ARRAY)    \
	DO(leaf, DB_BYTEA_ARRAY)       \
	DO(salt, DB_BYTEA_ARRAY)       \
	DO(detail, DB_BYTEA_ARRAY)

#define MEMBER(name, type) struct db_array name;
struct chain_alarms {
	int n;
	uint8_t hash[LEAF_HASH_LEN]; /* of no content */
	struct audit audit;
	CHAIN_ALARMS_ARRAYS(MEMBER)
};
#undef MEMBER

#define INIT(name, type)  db_array_init(&alarms->name, type);
#define FINI(name, type)  db_array_fini(&alarms->name);
#define CLEAR(name, type) db_array_clear(&alarms->name);
#define ADD(name, type)	  db_args_add_array(args, &alarms->name);

struct chain_alarms *chain_alarms_new(void)
{
	const struct bytes nothing = bytes_of("", 0);
	struct chain_alarms *alarms = calloc(1, sizeof(*alarms));

	if (!alarms)
		return NULL;
	CHAIN_ALARMS_ARRAYS(INIT)
	content_hash(nothing, nothing, nothing, alarms->hash);
	return alarms;
}

struct chain_alarms *chain_alarms_free(struct chain_alarms *alarms)
{
	if (!alarms)
		return NULL;
	CHAIN_ALARMS_ARRAYS(FINI)
	free(alarms);
	return NULL;
}

int chain_alarms_count(const struct chain_alarms *alarms)
{
	return alarms->n;
}

void chain_alarms_args(struct chain_alarms *alarms, struct db_args *args)
{
	db_args_init(args);
	CHAIN_ALARMS_ARRAYS(ADD)
	db_args_add_bytes(args, bytes_of(alarms->hash, sizeof(alarms->hash)));
}

/* A code of a newer database fits nothing: such a question is a newer clerk's. */
static bool read_facts(
	const struct db_row *row, const struct rulebook *book, struct chain_alarm_facts *f)
{
	int what = deadline_from_code(db_row_bytes(row, DUE_WHAT));
	int kind = kind_from_code(db_row_bytes(row, DUE_KIND));

	if (what < 0)
		return false;
	*f = (struct chain_alarm_facts){
		.now_us = db_row_time(row, DUE_NOW),
		.book = book,
		.chain_open = db_row_bool(row, DUE_CHAIN_OPEN),
		.what = (enum deadline)what,
		.kind = kind < 0 ? KIND_CARE_REQUEST : (enum kind)kind,
		.from_us = db_row_time(row, DUE_FROM),
		.due_date = date_from_days(db_row_date(row, DUE_DATE)),
		.due_us = db_row_time(row, DUE_TIME),
		.step = db_row_int(row, DUE_STEP),
		.look_us = db_row_time(row, DUE_LOOK),
		.rule = rulebook_get(
			book, db_row_bytes(row, DUE_RULE), db_row_int(row, DUE_RULE_VERSION)),
	};
	return true;
}

static void add_rule(struct chain_alarms *alarms, const struct clock_rule *rule)
{
	db_array_add_text(&alarms->rule, rule ? rule->name : NULL);
	if (rule)
		db_array_add_int(&alarms->version, rule->version);
	else
		db_array_add_null(&alarms->version);
}

/* Nobody did it: the record names the unit that holds the chain. */
static void add_audit(struct chain_alarms *alarms, const struct db_row *row, const char *event,
	const uint8_t random[AUDIT_RANDOM])
{
	static const uint8_t no_certificate[32];
	const struct caller clock = {.call_id = "",
		.address = "",
		.unit = db_row_bytes(row, DUE_HOLDER_HANDLE),
		.fingerprint = no_certificate};
	struct audit *audit = &alarms->audit;

	audit_begin(audit, LEAF_ALARM, db_row_time(row, DUE_NOW), &clock, random);
	audit_set_organisation(audit, db_row_bytes(row, DUE_HOLDER_ORGANISATION));
	audit->leaf.object = db_row_uuid(row, DUE_CHAIN);
	audit_add(audit, AUDIT_ACT, bytes_of_string(event));
	audit_add(audit, AUDIT_CHAIN, db_row_bytes(row, DUE_CHAIN));
	audit_finish(audit);
	db_array_add_uuid(&alarms->audit_id, audit->leaf.event.b);
	db_array_add_bytes(&alarms->leaf, bytes_of(audit->encoded, audit->encoded_len));
	db_array_add_bytes(&alarms->salt, bytes_of(audit->salt, sizeof(audit->salt)));
	db_array_add_bytes(&alarms->detail, bytes_of(audit->detail, audit->detail_len));
}

static int chain_alarms_add(struct chain_alarms *alarms, const struct db_row *row,
	const struct chain_alarm_facts *f, const struct chain_alarm_decision *d)
{
	enum { EVENT_RANDOM = 10 };
	const char *kind = d->kind == CHAIN_ALARM_TELL	      ? chain_alarm_event(f->what, f->step)
			   : d->kind == CHAIN_ALARM_PASS_OVER ? "pass-over"
							      : "";
	uint8_t random[EVENT_RANDOM + AUDIT_RANDOM];
	struct uuid event;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -EIO;
	event = uuid_make(f->now_us / 1000, random);
	db_array_add_bytes(&alarms->chain, db_row_bytes(row, DUE_CHAIN));
	db_array_add_int(&alarms->seq, db_row_int(row, DUE_EVENT_SEQ));
	db_array_add_text(&alarms->what, deadline_code(f->what));
	db_array_add_text(&alarms->kind, kind);
	db_array_add_uuid(&alarms->event, event.b);
	db_array_add_time(&alarms->show, d->show_us);
	db_array_add_time(&alarms->due, d->due_us);
	add_rule(alarms, d->rule);
	db_array_add_int(&alarms->step, d->step);
	db_array_add_time(&alarms->look, d->look_us);
	db_array_add_bool(&alarms->parties, d->tells_parties);
	db_array_add_bool(&alarms->managers, d->tells_managers);
	add_audit(alarms, row, kind, random + EVENT_RANDOM);
	alarms->n++;
	return 0;
}

/* One of a chain at a time: the next has a number that this one gives it. */
static bool has_chain_before(const PGresult *due, int at)
{
	const struct db_row row = {due, at};

	for (int i = 0; i < at; i++)
		if (bytes_equal(db_row_bytes(&row, DUE_CHAIN),
			    db_row_bytes(&(struct db_row){due, i}, DUE_CHAIN)))
			return true;
	return false;
}

int chain_alarms_decide(
	struct chain_alarms *alarms, const PGresult *due, const struct rulebook *book)
{
	int r = 0;

	CHAIN_ALARMS_ARRAYS(CLEAR)
	alarms->n = 0;
	for (int i = 0; !r && i < PQntuples(due); i++) {
		const struct db_row row = {due, i};
		struct chain_alarm_decision decision;
		struct chain_alarm_facts facts;

		if (has_chain_before(due, i) || !read_facts(&row, book, &facts))
			continue;
		chain_alarm_decide(&facts, &decision);
		r = chain_alarms_add(alarms, &row, &facts, &decision);
	}
	return r;
}
