/* SPDX-License-Identifier: Apache-2.0 */
/* A hash of chains, each with those who wait for it. */
#include "store/lane.h"

#include <stdlib.h>

/* As many as operations may be queued: buckets hold about one lane each. */
enum { LANE_BUCKETS = 4096 };

struct lanes {
	struct list buckets[LANE_BUCKETS];
};

struct lanes *lanes_new(void)
{
	struct lanes *lanes = malloc(sizeof(*lanes));

	for (int i = 0; lanes && i < LANE_BUCKETS; i++)
		list_init(&lanes->buckets[i]);
	return lanes;
}

struct lanes *lanes_free(struct lanes *lanes)
{
	free(lanes);
	return NULL;
}

/* The last bytes of a chain's id come from a hash: they are as good as one. */
static struct list *lanes_bucket(struct lanes *lanes, const struct uuid *chain)
{
	return &lanes->buckets[(chain->b[14] << 8 | chain->b[15]) % LANE_BUCKETS];
}

struct lane *lanes_enter(struct lanes *lanes, const struct uuid *chain, bool *ret_first)
{
	struct list *bucket = lanes_bucket(lanes, chain);
	struct lane *lane;

	list_for_each (node, bucket) {
		lane = container_of(node, struct lane, node);
		if (uuid_equal(&lane->chain, chain)) {
			*ret_first = false;
			return lane;
		}
	}
	lane = malloc(sizeof(*lane));
	if (!lane)
		return NULL;
	lane->chain = *chain;
	list_init(&lane->waiting);
	list_push(bucket, &lane->node);
	*ret_first = true;
	return lane;
}

struct list *lane_leave(struct lane *lane)
{
	struct list *next = list_pop(&lane->waiting);

	if (!next) {
		list_remove(&lane->node);
		free(lane);
	}
	return next;
}

static bool order_names(const struct order *o, const struct uuid *chain)
{
	return uuid_equal(&o->chain, chain) || uuid_equal(&o->other_chain, chain);
}

bool lane_orders_meet(const struct order *a, const struct order *b)
{
	if (uuid_equal(&a->message, &b->message) && bytes_equal(a->unit, b->unit))
		return true;
	if (!uuid_is_nil(&a->other_chain) && order_names(b, &a->other_chain))
		return true;
	return (!uuid_is_nil(&a->other_chain) || !uuid_is_nil(&b->other_chain)) &&
	       order_names(b, &a->chain);
}
