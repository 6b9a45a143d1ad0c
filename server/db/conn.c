/* SPDX-License-Identifier: Apache-2.0 */
#include "db/conn.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

enum {
	DB_PENDING_MAX = 1024, /* a group is a dozen statements; this is never near */
	DB_CONNECT_MS = 10000,
	DB_RETRY_FIRST_MS = 50,
	DB_RETRY_LAST_MS = 2000,
};

struct db_pending {
	db_result_fn *fn;
	void *arg;
	bool is_sync, answered;
};

enum db_state { DB_CLOSED, DB_CONNECTING, DB_PREPARING, DB_READY };

struct db_conn {
	struct db_params params;
	enum db_state state;
	PGconn *pg;
	struct event *io;    /* of the socket; made anew while it may change */
	struct event *timer; /* connecting: the time-out; closed: the next try */
	int retry_ms;
	bool doubtful, said_away, prepare_failed;
	struct db_pending pending[DB_PENDING_MAX];
	unsigned head, tail; /* pending[head % MAX] is answered next */
};

static void db_conn_connect(struct db_conn *conn);
static void db_conn_on_io(evutil_socket_t fd, short what, void *arg);

static void db_conn_timer(struct db_conn *conn, int ms)
{
	struct timeval after = {ms / 1000, ms % 1000 * 1000};

	event_add(conn->timer, &after);
}

/* --- the pending queue ---------------------------------------------------- */

static void db_conn_push(struct db_conn *conn, struct db_pending pending)
{
	assert(conn->tail - conn->head < DB_PENDING_MAX);
	conn->pending[conn->tail++ % DB_PENDING_MAX] = pending;
}

/* Tells everybody who still waits that no answer will come. */
static void db_conn_abandon(struct db_conn *conn)
{
	while (conn->head != conn->tail) {
		struct db_pending p = conn->pending[conn->head++ % DB_PENDING_MAX];

		if (p.fn && !p.answered)
			p.fn(p.arg, NULL);
	}
}

/* --- life ------------------------------------------------------------------ */

static void db_conn_close(struct db_conn *conn)
{
	if (conn->io)
		event_free(TAKE(conn->io));
	if (conn->pg)
		PQfinish(TAKE(conn->pg));
	event_del(conn->timer);
	conn->state = DB_CLOSED;
}

/* Closes, tells everybody, and tries again after a while. */
static void db_conn_fail(struct db_conn *conn, const char *why)
{
	bool was_ready = conn->state == DB_READY;

	if (!conn->said_away)
		log_warn("database connection lost", LOG_S("connection", conn->params.name),
			LOG_S("cause", why));
	conn->said_away = true;
	db_conn_close(conn);
	db_conn_timer(conn, conn->retry_ms);
	conn->retry_ms =
		conn->retry_ms * 2 > DB_RETRY_LAST_MS ? DB_RETRY_LAST_MS : conn->retry_ms * 2;
	db_conn_abandon(conn);
	if (was_ready)
		conn->params.ops->lost(conn->params.arg, conn);
}

/* libpq's message, its line ends cut: one log field. */
static void db_conn_fail_pg(struct db_conn *conn)
{
	char why[256];

	snprintf(why, sizeof(why), "%s", conn->pg ? PQerrorMessage(conn->pg) : "out of memory");
	why[strcspn(why, "\n")] = '\0';
	db_conn_fail(conn, why);
}

static void db_conn_on_notice(void *arg, const PGresult *notice)
{
	struct db_conn *conn = arg;
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);

	if (!severity || strcmp(severity, "WARNING") != 0)
		return;
	conn->doubtful = true;
	log_warn("database warning", LOG_S("connection", conn->params.name),
		LOG_S("sqlstate", state));
}

/* Waits for what libpq or the output needs. */
static void db_conn_watch(struct db_conn *conn, short what)
{
	if (conn->io && event_get_fd(conn->io) == PQsocket(conn->pg) &&
		event_get_events(conn->io) == (what | EV_PERSIST))
		return;
	if (conn->io)
		event_free(TAKE(conn->io));
	conn->io = event_new(
		conn->params.base, PQsocket(conn->pg), what | EV_PERSIST, db_conn_on_io, conn);
	if (!conn->io || event_add(conn->io, NULL) < 0)
		db_conn_fail(conn, "out of memory");
}

/* Sends what is queued; waits for room where the socket is full. */
static void db_conn_write_out(struct db_conn *conn)
{
	int rc = PQflush(conn->pg);

	if (rc < 0)
		db_conn_fail_pg(conn);
	else
		db_conn_watch(conn, (short)(EV_READ | (rc > 0 ? EV_WRITE : 0)));
}

/* Whether an error is about what is in the database, and not about its state: a name
 * or a right that is not there. A server that shuts down breaks a preparation too. */
static bool db_conn_is_misfit(const char *sqlstate)
{
	return sqlstate && (strncmp(sqlstate, "42", 2) == 0 || strncmp(sqlstate, "3F", 2) == 0);
}

