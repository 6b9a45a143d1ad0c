/* SPDX-License-Identifier: Apache-2.0 */
/* See turns.h. An organisation exists while something of it waits. */
#include "store/turns.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "domain/identity.h"
#include "net/now.h"
#include "stafett/caps.h"

enum { TURNS_BUCKETS = 64 };
/* Organisations share batches for so long after two were seen. */
#define TURNS_MEMORY_NS NOW_NS_PER_S

struct turns_org {
	struct list node;  /* in its bucket */
	struct list ring;  /* in turns->ring while something is ready */
	struct list ready; /* struct write.node */
	size_t waiting;	   /* ready ones, and those in lanes */
	unsigned batch;	   /* the last one that took something */
	int taken;	   /* by it */
	char number[IDENTITY_ORGNR_LEN];
};

struct turns {
	struct list buckets[TURNS_BUCKETS];
	struct list ring;  /* of organisations; the first is next */
	struct list again; /* struct write.node: before all others */
	size_t count;
	unsigned batch;
	char last[IDENTITY_ORGNR_LEN]; /* who entered last */
	int64_t mixed_ns;	       /* when that was another than before */
};

struct turns *turns_new(void)
{
	struct turns *turns = calloc(1, sizeof(*turns));

	if (!turns)
		return NULL;
	for (int i = 0; i < TURNS_BUCKETS; i++)
		list_init(&turns->buckets[i]);
	list_init(&turns->ring);
	list_init(&turns->again);
	turns->mixed_ns = -TURNS_MEMORY_NS;
	return turns;
}

struct turns *turns_free(struct turns *turns)
{
	assert(!turns || turns->count == 0);
	free(turns);
	return NULL;
}

/* The last digits differ most. */
static struct list *turns_bucket(const struct turns *turns, struct bytes number)
{
	unsigned hash = 0;

	for (size_t i = 0; i < number.len; i++)
		hash = hash * 31 + number.data[i];
	return (struct list *)&turns->buckets[hash % TURNS_BUCKETS];
}

static struct turns_org *turns_find(const struct turns *turns, struct bytes number)
{
	list_for_each (node, turns_bucket(turns, number)) {
		struct turns_org *org = container_of(node, struct turns_org, node);

		if (bytes_equal(bytes_of(org->number, sizeof(org->number)), number))
			return org;
	}
	return NULL;
}

static struct turns_org *turns_add(struct turns *turns, struct bytes number)
{
	struct turns_org *org = calloc(1, sizeof(*org));

	if (!org)
		return NULL;
	memcpy(org->number, number.data, sizeof(org->number));
	list_init(&org->ring);
	list_init(&org->ready);
	org->batch = turns->batch - 1;
	list_push(turns_bucket(turns, number), &org->node);
	return org;
}

size_t turns_count(const struct turns *turns)
{
	return turns->count;
}

size_t turns_count_of(const struct turns *turns, struct bytes organisation)
{
	const struct turns_org *org = turns_find(turns, organisation);

	return org ? org->waiting : 0;
}

bool turns_has_ready(const struct turns *turns, size_t atleast)
{
	size_t n = 0;

	list_for_each (node, &turns->again)
		if (++n >= atleast)
			return true;
	list_for_each (ring, &turns->ring) {
		const struct turns_org *org = container_of(ring, struct turns_org, ring);

		list_for_each (node, &org->ready)
			if (++n >= atleast)
				return true;
	}
	return n >= atleast;
}

int turns_enter(struct turns *turns, struct write *write)
{
	struct bytes number = identity_member_organisation(write->caller.member);
	struct turns_org *org = turns_find(turns, number);

	if (!org)
		org = turns_add(turns, number);
	if (!org)
		return -ENOMEM;
	if (memcmp(turns->last, org->number, sizeof(turns->last)) != 0 && *turns->last)
		turns->mixed_ns = now_ns();
	memcpy(turns->last, org->number, sizeof(turns->last));
	org->waiting++;
	turns->count++;
	write->org = org;
	return 0;
}

void turns_make_ready(struct turns *turns, struct write *write)
{
	struct turns_org *org = write->org;

	if (list_is_empty(&org->ready))
		list_push(&turns->ring, &org->ring);
	list_push(&org->ready, &write->node);
}

void turns_go_again(struct turns *turns, struct write *write)
{
	write->org = NULL;
	turns->count++;
	list_push_front(&turns->again, &write->node);
}

/* What one organisation may have of a batch: all of it while it is alone. Others
 * would wait for the whole of it, and a small batch is soon over. */
static int turns_share(const struct turns *turns)
{
	bool is_mixed = now_ns() - turns->mixed_ns < TURNS_MEMORY_NS;

	return is_mixed ? CAP_BATCH_SHARE : CAP_BATCH_OPS;
}

struct write *turns_next(struct turns *turns, bool first)
{
	int share = turns_share(turns);

	if (first)
		turns->batch++;
	if (!list_is_empty(&turns->again))
		return list_first(&turns->again, struct write, node);
	list_for_each (ring, &turns->ring) {
		struct turns_org *org = container_of(ring, struct turns_org, ring);

		if (org->batch != turns->batch)
			org->taken = 0;
		org->batch = turns->batch;
		if (org->taken < share)
			return list_first(&org->ready, struct write, node);
	}
	return NULL;
}

/* |org| has had its turn, or has nothing ready any more. */
static void turns_pass_on(struct turns *turns, struct turns_org *org)
{
	list_remove(&org->ring);
	if (!list_is_empty(&org->ready))
		list_push(&turns->ring, &org->ring);
}

void turns_remove(struct turns *turns, struct write *write)
{
	struct turns_org *org = TAKE(write->org);
	bool was_ready = write->leads;

	list_remove(&write->node);
	turns->count--;
	if (!org)
		return;
	if (was_ready) {
		org->taken++;
		turns_pass_on(turns, org);
	}
	if (--org->waiting == 0) {
		list_remove(&org->node);
		free(org);
	}
}

struct write *turns_heaviest(struct turns *turns, size_t more_than)
{
	struct turns_org *heaviest = NULL;

	list_for_each (ring, &turns->ring) {
		struct turns_org *org = container_of(ring, struct turns_org, ring);

		if (org->waiting > more_than) {
			more_than = org->waiting;
			heaviest = org;
		}
	}
	return heaviest ? container_of(heaviest->ready.prev, struct write, node) : NULL;
}
