/* SPDX-License-Identifier: Apache-2.0 */
/* See clerk.h; what is to be done stands on the store floor (duty.h). */
#include "process/clerk.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/log.h"
#include "process/courier.h"
#include "process/pulse.h"
#include "store/duty.h"

struct clerk {
	const struct clerk_params *params;
	struct event_base *base;
	struct event *term_event, *life_event, *pulse_event;
	struct duties *duties;
	struct courier *courier;
	bool draining;
	bool said_ready;
	int exit;
};

/* Tells the master, once: the database is there, and the first round is done. */
static void clerk_on_rested(void *arg)
{
	struct clerk *clerk = arg;

	if (clerk->said_ready)
		return;
	clerk->said_ready = true;
	if (write(clerk->params->ready_fd, "r", 1) != 1)
		log_warn("cannot tell the master", LOG_S("error", strerror(errno)));
	close(clerk->params->ready_fd);
}

static void clerk_on_drained(void *arg)
{
	struct clerk *clerk = arg;

	event_base_loopbreak(clerk->base);
}

/* What is being told is told before: what was noted down is not told again. */
static void clerk_drain_if_idle(struct clerk *clerk)
{
	if (clerk->draining && courier_is_idle(clerk->courier))
		duties_drain(clerk->duties);
}

static void clerk_on_term(evutil_socket_t number, short events, void *arg)
{
	struct clerk *clerk = arg;

	clerk->draining = true;
	courier_hurry(clerk->courier);
	clerk_drain_if_idle(clerk);
}

static int clerk_room(void *arg)
{
	const struct clerk *clerk = arg;

	return courier_room(clerk->courier);
}

static void clerk_tell(void *arg, const struct notice *notice)
{
	struct clerk *clerk = arg;

	courier_tell(clerk->courier, notice);
}

static void clerk_on_told(void *arg, const struct uuid *notice, bool ok)
{
	struct clerk *clerk = arg;

	duties_told(clerk->duties, notice, ok);
	clerk_drain_if_idle(clerk);
}

static void clerk_on_orphaned(evutil_socket_t fd, short events, void *arg)
{
	struct clerk *clerk = arg;

	log_warn("the master is gone, ending");
	clerk->exit = EXIT_FAILURE;
	event_base_loopbreak(clerk->base);
}

static int clerk_open(struct clerk *clerk)
{
	struct duties_params params = {
		.conninfo = clerk->params->conninfo,
		.metrics = clerk->params->metrics,
		.rested = clerk_on_rested,
		.drained = clerk_on_drained,
		.room = clerk_room,
		.tell = clerk_tell,
		.arg = clerk,
	};
	struct courier_params errands = {
		.settings = clerk->params->settings,
		.ended = clerk_on_told,
		.arg = clerk,
	};

	clerk->base = params.base = errands.base = event_base_new();
	if (!clerk->base)
		return -ENOMEM;
	clerk->courier = courier_new(&errands);
	clerk->term_event = evsignal_new(clerk->base, SIGTERM, clerk_on_term, clerk);
	clerk->life_event =
		event_new(clerk->base, clerk->params->life_fd, EV_READ, clerk_on_orphaned, clerk);
	clerk->pulse_event = pulse_new(clerk->base, clerk->params->metrics);
	if (!clerk->courier || !clerk->term_event || !clerk->life_event || !clerk->pulse_event ||
		event_add(clerk->term_event, NULL) < 0 || event_add(clerk->life_event, NULL) < 0)
		return -ENOMEM;
	return duties_new(&params, &clerk->duties);
}

static void clerk_close(struct clerk *clerk)
{
	struct event *events[] = {clerk->term_event, clerk->life_event, clerk->pulse_event};

	clerk->courier = courier_free(clerk->courier);
	clerk->duties = duties_free(clerk->duties);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i])
			event_free(events[i]);
	if (clerk->base)
		event_base_free(clerk->base);
}

int clerk_run(const struct clerk_params *params)
{
	struct clerk clerk = {.params = params, .exit = EXIT_SUCCESS};
	int r;

	/* The master decides what a terminal's signals mean. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	r = clerk_open(&clerk);
	if (r) {
		log_error("cannot start the clerk", LOG_S("error", strerror(-r)));
		clerk.exit = EXIT_FAILURE;
	} else {
		event_base_dispatch(clerk.base);
	}
	clerk_close(&clerk);
	return clerk.exit;
}
