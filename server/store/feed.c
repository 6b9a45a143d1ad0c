/* SPDX-License-Identifier: Apache-2.0 */
/* See feed.h and feed_internal.h. */
#include <errno.h>
#include <stdlib.h>

#include "net/now.h"
#include "store/feed_internal.h"

enum { FEED_TICK_S = 1 };

/* --- a feed and its live watches ------------------------------------------------------ */

static struct list *feeds_bucket(struct feeds *feeds, const struct uuid *unit)
{
	return &feeds->buckets[(unit->b[14] << 8 | unit->b[15]) % FEED_BUCKETS];
}

/* Its last live watch has gone. */
static void feed_free(struct feed *feed)
{
	if (feed->slot)
		feed_slot_abandon(feed->slot);
	list_remove(&feed->node);
	list_remove(&feed->queued);
	position_fini(&feed->position);
	free(feed);
}

/* There may be something new. It is read when a slot is free, and when those who
 * were given the last page have had their time to take it. */
static void feed_want(struct feed *feed)
{
	feed->dirty = true;
	if (!feed->slot && !feed->pausing && list_is_empty(&feed->queued))
		list_push(&feed->feeds->wanting, &feed->queued);
}

static void feed_end_pause(struct feed *feed)
{
	feed->pausing = false;
	list_remove(&feed->queued);
	if (feed->dirty)
		feed_want(feed);
}

static void feed_pause(struct feed *feed, int64_t now)
{
	struct feeds *feeds = feed->feeds;
	const struct timeval patience = {.tv_usec = CAP_WATCH_PATIENCE_MS * 1000};

	feed->pausing = true;
	feed->pause_ns = now + CAP_WATCH_PATIENCE_MS * NOW_NS_PER_MS;
	if (list_is_empty(&feeds->pausing))
		event_add(feeds->pause, &patience);
	list_push(&feeds->pausing, &feed->queued);
}

static void feed_note_sent(struct feed *feed)
{
	if (--feed->n_unsent == 0 && feed->pausing)
		feed_end_pause(feed);
}

/* The feed may be without a watch after this: see feed_settle. */
static void feed_remove(struct watch *watch)
{
	struct feed *feed = watch->feed;

	list_remove(&watch->node);
	watch->feed = NULL;
	viewers_leave(&feed->viewers, TAKE(watch->viewer));
	if (watch->unsent)
		feed_note_sent(feed);
}

static void feed_settle(struct feed *feed)
{
	if (list_is_empty(&feed->live))
		feed_free(feed);
}

static bool feed_add(struct feed *feed, struct watch *watch)
{
	watch->viewer = viewers_take(&feed->viewers, watch->caller.member);
	if (!watch->viewer)
		return false;
	watch->feed = feed;
	list_push(&feed->live, &watch->node);
	feed->n_unsent += watch->unsent;
	position_fini(&watch->position);
	return true;
}

/* A new one has heard no hints yet: it looks at once. */
static struct feed *feed_new(
	struct feeds *feeds, const struct uuid *unit, const struct position *position)
{
	struct feed *feed = calloc(1, sizeof(*feed));

	if (!feed)
		return NULL;
	feed->feeds = feeds;
	feed->unit = *unit;
	feed->read_ns = now_ns();
	list_init(&feed->queued);
	list_init(&feed->live);
	viewers_init(&feed->viewers);
	position_copy(position, &feed->position);
	list_push(feeds_bucket(feeds, unit), &feed->node);
	feed_want(feed);
	return feed;
}

static struct feed *feeds_find(struct feeds *feeds, const struct uuid *unit, struct bytes member)
{
	list_for_each (node, feeds_bucket(feeds, unit)) {
		struct feed *feed = container_of(node, struct feed, node);

		if (uuid_equal(&feed->unit, unit) && (feed->viewers.n < CAP_WATCH_MEMBERS ||
							     viewers_find(&feed->viewers, member)))
			return feed;
	}
	return NULL;
}

/* --- a watch ------------------------------------------------------------------------------ */

/* Takes it out of everything; a feed that it was in must be settled. */
static void watch_detach(struct feeds *feeds, struct watch *watch)
{
	if (watch->slot)
		feed_slot_abandon(TAKE(watch->slot));
	if (watch->feed)
		feed_remove(watch);
	list_remove(&watch->node);
	list_remove(&watch->all);
	position_fini(&watch->position);
	metrics_set(feeds->metrics, METRIC_WATCH_STREAMS, --feeds->n_watches);
}

static void watch_end(struct feeds *feeds, struct watch *watch, enum reason reason)
{
	watch_detach(feeds, watch);
	watch->ops->end(watch, reason);
}

static void watch_send(struct watch *watch, struct bytes message, int64_t now)
{
	if (watch->feed && !watch->unsent)
		watch->feed->n_unsent++;
	watch->unsent = true;
	watch->restarted = false;
	watch->said_ns = now;
	watch->ops->send(watch, message);
}

/* It wants its next page, unless it has yet to take the last: see feeds_drained. */
static void watch_want(struct feeds *feeds, struct watch *watch)
{
	if (!watch->unsent)
		list_push(&feeds->catching_up, &watch->node);
}

static void watch_begin_anew(struct feeds *feeds, struct watch *watch)
{
	position_fini(&watch->position);
	watch->restarted = true;
	watch_want(feeds, watch);
}

/* It has read all there is; |slot| holds its last page, and the position behind it. */
static void watch_go_live(struct feeds *feeds, struct watch *watch, const struct feed_slot *slot)
{
	const struct uuid *unit = &slot->read.unit;
	struct feed *feed = feeds_find(feeds, unit, watch->caller.member);

	if (!feed)
		feed = feed_new(feeds, unit, &slot->position);
	if (feed && feed_add(feed, watch))
		return;
	if (feed)
		feed_settle(feed);
	watch_end(feeds, watch, REASON_OVERLOADED);
}

