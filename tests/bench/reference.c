/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL alone, with the rows of a send: what stafett is measured against.
 *
 *   default    the apply statement of the daemon, --batch sends a transaction
 *   --rows     one plain INSERT a row, one transaction a send
 *   --fill N   N sends as fast as may be, without waiting for the disk: these
 *              are nobody's, they only make the tables long
 *   --rate N   N sends a second come due evenly, whatever the server does, and a
 *              transaction takes all that are, at most --batch
 *   --load     each transaction asks what the daemon asks before it decides
 *
 * Each connection has one transaction under way and, while the server works on
 * it, makes the next one: the server never waits for this program. Prints one
 * line of JSON; latencies are of whole transactions or, where there is a rate, of
 * each send from when it was due.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure.h"
#include "reference_rows.h"
#include "reference_send.h"
#include "stafett/caps.h"

enum { REFERENCE_CONNECTIONS_MAX = 64, REFERENCE_PATIENCE_S = 60 };

struct reference_options {
	const char *database;
	struct message_route route;
	long batch, connections, seconds, fill;
	long rate; /* sends a second; 0: as fast as they are written */
	bool rows, load;
};

struct reference_conn {
	PGconn *pg;
	struct effects effects; /* of the next transaction */
	int64_t began_ns;
	int sends;  /* in the transaction under way; 0: none */
	long first; /* of them, counted from the first of all */
};

struct reference {
	const struct reference_options *options;
	struct reference_source source;
	struct reference_question question; /* where the load is asked */
	struct reference_conn conns[REFERENCE_CONNECTIONS_MAX];
	struct latencies latencies;
	int64_t began_ns, end_ns;
	long sends, under_way;
	long taken; /* sends that were begun */
};

static int reference_fail(PGconn *pg, const char *what)
{
	fprintf(stderr, "reference: %s: %s\n", what, PQerrorMessage(pg));
	return -EIO;
}

/* --- one connection --------------------------------------------------------- */

static bool reference_prepare(
	PGconn *pg, const char *name, const char *sql, int n, const Oid *types)
{
	PGresult *result = PQprepare(pg, name, sql, n, types);
	bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;

	PQclear(result);
	return ok;
}

static int reference_prepare_all(PGconn *pg)
{
	for (int i = 0; i < WRITE_STATEMENTS; i++) {
		const struct db_statement *s = &write_statements[i];

		if (!reference_prepare(pg, s->name, s->sql, s->n_types, s->types))
			return reference_fail(pg, s->name);
	}
	for (int i = 0; i < REFERENCE_ROWS; i++)
		if (!reference_prepare(pg, reference_rows[i].name, reference_rows[i].sql, 0, NULL))
			return reference_fail(pg, reference_rows[i].name);
	return 0;
}

/* The numbers of the row types are this database's own. */
static int reference_set_row_types(struct reference_conn *conn)
{
	const char *name = write_statements[WRITE_ROW_TYPES].name;
	PGresult *result = PQexecPrepared(conn->pg, name, 0, NULL, NULL, NULL, 1);
	const struct db_row row = {result, 0};
	bool ok = PQresultStatus(result) == PGRES_TUPLES_OK;

	if (ok)
		effects_set_row_types(&conn->effects, (uint32_t)db_row_int(&row, 0),
			(uint32_t)db_row_int(&row, 1));
	PQclear(result);
	return ok ? 0 : reference_fail(conn->pg, name);
}

static int reference_connect(struct reference *r, struct reference_conn *conn)
{
	const char *keys[] = {"dbname", "application_name", "options", NULL};
	const char *values[] = {r->options->database, "reference",
		r->options->fill ? STORE_SESSION " -c synchronous_commit=off" : STORE_SESSION,
		NULL};
	int rc;

	effects_init(&conn->effects);
	conn->pg = PQconnectdbParams(keys, values, 1);
	if (PQstatus(conn->pg) != CONNECTION_OK)
		return reference_fail(conn->pg, "connect");
	rc = reference_prepare_all(conn->pg);
	return rc ? rc : reference_set_row_types(conn);
}

static int reference_queue(PGconn *pg, const char *name, const struct db_args *args)
{
	int formats[DB_ARGS_MAX];

	for (int i = 0; i < args->n; i++)
		formats[i] = 1;
	return PQsendQueryPrepared(pg, name, args->n, args->values, args->lengths, formats, 1)
		       ? 0
		       : reference_fail(pg, name);
}

static int reference_queue_effects(struct reference_conn *conn, bool rows)
{
	struct db_args args;
	int rc = 0;

	if (!rows) {
		effects_args(&conn->effects, &args);
		return reference_queue(
			conn->pg, write_statements[conn->effects.statement].name, &args);
	}
	for (int i = 0; !rc && i < REFERENCE_ROWS; i++) {
		reference_row_args(&reference_rows[i], &conn->effects, &args);
		rc = reference_queue(conn->pg, reference_rows[i].name, &args);
	}
	return rc;
}

static void reference_make(struct reference *r, struct reference_conn *conn, long sends)
{
	effects_begin(&conn->effects, WRITE_OPEN);
	for (long i = 0; i < sends; i++)
		reference_source_add(&r->source, &conn->effects);
}

