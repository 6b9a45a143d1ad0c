/* SPDX-License-Identifier: Apache-2.0 */
/* Who goes next: the ready queue, the lanes behind it, two batches before it. */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "domain/identity.h"
#include "net/now.h"
#include "net/turn.h"
#include "stafett/caps.h"
#include "store/batch.h"
#include "store/lane.h"
#include "store/parking.h"
#include "store/readers.h"
#include "store/rulebooks.h"
#include "store/turns.h"

/* Two: one fills and commits while the other decides. */
enum { STORE_BATCHES = 2 };

/* How many operations are enough for a second batch beside one at work, and how
 * long that one may be at work before the second does not wait for it. */
enum { STORE_CROWD = CAP_BATCH_OPS / 2, STORE_PATIENCE_MS = 20 };

/* How often deadlines are looked at while anything waits, and how long before
 * one the answer must leave, to be there before the caller stops waiting. */
enum { STORE_SWEEP_MS = 100, STORE_MARGIN_MS = 250 };

struct store {
	struct store_params params;
	struct lanes *lanes;
	struct turns *turns; /* operations that wait, not those under way */
	struct list pending; /* every operation that is not done */
	struct batch *batches[STORE_BATCHES];
	struct parking parking;
	struct readers *readers;
	struct feeds *feeds;
	struct bodies *bodies;
	struct rulebook *book; /* of deadlines; NULL: not read yet */
	struct event *turn;    /* behind the peers at hand */
	struct event *sweep;
};

/* Behind the peers that are at hand: what they bring goes along, and the loop need not
 * look at its sockets again for the sake of one of them. */
static void store_kick(struct store *s)
{
	event_active(s->turn, 0, 0);
}

/* A small batch waits until the other one waits for its commit, or, where commits
 * are short, is through: what comes in the meantime goes along, and a batch costs
 * the database less the more it carries. But not for one that is stuck, nor when
 * there is enough for two. */
static bool store_may_start(const struct store *s)
{
	int64_t latest = now_ns() - STORE_PATIENCE_MS * NOW_NS_PER_MS;

	for (int i = 0; i < STORE_BATCHES; i++)
		if (s->batches[i] && batch_is_busy(s->batches[i], latest))
			return turns_has_ready(s->turns, STORE_CROWD);
	return true;
}

static void store_on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct store *s = arg;

	if (s->parking.n > 0) {
		parking_reap(&s->parking);
		metrics_set(s->params.metrics, METRIC_PARKED, (uint64_t)s->parking.n);
	}
	for (int i = 0; i < STORE_BATCHES && turns_has_ready(s->turns, 1); i++)
		if (s->batches[i] && batch_is_idle(s->batches[i]) && store_may_start(s))
			batch_start(s->batches[i]);
}

/* Its lane is its own. */
static void store_make_ready(struct store *s, struct write *write)
{
	write->leads = true;
	turns_make_ready(s->turns, write);
}

static size_t write_bytes(const struct write *write)
{
	return write->header.len + write->card.len + write->body.len;
}

/* What a batch takes next. One that must go alone waits until it is first. */
static struct write *store_next(void *arg, size_t room, bool first)
{
	struct store *s = arg;
	struct write *write = turns_next(s->turns, first);

	if (!write || (!first && (write->alone || write_bytes(write) > room)))
		return NULL;
	turns_remove(s->turns, write);
	return write;
}

static void store_leave_lane(struct store *s, struct lane *lane)
{
	struct list *next = lane_leave(lane);

	if (next)
		store_make_ready(s, container_of(next, struct write, node));
}

static void write_end(struct write *write, const struct write_result *result)
{
	list_remove(&write->pending);
	write->done(write, result);
}

static void store_settle(void *arg, struct write *write, struct lane *lane,
	enum batch_verdict verdict, const struct write_result *result)
{
	struct store *s = arg;
	bool again = verdict != BATCH_ANSWERED && verdict != BATCH_FAULT;

	if (write && again) {
		write->alone |= verdict == BATCH_ISOLATE;
		metrics_add(s->params.metrics, METRIC_RETRIES, 1);
		turns_go_again(s->turns, write);
		return;
	}
	if (verdict == BATCH_ANSWERED)
		metrics_add(s->params.metrics, METRIC_OPERATIONS, 1);
	store_leave_lane(s, lane);
	if (write)
		write_end(write, result);
}

/* A margin before the deadline, but never more than a quarter of the time there
 * is: who gives a short one wants an answer, not a margin. */