static void db_conn_on_prepared(void *arg, const PGresult *result)
{
	struct db_conn *conn = arg;
	const char *text;

	if (!result || PQresultStatus(result) == PGRES_COMMAND_OK ||
		PQresultStatus(result) == PGRES_PIPELINE_ABORTED || conn->prepare_failed)
		return;
	conn->prepare_failed = true;
	if (!db_conn_is_misfit(PQresultErrorField(result, PG_DIAG_SQLSTATE)))
		return;
	text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	log_error("the database does not fit this program; has 'stafettd migrate' run?",
		LOG_S("connection", conn->params.name), LOG_S("cause", text));
}

static void db_conn_on_ready(void *arg, const PGresult *result)
{
	struct db_conn *conn = arg;

	if (!result)
		return;
	if (conn->prepare_failed) {
		db_conn_fail(conn, "statements could not be prepared");
		return;
	}
	event_del(conn->timer);
	conn->state = DB_READY;
	conn->retry_ms = DB_RETRY_FIRST_MS;
	conn->said_away = false;
	db_conn_clear_doubts(conn);
	conn->params.ops->ready(conn->params.arg, conn);
}

/* The socket is open: pipeline mode, and every statement prepared in one group. */
static void db_conn_prepare(struct db_conn *conn)
{
	conn->state = DB_PREPARING;
	conn->prepare_failed = false;
	PQsetNoticeReceiver(conn->pg, db_conn_on_notice, conn);
	if (PQsetnonblocking(conn->pg, 1) < 0 || !PQenterPipelineMode(conn->pg)) {
		db_conn_fail_pg(conn);
		return;
	}
	for (int i = 0; i < conn->params.n_statements; i++) {
		const struct db_statement *s = &conn->params.statements[i];

		if (!PQsendPrepare(conn->pg, s->name, s->sql, s->n_types, s->types)) {
			db_conn_fail_pg(conn);
			return;
		}
		db_conn_push(conn, (struct db_pending){.fn = db_conn_on_prepared, .arg = conn});
	}
	if (db_conn_sync(conn, db_conn_on_ready, conn) == 0 && conn->pg)
		db_conn_write_out(conn);
}

/* For the next host libpq may have closed its socket and been given the same
 * number again: a new event, for epoll has forgotten the old one. */
static void db_conn_poll(struct db_conn *conn)
{
	PostgresPollingStatusType next = PQconnectPoll(conn->pg);

	event_free(TAKE(conn->io));
	switch (next) {
	case PGRES_POLLING_READING:
		db_conn_watch(conn, EV_READ);
		break;
	case PGRES_POLLING_WRITING:
		db_conn_watch(conn, EV_WRITE);
		break;
	case PGRES_POLLING_OK:
		db_conn_prepare(conn);
		break;
	case PGRES_POLLING_FAILED:
	case PGRES_POLLING_ACTIVE: /* unused by libpq */
		db_conn_fail_pg(conn);
		break;
	}
}

static void db_conn_connect(struct db_conn *conn)
{
	/* A host that vanishes says nothing: without these TCP would wait for hours.
	 * They stand before the connection string, which may say otherwise. */
	const char *keys[] = {"keepalives_idle", "keepalives_interval", "keepalives_count",
		"tcp_user_timeout", "dbname", "application_name", "options",
		conn->params.user ? "user" : NULL, NULL};
	const char *values[] = {"5", "2", "3", "10000", conn->params.conninfo, conn->params.name,
		conn->params.options, conn->params.user, NULL};

	conn->pg = PQconnectStartParams(keys, values, 1);
	conn->state = DB_CONNECTING;
	if (!conn->pg || PQstatus(conn->pg) == CONNECTION_BAD) {
		db_conn_fail_pg(conn);
		return;
	}
	db_conn_timer(conn, DB_CONNECT_MS);
	db_conn_watch(conn, EV_WRITE);
}

static void db_conn_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct db_conn *conn = arg;

	if (conn->state == DB_CLOSED)
		db_conn_connect(conn);
	else
		db_conn_fail(conn, "no answer in time");
}

/* --- results ---------------------------------------------------------------- */

static struct db_pending *db_conn_head(struct db_conn *conn)
{
	assert(conn->head != conn->tail);
	return &conn->pending[conn->head % DB_PENDING_MAX];
}

/* One result for the head of the queue. False when the connection went away. */
static bool db_conn_answer(struct db_conn *conn, const PGresult *result)
{
	bool is_sync = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
	struct db_pending *head = db_conn_head(conn);

	/* libpq leaves out the NULL after an error in whose callback something was sent. */
	if (head->answered) {
		conn->head++;
		head = db_conn_head(conn);
	}
	if (is_sync != head->is_sync) {
		/* An error between the last statement and the sync: the group failed. */
		conn->doubtful = true;
		return true;
	}
	head->answered = true;
	if (is_sync)
		conn->head++;
	if (head->fn)
		head->fn(head->arg, result);
	return conn->pg != NULL;
}

