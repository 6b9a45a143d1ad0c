/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has the next turn: the operations that wait, by organisation. Organisations
 * take turns, one operation each; within one, who came first goes first. So who
 * sends much waits behind itself, and nobody else does.
 *
 * An operation is counted with its organisation from turns_enter until it is
 * taken or removed: while it is ready, and while it waits in its chain's lane.
 * One that goes again is nobody's: it was begun, and goes before all others.
 */
#ifndef STORE_TURNS_H
#define STORE_TURNS_H

#include "store/write.h"

struct turns;

/* NULL when out of memory. */
struct turns *turns_new(void);
/* Must be empty. Accepts NULL; returns NULL. */
struct turns *turns_free(struct turns *turns);

/* Operations that wait, ready or not. */
size_t turns_count(const struct turns *turns);
size_t turns_count_of(const struct turns *turns, struct bytes organisation);
/* At least |atleast| are ready. */
bool turns_has_ready(const struct turns *turns, size_t atleast);

/* |write| waits, for the organisation of its caller. -ENOMEM. */
int turns_enter(struct turns *turns, struct write *write) WARN_UNUSED;
/* It need not wait for its lane any more. */
void turns_make_ready(struct turns *turns, struct write *write);
/* One that was begun goes again. */
void turns_go_again(struct turns *turns, struct write *write);
/* Whose turn it is, in the batch that |first| begins; NULL where there is nobody,
 * or all who wait have had their share of it. It still waits. */
struct write *turns_next(struct turns *turns, bool first);
/* |write|, ready or in a lane, waits no more. */
void turns_remove(struct turns *turns, struct write *write);
/* The newest one that is ready of the organisation that has the most, where that is
 * more than |more_than|; else NULL. */
struct write *turns_heaviest(struct turns *turns, size_t more_than);

#endif
