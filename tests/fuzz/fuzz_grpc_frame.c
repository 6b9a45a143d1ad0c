/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of length-prefixed messages: however it is cut, it tells the same.
 * The first byte of the input says into which pieces.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "codec/grpc_frame.h"

enum { CAP = 256 };

/* What a stream told: how many messages, the sum of their bytes, how it ended. */
struct told {
	unsigned messages;
	uint64_t sum;
	enum grpc_frame_event end;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void add_message(struct told *told, struct bytes message)
{
	require(message.len <= CAP);
	told->messages++;
	for (size_t i = 0; i < message.len; i++)
		told->sum = told->sum * 31 + message.data[i];
}

/* Feeds |input|; false once the reader has refused. */
static bool feed(struct grpc_frame *frame, struct bytes input, uint8_t *room, struct told *told)
{
	for (;;) {
		switch (grpc_frame_next(frame, &input)) {
		case GRPC_FRAME_MORE:
			require(input.len == 0);
			return true;
		case GRPC_FRAME_BEGIN:
			require(frame->length <= CAP);
			grpc_frame_give(frame, frame->length ? room : NULL);
			break;
		case GRPC_FRAME_MESSAGE:
			add_message(told, frame->message);
			break;
		case GRPC_FRAME_COMPRESSED:
		case GRPC_FRAME_BAD_FLAG:
		case GRPC_FRAME_TOO_LARGE:
			return false;
		case GRPC_FRAME_TRUNCATED:
			abort();
		}
	}
}

static struct told hear(struct bytes stream, size_t piece)
{
	struct told told = {0};
	struct grpc_frame frame;
	uint8_t *room = malloc(CAP);

	require(room != NULL);
	grpc_frame_init(&frame, CAP);
	for (size_t at = 0; at < stream.len; at += piece) {
		size_t n = stream.len - at < piece ? stream.len - at : piece;

		if (!feed(&frame, bytes_of(stream.data + at, n), room, &told))
			break;
	}
	told.end = grpc_frame_end(&frame);
	free(room);
	return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole, cut;

	if (size == 0)
		return 0;
	whole = hear(bytes_of(data + 1, size - 1), size);
	cut = hear(bytes_of(data + 1, size - 1), data[0] % 16 + 1);
	require(whole.messages == cut.messages && whole.sum == cut.sum && whole.end == cut.end);
	return 0;
}
