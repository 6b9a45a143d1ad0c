/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an upload and a fetch have in common: a place among the bodies of the
 * worker, a reading that opens them (it asks for the role and is recorded), then
 * one task after the other.
 *
 * Invariant: at most one of the reading and the tasks is under way; |step| says
 * which, and so what is to be abandoned when the peer goes.
 */
#ifndef SERVICE_BODY_CALL_H
#define SERVICE_BODY_CALL_H

#include "service/method.h"

enum body_step { BODY_IDLE, BODY_OPENING, BODY_TASK };

/* The first member of an upload_call and of a fetch_call; lives in the call's
 * arena. */
struct body_call {
	struct under_way under_way;
	struct call *call;
	struct bodies *bodies;
	enum body_step step;
	struct read read;
	struct body_task task;
	/* What the last two tell: the opening has been recorded, a task is done. */
	void (*opened)(struct body_call *bc);
	void (*done)(struct body_call *bc);
	void (*gone)(struct body_call *bc); /* before the memory goes; may be NULL */
	struct bytes roles;		    /* as an argument of the tasks */
};

/* Memory of |size| bytes that begins with a body_call, ready for its opening's
 * queries; |opened|, |done|, |read.row| and |task.row| are still to be set. NULL
 * after having refused the call. */
void *body_call_new(const struct incoming *in, size_t size);
/* Submits the reading, then |opened|, or the refusal. */
void body_call_open(struct body_call *bc);
/* Begins the next task's arguments; with |acting|, they begin with the acting
 * unit's three. */
struct db_args *body_call_prepare(struct body_call *bc, enum body_statement statement, bool acting);
/* Submits it, then |done|, or the refusal. */
void body_call_submit(struct body_call *bc);
/* Gives the place back: before the call is ended. */
void body_call_leave(struct body_call *bc);
void body_call_refuse(struct body_call *bc, enum reason reason, const char *field);

#endif