static int64_t write_answer_by(const struct write *write)
{
	int64_t now = now_ns(), left = write->deadline_ns - now;
	int64_t margin = STORE_MARGIN_MS * NOW_NS_PER_MS;

	return write->deadline_ns - (margin < left / 4 ? margin : left / 4);
}

static void store_add_pending(struct store *s, struct write *write)
{
	static const struct timeval every = {0, STORE_SWEEP_MS * 1000};

	write->answer_by_ns = write_answer_by(write);
	if (list_is_empty(&s->pending))
		event_add(s->sweep, &every);
	list_push(&s->pending, &write->pending);
}

static void store_on_change(void *arg)
{
	struct store *s = arg;

	store_kick(s);
	s->params.changed(s->params.arg);
}

static void store_on_touched(void *arg, const struct uuid *unit)
{
	struct store *s = arg;

	if (s->feeds)
		feeds_touch(s->feeds, unit);
}

static const struct rulebook *store_book(void *arg)
{
	struct store *s = arg;

	return s->book;
}

/* The first one makes the store ready. */
static void store_on_ruled(void *arg, struct rulebook *book)
{
	struct store *s = arg;
	bool is_first = !s->book;

	rulebooks_free(s->book);
	s->book = book;
	if (is_first)
		store_on_change(s);
}

static int store_open_batch(struct store *s, int i)
{
	static const struct batch_ops ops = {
		store_next, store_settle, store_book, store_on_touched, store_on_change};
	static const char *const names[STORE_BATCHES] = {"stafett write 1", "stafett write 2"};
	const struct batch_params params = {
		.base = s->params.base,
		.conninfo = s->params.conninfo,
		.name = names[i],
		.ops = &ops,
		.arg = s,
		.metrics = s->params.metrics,
	};

	return batch_new(&params, &s->batches[i]);
}

/* Whoever runs out of time is told what is known: it was not begun, or it may
 * have happened. In the second case the same message again is safe. */
static struct write *store_first_expired(struct store *s)
{
	int64_t now = now_ns();

	list_for_each (node, &s->pending) {
		struct write *write = container_of(node, struct write, pending);

		if (write->answer_by_ns <= now)
			return write;
	}
	return NULL;
}

/* A connection whose commit hangs is left to itself, and another opened. */
static void store_park_the_stuck(struct store *s)
{
	int64_t now = now_ns();

	for (int i = 0; i < STORE_BATCHES; i++) {
		struct batch *batch = s->batches[i];

		if (batch && (!batch_is_stuck(batch, now) || parking_is_full(&s->parking)))
			continue;
		if (batch)
			parking_add(&s->parking, batch);
		metrics_set(s->params.metrics, METRIC_PARKED, (uint64_t)s->parking.n);
		s->batches[i] = NULL;
		if (store_open_batch(s, i) < 0)
			log_error("no memory for another connection");
	}
}

static void store_on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct store *s = arg;
	struct write *write;

	/* From the head each time: an answer may take others out of the list. */
	while ((write = store_first_expired(s))) {
		enum reason reason = write->tried ? REASON_OUTCOME_UNKNOWN : REASON_DEADLINE;

		store_abandon_write(s, write);
		write->done(write, &(struct write_result){.reason = reason});
	}
	store_park_the_stuck(s);
	if (list_is_empty(&s->pending))
		event_del(s->sweep);
	store_kick(s); /* for a batch that waits for one that is stuck */
}

static int store_connect(struct store *s)
{
	struct readers_params readers = {
		.base = s->params.base,
		.conninfo = s->params.conninfo,
		.changed = store_on_change,
		.arg = s,
	};
	const struct feeds_params feeds = {
		.base = s->params.base,
		.conninfo = s->params.conninfo,
		.metrics = s->params.metrics,
		.ruled = store_on_ruled,
		.arg = s,
	};
	int rc = 0;

	for (int i = 0; rc == 0 && i < STORE_BATCHES; i++)
		rc = store_open_batch(s, i);
	if (rc == 0)
		rc = readers_new(&readers, &s->readers);
	if (rc == 0)
		rc = feeds_new(&feeds, &s->feeds);
	return rc < 0 ? rc : bodies_new(s->params.base, s->params.conninfo, &s->bodies);
}

