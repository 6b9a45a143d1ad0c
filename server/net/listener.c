/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See listener.h. Accepting stops while there is no room for another connection:
 * the kernel's queue keeps the others in order, and the loop does not spin.
 */
#include "net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "net/conn.h"
#include "net/now.h"
#include "net/pace.h"
#include "net/turn.h"
#include "stafett/caps.h"

enum {
	/* Connections accepted before the peers at work have their turn. */
	LISTENER_ACCEPTS = 4,
	LISTENER_SWEEP_S = 1,
	/* How long nobody is accepted once there were too many. */
	LISTENER_REST_US = 5000,
	LISTENER_AHEAD_S = 3,
	/* A peer is left to a less busy process for this long at first, and looked at
	 * again, each time after twice as long; altogether a quarter of a second. */
	LISTENER_LEAVE_US = 1000,
	LISTENER_LEAVE_LAST_US = 128 * LISTENER_LEAVE_US,
	/* Who did not come for it in all that time hangs, and is waited for no more. */
	LISTENER_ALONE_MS = 1000,
};

/* Sockets of peers that are served before the loop looks at the others again. */
enum { LISTENER_PEERS_A_LOOK = 4 };

struct event_base *listener_new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config && event_config_set_max_dispatch_interval(
			      config, NULL, LISTENER_PEERS_A_LOOK, TURN_OF_PEERS) == 0)
		base = event_base_new_with_config(config);
	if (config)
		event_config_free(config);
	if (base && event_base_priority_init(base, TURN_PRIORITIES) < 0) {
		event_base_free(base);
		return NULL;
	}
	return base;
}

struct listener {
	struct conn_host host;
	int fd;
	int spare_fd;	/* given up to refuse a peer when descriptors run out */
	bool exhausted; /* they have; until the next sweep */
	bool paused;
	int left_us;		  /* the last wait for others to take the next peer; 0: none */
	int64_t accept_ns;	  /* when the next one is due, see pace.h */
	int64_t alone_ns;	  /* until then nobody is waited for */
	struct event *acceptable; /* the listening socket */
	struct event *sweep;	  /* once a second */
	struct event *review;	  /* after connections have changed */
	struct event *resume;	  /* after a peer was left to others, or a rest */
	struct event *grace;	  /* the end of a drain */
	bool (*may_leave)(void *arg);
	void *may_leave_arg;
	void (*drained)(void *arg);
	void *drained_arg;
};

static void listener_describe(const struct sockaddr_storage *addr, char *text, size_t size)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)addr;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)addr;
	char ip[INET6_ADDRSTRLEN] = "?";

	if (addr->ss_family == AF_INET) {
		inet_ntop(AF_INET, &v4->sin_addr, ip, sizeof(ip));
		snprintf(text, size, "%s:%u", ip, ntohs(v4->sin_port));
	} else if (addr->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, ip, sizeof(ip));
		snprintf(text, size, "[%s]:%u", ip, ntohs(v6->sin6_port));
	} else {
		snprintf(text, size, "local");
	}
}

/* Whether one more connection is wanted, and has room. */
static bool listener_has_room(const struct listener *l)
{
	const size_t *counts = l->host.counts;

	return !l->host.draining && !l->exhausted &&
	       conn_count(&l->host) + counts[CONN_CLOSING] < CAP_CONNECTIONS;
}

/* Takes the next peer off the queue only to close it: better a refusal now than
 * a client that waits, and a loop that is woken for it for ever. */
static void listener_turn_away(struct listener *l)
{
	int fd;

	close(l->spare_fd);
	fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0) {
		metrics_add(l->host.h2.metrics, METRIC_CONNECTIONS_REFUSED, 1);
		close(fd);
	}
	l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	l->exhausted = true;
	log_error("out of descriptors: new connections wait",
		LOG_I("connections", conn_count(&l->host)));
}

/* Whether the peer has only looked whether the port is open. It is in the way of
 * others the less, the sooner that is seen. */
