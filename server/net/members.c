/* SPDX-License-Identifier: Apache-2.0 */
/* See members.h. A hash whose members exist while they are connected. */
#include "net/members.h"

#include <stdint.h>
#include <stdlib.h>

/* Some ten thousand connections are not more members than this by much. */
enum { MEMBERS_BUCKETS = 4096 };

struct members {
	struct list buckets[MEMBERS_BUCKETS];
};

struct members *members_new(void)
{
	struct members *members = malloc(sizeof(*members));

	for (int i = 0; members && i < MEMBERS_BUCKETS; i++)
		list_init(&members->buckets[i]);
	return members;
}

struct members *members_free(struct members *members)
{
	free(members);
	return NULL;
}

/* FNV-1a: only who holds a certificate of our CA can choose what is hashed. */
static struct list *members_bucket(struct members *members, const char *urn)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *urn; urn++)
		hash = (hash ^ (uint8_t)*urn) * UINT32_C(16777619);
	return &members->buckets[hash % MEMBERS_BUCKETS];
}

static struct member *members_add(struct list *bucket, const char *urn)
{
	size_t size = strlen(urn) + 1;
	struct member *member = malloc(sizeof(*member) + size);

	if (!member)
		return NULL;
	member->connections = 1;
	memcpy(member->urn, urn, size);
	list_push(bucket, &member->node);
	return member;
}

struct member *members_enter(struct members *members, const char *urn)
{
	struct list *bucket = members_bucket(members, urn);

	list_for_each (node, bucket) {
		struct member *member = container_of(node, struct member, node);

		if (strcmp(member->urn, urn) == 0) {
			member->connections++;
			return member;
		}
	}
	return members_add(bucket, urn);
}

struct member *member_leave(struct member *member)
{
	if (!member || --member->connections > 0)
		return NULL;
	list_remove(&member->node);
	free(member);
	return NULL;
}
