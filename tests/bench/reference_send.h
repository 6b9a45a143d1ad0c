/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New sends, made of the daemon's own parts from the message to the columns of
 * its batch: what the reference writes is what stafett writes.
 */
#ifndef BENCH_REFERENCE_SEND_H
#define BENCH_REFERENCE_SEND_H

#include <libpq-fe.h>

#include "base/arena.h"
#include "message.h"
#include "store/effects.h"

/* Holds borrowed facts: the database's answer lives as long as it does. */
struct reference_source {
	struct message_route route;
	struct arena arena; /* of the message being made */
	PGresult *facts;
	struct loaded loaded;	     /* borrows from |facts| */
	struct directory *directory; /* which keeps them */
};

/* Asks the database what the rules need to know of |route|; the statement "load"
 * is prepared already. 0 or -errno, after saying why. */
int reference_source_init(
	struct reference_source *source, const struct message_route *route, PGconn *pg) WARN_UNUSED;
void reference_source_fini(struct reference_source *source);
/* Adds one new send to |effects|. Ends the program when the rules refuse it. */
void reference_source_add(struct reference_source *source, struct effects *effects);

/* What the daemon asks of a batch of such sends before it decides them, once it knows who
 * sends to whom. Their keys are looked for each time, and never found: it is asked anew
 * with the same ones. */
struct reference_question {
	struct load *load;
	struct write *writes;
	struct arena arena; /* of their messages */
	struct db_args args;
};

/* 0 or -errno. */
int reference_question_init(struct reference_question *question,
	const struct reference_source *source, long sends) WARN_UNUSED;
/* Accepts one that is all zeros. */
void reference_question_fini(struct reference_question *question);

#endif
