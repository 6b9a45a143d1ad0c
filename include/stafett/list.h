/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An intrusive, circular, doubly linked list. The node lives inside the
 * object, so adding and removing never allocates and never fails.
 * A node that is in no list points to itself; list_remove is idempotent.
 */
#ifndef STAFETT_LIST_H
#define STAFETT_LIST_H

#include <stdbool.h>

#include "stafett/base.h"

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_is_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_insert_before(struct list *at, struct list *node)
{
	node->prev = at->prev;
	node->next = at;
	at->prev->next = node;
	at->prev = node;
}

static inline void list_push(struct list *l, struct list *node)
{
	list_insert_before(l, node);
}

static inline void list_push_front(struct list *l, struct list *node)
{
	list_insert_before(l->next, node);
}

static inline void list_remove(struct list *node)
{
	node->next->prev = node->prev;
	node->prev->next = node->next;
	list_init(node);
}

/* Removes and returns the first node, or NULL where there is none. */
static inline struct list *list_pop(struct list *l)
{
	struct list *n = l->next;

	if (n == l)
		return NULL;
	list_remove(n);
	return n;
}

/* The object that holds the first node; only for a list that is not empty. */
#define list_first(l, type, member) container_of((l)->next, type, member)

/* |n| is a struct list *; the body must not remove it (use _safe for that). */
#define list_for_each(n, l) for (struct list *n = (l)->next; n != (l); n = n->next)
#define list_for_each_safe(n, l)                                        \
	for (struct list *n = (l)->next, *n##_next = n->next; n != (l); \
		n = n##_next, n##_next = n->next)

#endif
