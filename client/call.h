/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call that is tried until the server has decided or the time is up: the same
 * bytes again, on a new connection where the old one broke, with growing pauses.
 * That is always safe: a read changes nothing, a write has a key of its own.
 */
#ifndef CLIENT_CALL_H
#define CLIENT_CALL_H

#include <protobuf-c/protobuf-c.h>

#include "client/client.h"
#include "client/method.h"
#include "stafett/caps.h"

struct call_outcome {
	struct bytes reply; /* of an OK */
	bool is_decided;    /* OK, or refused for good */
	bool line_is_down;  /* the last try did not get as far as an answer */
	bool may_retry;	    /* the same again may help */
	int64_t retry_ms;   /* when, as the server wishes; -1 when it did not say */
};

/* How long a stream may stand still: longer than the server lets it. */
enum { CALL_PATIENCE_MS = CAP_BODY_PATIENCE_MS + CAP_DEADLINE_MS };

/* One try of |request|, on a new connection where there is none; for streams. Its
 * deadline is set here. 0, or an exit code; |ret_outcome| is written in both cases. */
int call_once(struct client *client, struct channel_request *request,
	struct call_outcome *ret_outcome) WARN_UNUSED;
/* Pauses after the |tries|-th try. False where the time would be up by then. */
bool call_pause(const struct client *client, unsigned tries, const struct call_outcome *outcome,
	int64_t deadline_ns);

/* Calls |path| for |unit| with the bytes |request| until |deadline_ns|, but at
 * least once. 0, or an exit code; |ret_outcome| is written in both cases. */
int call_bytes(struct client *client, const char *path, const char *unit, struct bytes request,
	int64_t deadline_ns, struct call_outcome *ret_outcome) WARN_UNUSED;

/* Calls with a message and gives the answer's message, which is of |type|; for
 * reads. |ret_reply| is the address of a pointer to such a message. */
int call_message(struct client *client, enum method method, const ProtobufCMessage *request,
	const ProtobufCMessageDescriptor *type, void *ret_reply) WARN_UNUSED;
/* The same, one try only, and silently: a failure is no problem of the command. */
bool call_aside(struct client *client, enum method method, const ProtobufCMessage *request,
	const ProtobufCMessageDescriptor *type, void *ret_reply) WARN_UNUSED;

#endif
