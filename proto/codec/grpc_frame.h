/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gRPC's length-prefixed messages: a flag, four bytes of length (big-endian),
 * the bytes. The reader takes the stream's bytes in whatever pieces they come
 * and tells what they mean; it knows nothing of HTTP/2 and allocates nothing.
 *
 *     struct bytes input = ...;
 *     while ((event = grpc_frame_next(&frame, &input)) != GRPC_FRAME_MORE)
 *             BEGIN:   grpc_frame_give(&frame, room for frame.length bytes)
 *             MESSAGE: frame.message is whole; it lies in the room given
 *             others:  refuse the call; the reader stays in this state
 *
 * Invariant: no byte of a message is taken before BEGIN was answered with
 * room, and BEGIN is never told for a message over the cap.
 */
#ifndef CODEC_GRPC_FRAME_H
#define CODEC_GRPC_FRAME_H

#include <stdbool.h>

#include "stafett/base.h"

enum { GRPC_FRAME_PREFIX_BYTES = 5 };

enum grpc_frame_event {
	GRPC_FRAME_MORE,       /* the input is used up: nothing more to tell */
	GRPC_FRAME_BEGIN,      /* a message of |length| bytes begins: give room for it */
	GRPC_FRAME_MESSAGE,    /* |message| is whole */
	GRPC_FRAME_COMPRESSED, /* flag 1: see grpc_frame_status */
	GRPC_FRAME_BAD_FLAG,   /* a flag that does not exist */
	GRPC_FRAME_TOO_LARGE,  /* the prefix says more than the cap */
	GRPC_FRAME_TRUNCATED,  /* the stream ended inside a message */
};

struct grpc_frame {
	uint32_t cap; /* bytes a message */
	uint8_t prefix[GRPC_FRAME_PREFIX_BYTES];
	uint8_t prefix_len;
	uint32_t length, filled;      /* of the message under way */
	uint8_t *room;		      /* borrowed from the caller until MESSAGE */
	struct bytes message;	      /* valid after MESSAGE */
	enum grpc_frame_event failed; /* the refusal that was told, or MORE */
};

/* A reader at the beginning of a stream that takes messages of at most |cap| bytes. */
void grpc_frame_init(struct grpc_frame *frame, uint32_t cap);
/* Takes from the front of |input| what the next event needs and tells that
 * event. A refusal is told again by every later call, and takes nothing. */
enum grpc_frame_event grpc_frame_next(struct grpc_frame *frame, struct bytes *input) WARN_UNUSED;
/* Answers BEGIN: |room| holds at least |length| bytes and stays until MESSAGE.
 * It may be NULL where |length| is 0. */
void grpc_frame_give(struct grpc_frame *frame, void *room);
/* The stream has ended: MORE when it ended between messages; else TRUNCATED, or
 * the refusal that was told already. */
enum grpc_frame_event grpc_frame_end(struct grpc_frame *frame) WARN_UNUSED;

/* Writes the prefix of an uncompressed message of |length| bytes. */
void grpc_frame_put_prefix(uint8_t ret_prefix[GRPC_FRAME_PREFIX_BYTES], uint32_t length);

/* The gRPC status code of a refusal. |encoding| is the stream's "grpc-encoding"
 * or NULL; it decides what a compressed message means: one that was announced
 * is not supported (answer with "grpc-accept-encoding: identity"), any other is
 * a broken stream. */
int grpc_frame_status(enum grpc_frame_event refusal, const char *encoding);
/* A sentence for grpc-message. */
const char *grpc_frame_text(enum grpc_frame_event refusal);

#endif
