/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP/2 session and its calls, without a socket: bytes in, frames out.
 *
 * Invariants: no application code runs inside nghttp2's callbacks; they only
 * note what came and put the call on |work|, and h2_dispatch runs the owners
 * afterwards. nghttp2 is never entered from its own callbacks. Whatever has
 * gone wrong with the whole session stands in |cause|, the first reason only;
 * who drives the session says goodbye and closes.
 */
#ifndef NET_H2_H
#define NET_H2_H

#include <event2/event.h>
#include <nghttp2/nghttp2.h>

#include "base/metrics.h"
#include "net/call.h"
#include "net/guard.h"
#include "net/stop.h"
#include "stafett/base.h"
#include "stafett/list.h"

/* The payload of one DATA frame that makes, with its header, one whole TLS record. */
enum { H2_RECORD_BYTES = 16384, H2_FRAME_HEADER_BYTES = 9 };
/* No single piece of output is larger: a frame of the least size that a peer must take. */
enum { H2_OUTPUT_BYTES = H2_FRAME_HEADER_BYTES + 16384 };

/* What all sessions of a worker share. */
struct h2_host {
	struct event_base *base;
	const struct call_router *router;
	void (*ended)(void *arg, const struct call *call, int code); /* or NULL */
	void *ended_arg;
	struct metrics *metrics; /* or NULL */
	nghttp2_session_callbacks *callbacks;
	nghttp2_option *options;
	uint64_t next_call; /* calls are numbered from a random start */
	size_t calls;
	size_t retained, held; /* as in struct h2, over all sessions */
};

struct h2 {
	struct h2_host *host;
	const struct peer *peer;
	nghttp2_session *session;
	/* Output or work has appeared outside h2_receive and h2_dispatch. */
	void (*wake)(void *arg);
	void *wake_arg;
	struct list calls;  /* struct call.node: every call of this session */
	struct list work;   /* struct call.work: whose owner must hear of something */
	struct list unread; /* struct call.unread: whole, and windows are closed */
	struct guard guard;
	size_t n_calls;
	size_t lingering;     /* calls that have ended while their streams have not */
	size_t retained;      /* bytes of requests that are kept for the calls */
	size_t held;	      /* bytes of answers that nghttp2 has not taken yet */
	int64_t now_ns;	      /* set anew whenever bytes move or owners run */
	int64_t moved_ns;     /* when an answer last began to wait, or moved */
	int64_t idle_ns;      /* when the last call ended */
	const char *cause;    /* why the session must end; NULL: it need not */
	uint32_t error;	      /* the HTTP/2 error code of |cause| */
	const char *farewell; /* debug data of the GOAWAY that ends a drain */
	bool abused;	      /* |cause| is for the peer to answer for */
	bool answered;	      /* something of a call has left */
	bool greeted;	      /* the peer's first SETTINGS came */
	bool goaway_sent;     /* with an error: nothing more to say */
	bool drain_begun;
	bool drain_answered; /* the round trip after it is over */
	bool drain_finished; /* the GOAWAY that ends it is queued */
};

/* Prepares |host|, whose router, base and ended are set. Returns 0 or -ENOMEM. */
int h2_host_init(struct h2_host *host) WARN_UNUSED;
void h2_host_fini(struct h2_host *host);

/* A server's session with its SETTINGS queued. |wake| is told of what appears. */
int h2_new(struct h2_host *host, const struct peer *peer, void (*wake)(void *arg), void *wake_arg,
	struct h2 **ret_h2) WARN_UNUSED;
/* Ends every call (their owners hear of it) and the session. Not from inside an
 * owner's callback. Accepts NULL; returns NULL. */
struct h2 *h2_free(struct h2 *h2);

/* Takes what the peer sent. What was wrong with it stands in |cause| afterwards. */
void h2_receive(struct h2 *h2, struct bytes input);
/* Lets the owners of calls hear what came since. */
void h2_dispatch(struct h2 *h2);
bool h2_has_work(const struct h2 *h2);
/* The next piece of output, valid until the next call; empty when there is none.
 * Returns 0 or a negative errno when the session is broken. */
int h2_next_output(struct h2 *h2, struct bytes *ret_output) WARN_UNUSED;
/* Answers, or calls that would have one, wait for the peer to read. */
bool h2_is_waiting(const struct h2 *h2);
/* Nothing more will come or go. */
bool h2_is_over(const struct h2 *h2);
/* Frames that wait for output. */
size_t h2_queued_frames(const struct h2 *h2);

/* Asks the peer to open no more calls. The second, binding GOAWAY follows after a
 * round trip, or when h2_drain_finish is called; it carries |why|, a constant. */
void h2_drain_begin(struct h2 *h2, const char *why);
void h2_drain_finish(struct h2 *h2);
/* Ends the calls that are still not done. Not from inside an owner's callback. */
void h2_drain_end(struct h2 *h2);
/* Queues the GOAWAY that tells |cause|. */
void h2_say_goodbye(struct h2 *h2);
/* Asks the peer for a sign of life. */
void h2_ping(struct h2 *h2);

/* For calls and for who drives the session: it must end, because of its peer. The
 * first reason stands, and is counted. Returns NGHTTP2_ERR_CALLBACK_FAILURE, for
 * nghttp2's callbacks. */
int h2_stop(struct h2 *h2, enum stop stop);
/* The result of a call into nghttp2 that only want of memory can spoil. */
void h2_check(struct h2 *h2, int rc);

#endif
