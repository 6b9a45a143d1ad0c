/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   BEGIN, actor, queries, flush | rows | audit, COMMIT, sync | done
 *
 * One reading at a time on a connection; see readers.h for the queue.
 */
#include "store/read.h"

#include <assert.h>
#include <errno.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "base/log.h"
#include "domain/authz.h"
#include "store/durability.h"
#include "store/sqlstate.h"

#define READER_OPTIONS \
	STORE_SESSION " -c idle_in_transaction_session_timeout=5s -c statement_timeout=10s"

enum reader_phase { READER_OFFLINE, READER_CHECKING, READER_IDLE, READER_BUSY, READER_FAILING };

struct reader {
	const struct reader_ops *ops;
	void *arg;
	struct db_conn *conn;
	enum reader_phase phase;
	struct read *current; /* NULL while busy: its owner has gone */
	struct audit audit;
	int query, queries; /* whose rows come next, of how many; -1: all are here */
	enum reason reason;
	bool committed, weak, is_long;
};

static void reader_on_sync(void *arg, const PGresult *result);

/* --- ending -------------------------------------------------------------------- */

void read_fini(struct read *read)
{
	db_array_fini(&read->role_codes);
}

void read_finish(struct read *read, enum reason reason)
{
	read->reader = NULL;
	read_fini(read);
	read->done(read, reason);
}

static void reader_settle(struct reader *r, enum reader_phase next, enum reason reason)
{
	struct read *read = TAKE(r->current);

	r->phase = next;
	if (read)
		read_finish(read, reason);
	reader_wake(r);
}

static void reader_on_lost(void *arg, struct db_conn *conn)
{
	struct reader *r = arg;

	reader_settle(r, READER_OFFLINE, REASON_DATABASE_AWAY);
	r->ops->changed(r->arg);
}

static void reader_on_rolled_back(void *arg, const PGresult *result)
{
	struct reader *r = arg;

	if (result)
		reader_settle(r, READER_IDLE, r->reason);
}

static void reader_fail(struct reader *r, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	bool needs_sync = r->phase == READER_BUSY && r->query >= 0;

	if (r->phase == READER_FAILING)
		return;
	log_error("reading failed", LOG_S("sqlstate", state),
		LOG_S("call", r->current ? r->current->caller.call_id : NULL));
	if (sqlstate_ends_connection(state)) {
		db_conn_drop(r->conn, "the server does not serve");
		return;
	}
	r->reason = sqlstate_reason(state);
	r->phase = READER_FAILING;
	if (needs_sync)
		(void)!db_conn_sync(r->conn, reader_on_sync, r);
}

static bool reader_is_ok(struct reader *r, const PGresult *result, ExecStatusType expected)
{
	if (result && PQresultStatus(result) == expected)
		return true;
	if (result && PQresultStatus(result) != PGRES_PIPELINE_ABORTED)
		reader_fail(r, result);
	return false;
}

static void reader_on_command(void *arg, const PGresult *result)
{
	(void)reader_is_ok(arg, result, PGRES_COMMAND_OK);
}

static void reader_on_commit(void *arg, const PGresult *result)
{
	struct reader *r = arg;

	if (reader_is_ok(r, result, PGRES_COMMAND_OK))
		r->committed = strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "COMMIT") == 0;
}

static void reader_on_sync(void *arg, const PGresult *result)
{
	struct reader *r = arg;

	if (!result)
		return;
	if (r->phase == READER_FAILING) {
		if (db_conn_execute(r->conn, READ_ROLLBACK, NULL, NULL, NULL) == 0)
			(void)!db_conn_sync(r->conn, reader_on_rolled_back, r);
	} else if (r->committed && !db_conn_is_doubtful(r->conn)) {
		reader_settle(r, READER_IDLE, r->reason);
	} else {
		db_conn_drop(r->conn, "a commit that promises nothing");
	}
}

/* --- the second half: what was read is recorded ----------------------------------- */

