/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   connected -> rules -> each duty, again while it finds a full portion -> sleep -> ...
 */
#include "store/duty.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "db/conn.h"
#include "db/row.h"
#include "net/now.h"
#include "store/alarms.h"
#include "store/chain_alarms.h"
#include "store/machine.h"
#include "store/rulebooks.h"
#include "store/statements.h"

#define DUTY_USER "stafett_clerk"
#define DUTY_OPTIONS                                                                      \
	"-c role=" DUTY_USER " -c enable_seqscan=off -c jit=off -c statement_timeout=30s" \
	" -c lock_timeout=3s"

/* The longest and the shortest sleep; the second also after a failure, and where
 * what is due is in the hands of another clerk. */
enum { DUTY_LOOK_MS = 60000, DUTY_PAUSE_MS = 10000 };

/* A notification that says: look at once. */
#define DUTY_LOOK_HINT "look"

struct duties {
	struct duties_params params;
	struct db_conn *conn;
	struct event *alarm;
	struct rulebook *book, *half_book;
	struct alarms *alarms;
	/* A pass over what is due: where its next portion begins, whether there is one, and
	 * whether it raised anything, which asks for another pass. */
	struct alarms_place place;
	bool any_more, any_raised;
	struct chain_alarms *chain_alarms;
	char boot[MACHINE_BOOT_LEN + 1];
	struct db_array tellable; /* units of which there is something to tell */
	bool any_tellable, wants_room;
	int tolds;     /* notices whose end is being noted down */
	char *hint;    /* of units that were told; NULL: none */
	size_t at;     /* the duty under way */
	bool in_round; /* one is */
	bool draining;
	bool jumped;	 /* the clock did: nothing is done by it */
	bool look_again; /* somebody said so while a round was under way */
	int done;	 /* of the portion under way; -1: it failed */
	int64_t wait_ms; /* to the next round, as far as this round knows */
	int64_t began_ns, wakes_ns;
};

/* One duty. */
struct duty_row {
	const char *name;
	enum duty_statement statement;
	int portion; /* rows at a time: short transactions hold up nobody */
	/* Its arguments; false: there is nothing to do. NULL: the portion alone. */
	bool (*args)(struct duties *d, struct db_args *args);
	/* What it answered. NULL: how many rows were done, and when the next is due. */
	void (*read)(struct duties *d, const PGresult *result);
};

static void duties_next(struct duties *d);

/* Nothing is under way any more, where that is what is waited for. */
static void duties_say_drained(struct duties *d)
{
	if (d->draining && !d->in_round && !d->tolds)
		d->params.drained(d->params.arg);
}

static void duties_wait_at_most(struct duties *d, int64_t ms)
{
	if (ms < DUTY_PAUSE_MS)
		ms = DUTY_PAUSE_MS;
	if (ms < d->wait_ms)
		d->wait_ms = ms;
}

static void duties_read_counts(struct duties *d, const PGresult *result)
{
	enum { COUNT_DONE, COUNT_WAIT_MS };
	const struct db_row row = {result, 0};

	d->done = db_row_int(&row, COUNT_DONE);
	if (db_row_has(&row, COUNT_WAIT_MS))
		duties_wait_at_most(d, db_row_long(&row, COUNT_WAIT_MS));
}

/* --- the duties ------------------------------------------------------------------- */

static bool clock_args(struct duties *d, struct db_args *args)
{
	db_args_add_text(args, d->boot);
	db_args_add_long(args, machine_up_us());
	return true;
}

/* An alarm that comes years too early, or never, is worse than one that waits for an
 * operator: the heartbeat stops, and everybody sees that. */
static void clock_read(struct duties *d, const PGresult *result)
{
	enum { CLOCK_STEADY, CLOCK_JUMP };
	const struct db_row row = {result, 0};

	d->jumped = !db_row_bool(&row, CLOCK_STEADY);
	if (d->jumped)
		log_error("the clock was set, nothing is done by it until an operator says so: "
			  "stafettd clock accept",
			LOG_I("seconds", db_row_long(&row, CLOCK_JUMP)));
}

