/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch: at most one operation a chain, in one explicit transaction on one of
 * the worker's write connections.
 *
 *   collect -> BEGIN, lock, load, flush | decide each | apply, COMMIT, sync | answer
 *
 * Nobody is answered before the sync came back behind a COMMIT that says COMMIT,
 * without a warning since BEGIN, in a transaction that wrote something (every
 * operation writes an audit row, a duplicate and a refusal too).
 *
 * A statement that fails rolls the batch back; each of its operations is then
 * tried alone, so that only the culprit fails. When the connection is lost, the
 * outcome of what was sent is unknown: the operations go again on another
 * connection, and their keys tell what had happened.
 */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include <event2/event.h>

#include "base/metrics.h"
#include "stafett/caps.h"
#include "store/write.h"

struct batch;

/* What became of an operation. */
enum batch_verdict {
	BATCH_ANSWERED, /* committed: |result| stands */
	BATCH_AGAIN,	/* its chain or its key was busy elsewhere: it leads the next batch */
	BATCH_UNKNOWN,	/* the connection was lost: it goes again, its key decides */
	BATCH_ISOLATE,	/* the batch failed: it goes again, alone */
	BATCH_FAULT,	/* it failed alone: |result| has the reason */
};

struct batch_ops {
	/* The next operation to carry, or NULL. |room| is how many bytes of content
	 * still fit; the first one always does. |first| tells that it leads. */
	struct write *(*next)(void *arg, size_t room, bool first);
	/* An operation is through. |write| is NULL where it was abandoned; |lane| is
	 * its lane, to be left unless it goes again. */
	void (*settle)(void *arg, struct write *write, struct lane *lane,
		enum batch_verdict verdict, const struct write_result *result);
	/* The rules of deadlines, for the decision that is made now. */
	const struct rulebook *(*book)(void *arg);
	/* A commit has changed what stands in the inbox of |unit|, perhaps. */
	void (*touched)(void *arg, const struct uuid *unit);
	/* The batch can take a new load, only waits for its commit, or its connection
	 * came or went. */
	void (*changed)(void *arg);
};

struct batch_params {
	struct event_base *base;
	const char *conninfo, *name;
	const struct batch_ops *ops;
	void *arg;
	struct metrics *metrics; /* may be NULL */
};

int batch_new(const struct batch_params *params, struct batch **ret_batch) WARN_UNUSED;
/* What is under way is settled as unknown. Accepts NULL; returns NULL. */
struct batch *batch_free(struct batch *batch);
/* Connected, and nothing under way. */
bool batch_is_idle(const struct batch *batch);
bool batch_is_connected(const struct batch *batch);
/* Under way since |latest_ns| or later, and a next batch had better wait for it: the
 * database works for it, or commits are too short to be worth filling. */
bool batch_is_busy(const struct batch *batch, int64_t latest_ns);
/* Under way for longer than anybody waits for it. */
bool batch_is_stuck(const struct batch *batch, int64_t now_ns);
/* Collects operations and sends them on their way. Only when idle. */
void batch_start(struct batch *batch);
/* The owner of an operation under way is gone: it will not be told. */
void batch_abandon(struct batch_slot *slot);

#endif
