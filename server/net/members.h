/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members that are connected to this worker, each with the number of its
 * connections: one identity must not take the places of all the others.
 */
#ifndef NET_MEMBERS_H
#define NET_MEMBERS_H

#include <stddef.h>

#include "stafett/base.h"
#include "stafett/list.h"

struct members;

struct member {
	struct list node; /* in its bucket */
	size_t connections;
	char urn[];
};

/* NULL when out of memory. */
struct members *members_new(void);
/* Every member must have left. Accepts NULL; returns NULL. */
struct members *members_free(struct members *members);
/* One more connection of |urn|. NULL when out of memory; else member_leave gives
 * the place back. */
struct member *members_enter(struct members *members, const char *urn);
/* Accepts NULL; returns NULL. */
struct member *member_leave(struct member *member);

#endif