enum { DUE_PORTION = 50 };

static void due_begin_pass(struct duties *d)
{
	d->place = (struct alarms_place){.look_us = INT64_MIN};
	d->any_raised = false;
}

static bool due_args(struct duties *d, struct db_args *args)
{
	db_args_add_int(args, DUE_PORTION);
	db_args_add_time(args, d->place.look_us);
	db_args_add_bytes(args, uuid_bytes(&d->place.key));
	return true;
}

static void due_read(struct duties *d, const PGresult *result)
{
	d->any_more = PQntuples(result) == DUE_PORTION;
	if (alarms_decide(d->alarms, result, d->book, &d->place) < 0)
		d->done = -1;
}

static bool raise_args(struct duties *d, struct db_args *args)
{
	if (!alarms_count(d->alarms))
		return false;
	alarms_args(d->alarms, args);
	return true;
}

static void chains_due_read(struct duties *d, const PGresult *result)
{
	if (chain_alarms_decide(d->chain_alarms, result, d->book) < 0)
		d->done = -1;
}

static bool raise_chains_args(struct duties *d, struct db_args *args)
{
	if (!chain_alarms_count(d->chain_alarms))
		return false;
	chain_alarms_args(d->chain_alarms, args);
	return true;
}

/* Of chains, some have only had their times counted. */
static void raise_read(struct duties *d, const PGresult *result)
{
	enum { RAISE_DONE, RAISE_HINT, RAISE_FAILURE, RAISE_ALARMS };
	const struct db_row row = {result, 0};

	d->done = db_row_int(&row, RAISE_DONE);
	d->any_raised |= d->done > 0;
	metrics_add(d->params.metrics, METRIC_ALARMS, (uint64_t)db_row_int(&row, RAISE_ALARMS));
	if (db_row_has(&row, RAISE_FAILURE))
		log_error("an alarm cannot be raised",
			LOG_S("sqlstate", db_row_text(&row, RAISE_FAILURE)));
	free(d->hint);
	d->hint = db_row_has(&row, RAISE_HINT) ? strdup(db_row_text(&row, RAISE_HINT)) : NULL;
}

/* Those who watch the inboxes look at once. */
static bool hint_args(struct duties *d, struct db_args *args)
{
	if (!d->hint)
		return false;
	db_args_add_text(args, d->hint);
	return true;
}

static void hint_read(struct duties *d, const PGresult *result)
{
	free(d->hint);
	d->hint = NULL;
}

static bool no_args(struct duties *d, struct db_args *args)
{
	return true;
}

static void notice_units_read(struct duties *d, const PGresult *result)
{
	d->any_tellable = notices_choose(result, &d->tellable);
}

static bool gather_args(struct duties *d, struct db_args *args)
{
	if (d->any_tellable)
		db_args_add_array(args, &d->tellable);
	return d->any_tellable;
}

static void gather_read(struct duties *d, const PGresult *result)
{
}

static bool claim_args(struct duties *d, struct db_args *args)
{
	int room = d->any_tellable ? d->params.room(d->params.arg) : 0;

	d->wants_room = d->any_tellable && room <= 0;
	if (room <= 0)
		return false;
	db_args_add_array(args, &d->tellable);
	db_args_add_int(args, room);
	return true;
}

static void claim_read(struct duties *d, const PGresult *result)
{
	struct notice notice;

	/* There may be more of them than there was room for. */
	d->wants_room = PQntuples(result) > 0;
	for (int i = 0; i < PQntuples(result); i++) {
		if (notices_read(result, i, &notice)) {
			d->params.tell(d->params.arg, &notice);
			continue;
		}
		log_error("a notice was given up", LOG_S("unit", notice.unit),
			LOG_S("means", notice.by_mail ? "mail" : "hook"));
		metrics_add(d->params.metrics, METRIC_NOTICES_GIVEN_UP, 1);
	}
}

