/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The services of stafett.v1 on one worker: the method table, and the handlers
 * behind it. A call is decoded, becomes an operation of the store, and is
 * answered when the store says so. No sockets, no SQL.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include <event2/event.h>
#include <stdbool.h>

#include "base/metrics.h"
#include "net/call.h"
#include "stafett/base.h"

struct service;

struct service_params {
	struct event_base *base;
	const char *conninfo;			/* of the database; must outlive the service */
	bool takes_plain;			/* a trial: the suite "none" is accepted */
	int64_t member_rate, organization_rate; /* calls a second; 0: no bounds */
	/* The database came or went; may be NULL. */
	void (*changed)(void *arg, bool ready);
	void *arg;
	struct metrics *metrics; /* this process's row; may be NULL */
};

/* 0 or -errno. A database that is away is no error: calls are refused meanwhile. */
int service_new(const struct service_params *params, struct service **ret_service) WARN_UNUSED;
/* Every call must have ended. Accepts NULL; returns NULL. */
struct service *service_free(struct service *service);
/* For the listener; lives as long as the service. */
const struct call_router *service_router(struct service *service);
/* From here on the health service says NOT_SERVING, and nobody watches. */
void service_drain(struct service *service);

#endif
