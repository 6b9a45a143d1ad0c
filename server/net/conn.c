/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a connection, see conn.h: its states, how long each may last, and
 * its end.
 */
#include "net/conn.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/rand.h>

#include "base/log.h"
#include "net/conn_internal.h"
#include "net/now.h"
#include "net/turn.h"
#include "stafett/caps.h"

enum {
	/* That are ended, or freed, before the peers at work have their turn. */
	CONN_ENDS_A_TURN = 16,
	/* How long a peer that we have left may take to read our last words. */
	CONN_CLOSING_MS = 1000,
	/* The second GOAWAY of a drain does not wait longer for the round trip. */
	CONN_DRAIN_NOTICE_MS = 2000,
};

static const char *const conn_state_names[] = {
#define CONN_STATE_NAME(name) #name,
	CONN_STATE_LIST(CONN_STATE_NAME)
#undef CONN_STATE_NAME
};

void conn_ask_turn(struct conn_host *host)
{
	event_active(host->turn, EV_TIMEOUT, 0);
}

void conn_ask_chores(struct conn_host *host)
{
	event_active(host->chores, EV_TIMEOUT, 0);
}

void conn_enter(struct conn *c, enum conn_state state)
{
	struct conn_host *host = c->host;

	assert(state > c->state || (state == CONN_WAITING && !c->ssl));
	if (log_would(LOG_LEVEL_DEBUG))
		log_debug("connection changes", LOG_S("peer", c->peer.address),
			LOG_S("from", conn_state_names[c->state]),
			LOG_S("to", conn_state_names[state]));
	host->counts[c->state]--;
	host->counts[state]++;
	list_remove(&c->node);
	list_push(&host->lists[state], &c->node);
	c->state = state;
	c->since_ns = now_ns();
	if (state == CONN_CLOSED) {
		event_del(&c->readable);
		event_del(&c->writable);
		conn_ask_chores(host);
	}
	host->changed(host->changed_arg);
}

static struct conn *conn_free(struct conn *c)
{
	if (!c)
		return NULL;
	h2_free(c->h2);
	event_del(&c->readable);
	event_del(&c->writable);
	conn_line_leave(c);
	list_remove(&c->dirty);
	list_remove(&c->chore);
	list_remove(&c->node);
	c->host->counts[c->state]--;
	member_leave(c->member);
	SSL_free(c->ssl);
	tls_unref(c->tls);
	close(c->fd);
	free(c->pending);
	free(c);
	return NULL;
}

/* A line for each, but no more of them than somebody can read: whoever can connect
 * could fill the log's disk. */
static void conn_log_end(const struct conn *c, const char *cause)
{
	struct conn_host *host = c->host;

	if (host->logged++ >= CAP_LOGGED_ENDS)
		return;
	log_warn(c->state == CONN_HANDSHAKING ? "handshake refused" : "connection ended",
		LOG_S("peer", c->peer.address), LOG_S("member", c->peer.member),
		LOG_S("cause", cause));
}

/* Once a second: says how many lines were left out. */
static void conn_renew_log(struct conn_host *host)
{
	if (host->logged > CAP_LOGGED_ENDS)
		log_warn("more connections were ended than are logged",
			LOG_I("more", host->logged - CAP_LOGGED_ENDS));
	host->logged = 0;
}

/* What the peer's address, and its member, will have to answer for when they come
 * again. To have looked at the port is nothing. */
static void conn_judge(const struct conn *c)
{
	struct suspects *suspects = c->host->suspects;

	if (c->h2 && c->h2->abused)
		suspects_note_abuse(suspects, c->source, c->peer.member, now_ns());
	else if (c->ssl && !(c->h2 && c->h2->answered))
		suspects_note_waste(suspects, c->source, now_ns());
}

void conn_leave(struct conn *c, const char *cause, bool politely)
{
	conn_judge(c);
	if (cause)
		conn_log_end(c, cause);
	c->h2 = h2_free(c->h2);
	c->member = member_leave(c->member);
	conn_line_leave(c);
	list_remove(&c->dirty);
	list_remove(&c->chore);
	free(c->pending);
	c->pending = NULL;
	c->pending_len = 0;
	if (!politely) {
		conn_enter(c, CONN_CLOSED);
		return;
	}
	ERR_clear_error();
	if (SSL_is_init_finished(c->ssl))
		SSL_shutdown(c->ssl);
	shutdown(c->fd, SHUT_WR);
	event_del(&c->writable);
	event_add(&c->readable, NULL);
	conn_enter(c, CONN_CLOSING);
}

/* Whether |ms| have passed since |then_ns|. */
static bool conn_has_waited(int64_t now, int64_t then_ns, int64_t ms)
{
	return now - then_ns >= ms * NOW_NS_PER_MS;
}

/* Ends a connection whose peer would not notice a goodbye. */
static void conn_stop(struct conn *c, enum stop stop)
{
	stop_count(stop, c->host->h2.metrics);
	conn_leave(c, stop_words(stop), false);
}

