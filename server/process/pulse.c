/* SPDX-License-Identifier: Apache-2.0 */
/* See pulse.h. What the log has kept back is told with it: it, too, is due now and then. */
#include "process/pulse.h"

#include "base/log.h"

enum { PULSE_S = 1 };

static void pulse_on_second(evutil_socket_t fd, short events, void *arg)
{
	metrics_beat(arg);
	log_tell_suppressed();
}

struct event *pulse_new(struct event_base *base, struct metrics *metrics)
{
	const struct timeval second = {.tv_sec = PULSE_S};
	struct event *event = event_new(base, -1, EV_PERSIST, pulse_on_second, metrics);

	if (!event || event_add(event, &second) == 0)
		return event;
	event_free(event);
	return NULL;
}