static void beat_read(struct duties *d, const PGresult *result)
{
	duties_read_counts(d, result);
	metrics_renew(d->params.metrics, METRIC_CLERK_AGE);
}

/* In their order: alarms are raised while there are any, and whoever beats, the last,
 * has seen to all of it. */
static const struct duty_row duty_rows[] = {
	{"clock", DUTY_CLOCK, 1, clock_args, clock_read},
	{"uploads purged", DUTY_PURGE_UPLOADS, 20, NULL, NULL},
	{"notices purged", DUTY_PURGE_NOTICES, 20, NULL, NULL},
	{"due", DUTY_DUE, DUE_PORTION, due_args, due_read},
	{"alarms raised", DUTY_RAISE, DUE_PORTION, raise_args, raise_read},
	{"hint", DUTY_HINT, 1, hint_args, hint_read},
	{"clocks broken", DUTY_BREAK_CLOCKS, DUE_PORTION, NULL, NULL},
	{"chains due", DUTY_CHAINS_DUE, DUE_PORTION, NULL, chains_due_read},
	{"chains told", DUTY_RAISE_CHAINS, DUE_PORTION, raise_chains_args, raise_read},
	{"hint of chains", DUTY_HINT, 1, hint_args, hint_read},
	{"notice units", DUTY_NOTICE_UNITS, 1, no_args, notice_units_read},
	{"notices gathered", DUTY_GATHER_NOTICES, 1, gather_args, gather_read},
	{"notices claimed", DUTY_CLAIM_NOTICES, 1, claim_args, claim_read},
	{"next", DUTY_NEXT, 1, NULL, NULL},
	{"heartbeat", DUTY_BEAT, 1, NULL, beat_read},
};

enum { DUTY_ROW_DUE = 3, DUTY_ROW_RAISE = 4, DUTY_ROW_CHAINS_DUE = 7, DUTY_ROW_RAISE_CHAINS = 8 };

/* --- a round ------------------------------------------------------------------------ */

static void duties_sleep(struct duties *d)
{
	struct timeval after = {.tv_sec = d->wait_ms / 1000, .tv_usec = d->wait_ms % 1000 * 1000};

	d->in_round = false;
	d->wakes_ns = now_ns() + d->wait_ms * NOW_NS_PER_MS;
	event_add(d->alarm, &after);
	d->params.rested(d->params.arg);
}

/* Not before the rules are there. */
static void duties_begin_round(struct duties *d)
{
	if (!d->book || d->in_round)
		return;
	event_del(d->alarm);
	d->in_round = true;
	d->jumped = d->look_again = false;
	due_begin_pass(d);
	d->at = 0;
	d->wait_ms = DUTY_LOOK_MS;
	d->began_ns = now_ns();
	duties_next(d);
}

static void duties_on_alarm(evutil_socket_t fd, short what, void *arg)
{
	struct duties *d = arg;

	if (db_conn_is_ready(d->conn))
		duties_begin_round(d);
}

static void duties_on_row(void *arg, const PGresult *result)
{
	struct duties *d = arg;

	if (!result)
		return;
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		d->done = -1;
		log_error("duty failed", LOG_S("duty", duty_rows[d->at].name),
			LOG_S("sqlstate", PQresultErrorField(result, PG_DIAG_SQLSTATE)));
		duties_wait_at_most(d, DUTY_PAUSE_MS);
		return;
	}
	if (duty_rows[d->at].read)
		duty_rows[d->at].read(d, result);
	else
		duties_read_counts(d, result);
}

/* Whether the next portion is to be looked at: of this pass, so that what cannot be
 * raised holds up nothing behind it, or of another one, for what an alarm has changed. */
