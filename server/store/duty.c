/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   connected -> each duty, again while it finds a full portion -> sleep -> ...
 */
#include "store/duty.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "db/conn.h"
#include "db/row.h"
#include "store/statements.h"

#define DUTY_USER "stafett_clerk"
#define DUTY_OPTIONS                                                                      \
	"-c role=" DUTY_USER " -c enable_seqscan=off -c jit=off -c statement_timeout=30s" \
	" -c lock_timeout=3s"

/* The longest and the shortest sleep; the second also after a failure, and where
 * what is due is in the hands of another clerk. */
enum { DUTY_LOOK_MS = 60000, DUTY_PAUSE_MS = 10000 };

/* The columns of every duty's one row. */
enum { DUTY_DONE, DUTY_WAIT_MS };

static const struct {
	const char *name;
	enum duty_statement statement;
	int portion; /* rows at a time: short transactions hold up nobody */
} duty_rows[] = {
	{"uploads purged", DUTY_PURGE_UPLOADS, 20},
	/* The last: whoever beats has seen to the others. */
	{"heartbeat", DUTY_BEAT, 1},
};

struct duties {
	struct duties_params params;
	struct db_conn *conn;
	struct event *alarm;
	size_t at; /* the duty under way */
	bool busy; /* one is */
	bool draining;
	int done;	 /* of the portion under way; -1: it failed */
	int64_t wait_ms; /* to the next round, as far as this round knows */
};

static void duties_next(struct duties *d);

static void duties_sleep(struct duties *d)
{
	struct timeval after = {.tv_sec = d->wait_ms / 1000, .tv_usec = d->wait_ms % 1000 * 1000};

	event_add(d->alarm, &after);
	d->params.rested(d->params.arg);
}

static void duties_begin_round(struct duties *d)
{
	d->at = 0;
	d->wait_ms = DUTY_LOOK_MS;
	duties_next(d);
}

static void duties_on_alarm(evutil_socket_t fd, short what, void *arg)
{
	struct duties *d = arg;

	if (db_conn_is_ready(d->conn))
		duties_begin_round(d);
}

static void duties_wait_at_most(struct duties *d, int64_t ms)
{
	if (ms < DUTY_PAUSE_MS)
		ms = DUTY_PAUSE_MS;
	if (ms < d->wait_ms)
		d->wait_ms = ms;
}

static void duties_on_row(void *arg, const PGresult *result)
{
	struct duties *d = arg;
	struct db_row row = {result, 0};

	if (!result)
		return;
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		d->done = -1;
		log_error("duty failed", LOG_S("duty", duty_rows[d->at].name),
			LOG_S("sqlstate", PQresultErrorField(result, PG_DIAG_SQLSTATE)));
		duties_wait_at_most(d, DUTY_PAUSE_MS);
		return;
	}
	d->done = db_row_int(&row, DUTY_DONE);
	if (db_row_has(&row, DUTY_WAIT_MS))
		duties_wait_at_most(d, db_row_long(&row, DUTY_WAIT_MS));
}

static void duties_on_sync(void *arg, const PGresult *result)
{
	struct duties *d = arg;

	if (!result)
		return; /* lost */
	d->busy = false;
	if (d->done > 0)
		log_info("duty", LOG_S("duty", duty_rows[d->at].name), LOG_I("rows", d->done));
	if (d->done < duty_rows[d->at].portion)
		d->at++;
	duties_next(d);
}

/* The duty that is next, or the end of the round. */
static void duties_next(struct duties *d)
{
	struct db_args args;

	if (d->draining) {
		d->params.drained(d->params.arg);
		return;
	}
	if (d->at == ARRAY_SIZE(duty_rows)) {
		duties_sleep(d);
		return;
	}
	d->busy = true;
	d->done = 0;
	db_args_init(&args);
	db_args_add_int(&args, duty_rows[d->at].portion);
	if (db_conn_execute(d->conn, (int)duty_rows[d->at].statement, &args, duties_on_row, d) == 0)
		(void)!db_conn_sync(d->conn, duties_on_sync, d);
}

static void duties_on_ready(void *arg, struct db_conn *conn)
{
	duties_begin_round(arg);
}

static void duties_on_lost(void *arg, struct db_conn *conn)
{
	struct duties *d = arg;

	d->busy = false;
	event_del(d->alarm);
	if (d->draining)
		d->params.drained(d->params.arg);
}

int duties_new(const struct duties_params *params, struct duties **ret_duties)
{
	static const struct db_ops ops = {duties_on_ready, duties_on_lost};
	struct duties *d = calloc(1, sizeof(*d));
	struct db_params db = {
		.base = params->base,
		.conninfo = params->conninfo,
		.user = DUTY_USER,
		.options = DUTY_OPTIONS,
		.name = "stafett clerk",
		.statements = duty_statements,
		.n_statements = DUTY_STATEMENTS,
		.ops = &ops,
		.arg = d,
	};
	int rc;

	if (!d)
		return -ENOMEM;
	d->params = *params;
	d->alarm = evtimer_new(params->base, duties_on_alarm, d);
	rc = d->alarm ? db_conn_new(&db, &d->conn) : -ENOMEM;
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
	free(d);
	return NULL;
}

void duties_drain(struct duties *d)
{
	d->draining = true;
	if (!d->busy)
		d->params.drained(d->params.arg);
}
