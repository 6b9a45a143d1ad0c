/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection as its own floor sees it.
 *
 *   conn.c     its life: states, patience, the reaper
 *   conn_shake.c  its TLS handshake
 *   conn_line.c  its waiting for one
 *   conn_io.c  its bytes: reading, writing, what to wait for
 *
 * Invariant: |ssl| is NULL until the peer has said something, |h2| until TLS
 * stands and from closing on; |pending| holds bytes only while the socket is
 * blocked.
 */
#ifndef NET_CONN_INTERNAL_H
#define NET_CONN_INTERNAL_H

#include <event2/event_struct.h>

#include "net/conn.h"

struct conn {
	struct list node;	/* in host->lists[state] */
	struct list dirty;	/* in host->dirty, or alone */
	struct list chore;	/* in host->shaking, or in line, or alone */
	struct conn_line *line; /* that it waits in, or NULL */
	struct conn_host *host;
	enum conn_state state;
	int fd;
	struct tls *tls; /* what |ssl| came from */
	SSL *ssl;
	struct h2 *h2;
	struct event readable, writable;
	struct peer peer;
	uint64_t source;       /* the peer, as suspects.h knows it */
	struct member *member; /* NULL until it is known */
	int64_t since_ns;      /* in this state, or what it waits for since */
	int64_t begun_ns;      /* its handshake, or its waiting for one */
	int64_t heard_ns;      /* the last byte from the peer */
	int64_t age_ns;	       /* how old it may become, open */
	uint8_t *pending;      /* output that the socket did not take, in plain text */
	size_t pending_len;
	size_t thrown_away; /* bytes read while closing */
	bool running;	    /* inside conn_io_go_on or conn_io_turn */
	bool slow;	    /* its first words come in pieces */
	bool pinged;	    /* since it was heard last */
	bool wants_write;   /* OpenSSL waits for the socket to take more */
	bool tls_moved;	    /* OpenSSL has read a message of its own */
	bool too_many_keys; /* the peer changes its TLS keys too often */
};

/* Ends the connection. A |cause| is logged as this peer's fault; NULL: it left in
 * peace. When |politely|, the peer is given the time to read our last words. */
void conn_leave(struct conn *c, const char *cause, bool politely);
/* The only writer of a connection's state. */
void conn_enter(struct conn *c, enum conn_state state);
/* The peer has greeted us. */
void conn_open(struct conn *c);
/* Asks for a turn after the events at hand. */
void conn_ask_turn(struct conn_host *host);

/* Something is to be done that need not be done at once. */
void conn_ask_chores(struct conn_host *host);

/* The peer is new: nothing is done before it has said a word. */
void conn_shake_expect(struct conn *c);
/* The end of a wait: the first step queues. */
void conn_shake_on_turn(struct conn *c);
/* The socket is ready for something: the next step queues, if there is one. */
void conn_shake_on_event(struct conn *c);
/* One step. Returns 0 when TLS stands, -EAGAIN when not yet, or another negative
 * errno when the connection was left. */
int conn_shake_step(struct conn *c) WARN_UNUSED;

/* Whether the peer, whose first word is there, must wait for its handshake; then it is
 * in the line of its address, or was left if the lot fell on it. */
bool conn_line_join(struct conn *c);
/* The peer waits no more. Of one that does not, nothing. */
void conn_line_leave(struct conn *c);

/* The socket is ready for something. */
void conn_io_on_event(evutil_socket_t fd, short what, void *arg);
/* Goes on with whatever can be done now. */
void conn_io_go_on(struct conn *c);
/* What the result |rc| <= 0 of an SSL call means: 0 to wait for the socket, or
 * -ECONNRESET when the peer is gone. */
int conn_io_wait(struct conn *c, int rc) WARN_UNUSED;
/* Owners have worked outside the connection's own events: writes what they made. */
void conn_io_turn(struct conn *c);
/* There is something to write: the connection, |arg|, gets a turn. */
void conn_io_wake(void *arg);

#endif