static void reader_audit_args(struct reader *r, struct db_args *args)
{
	const struct read *read = r->current;
	struct leaf *leaf = &r->audit.leaf;

	if (read->held & read->roles)
		leaf->role = role_leaf_number(authz_acting_role(read->held, read->roles));
	leaf->object = read->object;
	leaf->outcome = r->reason ? LEAF_DENIED : LEAF_OK;
	if (r->reason)
		audit_add(&r->audit, AUDIT_REASON, bytes_of_string(reason_name(r->reason)));
	audit_finish(&r->audit);
	db_args_init(args);
	db_args_add_bytes(args, bytes_of(leaf->event.b, 16));
	db_args_add_bytes(
		args, uuid_is_nil(&read->unit) ? bytes_of(NULL, 0) : bytes_of(read->unit.b, 16));
	db_args_add_bytes(args, bytes_of(r->audit.encoded, r->audit.encoded_len));
	db_args_add_bytes(args, bytes_of(r->audit.salt, sizeof(r->audit.salt)));
	db_args_add_bytes(args, bytes_of(r->audit.detail, r->audit.detail_len));
}

/* Nobody is there to read it: then nothing was read, and no mark is left, but of what took
 * long: whoever asks next finds it done. */
static void reader_forget(struct reader *r)
{
	enum read_statement last = r->is_long ? READ_COMMIT : READ_ROLLBACK;

	r->query = -1;
	if (db_conn_execute(r->conn, (int)last, NULL, NULL, NULL) == 0)
		(void)!db_conn_sync(r->conn, reader_on_rolled_back, r);
}

/* The directory is no case data, nor is how far an own upload came; but an attempt
 * that was denied counts everywhere. */
static bool reader_must_record(const struct read *read)
{
	return read->type != LEAF_SEARCH && read->type != LEAF_GET_UPLOAD && !read->quiet;
}

static void reader_commit(struct reader *r)
{
	struct read *read = r->current;
	struct db_args args;

	r->query = -1; /* from here on the group has its sync */
	if (!r->reason && read->judge)
		r->reason = read->judge(read);
	if (reader_must_record(read) || r->reason) {
		reader_audit_args(r, &args);
		if (db_conn_execute(r->conn, READ_AUDIT, &args, reader_on_command, r) < 0)
			return;
	}
	if (db_conn_execute(r->conn, READ_COMMIT, NULL, reader_on_commit, r) == 0)
		(void)!db_conn_sync(r->conn, reader_on_sync, r);
}

/* --- rows ---------------------------------------------------------------------------- */

static void reader_on_rows(void *arg, const PGresult *result)
{
	struct reader *r = arg;
	struct read *read = r->current;

	if (!reader_is_ok(r, result, PGRES_TUPLES_OK))
		return;
	for (int i = 0; read && !r->reason && i < PQntuples(result); i++)
		read->row(read, r->query, &(struct db_row){result, i}, &r->audit);
	if (r->phase != READER_BUSY || ++r->query < r->queries)
		return;
	if (r->current)
		reader_commit(r);
	else
		reader_forget(r);
}

/* The columns of api.actor. */
enum { ACTOR_NOW, ACTOR_UNIT, ACTOR_ORGANISATION, ACTOR_MEMBER, ACTOR_ROLES, ACTOR_CLERK_TIME };

static void reader_on_actor(void *arg, const PGresult *result)
{
	struct reader *r = arg;
	struct read *read = r->current;
	uint8_t random[AUDIT_RANDOM];
	struct db_row row = {result, 0};

	if (!reader_is_ok(r, result, PGRES_TUPLES_OK) || !read)
		return;
	if (RAND_bytes(random, sizeof(random)) != 1) {
		db_conn_drop(r->conn, "no randomness");
		return;
	}
	read->now_us = db_row_time(&row, ACTOR_NOW);
	read->clerk_us = db_row_time(&row, ACTOR_CLERK_TIME);
	read->unit = db_row_uuid(&row, ACTOR_UNIT);
	read->held = role_mask_from_list(db_row_bytes(&row, ACTOR_ROLES));
	r->reason = authz_may(read->held, read->roles);
	audit_begin(&r->audit, read->type, read->now_us, &read->caller, random);
	audit_set_organisation(&r->audit, db_row_bytes(&row, ACTOR_ORGANISATION));
}

/* --- the first half --------------------------------------------------------------------- */

static void reader_start(struct reader *r, struct read *read)
{
	struct db_args actor;

	r->phase = READER_BUSY;
	r->current = read;
	read->reader = r;
	r->query = 0;
	r->queries = read->n_queries;
	r->reason = REASON_NONE;
	r->committed = false;
	r->is_long = read->is_long;
	db_conn_clear_doubts(r->conn);
	db_args_init(&actor);
	db_args_add_bytes(&actor, read->caller.unit);
	db_args_add_bytes(&actor, read->caller.member);
	if (db_conn_execute(r->conn, READ_BEGIN, NULL, reader_on_command, r) < 0 ||
		db_conn_execute(r->conn, READ_ACTOR, &actor, reader_on_actor, r) < 0)
		return;
	if (read->is_long &&
		db_conn_execute(r->conn, READ_PATIENCE, NULL, reader_on_command, r) < 0)
		return;
	for (int i = 0; i < read->n_queries; i++)
		if (db_conn_execute(r->conn, (int)read->queries[i].statement,
			    &read->queries[i].args, reader_on_rows, r) < 0)
			return;
	(void)!db_conn_flush(r->conn);
}

