/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call's answer, put together from what HTTP/2 brings: headers, messages,
 * trailers, or a reset in their place. The rules are those of gRPC's
 * PROTOCOL-HTTP2 and statuscodes documents.
 *
 * A unary call's answer keeps its one message. A stream's messages go to a sink,
 * one by one as they come, through one buffer: however long the stream, it takes
 * no more memory than its largest message may.
 *
 * Everything that an answer points to lives in its arena.
 */
#ifndef CLIENT_NET_ANSWER_H
#define CLIENT_NET_ANSWER_H

#include <stdint.h>

#include "base/arena.h"
#include "client/net/failure.h"
#include "codec/grpc_frame.h"

/* Takes the messages of a stream. */
struct answer_sink {
	/* |message| is valid until it returns. True to go on; false ends the call. */
	bool (*take)(void *arg, struct bytes message);
	void *arg;
	uint32_t cap; /* bytes a message */
};

struct answer {
	int status;	      /* a gRPC status code; meaningful after answer_finish */
	const char *message;  /* the server's words with a status other than OK; never NULL */
	const char *call_id;  /* the server's name for the call, for its log; "" when unknown */
	struct bytes details; /* a packed google.rpc.Status, or empty */
	struct bytes reply;   /* the message, when the status is OK and it is no stream */
	int64_t pushback_ms;  /* when to try again, as the server wishes; -1 when unsaid */

	/* While it is being put together. */
	struct arena *arena;
	const struct answer_sink *sink; /* of a stream; else NULL */
	uint8_t *room;			/* of a stream: the buffer, once there is one */
	struct grpc_frame frame;
	int http_status;
	bool is_grpc, has_status, has_reply;
	bool is_stopped; /* the sink wants no more */
	bool out_of_memory;
	const char *fault; /* how the answer breaks the rules; NULL while it does not */
};

/* An empty answer that takes a message of at most |cap| bytes. */
void answer_init(struct answer *answer, struct arena *arena, uint32_t cap);
/* The same for a stream, whose messages go to |sink|. */
void answer_init_stream(struct answer *answer, struct arena *arena, const struct answer_sink *sink);
/* A header or a trailer, as it arrives. */
void answer_header(struct answer *answer, struct bytes name, struct bytes value);
/* Bytes of the body, as they arrive. */
void answer_data(struct answer *answer, struct bytes data);
/* The stream is over; |reset| is its HTTP/2 error code, 0 for an orderly end.
 * Settles |status|. Gives 0, NET_PROTOCOL, NET_NOT_GRPC or -ENOMEM. */
int answer_finish(struct answer *answer, uint32_t reset, struct net_detail *detail) WARN_UNUSED;

#endif
