/* SPDX-License-Identifier: Apache-2.0 */
/* See quota.h. A hash; whoever looks for a name forgets those beside it that owe
 * nothing. */
#include "base/quota.h"

#include <stdlib.h>

#include "stafett/list.h"

#define QUOTA_SECOND_NS INT64_C(1000000000)

enum { QUOTA_BUCKETS = 1024 };

struct quota {
	int64_t each_ns;  /* what one that is taken has to earn */
	int64_t spare_ns; /* how far ahead a name may take */
	struct list buckets[QUOTA_BUCKETS];
};

struct quota_name {
	struct list node;
	int64_t even_ns; /* when all that it took is earned */
	size_t len;
	uint8_t text[];
};

struct quota *quota_new(int64_t rate, int64_t burst_s)
{
	struct quota *quota = malloc(sizeof(*quota));

	if (!quota)
		return NULL;
	quota->each_ns = QUOTA_SECOND_NS / rate;
	quota->spare_ns = burst_s * QUOTA_SECOND_NS - quota->each_ns;
	for (int i = 0; i < QUOTA_BUCKETS; i++)
		list_init(&quota->buckets[i]);
	return quota;
}

static void quota_forget(struct quota_name *name)
{
	list_remove(&name->node);
	free(name);
}

struct quota *quota_free(struct quota *quota)
{
	if (!quota)
		return NULL;
	for (int i = 0; i < QUOTA_BUCKETS; i++) {
		list_for_each_safe (node, &quota->buckets[i])
			quota_forget(container_of(node, struct quota_name, node));
	}
	free(quota);
	return NULL;
}

/* FNV-1a: names are proved by certificates, nobody can choose many. */
static struct list *quota_bucket(struct quota *quota, struct bytes name)
{
	uint32_t hash = UINT32_C(2166136261);

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ name.data[i]) * UINT32_C(16777619);
	return &quota->buckets[hash % QUOTA_BUCKETS];
}

/* NULL: it owes nothing. */
static struct quota_name *quota_find(struct list *bucket, struct bytes name, int64_t now_ns)
{
	struct quota_name *found = NULL;

	list_for_each_safe (node, bucket) {
		struct quota_name *each = container_of(node, struct quota_name, node);

		if (each->even_ns <= now_ns)
			quota_forget(each);
		else if (bytes_equal(bytes_of(each->text, each->len), name))
			found = each;
	}
	return found;
}

int64_t quota_wait_ns(struct quota *quota, struct bytes name, int64_t now_ns)
{
	const struct quota_name *found;
	int64_t wait_ns;

	if (!quota)
		return 0;
	found = quota_find(quota_bucket(quota, name), name, now_ns);
	if (!found)
		return 0;
	wait_ns = found->even_ns - now_ns - quota->spare_ns;
	return wait_ns > 0 ? wait_ns : 0;
}

void quota_take(struct quota *quota, struct bytes name, int64_t now_ns)
{
	struct quota_name *found;
	struct list *bucket;

	if (!quota)
		return;
	bucket = quota_bucket(quota, name);
	found = quota_find(bucket, name, now_ns);
	if (!found) {
		found = malloc(sizeof(*found) + name.len);
		if (!found)
			return;
		found->even_ns = now_ns;
		found->len = name.len;
		memcpy(found->text, name.data, name.len);
		list_push(bucket, &found->node);
	}
	found->even_ns += quota->each_ns;
}