/* Whether a handshake that has lasted long waits for us: its next step queues. */
static bool conn_is_held_up(const struct conn *c, int64_t now)
{
	return !list_is_empty(&c->chore) && !conn_has_waited(now, c->begun_ns, CAP_HANDSHAKE_MS);
}

/* In a crowd a peer has little time for each of its own words: from now on again. */
static void conn_wait_anew(struct conn *c, int64_t now)
{
	c->since_ns = now;
	list_remove(&c->node);
	list_push(&c->host->lists[CONN_HANDSHAKING], &c->node);
}

/* Ends handshakes that take too long; the oldest come first. True when there may be
 * more of them. */
static bool conn_end_late(struct conn_host *host)
{
	const struct list *shaking = &host->lists[CONN_HANDSHAKING];
	int64_t now = now_ns();

	for (int i = 0; i < CONN_ENDS_A_TURN; i++) {
		bool crowded = host->counts[CONN_HANDSHAKING] > CAP_HANDSHAKES;
		int64_t patience_ms = crowded ? CAP_HURRIED_HANDSHAKE_MS : CAP_HANDSHAKE_MS;
		struct conn *oldest;

		if (list_is_empty(shaking))
			return false;
		oldest = list_first(shaking, struct conn, node);
		if (!conn_has_waited(now, oldest->since_ns, patience_ms))
			return false;
		if (conn_is_held_up(oldest, now))
			conn_wait_anew(oldest, now);
		else
			conn_stop(oldest, STOP_HANDSHAKE);
	}
	return true;
}

static void conn_on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct conn_host *host = arg;
	struct list batch, *node;

	list_init(&batch);
	list_insert_before(&host->dirty, &batch);
	list_remove(&host->dirty);
	while ((node = list_pop(&batch)))
		conn_io_turn(container_of(node, struct conn, dirty));
}

static void conn_reap(struct conn_host *host)
{
	struct list *closed = &host->lists[CONN_CLOSED];

	for (int i = 0; i < CONN_ENDS_A_TURN && !list_is_empty(closed); i++)
		conn_free(list_first(closed, struct conn, node));
}

/* Its place is that of one peer, among all others that want something. */
static void conn_on_chores(evutil_socket_t fd, short what, void *arg)
{
	struct conn_host *host = arg;
	struct list *next = list_pop(&host->shaking);
	bool more;

	if (next)
		conn_io_go_on(container_of(next, struct conn, chore));
	more = conn_end_late(host);
	conn_reap(host);
	if (more || !list_is_empty(&host->shaking) || !list_is_empty(&host->lists[CONN_CLOSED]))
		conn_ask_chores(host);
}

/* An event that only event_active sets off, |chores|: in turn with the peers. */
static struct event *conn_new_event(struct conn_host *host, event_callback_fn callback, bool chores)
{
	struct event *event = event_new(host->h2.base, -1, 0, callback, host);

	if (event && chores)
		turn_among_peers(event);
	return event;
}

static void conn_free_event(struct event *event)
{
	if (event)
		event_free(event);
}

int conn_host_init(struct conn_host *host)
{
	int rc;

	for (int i = 0; i < CONN_STATES; i++)
		list_init(&host->lists[i]);
	for (int i = 0; i < CONN_LINES; i++)
		list_init(&host->lines[i]);
	list_init(&host->dirty);
	list_init(&host->shaking);
	host->turn = conn_new_event(host, conn_on_turn, false);
	host->chores = conn_new_event(host, conn_on_chores, true);
	host->members = members_new();
	host->suspects = suspects_new();
	rc = host->turn && host->chores && host->members && host->suspects ? h2_host_init(&host->h2)
									   : -ENOMEM;
	if (rc < 0) {
		members_free(host->members);
		suspects_free(host->suspects);
		conn_free_event(host->turn);
		conn_free_event(host->chores);
	}
	return rc;
}

void conn_host_fini(struct conn_host *host)
{
	for (int i = 0; i < CONN_STATES; i++) {
		list_for_each_safe (node, &host->lists[i])
			conn_free(container_of(node, struct conn, node));
	}
	conn_free_event(host->turn);
	conn_free_event(host->chores);
	members_free(host->members);
	suspects_free(host->suspects);
	h2_host_fini(&host->h2);
}

int conn_new(struct conn_host *host, int fd, uint64_t source, const char *address)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return -ENOMEM;
	}
	*c = (struct conn){
		.host = host,
		.state = CONN_HANDSHAKING,
		.fd = fd,
		.tls = tls_ref(host->tls),
		.source = source,
		.since_ns = now_ns(),
	};
	c->heard_ns = c->begun_ns = c->since_ns;
	snprintf(c->peer.address, sizeof(c->peer.address), "%s", address);
	list_init(&c->dirty);
	list_init(&c->chore);
	conn_shake_expect(c);
	list_push(&host->lists[CONN_HANDSHAKING], &c->node);
	host->counts[CONN_HANDSHAKING]++;
	event_assign(&c->readable, host->h2.base, fd, EV_READ | EV_PERSIST, conn_io_on_event, c);
	event_assign(&c->writable, host->h2.base, fd, EV_WRITE | EV_PERSIST, conn_io_on_event, c);
	turn_among_peers(&c->readable);
	event_add(&c->readable, NULL);
	return 0;
}

