/* SPDX-License-Identifier: Apache-2.0 */
/* All feeds of a worker: who gets the slot next, what wakes them, and how watches
 * come and go. See feed.h and feed_internal.h. */
#include <errno.h>
#include <stdlib.h>

#include "net/now.h"
#include "store/feed_internal.h"

enum { FEED_TICK_S = 1 };

/* --- who goes next ---------------------------------------------------------------------------- */

/* A feed and one who catches up take turns, so that neither stands behind thousands
 * of the other kind. */
static struct read *feeds_next(void *arg)
{
	struct feeds *feeds = arg;
	bool is_watch = !list_is_empty(&feeds->catching_up) &&
			(feeds->watches_turn || list_is_empty(&feeds->wanting));
	struct list *node = NULL;

	if (feed_slot_is_free(&feeds->slot))
		node = list_pop(is_watch ? &feeds->catching_up : &feeds->wanting);
	if (!node)
		return NULL;
	feeds->watches_turn = !is_watch;
	if (is_watch)
		feed_slot_take_watch(&feeds->slot, container_of(node, struct watch, node));
	else
		feed_slot_take_feed(&feeds->slot, container_of(node, struct feed, queued));
	return &feeds->slot.read;
}

static void feeds_go_on(struct feeds *feeds)
{
	reader_wake(feeds->reader);
}

static void feeds_want_older(struct feeds *feeds, int64_t than_ns)
{
	for (size_t i = 0; i < FEED_BUCKETS; i++)
		list_for_each (node, &feeds->buckets[i]) {
			struct feed *feed = container_of(node, struct feed, node);

			if (feed->read_ns <= than_ns)
				feed_want(feed);
		}
	feeds_go_on(feeds);
}

static void feeds_on_touched(void *arg, const struct uuid *unit)
{
	struct feeds *feeds = arg;

	if (!unit) {
		feeds_want_older(feeds, INT64_MAX);
		return;
	}
	list_for_each (node, feeds_bucket(feeds, unit)) {
		struct feed *feed = container_of(node, struct feed, node);

		if (uuid_equal(&feed->unit, unit))
			feed_want(feed);
	}
	feeds_go_on(feeds);
}

static void feeds_on_change(void *arg)
{
	struct feeds *feeds = arg;

	if (reader_is_connected(feeds->reader))
		feeds_want_older(feeds, INT64_MAX);
}

/* Whoever came while the database was away does not wait for ever. */
static void feeds_turn_away(struct feeds *feeds, int64_t before_ns)
{
	list_for_each_safe (node, &feeds->watches) {
		struct watch *watch = container_of(node, struct watch, all);

		if (!watch->opened && watch->said_ns <= before_ns)
			watch_end(feeds, watch, REASON_DATABASE_AWAY);
	}
}

static void feeds_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct feeds *feeds = arg;
	int64_t before = now_ns() - CAP_WATCH_POLL_MS * NOW_NS_PER_MS;

	if (reader_is_connected(feeds->reader))
		feeds_want_older(feeds, before);
	else
		feeds_turn_away(feeds, before);
}

/* The time of the first is over; the others' comes, in their order. */
static void feeds_on_pause(evutil_socket_t fd, short what, void *arg)
{
	struct feeds *feeds = arg;
	int64_t now = now_ns(), left_us;

	while (!list_is_empty(&feeds->pausing)) {
		struct feed *feed = list_first(&feeds->pausing, struct feed, queued);

		left_us = (feed->pause_ns - now) / 1000;
		if (left_us > 0) {
			event_add(feeds->pause, &(struct timeval){.tv_usec = left_us});
			break;
		}
		feed_end_pause(feed);
	}
	feeds_go_on(feeds);
}

/* --- the public side -------------------------------------------------------------------------- */

enum reason feeds_join(struct feeds *feeds, struct watch *watch, struct bytes cursor)
{
	int rc;

