/* SPDX-License-Identifier: Apache-2.0 */
/* See feed.h and feed_internal.h. */
#include <stdlib.h>

#include "net/now.h"
#include "store/feed_internal.h"

/* --- a feed and its live watches ------------------------------------------------------ */

struct list *feeds_bucket(struct feeds *feeds, const struct uuid *unit)
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

void feed_want(struct feed *feed)
{
	feed->dirty = true;
	if (!feed->slot && !feed->pausing && list_is_empty(&feed->queued))
		list_push(&feed->feeds->wanting, &feed->queued);
}

void feed_end_pause(struct feed *feed)
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

void feed_note_sent(struct feed *feed)
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

void feed_settle(struct feed *feed)
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

void watch_detach(struct feeds *feeds, struct watch *watch)
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

void watch_end(struct feeds *feeds, struct watch *watch, enum reason reason)
{
	watch_detach(feeds, watch);
	watch->ops->end(watch, reason);
}

void watch_send(struct watch *watch, struct bytes message, int64_t now)
{
	if (watch->feed && !watch->unsent)
		watch->feed->n_unsent++;
	watch->unsent = true;
	watch->restarted = false;
	watch->said_ns = now;
	watch->ops->send(watch, message);
}

void watch_want(struct feeds *feeds, struct watch *watch)
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
