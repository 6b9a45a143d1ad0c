/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TLS server of one worker: it accepts on an inherited socket, makes
 * connections of it, and hands their calls to a router. Everything that a peer
 * can grow is bounded by caps.h.
 *
 *   handshaking -> open -> draining -> closing -> closed
 *
 * OpenSSL writes to sockets without MSG_NOSIGNAL: the process ignores SIGPIPE.
 * A connection is freed only from the loop's top, never inside a callback of
 * nghttp2 or OpenSSL.
 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <stdbool.h>

#include <event2/event.h>

#include "base/metrics.h"
#include "net/call.h"
#include "net/tls.h"

struct listener;

struct listener_params {
	struct event_base *base;
	int fd;		 /* listening, non-blocking; not closed by the listener */
	struct tls *tls; /* referenced by the listener and by each connection */
	const struct call_router *router;
	/* Every gRPC call that ended, for the log and the counters; may be NULL.
	 * |code| is the gRPC status that was sent, or -1 where the peer had gone. */
	void (*ended)(void *arg, const struct call *call, int code);
	/* Whether the next peer may be left, for a moment, to another process that
	 * accepts on the same socket; NULL: never. */
	bool (*may_leave)(void *arg);
	void *arg;
	struct metrics *metrics; /* this process's row; may be NULL */
};

/* A loop on which the answers of others (a database, timers) go before what peers
 * send, however much that is: who is overloaded must go on finishing what it has
 * begun. NULL when out of memory. */
struct event_base *listener_new_base(void) WARN_UNUSED;
/* Starts accepting. |ret_listener| is owned by the caller. Returns 0 or -errno. */
int listener_new(const struct listener_params *params, struct listener **ret_listener) WARN_UNUSED;
/* Closes everything at once; owners of calls hear that they are gone. Not from
 * inside a call's callback. Accepts NULL; returns NULL. */
struct listener *listener_free(struct listener *listener);
/* Stops accepting and asks every peer to leave: GOAWAY, a second one after a
 * round trip, calls under way are finished. |drained| runs when the last
 * connection has closed or |grace_ms| have passed; it may free the listener. */
void listener_drain(struct listener *listener, int grace_ms, void (*drained)(void *arg), void *arg);
/* Connections now open. */
size_t listener_connections(const struct listener *listener);

#endif
