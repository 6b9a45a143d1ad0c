/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of large bodies, on a connection of their own: so many bytes would
 * hold up the small writes. What a task needs to be allowed has been asked
 * before (see read.h), and its statement asks again.
 *
 * Tasks that wait while a commit is under way go together as the next group, one
 * transaction. Nobody is told of a part before it is on disk. A task that fails
 * takes its group with it: all of them are told to try again, which is safe.
 */
#ifndef STORE_BODY_H
#define STORE_BODY_H

#include <event2/event.h>

#include "db/conn.h"
#include "db/row.h"
#include "domain/reason.h"
#include "stafett/list.h"
#include "store/statements.h"

struct bodies;
struct body_slot;

/* One statement. The memory is the owner's, with all that the arguments point to,
 * until |done| has run or bodies_abandon has returned. */
struct body_task {
	enum body_statement statement;
	struct db_args args;
	/* The one row, if there is one; it lives until this returns. */
	void (*row)(struct body_task *task, const struct db_row *row);
	/* Once, after the commit. REASON_NONE: what |row| was given stands. */
	void (*done)(struct body_task *task, enum reason reason);
	void *arg;

	/* Of the store. */
	struct list node;
	struct body_slot *slot; /* while it is under way */
};

/* Begins to connect. Strings must outlive it. 0 or -errno. */
int bodies_new(
	struct event_base *base, const char *conninfo, struct bodies **ret_bodies) WARN_UNUSED;
/* Every task must be done or abandoned. Accepts NULL; returns NULL. */
struct bodies *bodies_free(struct bodies *bodies);

/* Takes one of the CAP_BODIES places for uploads and fetches; false when all are
 * taken. */
bool bodies_enter(struct bodies *bodies) WARN_UNUSED;
void bodies_leave(struct bodies *bodies);

/* Queues a task. While the connection is made it waits: whoever submits it has had
 * an answer from the database before, and has a patience of its own. */
void bodies_submit(struct bodies *bodies, struct body_task *task);
/* The owner is gone: nothing of |task| is used after this. What is under way may
 * still be committed. */
void bodies_abandon(struct bodies *bodies, struct body_task *task);

#endif