/* When a send comes due, where there is a rate. */
static int64_t reference_due_ns(const struct reference *r, long send)
{
	return r->began_ns + send * NS_PER_S / r->options->rate;
}

/* How many sends the next transaction can take now. */
static long reference_due(const struct reference *r)
{
	int64_t now_ns = measure_now_ns(CLOCK_MONOTONIC);
	long sends = 0;

	if (!r->options->rate)
		return r->options->batch;
	while (sends < r->options->batch && reference_due_ns(r, r->taken + sends) <= now_ns)
		sends++;
	return sends;
}

/* Sends the transaction that is ready, and makes the next. */
static int reference_begin(struct reference *r, struct reference_conn *conn)
{
	static const struct db_args none;
	long sends = reference_due(r);
	int rc;

	if (!sends)
		return 0;
	if (r->options->rate)
		reference_make(r, conn, sends);
	rc = reference_queue(conn->pg, write_statements[WRITE_BEGIN].name, &none);
	if (!rc && r->options->load)
		rc = reference_queue(
			conn->pg, write_statements[WRITE_LOAD_KNOWN].name, &r->question.args);
	if (!rc)
		rc = reference_queue_effects(conn, r->options->rows);
	if (!rc)
		rc = reference_queue(conn->pg, write_statements[WRITE_COMMIT].name, &none);
	if (!rc && !PQpipelineSync(conn->pg))
		rc = reference_fail(conn->pg, "sync");
	if (rc)
		return rc;
	conn->began_ns = measure_now_ns(CLOCK_MONOTONIC);
	conn->sends = conn->effects.rows;
	conn->first = r->taken;
	r->taken += conn->sends;
	r->under_way++;
	if (PQflush(conn->pg) < 0)
		return reference_fail(conn->pg, "flush");
	if (!r->options->rate)
		reference_make(r, conn, r->options->batch);
	return 0;
}

static void reference_count(struct reference *r, struct reference_conn *conn)
{
	int64_t now_ns = measure_now_ns(CLOCK_MONOTONIC);

	if (!r->options->rate)
		latencies_add(&r->latencies, now_ns - conn->began_ns);
	for (int i = 0; r->options->rate && i < conn->sends; i++)
		latencies_add(&r->latencies, now_ns - reference_due_ns(r, conn->first + i));
	r->sends += conn->sends;
	r->under_way--;
	conn->sends = 0;
}

/* One result; every statement is to succeed, and the pipeline's end ends the wait. */
static int reference_take(struct reference *r, struct reference_conn *conn, const PGresult *result)
{
	switch ((int)PQresultStatus(result)) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		return 0;
	case PGRES_PIPELINE_SYNC:
		reference_count(r, conn);
		return 0;
	default:
		return reference_fail(conn->pg, "transaction");
	}
}

static int reference_step(struct reference *r, struct reference_conn *conn)
{
	int rc = 0;

	if (!PQconsumeInput(conn->pg) || PQflush(conn->pg) < 0)
		return reference_fail(conn->pg, "connection");
	while (!rc && conn->sends && !PQisBusy(conn->pg)) {
		PGresult *result = PQgetResult(conn->pg);

		if (result) /* NULL ends one statement's results */
			rc = reference_take(r, conn, result);
		PQclear(result);
	}
	return rc;
}

/* --- all of them -------------------------------------------------------------- */

static bool reference_is_over(const struct reference *r)
{
	if (r->options->fill)
		return r->sends + r->under_way * r->options->batch >= r->options->fill;
	return measure_now_ns(CLOCK_MONOTONIC) >= r->end_ns;
}

static int reference_go_on(struct reference *r)
{
	int rc = 0;

	for (long i = 0; !rc && i < r->options->connections; i++)
		if (!r->conns[i].sends && !reference_is_over(r))
			rc = reference_begin(r, &r->conns[i]);
	return rc;
}

/* How long to wait: until a send is due, or for an answer. */
static struct timespec reference_patience(const struct reference *r)
{
	int64_t ns = REFERENCE_PATIENCE_S * NS_PER_S;

	if (r->options->rate && r->under_way < r->options->connections && !reference_is_over(r))
		ns = reference_due_ns(r, r->taken) - measure_now_ns(CLOCK_MONOTONIC);
	if (ns < 0)
		ns = 0;
	return (struct timespec){ns / NS_PER_S, ns % NS_PER_S};
}

static int reference_wait(struct reference *r)
{
	struct timespec patience = reference_patience(r);
	struct pollfd fds[REFERENCE_CONNECTIONS_MAX];

	for (long i = 0; i < r->options->connections; i++) {
		int more = PQflush(r->conns[i].pg);

		fds[i] = (struct pollfd){.fd = PQsocket(r->conns[i].pg),
			.events = (short)(POLLIN | (more > 0 ? POLLOUT : 0))};
	}
	if (ppoll(fds, (nfds_t)r->options->connections, &patience, NULL) == 0 &&
		patience.tv_sec == REFERENCE_PATIENCE_S)
		return -ETIMEDOUT;
	return 0;
}