/* libpq ends each statement's results with NULL, but not a sync; a NULL that ends
 * nothing means that there is no more for now. */
static void db_conn_read_results(struct db_conn *conn)
{
	while (conn->pg && conn->head != conn->tail && !PQisBusy(conn->pg)) {
		PGresult *result = PQgetResult(conn->pg);
		struct db_pending *head = &conn->pending[conn->head % DB_PENDING_MAX];
		bool alive;

		if (!result) {
			if (!head->answered)
				break;
			conn->head++;
			continue;
		}
		alive = db_conn_answer(conn, result);
		PQclear(result);
		if (!alive)
			return;
	}
}

/* Those that it sent itself are no news. */
static void db_conn_read_notifications(struct db_conn *conn)
{
	PGnotify *notify;

	while (conn->pg && (notify = PQnotifies(conn->pg))) {
		if (conn->params.notified && notify->be_pid != PQbackendPID(conn->pg))
			conn->params.notified(conn->params.arg, notify->extra);
		PQfreemem(notify);
	}
}

static void db_conn_on_io(evutil_socket_t fd, short what, void *arg)
{
	struct db_conn *conn = arg;

	if (conn->state == DB_CONNECTING) {
		db_conn_poll(conn);
		return;
	}
	if ((what & EV_READ) && !PQconsumeInput(conn->pg)) {
		/* What had arrived before the end still counts. */
		db_conn_read_results(conn);
		if (conn->pg)
			db_conn_fail_pg(conn);
		return;
	}
	db_conn_read_results(conn);
	db_conn_read_notifications(conn);
	if (conn->pg && PQstatus(conn->pg) == CONNECTION_BAD)
		db_conn_fail_pg(conn);
	else if (conn->pg)
		db_conn_write_out(conn);
}

/* --- the public side --------------------------------------------------------- */

int db_conn_new(const struct db_params *params, struct db_conn **ret_conn)
{
	struct db_conn *conn = calloc(1, sizeof(*conn));

	if (!conn)
		return -ENOMEM;
	conn->params = *params;
	conn->retry_ms = DB_RETRY_FIRST_MS;
	conn->timer = evtimer_new(params->base, db_conn_on_timer, conn);
	if (!conn->timer) {
		free(conn);
		return -ENOMEM;
	}
	db_conn_connect(conn);
	*ret_conn = conn;
	return 0;
}

struct db_conn *db_conn_free(struct db_conn *conn)
{
	if (!conn)
		return NULL;
	db_conn_close(conn);
	db_conn_abandon(conn);
	event_free(conn->timer);
	free(conn);
	return NULL;
}

bool db_conn_is_ready(const struct db_conn *conn)
{
	return conn->state == DB_READY;
}

void db_conn_drop(struct db_conn *conn, const char *why)
{
	if (conn->state == DB_CLOSED)
		return;
	conn->retry_ms = DB_RETRY_LAST_MS; /* a refusal, not an accident */
	db_conn_fail(conn, why);
}

bool db_conn_is_doubtful(const struct db_conn *conn)
{
	return conn->doubtful;
}

void db_conn_clear_doubts(struct db_conn *conn)
{
	conn->doubtful = false;
}

int db_conn_execute(struct db_conn *conn, int statement, const struct db_args *args,
	db_result_fn *fn, void *arg)
{
	static const struct db_args none;
	int formats[DB_ARGS_MAX];

	if (!conn->pg)
		return -ENOTCONN;
	args = args ? args : &none;
	for (int i = 0; i < args->n; i++)
		formats[i] = 1;
	if (args->failed || !PQsendQueryPrepared(conn->pg, conn->params.statements[statement].name,
				    args->n, args->values, args->lengths, formats, 1)) {
		db_conn_fail(conn, args->failed ? "out of memory" : PQerrorMessage(conn->pg));
		return -EIO;
	}
	db_conn_push(conn, (struct db_pending){.fn = fn, .arg = arg});
	return 0;
}

int db_conn_ask(struct db_conn *conn)
{
	if (!conn->pg)
		return -ENOTCONN;
	if (!PQsendFlushRequest(conn->pg)) {
		db_conn_fail_pg(conn);
		return -EIO;
	}
	return 0;
}

int db_conn_flush(struct db_conn *conn)
{
	int r = db_conn_ask(conn);

	if (r < 0)
		return r;
	db_conn_write_out(conn);
	return conn->pg ? 0 : -EIO;
}

int db_conn_sync(struct db_conn *conn, db_result_fn *fn, void *arg)
{
	if (!conn->pg)
		return -ENOTCONN;
	if (!PQpipelineSync(conn->pg)) {
		db_conn_fail_pg(conn);
		return -EIO;
	}
	db_conn_push(conn, (struct db_pending){.fn = fn, .arg = arg, .is_sync = true});
	db_conn_write_out(conn);
	return conn->pg ? 0 : -EIO;
}