static bool due_goes_on(struct duties *d)
{
	bool is_decided =
		d->at == DUTY_ROW_RAISE || (d->at == DUTY_ROW_DUE && !alarms_count(d->alarms));
	bool again = d->any_raised && !d->any_more;

	if (!is_decided || d->done < 0 || !(again || d->any_more))
		return false;
	if (again)
		due_begin_pass(d);
	return true;
}

/* The same again after a full portion. */
static void duties_step(struct duties *d)
{
	if (due_goes_on(d))
		d->at = DUTY_ROW_DUE;
	else if (d->at == DUTY_ROW_RAISE_CHAINS && d->done > 0)
		d->at = DUTY_ROW_CHAINS_DUE;
	else if (d->done < duty_rows[d->at].portion)
		d->at++;
	if (d->jumped)
		d->at = ARRAY_SIZE(duty_rows);
}

static void duties_on_sync(void *arg, const PGresult *result)
{
	struct duties *d = arg;

	if (!result)
		return; /* lost */
	if (d->done > 0)
		log_info("duty", LOG_S("duty", duty_rows[d->at].name), LOG_I("rows", d->done));
	duties_step(d);
	duties_next(d);
}

static bool duties_args(struct duties *d, const struct duty_row *row, struct db_args *args)
{
	db_args_init(args);
	if (row->args)
		return row->args(d, args);
	db_args_add_int(args, row->portion);
	return true;
}

/* The duty that is next and has something to do, or the end of the round. */
static void duties_next(struct duties *d)
{
	struct db_args args;

	if (d->draining) {
		d->in_round = false;
		duties_say_drained(d);
		return;
	}
	while (d->at < ARRAY_SIZE(duty_rows) && !duties_args(d, &duty_rows[d->at], &args))
		d->at++;
	if (d->at == ARRAY_SIZE(duty_rows)) {
		duties_sleep(d);
		if (d->look_again)
			duties_begin_round(d);
		return;
	}
	d->done = 0;
	if (db_conn_execute(d->conn, (int)duty_rows[d->at].statement, &args, duties_on_row, d) == 0)
		(void)!db_conn_sync(d->conn, duties_on_sync, d);
}

/* --- what wakes it -------------------------------------------------------------------- */

/* A commit may have brought what is due before the next round: that round comes, but
 * no sooner than the shortest sleep after the last. */
static void duties_look_soon(struct duties *d)
{
	int64_t now = now_ns(), at = d->began_ns + DUTY_PAUSE_MS * NOW_NS_PER_MS;
	int64_t ms = at > now ? (at - now) / NOW_NS_PER_MS : 0;
	struct timeval after = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

	if (d->in_round || at >= d->wakes_ns)
		return;
	d->wakes_ns = at;
	event_add(d->alarm, &after);
}

static void duties_on_rules(void *arg, const PGresult *result)
{
	struct duties *d = arg;

	d->half_book = rulebooks_free(d->half_book);
	if (result && PQresultStatus(result) == PGRES_TUPLES_OK)
		d->half_book = rulebooks_read(result);
}

static void duties_on_rule_units(void *arg, const PGresult *result)
{
	struct duties *d = arg;

	if (!d->half_book || !result || PQresultStatus(result) != PGRES_TUPLES_OK ||
		rulebooks_read_units(d->half_book, result) < 0) {
		if (result)
			log_error("rules of deadlines cannot be read",
				LOG_S("error", PQresultErrorMessage(result)));
		return;
	}
	rulebooks_free(d->book);
	d->book = TAKE(d->half_book);
}

static void duties_on_ruled(void *arg, const PGresult *result)
{
	if (result)
		duties_begin_round(arg);
}

static void duties_read_rules(struct duties *d)
{
	if (db_conn_execute(d->conn, DUTY_RULES, NULL, duties_on_rules, d) == 0 &&
		db_conn_execute(d->conn, DUTY_RULE_UNITS, NULL, duties_on_rule_units, d) == 0)
		(void)!db_conn_sync(d->conn, duties_on_ruled, d);
}