static bool listener_is_gone(int fd)
{
	char word;

	return recv(fd, &word, sizeof(word), MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void listener_welcome(struct listener *l, int fd, const struct sockaddr_storage *addr)
{
	char text[64];
	int on = 1;

	metrics_add(l->host.h2.metrics, METRIC_CONNECTIONS_ACCEPTED, 1);
	if (listener_is_gone(fd)) {
		metrics_add(l->host.h2.metrics, METRIC_HANDSHAKE_OTHER, 1);
		close(fd);
		return;
	}
	listener_describe(addr, text, sizeof(text));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (conn_new(&l->host, fd, suspects_source(addr), text) == 0) {
		metrics_set(l->host.h2.metrics, METRIC_CONNECTIONS_OPEN, conn_count(&l->host));
	} else {
		metrics_add(l->host.h2.metrics, METRIC_CONNECTIONS_REFUSED, 1);
		log_error("out of memory for a connection", LOG_S("peer", text));
	}
}

/* Leaves the next peer for a moment to a less busy process, if there is one. On a busy
 * machine it takes a while to wake up; one that hangs looks idle too. */
static bool listener_leaves(struct listener *l)
{
	struct timeval moment = {0};

	if (!l->may_leave || now_ns() < l->alone_ns || !l->may_leave(l->may_leave_arg)) {
		l->left_us = 0;
		return false;
	}
	if (l->left_us == LISTENER_LEAVE_LAST_US) {
		l->left_us = 0;
		l->alone_ns = now_ns() + LISTENER_ALONE_MS * NOW_NS_PER_MS;
		return false;
	}
	l->left_us = l->left_us ? 2 * l->left_us : LISTENER_LEAVE_US;
	moment.tv_usec = l->left_us;
	event_del(l->acceptable);
	event_add(l->resume, &moment);
	return true;
}

/* The moment is over, or the rest. When nobody is left in the queue, somebody took the peer. */
static void listener_on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	struct pollfd queue = {.fd = l->fd, .events = POLLIN};

	if (l->paused)
		return;
	if (poll(&queue, 1, 0) != 1)
		l->left_us = 0;
	event_add(l->acceptable, NULL);
}

/* Those who only come and go cost little each, and there may be very many of them: the
 * kernel's queue keeps them while those at work have their turn. */
static bool listener_rests(struct listener *l)
{
	const struct timeval rest = {.tv_usec = LISTENER_REST_US};

	if (pace_take(&l->accept_ns, CAP_ACCEPTS_S, LISTENER_AHEAD_S * NOW_NS_PER_S, now_ns()))
		return false;
	event_del(l->acceptable);
	event_add(l->resume, &rest);
	return true;
}

static void listener_on_acceptable(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	for (int i = 0; i < LISTENER_ACCEPTS && listener_has_room(l) && !listener_leaves(l) &&
			!listener_rests(l);
		i++) {
		struct sockaddr_storage addr = {0};
		socklen_t len = sizeof(addr);
		int peer = accept4(
			l->fd, (struct sockaddr *)&addr, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (peer >= 0)
			listener_welcome(l, peer, &addr);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			listener_turn_away(l);
		else if (errno == EAGAIN)
			break; /* other errors are those of the peer that is gone already */
	}
	event_active(l->review, EV_TIMEOUT, 0);
}

/* Runs once, when a drain has come to its end. */
static void listener_end_drain(struct listener *l)
{
	void (*drained)(void *arg) = TAKE(l->drained);

	event_del(l->grace);
	drained(l->drained_arg);
}

static void listener_on_grace(evutil_socket_t fd, short what, void *arg)
{
	listener_end_drain(arg);
}

/* Starts and stops accepting; notices the end of a drain. */
static void listener_on_review(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	bool pause = !listener_has_room(l);

	metrics_set(l->host.h2.metrics, METRIC_CONNECTIONS_OPEN, conn_count(&l->host));
	if (pause != l->paused) {
		l->paused = pause;
		if (pause)
			event_del(l->acceptable);
		else
			event_add(l->acceptable, NULL);
	}
	if (l->drained && conn_count(&l->host) == 0)
		listener_end_drain(l);
}

static void listener_on_changed(void *arg)
{
	struct listener *l = arg;

	event_active(l->review, EV_TIMEOUT, 0);
}

static void listener_on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	l->exhausted = false;
	conn_sweep(&l->host);
	event_active(l->review, EV_TIMEOUT, 0);
}

static int listener_make_events(struct listener *l, struct event_base *base)
{
	const struct timeval second = {.tv_sec = LISTENER_SWEEP_S};

	l->acceptable = event_new(base, l->fd, EV_READ | EV_PERSIST, listener_on_acceptable, l);
	l->sweep = event_new(base, -1, EV_PERSIST, listener_on_sweep, l);
	l->review = event_new(base, -1, 0, listener_on_review, l);
	if (l->acceptable)
		turn_among_peers(l->acceptable);
	l->resume = event_new(base, -1, 0, listener_on_resume, l);
	l->grace = event_new(base, -1, 0, listener_on_grace, l);
	if (!l->acceptable || !l->sweep || !l->review || !l->resume || !l->grace ||
		event_add(l->acceptable, NULL) < 0 || event_add(l->sweep, &second) < 0)
		return -ENOMEM;
	return 0;
}

static void listener_free_event(struct event *event)
{
	if (event)
		event_free(event);
}

static void listener_free_self(struct listener *l)
{
	listener_free_event(l->acceptable);
	listener_free_event(l->sweep);
	listener_free_event(l->review);
	listener_free_event(l->resume);
	listener_free_event(l->grace);
	if (l->spare_fd >= 0)
		close(l->spare_fd);
	tls_unref(l->host.tls);
	free(l);
}

int listener_new(const struct listener_params *params, struct listener **ret_listener)
{
	struct listener *l = calloc(1, sizeof(*l));
	int rc;

	if (!l)
		return -ENOMEM;
	l->fd = params->fd;
	l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	l->host.h2.base = params->base;
	l->host.h2.router = params->router;
	l->host.h2.ended = params->ended;
	l->host.h2.ended_arg = params->arg;
	l->host.h2.metrics = params->metrics;
	l->may_leave = params->may_leave;
	l->may_leave_arg = params->arg;
	l->host.tls = tls_ref(params->tls);
	l->host.changed = listener_on_changed;
	l->host.changed_arg = l;
	rc = l->spare_fd < 0 ? -errno : listener_make_events(l, params->base);
	if (rc == 0)
		rc = conn_host_init(&l->host);
	if (rc < 0) {
		listener_free_self(l);
		return rc;
	}
	*ret_listener = l;
	return 0;
}

struct listener *listener_free(struct listener *l)
{
	if (!l)
		return NULL;
	conn_host_fini(&l->host);
	listener_free_self(l);
	return NULL;
}

void listener_drain(struct listener *l, int grace_ms, void (*drained)(void *arg), void *arg)
{
	const struct timeval grace = {.tv_sec = grace_ms / 1000, .tv_usec = grace_ms % 1000 * 1000};

	l->drained = drained;
	l->drained_arg = arg;
	conn_drain_all(&l->host);
	event_add(l->grace, &grace);
	event_active(l->review, EV_TIMEOUT, 0);
}

size_t listener_connections(const struct listener *l)
{
	return conn_count(&l->host);
}
