/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Those who watch an inbox, on this worker.
 *
 *   catching up -> live -> (behind -> catching up -> live ...) -> over
 *
 *   catching up  the watch reads pages of its own: the whole inbox or what changed
 *                since its cursor, the next one when the last is on its way
 *   live         it has all that its feed has: one reading of a unit's inbox serves
 *                all live watches of it, however many they are
 *   behind       it had not taken the last page when the next one came: it holds up
 *                nobody, and reads for itself once it has
 *
 * Nothing is queued for anybody: a watch holds one page at most, and its position.
 *
 * All readings are made one after the other on one connection. That is what makes
 * the step to live safe: between a watch's last reading and that step, its feed has
 * read nothing that the watch has not seen.
 *
 * A feed reads when it is hinted at (see hint.h), and after CAP_WATCH_POLL_MS
 * without a hint, which is when a lost hint is made good.
 */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include <event2/event.h>

#include "base/metrics.h"
#include "domain/reason.h"
#include "stafett/list.h"
#include "store/position.h"
#include "store/write.h"

struct feeds;
struct feed;
struct feed_slot;
struct viewer;
struct watch;

struct watch_ops {
	/* A packed WatchResponse, borrowed. Must not end the watch at once. */
	void (*send)(struct watch *watch, struct bytes message);
	/* The watch is over, and nothing of it is used after this. */
	void (*end)(struct watch *watch, enum reason reason);
};

/* One who watches. The memory is the owner's until |end| has run or feeds_leave
 * has returned. */
struct watch {
	struct caller caller; /* what it borrows must live as long */
	mask_t roles;	      /* one of them is needed */
	const struct watch_ops *ops;

	/* Of the feeds. */
	struct list all;  /* in feeds->watches */
	struct list node; /* in feeds->catching_up or feed->live */
	struct position position;
	struct feed *feed;	/* while live */
	struct viewer *viewer;	/* likewise: its member */
	struct feed_slot *slot; /* while a page of its own is read */
	bool opened;		/* its first reading is recorded */
	bool restarted;		/* the next message must say so */
	bool unsent;		/* what was sent is not all on its way */
	int64_t said_ns;	/* when something was sent */
};

struct feeds_params {
	struct event_base *base;
	const char *conninfo;
	struct metrics *metrics; /* may be NULL */
	/* See hint.h. */
	void (*ruled)(void *arg, struct rulebook *book);
	void *arg;
};

/* Begins to connect. Strings must outlive it. 0 or -errno. */
int feeds_new(const struct feeds_params *params, struct feeds **ret_feeds) WARN_UNUSED;
/* Every watch must be over. Accepts NULL; returns NULL. */
struct feeds *feeds_free(struct feeds *feeds);

/* Begins to watch: caller, roles and ops must be set. Any other reason than
 * REASON_NONE: it does not. */
enum reason feeds_join(struct feeds *feeds, struct watch *watch, struct bytes cursor) WARN_UNUSED;
/* The owner is gone. */
void feeds_leave(struct feeds *feeds, struct watch *watch);
/* What was sent to |watch| is on its way. */
void feeds_drained(struct feeds *feeds, struct watch *watch);
/* A commit of this worker has touched the inbox of |unit|. */
void feeds_touch(struct feeds *feeds, const struct uuid *unit);
/* Ends every watch with its cursor, and lets nobody in any more. */
void feeds_end(struct feeds *feeds);

#endif
