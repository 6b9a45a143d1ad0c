/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   put, part, finish ... of up to eight tasks, sync | rows | done each
 *
 * What stands between two syncs is one transaction; the sync commits it.
 */
#include "store/body.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "stafett/caps.h"
#include "store/sqlstate.h"

/* The hash of a whole body is one statement, on a busy day not a quick one. How a
 * commit is kept is the session's own, as that of a batch. */
#define BODIES_OPTIONS STORE_SESSION " -c statement_timeout=30s -c synchronous_commit=on"

/* Half a megabyte of parts: what libpq's buffer holds, and never gives back. */
enum { BODIES_GROUP = 8 };

/* The place of one task in a group. The task is NULL once its owner has gone. */
struct body_slot {
	struct bodies *bodies;
	struct body_task *task;
};

struct bodies {
	struct db_conn *conn;
	bool ready;
	size_t places; /* taken */
	struct list queue;
	int n; /* tasks under way */
	struct body_slot slots[BODIES_GROUP];
	enum reason failure; /* why the group is rolled back; REASON_NONE: it is not */
};

static void bodies_start(struct bodies *b);

static void task_end(struct body_task *task, enum reason reason)
{
	task->slot = NULL;
	task->done(task, reason);
}

/* The group is over. */
static void bodies_settle(struct bodies *b, enum reason reason)
{
	int n = b->n;

	for (int i = 0; i < n; i++) {
		struct body_task *task = TAKE(b->slots[i].task);

		if (task)
			task_end(task, reason);
	}
	b->n = 0;
	bodies_start(b);
}

static void bodies_on_lost(void *arg, struct db_conn *conn)
{
	struct bodies *b = arg;

	b->ready = false;
	bodies_settle(b, REASON_OUTCOME_UNKNOWN);
}

static void bodies_on_ready(void *arg, struct db_conn *conn)
{
	struct bodies *b = arg;

	b->ready = true;
	bodies_start(b);
}

static void bodies_on_sync(void *arg, const PGresult *result)
{
	struct bodies *b = arg;

	if (!result)
		return;
	if (!b->failure && db_conn_is_doubtful(b->conn))
		db_conn_drop(b->conn, "a commit that promises nothing");
	else
		bodies_settle(b, b->failure);
}

/* A task has failed, and took its group with it. Where the fault may be that of
 * another task, the same again is worth a try. */
static void bodies_fail(struct bodies *b, const char *state)
{
	if (b->failure)
		return;
	log_error("parts of bodies failed", LOG_S("sqlstate", state), LOG_I("tasks", b->n));
	b->failure = sqlstate_reason(state);
	if (b->failure == REASON_SERVER_FAULT && b->n > 1)
		b->failure = REASON_OUTCOME_UNKNOWN;
	if (sqlstate_ends_connection(state))
		db_conn_drop(b->conn, "the server does not serve");
}

static void bodies_on_result(void *arg, const PGresult *result)
{
	struct body_slot *slot = arg;
	struct bodies *b = slot->bodies;

	if (!result)
		return;
	if (PQresultStatus(result) == PGRES_TUPLES_OK) {
		if (slot->task && PQntuples(result) > 0)
			slot->task->row(slot->task, &(struct db_row){result, 0});
		return;
	}
	bodies_fail(b, PQresultErrorField(result, PG_DIAG_SQLSTATE));
}

/* Sends the next group, unless one is under way. */
static void bodies_start(struct bodies *b)
{
	struct list *node;

	if (!b->ready || b->n > 0 || list_is_empty(&b->queue))
		return;
	b->failure = REASON_NONE;
	db_conn_clear_doubts(b->conn);
	while (b->n < BODIES_GROUP && (node = list_pop(&b->queue))) {
		struct body_task *task = container_of(node, struct body_task, node);
		struct body_slot *slot = &b->slots[b->n++];

		*slot = (struct body_slot){b, task};
		task->slot = slot;
		if (db_conn_execute(
			    b->conn, (int)task->statement, &task->args, bodies_on_result, slot) < 0)
			return; /* the connection is lost, and with it the group */
	}
	(void)!db_conn_sync(b->conn, bodies_on_sync, b);
}

int bodies_new(struct event_base *base, const char *conninfo, struct bodies **ret_bodies)
{
	static const struct db_ops ops = {bodies_on_ready, bodies_on_lost};
	struct bodies *b = calloc(1, sizeof(*b));
	struct db_params db = {
		.base = base,
		.conninfo = conninfo,
		.options = BODIES_OPTIONS,
		.name = "stafett bodies",
		.statements = body_statements,
		.n_statements = BODY_STATEMENTS,
		.ops = &ops,
		.arg = b,
	};
	int rc;

	if (!b)
		return -ENOMEM;
	list_init(&b->queue);
	rc = db_conn_new(&db, &b->conn);
	if (rc < 0) {
		free(b);
		return rc;
	}
	*ret_bodies = b;
	return 0;
}

struct bodies *bodies_free(struct bodies *b)
{
	if (!b)
		return NULL;
	assert(list_is_empty(&b->queue) && b->places == 0);
	db_conn_free(b->conn);
	free(b);
	return NULL;
}

bool bodies_enter(struct bodies *b)
{
	if (b->places >= CAP_BODIES)
		return false;
	b->places++;
	return true;
}

void bodies_leave(struct bodies *b)
{
	assert(b->places > 0);
	b->places--;
}

void bodies_submit(struct bodies *b, struct body_task *task)
{
	list_init(&task->node);
	task->slot = NULL;
	list_push(&b->queue, &task->node);
	bodies_start(b);
}

void bodies_abandon(struct bodies *b, struct body_task *task)
{
	if (task->slot)
		task->slot->task = NULL;
	else
		list_remove(&task->node);
	task->slot = NULL;
}