void reader_wake(struct reader *r)
{
	struct read *read = r->phase == READER_IDLE ? r->ops->next(r->arg) : NULL;

	if (read)
		reader_start(r, read);
}

/* --- the settings without which an answer promises too much --------------------------------- */

static void reader_on_durability(void *arg, const PGresult *result)
{
	struct reader *r = arg;

	if (!result || PQresultStatus(result) != PGRES_TUPLES_OK)
		return;
	r->weak = !durability_is_enough(result);
}

static void reader_on_checked(void *arg, const PGresult *result)
{
	struct reader *r = arg;

	if (!result)
		return;
	if (r->weak) {
		db_conn_drop(r->conn, "settings that are not durable");
		return;
	}
	r->phase = READER_IDLE;
	r->ops->changed(r->arg);
	reader_wake(r);
}

static void reader_on_ready(void *arg, struct db_conn *conn)
{
	struct reader *r = arg;

	r->phase = READER_CHECKING;
	r->weak = true;
	if (db_conn_execute(conn, READ_DURABILITY, NULL, reader_on_durability, r) == 0 &&
		db_conn_execute(conn, READ_KEEP, NULL, NULL, NULL) == 0)
		(void)!db_conn_sync(conn, reader_on_checked, r);
}

/* --- the public side ------------------------------------------------------------------- */

int reader_new(struct event_base *base, const char *conninfo, const char *name,
	const struct reader_ops *ops, void *arg, struct reader **ret_reader)
{
	static const struct db_ops db_ops = {reader_on_ready, reader_on_lost};
	struct reader *r = calloc(1, sizeof(*r));
	struct db_params db = {
		.base = base,
		.conninfo = conninfo,
		.options = READER_OPTIONS,
		.name = name,
		.statements = read_statements,
		.n_statements = READ_STATEMENTS,
		.ops = &db_ops,
		.arg = r,
	};
	int rc;

	if (!r)
		return -ENOMEM;
	r->ops = ops;
	r->arg = arg;
	rc = db_conn_new(&db, &r->conn);
	if (rc < 0) {
		free(r);
		return rc;
	}
	*ret_reader = r;
	return 0;
}

struct reader *reader_free(struct reader *r)
{
	if (!r)
		return NULL;
	assert(!r->current);
	db_conn_free(r->conn);
	free(r);
	return NULL;
}

bool reader_is_connected(const struct reader *r)
{
	return r->phase >= READER_IDLE;
}

bool reader_is_long(const struct reader *r)
{
	return r->phase > READER_IDLE && r->is_long;
}

static void read_add_roles(struct db_array *codes, mask_t roles)
{
	db_array_init(codes, DB_TEXT_ARRAY);
	for (int role = 0; role < ROLE_COUNT; role++)
		if (roles & MASK(role))
			db_array_add_text(codes, role_code((enum role)role));
}

struct bytes read_roles(struct arena *arena, mask_t roles)
{
	struct db_array codes;
	struct bytes value;

	read_add_roles(&codes, roles);
	value = db_array_finish(&codes);
	value.data = (uint8_t *)arena_copy(arena, value);
	db_array_fini(&codes);
	return value;
}

void read_init(struct read *read)
{
	read->n_queries = 0;
	read->quiet = false;
	read->is_long = false;
	read->reader = NULL;
	list_init(&read->node);
	read_add_roles(&read->role_codes, read->roles);
}

struct db_args *read_add_query(struct read *read, enum read_statement statement)
{
	struct read_query *query = &read->queries[read->n_queries++];

	assert(read->n_queries <= READ_QUERIES);
	query->statement = statement;
	db_args_init(&query->args);
	db_args_add_bytes(&query->args, read->caller.unit);
	db_args_add_bytes(&query->args, read->caller.member);
	db_args_add_array(&query->args, &read->role_codes);
	return &query->args;
}

void reader_abandon(struct reader *r)
{
	r->current = NULL;
}