static void duties_look_now(struct duties *d)
{
	if (d->in_round)
		d->look_again = true;
	else
		duties_begin_round(d);
}

static void duties_on_notified(void *arg, const char *payload)
{
	struct duties *d = arg;

	if (strcmp(payload, RULEBOOKS_HINT) == 0)
		duties_read_rules(d);
	else if (strcmp(payload, DUTY_LOOK_HINT) == 0)
		duties_look_now(d);
	else
		duties_look_soon(d);
}

/* Where it could not be noted down, the unit is told once more. */
static void duties_on_told(void *arg, const PGresult *result)
{
	struct duties *d = arg;

	d->tolds--;
	duties_say_drained(d);
}

void duties_told(struct duties *d, const struct uuid *id, bool ok)
{
	struct db_args args;

	metrics_add(d->params.metrics, ok ? METRIC_NOTICES_TOLD : METRIC_NOTICES_FAILED, 1);
	db_args_init(&args);
	db_args_add_bytes(&args, uuid_bytes(id));
	if (ok && db_conn_is_ready(d->conn) &&
		db_conn_execute(d->conn, DUTY_NOTE_TOLD, &args, NULL, NULL) == 0 &&
		db_conn_sync(d->conn, duties_on_told, d) == 0)
		d->tolds++;
	if (d->wants_room && !d->draining && db_conn_is_ready(d->conn))
		duties_look_now(d);
}

static void duties_on_ready(void *arg, struct db_conn *conn)
{
	struct duties *d = arg;

	if (db_conn_execute(conn, DUTY_LISTEN, NULL, NULL, NULL) == 0 &&
		db_conn_execute(conn, DUTY_LISTEN_COMMITS, NULL, NULL, NULL) == 0)
		duties_read_rules(d);
}

static void duties_on_lost(void *arg, struct db_conn *conn)
{
	struct duties *d = arg;

	d->in_round = false;
	event_del(d->alarm);
	duties_say_drained(d);
}

/* --- life ------------------------------------------------------------------------------- */

static int duties_open(struct duties *d)
{
	static const struct db_ops ops = {duties_on_ready, duties_on_lost};
	const struct db_params db = {
		.base = d->params.base,
		.conninfo = d->params.conninfo,
		.user = DUTY_USER,
		.options = DUTY_OPTIONS,
		.name = "stafett clerk",
		.statements = duty_statements,
		.n_statements = DUTY_STATEMENTS,
		.ops = &ops,
		.notified = duties_on_notified,
		.arg = d,
	};

	machine_boot(d->boot);
	d->alarms = alarms_new();
	d->chain_alarms = chain_alarms_new();
	db_array_init(&d->tellable, DB_UUID_ARRAY);
	d->alarm = evtimer_new(d->params.base, duties_on_alarm, d);
	return d->alarm && d->alarms && d->chain_alarms ? db_conn_new(&db, &d->conn) : -ENOMEM;
}

int duties_new(const struct duties_params *params, struct duties **ret_duties)
{
	struct duties *d = calloc(1, sizeof(*d));
	int rc;

	if (!d)
		return -ENOMEM;
	d->params = *params;
	rc = duties_open(d);
	if (rc < 0) {
		duties_free(d);
		return rc;
	}
	*ret_duties = d;
	return 0;
}

struct duties *duties_free(struct duties *d)
{
	if (!d)
		return NULL;
	d->draining = false; /* nobody waits any more */
	db_conn_free(d->conn);
	if (d->alarm)
		event_free(d->alarm);
	alarms_free(d->alarms);
	chain_alarms_free(d->chain_alarms);
	db_array_fini(&d->tellable);
	rulebooks_free(d->book);
	rulebooks_free(d->half_book);
	free(d->hint);
	free(d);
	return NULL;
}

void duties_drain(struct duties *d)
{
	d->draining = true;
	duties_say_drained(d);
}
