/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose turn it is in the loop. What peers send comes last, a few of them at a time:
 * answers that are there, and the database, need not wait for those who ask. An event
 * of the peers' own priority has its turn behind all of them that are at hand.
 */
#ifndef NET_TURN_H
#define NET_TURN_H

#include <event2/event.h>

/* Priorities of events: those who do not choose one have the middle. */
enum { TURN_PRIORITIES = 3, TURN_OF_PEERS = TURN_PRIORITIES - 1 };

/* Puts |event|, which is not pending, among the peers, on a loop that knows
 * priorities. */
static inline void turn_among_peers(struct event *event)
{
	if (event_base_get_npriorities(event_get_base(event)) > TURN_OF_PEERS)
		event_priority_set(event, TURN_OF_PEERS);
}

#endif
