/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The feeds among themselves.
 *
 *   feeds.c      all of them: who goes next, what wakes them, who comes and goes
 *   feed.c       one feed and its watches: what a page means for them
 *   feed_read.c  the slot: reading one page, for a feed or for one watch
 *   viewer.c     the members behind a feed's live watches
 *
 * Invariants: a watch is in exactly one of these: in feeds->catching_up; in the
 * slot; in a feed's live list; or in none of them, while it is behind and has not
 * taken its last page. A feed exists while it has a live watch. Whoever is in the
 * slot has its reading under way.
 */
#ifndef STORE_FEED_INTERNAL_H
#define STORE_FEED_INTERNAL_H

#include "domain/identity.h"
#include "stafett/caps.h"
#include "stafett/v1/inbox_service.pb-c.h"
#include "store/feed.h"
#include "store/hint.h"
#include "store/read.h"
#include "store/viewer.h"

enum { FEED_BUCKETS = 1024 };
enum { FEED_TEXT_MAX = 128 };

/* What the live watches of one unit have in common. A unit with more members than
 * one leaf names has more than one. */
struct feed {
	struct list node;   /* in feeds->buckets */
	struct list queued; /* in feeds->wanting or feeds->pausing */
	struct feeds *feeds;
	struct uuid unit;
	mask_t roles;
	struct list live; /* struct watch.node */
	struct viewers viewers;
	struct position position;
	struct feed_slot *slot; /* while it is read */
	bool dirty;		/* there may be something new */
	size_t n_unsent;	/* live watches that have yet to take the last page */
	bool pausing;		/* it waits for those */
	int64_t pause_ns;	/* until when it is waited for */
	int64_t read_ns;	/* when it was last read */
};

/* What a page said of itself. */
struct page_head {
	bool present, restarted, more;
};

/* The page that is being read. */
struct feed_slot {
	struct feeds *feeds;
	struct feed *feed;   /* whose page is read, or */
	struct watch *watch; /* that of one who catches up; NULL both: the slot is free */
	struct read read;
	struct arena arena;
	struct db_array others; /* the feed's viewers */
	struct page_head head;
	struct position position; /* as it will be when the page is sent */
	Stafett__V1__InboxItem *items[CAP_WATCH_ROWS];
	size_t n_items;
	/* Of the caller, whose call may end before the reading does. */
	char unit[IDENTITY_HANDLE_MAX + 1], member[FEED_TEXT_MAX], address[FEED_TEXT_MAX],
		call_id[FEED_TEXT_MAX];
	uint8_t fingerprint[32];
	char after[24]; /* the number where the page begins, as text */
};

struct feeds {
	struct event_base *base;
	struct metrics *metrics;
	struct reader *reader;
	struct hints *hints;
	void (*ruled)(void *arg, struct rulebook *book);
	void *ruled_arg;
	struct event *tick, *pause;
	struct list watches;	 /* all of them */
	struct list catching_up; /* those that want a slot */
	struct list wanting;	 /* feeds that want a slot */
	struct list pausing;	 /* feeds, the first to go on first */
	struct list buckets[FEED_BUCKETS];
	size_t n_watches;
	bool ended;
	bool watches_turn; /* of two that want the slot, it is that of who catches up */
	struct feed_slot slot;
};

/* --- feed_read.c */

void feed_slot_init(struct feed_slot *slot, struct feeds *feeds);
bool feed_slot_is_free(const struct feed_slot *slot);
/* Makes ready to read the next page; feed_on_page or watch_on_page follow. */
void feed_slot_take_feed(struct feed_slot *slot, struct feed *feed);
void feed_slot_take_watch(struct feed_slot *slot, struct watch *watch);
/* Whoever it was for is gone. */
void feed_slot_abandon(struct feed_slot *slot);
/* The message of the page that was read, in the slot's arena; empty with NULL data
 * over its cap. */
struct bytes feed_slot_pack(struct feed_slot *slot, bool restarted, bool current);
/* A farewell: a message of nothing but a cursor. */
enum { FAREWELL_BYTES = CURSOR_BYTES + 2 };
struct bytes farewell(
	const struct position *position, struct bytes unit, uint8_t out[FAREWELL_BYTES]);

/* --- feed.c */

/* Where the feeds of |unit| are. */
struct list *feeds_bucket(struct feeds *feeds, const struct uuid *unit);
/* There may be something new. It is read when a slot is free, and when those who
 * were given the last page have had their time to take it. */
void feed_want(struct feed *feed);
void feed_end_pause(struct feed *feed);
/* One of its watches has taken the last page. */
void feed_note_sent(struct feed *feed);
/* Frees it if it has no watch any more. */
void feed_settle(struct feed *feed);

/* Takes it out of everything; a feed that it was in must be settled. */
void watch_detach(struct feeds *feeds, struct watch *watch);
/* The same, and its call ends with |reason|. */
void watch_end(struct feeds *feeds, struct watch *watch, enum reason reason);
void watch_send(struct watch *watch, struct bytes message, int64_t now);
/* It wants its next page, unless it has yet to take the last: see feeds_drained. */
void watch_want(struct feeds *feeds, struct watch *watch);

/* A page is read and recorded, or was not; the slot still holds it. */
void feed_on_page(struct feed *feed, struct feed_slot *slot, enum reason reason);
void watch_on_page(struct watch *watch, struct feed_slot *slot, enum reason reason);

#endif
