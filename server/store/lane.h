/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes: at most one operation a chain is under way in a worker. The others of
 * the chain wait in its lane, in order. A lane exists while it is used.
 */
#ifndef STORE_LANE_H
#define STORE_LANE_H

#include "domain/rules.h"
#include "stafett/list.h"

struct lanes;

struct lane {
	struct list node; /* in its bucket */
	struct uuid chain;
	struct list waiting; /* of what the caller puts in */
};

/* NULL when out of memory. */
struct lanes *lanes_new(void);
/* All lanes must be left. Accepts NULL; returns NULL. */
struct lanes *lanes_free(struct lanes *lanes);
/* The lane of a chain; |ret_first| tells whether it was free: then the caller is
 * under way, else it should wait. NULL when out of memory. */
struct lane *lanes_enter(struct lanes *lanes, const struct uuid *chain, bool *ret_first);
/* The one under way is done: returns the next that waits (removed from the lane,
 * which stays its), or NULL, and then the lane is gone. */
struct list *lane_leave(struct lane *lane);
/* Whether two operations do not go in one batch, whatever their lanes: they have one
 * key, whom the database would take both for new; or a chain in common, where one of
 * them names two. */
bool lane_orders_meet(const struct order *a, const struct order *b);

#endif