static int reference_loop(struct reference *r)
{
	int rc = reference_go_on(r);

	while (!rc && (r->under_way > 0 || (r->options->rate && !reference_is_over(r)))) {
		rc = reference_wait(r);
		for (long i = 0; !rc && i < r->options->connections; i++)
			rc = reference_step(r, &r->conns[i]);
		if (!rc)
			rc = reference_go_on(r);
	}
	return rc;
}

static int reference_open(struct reference *r)
{
	int rc = 0;

	for (long i = 0; !rc && i < r->options->connections; i++)
		rc = reference_connect(r, &r->conns[i]);
	if (!rc)
		rc = reference_source_init(&r->source, &r->options->route, r->conns[0].pg);
	if (!rc && r->options->load)
		rc = reference_question_init(&r->question, &r->source, r->options->batch);
	for (long i = 0; !rc && i < r->options->connections; i++) {
		if (!PQenterPipelineMode(r->conns[i].pg) || PQsetnonblocking(r->conns[i].pg, 1) < 0)
			rc = reference_fail(r->conns[i].pg, "pipeline");
		else
			reference_make(r, &r->conns[i], r->options->batch);
	}
	return rc;
}

static void reference_print(struct reference *r)
{
	double seconds = (double)(measure_now_ns(CLOCK_MONOTONIC) - r->began_ns) / NS_PER_S;

	printf("{\"sends\": %ld, \"seconds\": %.3f, ", r->sends, seconds);
	latencies_print(&r->latencies);
	printf("}\n");
}

static int reference_run(struct reference *r)
{
	int rc = reference_open(r);

	if (!rc)
		fputs("connected\n", stderr); /* for who waits for it */
	r->began_ns = measure_now_ns(CLOCK_MONOTONIC);
	r->end_ns = r->began_ns + r->options->seconds * NS_PER_S;
	if (!rc)
		rc = reference_loop(r);
	if (!rc)
		reference_print(r);
	latencies_fini(&r->latencies);
	for (long i = 0; i < r->options->connections; i++) {
		PQfinish(r->conns[i].pg);
		effects_fini(&r->conns[i].effects);
	}
	reference_question_fini(&r->question);
	reference_source_fini(&r->source);
	return rc;
}

static int reference_usage(void)
{
	fputs("usage: reference --database CONNINFO --unit HANDLE --member URN --to HANDLE\n"
	      "                 [--batch N [--load] | --rows] [--connections N]\n"
	      "                 [--seconds N | --fill N] [--rate N]\n",
		stderr);
	return 2;
}

/* Fills |o| from the command line; false where something is missing or wrong. */
static bool reference_read_options(int argc, char **argv, struct reference_options *o)
{
	enum { DATABASE, UNIT, MEMBER, TO, BATCH, CONNECTIONS, SECONDS, FILL, RATE, VALUES };
	enum { ROWS = VALUES, LOAD };
	static const struct option names[] = {{"database", 1, NULL, DATABASE},
		{"unit", 1, NULL, UNIT}, {"member", 1, NULL, MEMBER}, {"to", 1, NULL, TO},
		{"batch", 1, NULL, BATCH}, {"connections", 1, NULL, CONNECTIONS},
		{"seconds", 1, NULL, SECONDS}, {"fill", 1, NULL, FILL}, {"rate", 1, NULL, RATE},
		{"rows", 0, NULL, ROWS}, {"load", 0, NULL, LOAD}, {NULL, 0, NULL, 0}};
	const char *values[VALUES] = {
		[BATCH] = "1", [CONNECTIONS] = "1", [SECONDS] = "1", [FILL] = "0", [RATE] = "0"};
	int name;

	*o = (struct reference_options){0};
	while ((name = getopt_long(argc, argv, "", names, NULL)) >= 0 && name != '?') {
		if (name == ROWS)
			o->rows = true;
		else if (name == LOAD)
			o->load = true;
		else
			values[name] = optarg;
	}
	for (int i = 0; i < VALUES; i++)
		if (!values[i])
			return false;
	o->database = values[DATABASE];
	o->route = (struct message_route){values[UNIT], values[MEMBER], values[TO]};
	o->batch = atol(values[BATCH]);
	o->connections = atol(values[CONNECTIONS]);
	o->seconds = atol(values[SECONDS]);
	o->fill = atol(values[FILL]);
	o->rate = atol(values[RATE]);
	return name != '?' && o->batch >= 1 && o->batch <= CAP_BATCH_OPS &&
	       (!o->rows || o->batch == 1) && o->connections >= 1 &&
	       o->connections <= REFERENCE_CONNECTIONS_MAX && o->seconds >= 1 && o->fill >= 0 &&
	       o->rate >= 0;
}

int main(int argc, char **argv)
{
	struct reference_options options;
	struct reference *r = calloc(1, sizeof(*r));
	int rc = -ENOMEM;

	if (!reference_read_options(argc, argv, &options)) {
		free(r);
		return reference_usage();
	}
	if (r) {
		r->options = &options;
		rc = reference_run(r);
	}
	free(r);
	return rc ? 1 : 0;
}
