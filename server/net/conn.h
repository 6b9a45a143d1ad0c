/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection: a socket, TLS on it, an HTTP/2 session in it.
 *
 *   handshaking -> open -> draining -> closing -> closed
 *     |     ^
 *     waiting
 *
 *   waiting      its address is a suspect: TLS begins when it is its turn
 *   handshaking  TLS, and then until the peer's first SETTINGS
 *   draining     the peer was asked to leave; its calls are finished
 *   closing      nothing more is sent; what the peer still sends is thrown away
 *                for a moment, so that our last words are not overtaken by a reset
 *   closed       waits for the reaper
 *
 * Invariants: a connection is in exactly one of its host's lists, that of its
 * state, and conn_enter is the only writer of both. It is freed only by the
 * reaper, on top of the loop. What may come in crowds (handshakes, and the ends of
 * those that take too long) is done piece by piece, in turn with the peers at work. After every
 * event it decides afresh what to read and to write. A buffer of its own exists only while the
 * socket is blocked.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>

#include "net/call.h"
#include "net/h2.h"
#include "net/members.h"
#include "net/suspects.h"
#include "net/tls.h"
#include "stafett/list.h"

#define CONN_STATE_LIST(X) X(WAITING) X(HANDSHAKING) X(OPEN) X(DRAINING) X(CLOSING) X(CLOSED)

#define CONN_STATE_NAME(name) CONN_##name,
enum conn_state { CONN_STATE_LIST(CONN_STATE_NAME) CONN_STATES };
#undef CONN_STATE_NAME

/* Buckets of a hash. */
enum { CONN_LINES = 256 };

/* What the connections of one listener share. */
struct conn_host {
	struct h2_host h2;
	struct tls *tls;
	struct members *members;
	struct suspects *suspects;
	struct list lists[CONN_STATES]; /* struct conn.node, the oldest first */
	size_t counts[CONN_STATES];
	struct list dirty;	       /* struct conn.dirty: there is something to write */
	struct event *turn;	       /* runs after the events at hand: writes */
	struct list lines[CONN_LINES]; /* struct conn_line: who waits to begin, by address */
	struct list shaking;	       /* struct conn.chore: its next step of TLS waits */
	struct event *chores;	       /* one peer among all: handshakes, goodbyes */
	int logged;		       /* connections ended for a cause since the last sweep */
	bool draining;		       /* who comes now is asked to leave again */
	void (*changed)(void *arg);    /* a connection has entered another state */
	void *changed_arg;
	/* Plain text on its way in and out; nobody keeps anything here. */
	uint8_t in[H2_RECORD_BYTES], out[H2_OUTPUT_BYTES];
};

/* Prepares |host|, whose h2 part is filled as h2_host_init wants it and whose tls,
 * changed and changed_arg are set. Returns 0 or -ENOMEM. */
int conn_host_init(struct conn_host *host) WARN_UNUSED;
/* Frees every connection; the owners of their calls hear of it. */
void conn_host_fini(struct conn_host *host);

/* Takes over |fd|, also when it fails. |address| names the peer in the log, |source|
 * is that of suspects.h. Returns 0 or -ENOMEM. */
int conn_new(struct conn_host *host, int fd, uint64_t source, const char *address) WARN_UNUSED;
/* Asks every peer to leave, and those that come from now on. */
void conn_drain_all(struct conn_host *host);
/* Once a second: ends what has waited too long. */
void conn_sweep(struct conn_host *host);
/* Connections that are more than a goodbye. */
size_t conn_count(const struct conn_host *host);

#endif