int store_new(const struct store_params *params, struct store **ret_store)
{
	struct store *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return -ENOMEM;
	s->params = *params;
	list_init(&s->pending);
	s->lanes = lanes_new();
	s->turns = turns_new();
	s->turn = event_new(params->base, -1, 0, store_on_turn, s);
	if (s->turn)
		turn_among_peers(s->turn);
	s->sweep = event_new(params->base, -1, EV_PERSIST, store_on_sweep, s);
	rc = s->lanes && s->turns && s->turn && s->sweep ? store_connect(s) : -ENOMEM;
	if (rc < 0) {
		store_free(s);
		return rc;
	}
	*ret_store = s;
	return 0;
}

struct store *store_free(struct store *s)
{
	if (!s)
		return NULL;
	for (int i = 0; i < STORE_BATCHES; i++)
		s->batches[i] = batch_free(s->batches[i]);
	parking_clear(&s->parking);
	readers_free(s->readers);
	s->feeds = feeds_free(s->feeds);
	bodies_free(s->bodies);
	rulebooks_free(s->book);
	if (s->turn)
		event_free(s->turn);
	if (s->sweep)
		event_free(s->sweep);
	turns_free(s->turns);
	lanes_free(s->lanes);
	free(s);
	return NULL;
}

bool store_is_ready(const struct store *s)
{
	bool writes = false;

	for (int i = 0; i < STORE_BATCHES; i++)
		writes |= s->batches[i] && batch_is_connected(s->batches[i]);
	return writes && s->book && s->readers && readers_are_ready(s->readers);
}

/* Every connection hangs in a commit, and no more may be opened. */
static bool store_hangs(const struct store *s)
{
	int64_t now = now_ns();

	for (int i = 0; i < STORE_BATCHES; i++)
		if (!s->batches[i] || !batch_is_stuck(s->batches[i], now))
			return false;
	return parking_is_full(&s->parking);
}

static void write_refuse(struct write *write, enum reason reason)
{
	write->done(write, &(struct write_result){.reason = reason});
}

/* The queue is full: the organisation that has the most of it gives up a place for
 * one that has less, by the write that came last. What was begun is never shed. */
static bool store_make_place(struct store *s, const struct write *write)
{
	struct bytes own = identity_member_organisation(write->caller.member);
	struct write *last = turns_heaviest(s->turns, turns_count_of(s->turns, own) + 1);

	if (!last)
		return false;
	metrics_add(s->params.metrics, METRIC_REFUSED_SHARE, 1);
	store_abandon_write(s, last);
	write_refuse(last, REASON_OVERLOADED);
	return true;
}

/* Whether there is a place for |write| in the queue. What begins work is refused
 * before what ends it. */
static bool store_has_place(struct store *s, const struct write *write)
{
	bool begins = write->order.act == ACT_SEND;
	size_t places = begins ? CAP_QUEUED_OPS - CAP_QUEUED_RESERVE : CAP_QUEUED_OPS;

	if (store_hangs(s))
		return false;
	return turns_count(s->turns) < places || store_make_place(s, write);
}

/* Gives |write| its place; in its chain's lane while the lane is not free. */
static int store_queue(struct store *s, struct write *write)
{
	bool first;

	write->lane = lanes_enter(s->lanes, &write->order.chain, &first);
	if (!write->lane)
		return -ENOMEM;
	if (turns_enter(s->turns, write) < 0) {
		if (first)
			lane_leave(write->lane);
		return -ENOMEM;
	}
	store_add_pending(s, write);
	if (first)
		store_make_ready(s, write);
	else
		list_push(&write->lane->waiting, &write->node);
	return 0;
}

void store_write(struct store *s, struct write *write)
{

	write->slot = NULL;
	write->leads = write->alone = write->tried = false;
	list_init(&write->node);
	list_init(&write->pending);
	if (!store_is_ready(s)) {
		write_refuse(write, REASON_DATABASE_AWAY);
		return;
	}
	if (store_has_place(s, write) && store_queue(s, write) == 0) {
		store_kick(s);
		return;
	}
	metrics_add(s->params.metrics, METRIC_REFUSED_QUEUE, 1);
	write_refuse(write, REASON_OVERLOADED);
}

void store_abandon_write(struct store *s, struct write *write)
{
	list_remove(&write->pending);
	if (write->slot) {
		batch_abandon(write->slot);
		return;
	}
	turns_remove(s->turns, write);
	if (write->leads)
		store_leave_lane(s, write->lane);
}

void store_read(struct store *s, struct read *read)
{
	readers_submit(s->readers, read);
}

void store_abandon_read(struct store *s, struct read *read)
{
	readers_abandon(s->readers, read);
}

struct feeds *store_feeds(struct store *s)
{
	return s->feeds;
}

struct bodies *store_bodies(struct store *s)
{
	return s->bodies;
}
