/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blocking gRPC channel: one connection (TCP, mutual TLS 1.3, HTTP/2) on
 * which calls are made, one at a time: unary ones with a deadline, and streams
 * either way, which last as long as they move.
 *
 * Invariant: when channel_call gives anything but 0 the channel is of no further
 * use: close it and open another. channel_is_usable tells.
 */
#ifndef CLIENT_NET_CHANNEL_H
#define CLIENT_NET_CHANNEL_H

#include "client/net/answer.h"
#include "client/net/cancel.h"
#include "client/net/tls.h"

struct channel;

enum channel_next {
	CHANNEL_NEXT_MESSAGE,
	CHANNEL_NEXT_END,  /* that was all */
	CHANNEL_NEXT_STOP, /* end the call: it gives NET_STOPPED */
};

/* Gives the messages of a stream to the server, each when the last has left. */
struct channel_source {
	/* |ret_message| is borrowed until the next call. */
	enum channel_next (*next)(void *arg, struct bytes *ret_message);
	void *arg;
};

/* One call; the pointers are borrowed while channel_call runs. */
struct channel_request {
	const char *path; /* "/stafett.v1.ReferralService/Send" */
	const char *unit; /* the acting unit's handle: the metadata "stafett-unit" */
	struct bytes message;
	int64_t deadline_ns; /* also told to the server, as grpc-timeout */

	/* Of streams; 0 and NULL in unary calls. */
	int64_t patience_ns; /* instead of the deadline: how long nothing may move */
	const struct channel_source *source; /* what follows |message|, the first one */
	const struct answer_sink *sink;	     /* who takes the answer's messages */
	const struct cancel *cancel;	     /* may end the call: it gives NET_STOPPED */
};

/* Connects. |context| must outlive the channel. */
int channel_open(SSL_CTX *context, const char *host, const char *port, int64_t deadline_ns,
	struct channel **ret_channel, struct net_detail *detail) WARN_UNUSED;
/* Accepts NULL; returns NULL. */
struct channel *channel_close(struct channel *channel);
/* Whether another call may be tried: the server has neither gone nor said that
 * it will. */
bool channel_is_usable(const struct channel *channel);
/* The connection's cipher, for people: "TLS_AES_256_GCM_SHA384". */
const char *channel_cipher(const struct channel *channel);

/* Makes one call and waits for its end. On 0 the answer says how the server took
 * it; otherwise |detail| says what happened to the line. A call that we stop is
 * cancelled at the server. */
int channel_call(struct channel *channel, const struct channel_request *request,
	struct arena *arena, struct answer *ret_answer, struct net_detail *detail) WARN_UNUSED;

#endif