	if (feeds->ended)
		return REASON_DRAINING;
	if (feeds->n_watches >= CAP_WATCHES)
		return REASON_OVERLOADED;
	rc = position_unpack(cursor, watch->caller.unit, &watch->position);
	if (rc < 0)
		return rc == -EINVAL ? REASON_CURSOR_INVALID : REASON_OVERLOADED;
	watch->feed = NULL;
	watch->viewer = NULL;
	watch->slot = NULL;
	watch->opened = watch->unsent = false;
	watch->restarted = !cursor.len;
	watch->said_ns = now_ns();
	list_init(&watch->node);
	list_push(&feeds->watches, &watch->all);
	metrics_set(feeds->metrics, METRIC_WATCH_STREAMS, ++feeds->n_watches);
	watch_want(feeds, watch);
	feeds_go_on(feeds);
	return REASON_NONE;
}

void feeds_leave(struct feeds *feeds, struct watch *watch)
{
	struct feed *feed = watch->feed;

	watch_detach(feeds, watch);
	if (feed)
		feed_settle(feed);
	feeds_go_on(feeds);
}

void feeds_drained(struct feeds *feeds, struct watch *watch)
{
	if (!watch->unsent)
		return;
	watch->unsent = false;
	if (watch->feed)
		feed_note_sent(watch->feed);
	else if (!watch->slot && list_is_empty(&watch->node))
		watch_want(feeds, watch);
	feeds_go_on(feeds);
}

void feeds_touch(struct feeds *feeds, const struct uuid *unit)
{
	hints_touch(feeds->hints, unit);
}

void feeds_end(struct feeds *feeds)
{
	uint8_t room[FAREWELL_BYTES];

	feeds->ended = true;
	while (!list_is_empty(&feeds->watches)) {
		struct watch *watch = list_first(&feeds->watches, struct watch, all);
		struct feed *feed = watch->feed;
		const struct position *at = feed ? &feed->position : &watch->position;

		if (!watch->unsent && at->base)
			watch_send(watch, farewell(at, watch->caller.unit, room), now_ns());
		watch_end(feeds, watch, REASON_DRAINING);
		if (feed)
			feed_settle(feed);
	}
}

/* --- life ------------------------------------------------------------------------------------- */

static void feeds_on_ruled(void *arg, struct rulebook *book)
{
	struct feeds *feeds = arg;

	feeds->ruled(feeds->ruled_arg, book);
}

static int feeds_connect(struct feeds *feeds, const char *conninfo)
{
	static const struct reader_ops ops = {feeds_next, feeds_on_change};
	const struct hints_params hints = {
		.base = feeds->base,
		.conninfo = conninfo,
		.metrics = feeds->metrics,
		.touched = feeds_on_touched,
		.ruled = feeds_on_ruled,
		.arg = feeds,
	};
	int rc = reader_new(feeds->base, conninfo, "stafett watch", &ops, feeds, &feeds->reader);

	return rc < 0 ? rc : hints_new(&hints, &feeds->hints);
}

int feeds_new(const struct feeds_params *params, struct feeds **ret_feeds)
{
	static const struct timeval every = {.tv_sec = FEED_TICK_S};
	struct feeds *feeds = calloc(1, sizeof(*feeds));
	int rc;

	if (!feeds)
		return -ENOMEM;
	feeds->base = params->base;
	feeds->metrics = params->metrics;
	feeds->ruled = params->ruled;
	feeds->ruled_arg = params->arg;
	list_init(&feeds->watches);
	list_init(&feeds->catching_up);
	list_init(&feeds->wanting);
	list_init(&feeds->pausing);
	for (size_t i = 0; i < FEED_BUCKETS; i++)
		list_init(&feeds->buckets[i]);
	feed_slot_init(&feeds->slot, feeds);
	feeds->tick = event_new(params->base, -1, EV_PERSIST, feeds_on_tick, feeds);
	feeds->pause = evtimer_new(params->base, feeds_on_pause, feeds);
	rc = feeds->tick && feeds->pause && event_add(feeds->tick, &every) == 0
		     ? feeds_connect(feeds, params->conninfo)
		     : -ENOMEM;
	if (rc < 0) {
		feeds_free(feeds);
		return rc;
	}
	*ret_feeds = feeds;
	return 0;
}

struct feeds *feeds_free(struct feeds *feeds)
{
	if (!feeds)
		return NULL;
	reader_free(feeds->reader);
	hints_free(feeds->hints);
	if (feeds->tick)
		event_free(feeds->tick);
	if (feeds->pause)
		event_free(feeds->pause);
	free(feeds);
	return NULL;
}
