/* SPDX-License-Identifier: Apache-2.0 */
/* See grpc_frame.h. */
#include "codec/grpc_frame.h"

#include <assert.h>

#include "codec/grpc_meta.h"

enum { FLAG_PLAIN, FLAG_COMPRESSED };

static uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void grpc_frame_init(struct grpc_frame *frame, uint32_t cap)
{
	*frame = (struct grpc_frame){.cap = cap};
}

/* Moves as much of |input| as fits into |to|; returns how much that was. */
static uint32_t grpc_frame_move(struct bytes *input, uint8_t *to, uint32_t want)
{
	uint32_t n = input->len < want ? (uint32_t)input->len : want;

	if (n == 0) /* either pointer may be NULL then */
		return 0;
	memcpy(to, input->data, n);
	*input = bytes_of(input->data + n, input->len - n);
	return n;
}

/* Judges a whole prefix. */
static enum grpc_frame_event grpc_frame_judge(struct grpc_frame *frame)
{
	uint8_t flag = frame->prefix[0];

	if (flag > FLAG_COMPRESSED)
		return frame->failed = GRPC_FRAME_BAD_FLAG;
	if (flag == FLAG_COMPRESSED)
		return frame->failed = GRPC_FRAME_COMPRESSED;
	frame->length = load_be32(frame->prefix + 1);
	if (frame->length > frame->cap)
		return frame->failed = GRPC_FRAME_TOO_LARGE;
	frame->filled = 0;
	frame->room = NULL;
	return GRPC_FRAME_BEGIN;
}

/* Takes bytes of the message under way. */
static enum grpc_frame_event grpc_frame_fill(struct grpc_frame *frame, struct bytes *input)
{
	assert(frame->room || frame->length == 0);
	if (frame->length > 0)
		frame->filled += grpc_frame_move(
			input, frame->room + frame->filled, frame->length - frame->filled);
	if (frame->filled < frame->length)
		return GRPC_FRAME_MORE;
	frame->message = bytes_of(frame->room, frame->length);
	frame->prefix_len = 0;
	return GRPC_FRAME_MESSAGE;
}

enum grpc_frame_event grpc_frame_next(struct grpc_frame *frame, struct bytes *input)
{
	if (frame->failed != GRPC_FRAME_MORE)
		return frame->failed;
	if (frame->prefix_len == GRPC_FRAME_PREFIX_BYTES)
		return grpc_frame_fill(frame, input);
	frame->prefix_len += (uint8_t)grpc_frame_move(input, frame->prefix + frame->prefix_len,
		GRPC_FRAME_PREFIX_BYTES - frame->prefix_len);
	if (frame->prefix_len < GRPC_FRAME_PREFIX_BYTES)
		return GRPC_FRAME_MORE;
	return grpc_frame_judge(frame);
}

void grpc_frame_give(struct grpc_frame *frame, void *room)
{
	assert(frame->prefix_len == GRPC_FRAME_PREFIX_BYTES && frame->filled == 0);
	frame->room = room;
}

enum grpc_frame_event grpc_frame_end(struct grpc_frame *frame)
{
	if (frame->failed == GRPC_FRAME_MORE && frame->prefix_len > 0)
		frame->failed = GRPC_FRAME_TRUNCATED;
	return frame->failed;
}

void grpc_frame_put_prefix(uint8_t ret_prefix[GRPC_FRAME_PREFIX_BYTES], uint32_t length)
{
	ret_prefix[0] = FLAG_PLAIN;
	ret_prefix[1] = (uint8_t)(length >> 24);
	ret_prefix[2] = (uint8_t)(length >> 16);
	ret_prefix[3] = (uint8_t)(length >> 8);
	ret_prefix[4] = (uint8_t)length;
}

int grpc_frame_status(enum grpc_frame_event refusal, const char *encoding)
{
	bool announced = encoding && strcmp(encoding, "identity") != 0;

	switch (refusal) {
	case GRPC_FRAME_COMPRESSED:
		return announced ? GRPC_UNIMPLEMENTED : GRPC_INTERNAL;
	case GRPC_FRAME_TOO_LARGE:
		return GRPC_RESOURCE_EXHAUSTED;
	case GRPC_FRAME_BAD_FLAG:
	case GRPC_FRAME_TRUNCATED:
		return GRPC_INTERNAL;
	case GRPC_FRAME_MORE:
	case GRPC_FRAME_BEGIN:
	case GRPC_FRAME_MESSAGE:
		break;
	}
	return GRPC_OK;
}

const char *grpc_frame_text(enum grpc_frame_event refusal)
{
	switch (refusal) {
	case GRPC_FRAME_COMPRESSED:
		return "the message is compressed; only identity is accepted";
	case GRPC_FRAME_TOO_LARGE:
		return "the message is larger than the limit";
	case GRPC_FRAME_BAD_FLAG:
		return "the message's flag is neither 0 nor 1";
	case GRPC_FRAME_TRUNCATED:
		return "the stream ended inside a message";
	case GRPC_FRAME_MORE:
	case GRPC_FRAME_BEGIN:
	case GRPC_FRAME_MESSAGE:
		break;
	}
	return "";
}