static void watch_take_page(struct feeds *feeds, struct watch *watch, struct feed_slot *slot)
{
	bool current = position_end_page(&slot->position, slot->head.more);
	struct bytes message;

	position_fini(&watch->position);
	position_copy(&slot->position, &watch->position);
	if (slot->n_items > 0 || current) {
		message = feed_slot_pack(slot, watch->restarted, current);
		if (!message.data) {
			watch_end(feeds, watch, REASON_SERVER_FAULT);
			return;
		}
		watch_send(watch, message, now_ns());
	}
	if (current)
		watch_go_live(feeds, watch, slot);
	else
		watch_want(feeds, watch);
}

void watch_on_page(struct watch *watch, struct feed_slot *slot, enum reason reason)
{
	struct feeds *feeds = slot->feeds;
	bool again = reason == REASON_DATABASE_AWAY && watch->opened;

	watch->slot = NULL;
	if (again) {
		watch_want(feeds, watch);
		return;
	}
	if (reason) {
		watch_end(feeds, watch, reason);
		return;
	}
	watch->opened = true;
	if (slot->head.restarted)
		watch_begin_anew(feeds, watch);
	else
		watch_take_page(feeds, watch, slot);
}

/* --- a page for all ------------------------------------------------------------------------- */

/* Ends the watches of those whom |goes| names. */
static void feed_end_some(struct feed *feed, bool (*goes)(const struct watch *, struct bytes),
	struct bytes member, enum reason reason)
{
	list_for_each_safe (node, &feed->live) {
		struct watch *watch = container_of(node, struct watch, node);

		if (goes(watch, member))
			watch_end(feed->feeds, watch, reason);
	}
}

static bool watch_is_anybody(const struct watch *watch, struct bytes member)
{
	return true;
}

static bool watch_is_of(const struct watch *watch, struct bytes member)
{
	return bytes_equal(watch->caller.member, member);
}

static bool watch_is_lost(const struct watch *watch, struct bytes member)
{
	return watch->viewer->lost;
}

/* The page was asked for in the name of one member. If it is that one who may not
 * watch any more, the others go on without it. */
static void feed_on_failure(struct feed *feed, const struct feed_slot *slot, enum reason reason)
{
	if (reason == REASON_NOT_A_MEMBER || reason == REASON_ROLE_REQUIRED)
		feed_end_some(feed, watch_is_of, slot->read.caller.member, reason);
	else if (reason != REASON_DATABASE_AWAY)
		feed_end_some(feed, watch_is_anybody, bytes_of(NULL, 0), reason);
	feed->dirty = true;
}

static void feed_begin_anew(struct feed *feed)
{
	list_for_each_safe (node, &feed->live) {
		struct watch *watch = container_of(node, struct watch, node);

		feed_remove(watch);
		watch_begin_anew(feed->feeds, watch);
	}
}

/* Whoever has not taken the last page reads this one, and what follows, by itself. */
static void feed_push(struct feed *feed, struct bytes message, int64_t now)
{
	list_for_each_safe (node, &feed->live) {
		struct watch *watch = container_of(node, struct watch, node);

		if (watch->unsent) {
			position_copy(&feed->position, &watch->position);
			feed_remove(watch);
		} else {
			watch_send(watch, message, now);
		}
	}
}

/* Nothing is new: whoever has heard nothing for long is told so. */
static void feed_say_alive(struct feed *feed, struct feed_slot *slot, int64_t now)
{
	struct bytes message = {NULL, 0};
	int64_t before = now - CAP_WATCH_HEARTBEAT_MS * NOW_NS_PER_MS;

	list_for_each_safe (node, &feed->live) {
		struct watch *watch = container_of(node, struct watch, node);

		if (watch->unsent || watch->said_ns > before)
			continue;
		if (!message.data)
			message = feed_slot_pack(slot, false, false);
		if (message.data)
			watch_send(watch, message, now);
	}
}

static void feed_take_page(struct feed *feed, struct feed_slot *slot)
{
	int64_t now = now_ns();
	struct bytes message;

	feed_end_some(feed, watch_is_lost, bytes_of(NULL, 0), REASON_NOT_A_MEMBER);
	feed->dirty |= !position_end_page(&slot->position, slot->head.more);
	if (slot->n_items > 0) {
		message = feed_slot_pack(slot, false, false);
		if (message.data)
			feed_push(feed, message, now);
		else
			feed_end_some(feed, watch_is_anybody, message, REASON_SERVER_FAULT);
	} else {
		feed_say_alive(feed, slot, now);
	}
	position_fini(&feed->position);
	position_copy(&slot->position, &feed->position);
	if (feed->n_unsent > 0)
		feed_pause(feed, now);
}

void feed_on_page(struct feed *feed, struct feed_slot *slot, enum reason reason)
{
	feed->slot = NULL;
	feed->read_ns = now_ns();
	if (reason)
		feed_on_failure(feed, slot, reason);
	else if (slot->head.restarted)
		feed_begin_anew(feed);
	else
		feed_take_page(feed, slot);
	if (list_is_empty(&feed->live))
		feed_free(feed);
	else if (feed->dirty)
		feed_want(feed);
}

/* --- who goes next ------------------------------------------------------------------------------
 */

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

/* --- the public side ---------------------------------------------------------------------------
 */

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

/* --- life ----------------------------------------------------------------------------------------
 */

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
