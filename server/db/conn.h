/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to PostgreSQL, always in pipeline mode, driven by the loop.
 *
 *   connecting -> preparing -> ready -> (lost -> connecting ...)
 *
 * Statements are queued and their results come back in the same order, each to
 * the function that was queued with it. Invariants: statements and syncs queued,
 * minus those answered, is the length of the pending queue; its head is whose
 * result arrives next; when the connection is lost, every pending entry is told
 * once, in order, with a NULL result. A write whose COMMIT had no answer is then
 * unknown, not failed.
 *
 * A lost connection is made anew by itself, with back-off, for ever. Nothing
 * that was queued on the old one is sent on the new one.
 */
#ifndef DB_CONN_H
#define DB_CONN_H

#include <event2/event.h>
#include <libpq-fe.h>
#include <stdbool.h>

#include "db/array.h"
#include "stafett/base.h"

struct db_conn;

/* A statement that is prepared on every new connection. */
struct db_statement {
	const char *name, *sql;
	int n_types;
	const Oid *types;
};

/* One result of a statement; or, for a sync, PGRES_PIPELINE_SYNC. NULL: the
 * connection was lost first. The result is freed by the caller of the function. */
typedef void db_result_fn(void *arg, const PGresult *result);

struct db_ops {
	/* Connected and prepared: statements may be queued. */
	void (*ready)(void *arg, struct db_conn *conn);
	/* After every pending entry was told. Reconnecting has begun. */
	void (*lost)(void *arg, struct db_conn *conn);
};

struct db_params {
	struct event_base *base;
	const char *conninfo; /* a connection string or URI */
	const char *user;     /* to log in as, instead of the string's; NULL: the string's */
	const char *options;  /* for the server, "-c name=value ..."; replaces the string's own */
	const char *name;     /* for the log and application_name */
	const struct db_statement *statements;
	int n_statements;
	const struct db_ops *ops;
	/* A notification of a channel that this connection listens to, sent by another
	 * one. NULL where none is listened to. */
	void (*notified)(void *arg, const char *payload);
	void *arg;
};

/* Begins to connect. Strings and tables of |params| must outlive the connection.
 * Returns 0 or -ENOMEM; a server that is away is no error here. */
int db_conn_new(const struct db_params *params, struct db_conn **ret_conn) WARN_UNUSED;
/* Closes at once; pending entries are told with NULL, |lost| is not called.
 * Accepts NULL; returns NULL. */
struct db_conn *db_conn_free(struct db_conn *conn);
bool db_conn_is_ready(const struct db_conn *conn);
/* Closes and makes the connection anew, as if it had been lost. */
void db_conn_drop(struct db_conn *conn, const char *why);

/* The arguments of one statement, all in binary. The bytes they point to must
 * live until db_conn_execute returns. */
enum { DB_ARGS_MAX = 64 };
struct db_args {
	int n;
	const char *values[DB_ARGS_MAX];
	int lengths[DB_ARGS_MAX];
	uint64_t scratch[DB_ARGS_MAX]; /* where numbers live */
	bool failed;		       /* an array had run out of memory */
};

void db_args_init(struct db_args *args);
void db_args_add_array(struct db_args *args, struct db_array *array);
void db_args_add_bytes(struct db_args *args, struct bytes value); /* NULL data: null */
void db_args_add_text(struct db_args *args, const char *value);	  /* NULL: null */
void db_args_add_int(struct db_args *args, int32_t value);
void db_args_add_long(struct db_args *args, int64_t value);
void db_args_add_bool(struct db_args *args, bool value);
void db_args_add_time(struct db_args *args, int64_t us); /* INT64_MIN: null */

/* Queues statement number |statement| of the table. 0 or -errno; after an error
 * the connection is dropped, so a half-queued group never stays. |args| may be
 * NULL for none. */
int db_conn_execute(struct db_conn *conn, int statement, const struct db_args *args,
	db_result_fn *fn, void *arg) WARN_UNUSED;
/* Asks the server to send what it has when it comes here, without ending the
 * group; the request leaves with what is queued after it. */
int db_conn_ask(struct db_conn *conn) WARN_UNUSED;
/* The same, and all that is queued leaves now. */
int db_conn_flush(struct db_conn *conn) WARN_UNUSED;
/* Ends the group: |fn| gets PGRES_PIPELINE_SYNC when everything before it is done. */
int db_conn_sync(struct db_conn *conn, db_result_fn *fn, void *arg) WARN_UNUSED;

/* Whether the server sent a warning, or an error that belongs to no statement,
 * since the last db_conn_clear_doubts: a COMMIT after that promises nothing. */
bool db_conn_is_doubtful(const struct db_conn *conn);
void db_conn_clear_doubts(struct db_conn *conn);

#endif
