/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hints between workers that an inbox has changed: a NOTIFY with the units' ids,
 * some dozens a second at most, on a connection of its own. Never in the transaction
 * of a write, which it would make wait for every other; and never data. Whoever gets
 * no hint looks by itself, a little later.
 *
 * The same connection hears that the rules of deadlines have changed, and reads them.
 */
#ifndef STORE_HINT_H
#define STORE_HINT_H

#include <event2/event.h>

#include "base/metrics.h"
#include "domain/rulebook.h"
#include "domain/uuid.h"

struct hints;

struct hints_params {
	struct event_base *base;
	const char *conninfo;
	struct metrics *metrics; /* may be NULL */
	/* The inbox of |unit| has changed, here or elsewhere; NULL: any may have. */
	void (*touched)(void *arg, const struct uuid *unit);
	/* The rules of deadlines, when connected and when they have changed; the book is
	 * the callee's from now on. */
	void (*ruled)(void *arg, struct rulebook *book);
	void *arg;
};

int hints_new(const struct hints_params *params, struct hints **ret_hints) WARN_UNUSED;
/* Accepts NULL; returns NULL. */
struct hints *hints_free(struct hints *hints);
/* A commit has touched |unit|: those here are told at the end of this turn, the
 * others at once, or a little while after the last NOTIFY. */
void hints_touch(struct hints *hints, const struct uuid *unit);

#endif
