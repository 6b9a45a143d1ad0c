/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blocking gRPC channel: one connection (TCP, mutual TLS 1.3, HTTP/2) on
 * which unary calls are made, one at a time, each with a deadline.
 *
 * Invariant: when channel_call gives anything but 0 the channel is of no further
 * use: close it and open another. channel_is_usable tells.
 */
#ifndef CLIENT_NET_CHANNEL_H
#define CLIENT_NET_CHANNEL_H

#include "client/net/answer.h"
#include "client/net/tls.h"

struct channel;

/* One call; the pointers are borrowed while channel_call runs. */
struct channel_request {
	const char *path; /* "/stafett.v1.ReferralService/Send" */
	const char *unit; /* the acting unit's handle: the metadata "stafett-unit" */
	struct bytes message;
	int64_t deadline_ns; /* also told to the server, as grpc-timeout */
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
 * it; otherwise |detail| says what happened to the line. */
int channel_call(struct channel *channel, const struct channel_request *request,
	struct arena *arena, struct answer *ret_answer, struct net_detail *detail) WARN_UNUSED;

#endif
