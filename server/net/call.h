/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One gRPC call, as the floors above see it: no HTTP/2, no TLS, no sockets.
 *
 *   the peer's headers -> router finds the method -> ops->message for each
 *   request message -> ops->half_close when the peer has no more to say ->
 *   call_send / call_finish from whoever did the work, then or later.
 *
 * For a method without client streaming, ops->message runs exactly once, after
 * the whole request has arrived; anything but one message was refused before.
 *
 * Invariants: a call ends exactly once. Either the owner calls call_finish (or
 * call_reply / call_fail, which do), and must not touch the call again; or
 * ops->gone runs first (cancelled, connection lost, deadline passed), and after
 * it returns the call no longer exists. Never both. Everything may be called
 * from inside ops callbacks, but a call cannot be ended from its own |gone|.
 * All of it happens on one thread: the worker's loop.
 */
#ifndef NET_CALL_H
#define NET_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "stafett/base.h"

struct call;

/* How much worse it is to make what is no call than one that comes too soon. */
enum call_blame { CALL_TOO_SOON = 1, CALL_NO_GOOD = 10 };

/* Who is at the other end, read from its certificate once at the handshake. */
struct peer {
	char member[128]; /* the SAN URI: urn:stafett:org:<orgnr>:member:<id>; "" when none */
	char address[64]; /* "127.0.0.1:50312", for the log */
	uint8_t fingerprint[32]; /* SHA-256 of the certificate's DER */
};

/* What a method's implementation offers. */
struct call_ops {
	/* |message| lives until the call ends; one of a client's stream until this
	 * function returns, or, if it paused the call, until call_resume. */
	void (*message)(void *arg, struct call *call, struct bytes message);
	/* Only for methods with client streaming; may be NULL otherwise. */
	void (*half_close)(void *arg, struct call *call);
	/* Only for calls that |message| or |half_close| has told of; may be NULL:
	 * then nothing is kept. */
	void (*gone)(void *arg, struct call *call);
	/* All that was sent is on its way: a streaming method's time to send more.
	 * May be NULL. */
	void (*drained)(void *arg, struct call *call);
};

struct call_method {
	const char *path; /* "/stafett.v1.ReferralService/Send" */
	bool client_streams, server_streams;
	/* Of a client's stream: its owner may pause it, and what waits meanwhile
	 * holds the connection's window too, so that no number of such streams
	 * keeps more than that. Without this, too much of what waits is refused. */
	bool paced;
	uint32_t message_max; /* bytes; 0: CAP_MESSAGE_BYTES */
	const struct call_ops *ops;
	const void *info; /* the upper floor's own description of the method */
};

/* How the engine finds a method and tells of refusals that it makes itself. */
struct call_router {
	/* The method of |path| (NUL-terminated), or NULL for UNIMPLEMENTED. A
	 * look-up and nothing more: it runs in the middle of parsing. */
	const struct call_method *(*find)(void *arg, const char *path);
	void *arg; /* handed to find and to every call_ops function */
};

/* A status other than OK. |details| is a packed google.rpc.Status or empty. */
struct call_status {
	int code;	     /* gRPC status code */
	const char *message; /* UTF-8; percent-encoded on the wire by the engine */
	struct bytes details;
	int64_t pushback_ms; /* grpc-retry-pushback-ms; 0 = none */
};

/* Never NULL for an owner; NULL in |ended| when the path was unknown. */
const struct call_method *call_method(const struct call *call);
const struct peer *call_peer(const struct call *call);
/* Sixteen hex letters that name the call in the log and in the answer's header
 * "stafett-call". */
const char *call_id(const struct call *call);
/* The value of a request header (lower-case name; "-bin" not decoded), or NULL.
 * Of several with one name the first; the "grpc-" names are the engine's own. */
const char *call_metadata(const struct call *call, const char *name);
/* CLOCK_MONOTONIC nanoseconds after which nobody waits for the answer; always
 * set: from grpc-timeout, at most CAP_DEADLINE_MS ahead for unary calls. */
int64_t call_deadline_ns(const struct call *call);
/* Memory that lives as long as the call. */
struct arena *call_arena(struct call *call);
/* One pointer for the owner; NULL at first. */
void call_set_user(struct call *call, void *user);
void *call_user(const struct call *call);

/* Hands over no further message of a client's stream, nor its end, until
 * call_resume: once its windows are full the peer has to wait. */
void call_pause(struct call *call);
void call_resume(struct call *call);
/* For a stream: it ends with DEADLINE_EXCEEDED unless this is called again
 * within |ms|. The peer's own deadline stands. */
void call_set_patience(struct call *call, int64_t ms);

/* Sends one message (copied). For server streaming methods; the engine holds it
 * until the peer's windows have room. */
void call_send(struct call *call, struct bytes message);
/* The call is no good, or comes too soon. It is answered as any other; a peer that
 * makes too many of them (CAP_BAD_CALLS), or large ones, is sent away. */
void call_blame(struct call *call, enum call_blame blame);
/* Ends the call. |status| NULL means OK. */
void call_finish(struct call *call, const struct call_status *status);
/* One message and OK. */
void call_reply(struct call *call, struct bytes message);
/* Trailers only: the call is refused. Same as call_finish with a status. */
void call_fail(struct call *call, const struct call_status *status);

#endif