/* A tenth more or less than CAP_AGE_MS: those who came together do not leave
 * together. Without chance it is just that. */
static int64_t conn_choose_age_ns(void)
{
	const int64_t spread = CAP_AGE_MS / 5;
	uint32_t random = UINT32_MAX / 2;

	RAND_bytes((uint8_t *)&random, sizeof(random));
	return (CAP_AGE_MS - spread / 2 + spread * random / UINT32_MAX) * NOW_NS_PER_MS;
}

/* Asks the peer to leave; |why| is a constant that it may read. */
static void conn_drain(struct conn *c, const char *why)
{
	if (c->state != CONN_OPEN)
		return;
	conn_enter(c, CONN_DRAINING);
	h2_drain_begin(c->h2, why);
	conn_io_wake(c);
}

void conn_open(struct conn *c)
{
	conn_enter(c, CONN_OPEN);
	c->age_ns = conn_choose_age_ns();
	if (c->host->draining)
		conn_drain(c, "shutdown");
}

void conn_drain_all(struct conn_host *host)
{
	host->draining = true;
	list_for_each_safe (node, &host->lists[CONN_OPEN])
		conn_drain(container_of(node, struct conn, node), "shutdown");
}

size_t conn_count(const struct conn_host *host)
{
	return host->counts[CONN_WAITING] + host->counts[CONN_HANDSHAKING] +
	       host->counts[CONN_OPEN] + host->counts[CONN_DRAINING];
}

/* Since when output waits for the peer without any of it leaving. */
static bool conn_is_stalled(const struct conn *c, int64_t now)
{
	return (c->pending_len > 0 || h2_is_waiting(c->h2)) &&
	       conn_has_waited(now, c->h2->moved_ns, CAP_STALL_MS);
}

/* Ends what does not read, and what gives no sign of life when it is asked. */
static void conn_sweep_patience(struct conn *c, int64_t now)
{
	bool silent = c->h2->n_calls > 0 && conn_has_waited(now, c->heard_ns, CAP_SILENCE_MS);

	if (conn_is_stalled(c, now)) {
		conn_stop(c, STOP_STALL);
	} else if (silent && conn_has_waited(now, c->heard_ns, CAP_SILENCE_MS + CAP_STALL_MS)) {
		conn_stop(c, STOP_SILENCE);
	} else if (silent && !c->pinged) {
		c->pinged = true;
		h2_ping(c->h2);
		conn_io_wake(c);
	}
}

static void conn_sweep_open(struct conn *c, int64_t now)
{
	conn_sweep_patience(c, now);
	if (c->state != CONN_OPEN)
		return;
	if (now - c->since_ns >= c->age_ns)
		conn_drain(c, "max_age");
	else if (c->h2->n_calls == 0 && conn_has_waited(now, c->h2->idle_ns, CAP_IDLE_MS))
		conn_drain(c, "max_idle");
}

/* Who was asked to leave and does not: at last its calls are ended, and it with
 * them. At the end of the process the listener's own grace is what counts. */
static void conn_sweep_draining(struct conn *c, int64_t now)
{
	conn_sweep_patience(c, now);
	if (c->state != CONN_DRAINING || !conn_has_waited(now, c->since_ns, CONN_DRAIN_NOTICE_MS))
		return;
	h2_drain_finish(c->h2);
	if (!c->host->draining && conn_has_waited(now, c->since_ns, CAP_AGE_GRACE_MS))
		h2_drain_end(c->h2);
	conn_io_wake(c);
}

static void conn_sweep_closing(struct conn *c, int64_t now)
{
	if (conn_has_waited(now, c->since_ns, CONN_CLOSING_MS))
		conn_enter(c, CONN_CLOSED);
}

void conn_sweep(struct conn_host *host)
{
	static void (*const sweep[])(struct conn * c, int64_t now) = {
		[CONN_OPEN] = conn_sweep_open,
		[CONN_DRAINING] = conn_sweep_draining,
		[CONN_CLOSING] = conn_sweep_closing,
	};
	int64_t now = now_ns();

	conn_renew_log(host);
	conn_ask_chores(host); /* handshakes that take too long */
	/* Backwards, so that nobody is met again in the state after. */
	for (int state = CONN_CLOSING; state >= CONN_OPEN; state--) {
		list_for_each_safe (node, &host->lists[state])
			sweep[state](container_of(node, struct conn, node), now);
	}
}
