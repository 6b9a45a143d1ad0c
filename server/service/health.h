/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grpc.health.v1.Health: whether this server takes calls, for load balancers
 * and probes. All services of the contract share one answer, since they share
 * one database; the empty name asks for the server as a whole.
 *
 * The router's argument belongs to the services of stafett.v1, so these methods
 * carry their own state: each method's |info| points to the struct health that
 * it is a part of. The owner embeds one and lets its router look at |methods|.
 *
 *     Watch:  the status at once, then each change of it, until the watcher goes
 *             or the owner ends all watches (a drain would wait for them)
 */
#ifndef SERVICE_HEALTH_H
#define SERVICE_HEALTH_H

#include <stdbool.h>

#include "net/call.h"
#include "stafett/list.h"

enum { HEALTH_METHODS = 2 };

struct health {
	struct call_method methods[HEALTH_METHODS]; /* Check and Watch */
	struct list watches;
	bool serving;
};

/* Not serving at first. |health| must not move afterwards. */
void health_init(struct health *health);
/* Tells every watcher, if this is news. */
void health_set_serving(struct health *health, bool serving);
/* Not serving from now on; every watch ends with UNAVAILABLE. */
void health_end(struct health *health);

#endif
