/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that are no good, as many as the server takes at a time. They are
 * answered, each with its status: the connection may stay.
 */
#include "attack.h"

/* Streams under way at once: what the server allows is a little more. */
enum { CALLS_AT_ONCE = 90, CALLS_PREFIX_BYTES = 5, CALLS_FRAME_BYTES = 16384 };

static bool call_may_begin(const struct line *line, size_t bytes)
{
	return line->opened - line->ended < CALLS_AT_ONCE &&
	       line_room(line) > bytes + LINE_BLOCK_BYTES + 1024;
}

static uint32_t call_open(struct line *line, const struct target *target, const char *path)
{
	uint8_t block[LINE_BLOCK_BYTES];
	size_t n = line_make_block(block, path, target->unit);
	uint32_t stream = line_next_stream(line);

	line_put_frame(line, LINE_HEADERS, LINE_END_HEADERS, stream, block, n);
	return stream;
}

/* A request whose message is |payload|, in frames of a usual size. */
static void call_with(struct line *line, const struct target *target, const char *path,
	const uint8_t *payload, size_t len)
{
	uint32_t stream = call_open(line, target, path);
	const uint8_t prefix[CALLS_PREFIX_BYTES] = {
		0, (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len};

	line_put_frame(line, LINE_DATA, 0, stream, prefix, sizeof(prefix));
	while (len > CALLS_FRAME_BYTES) {
		line_put_frame(line, LINE_DATA, 0, stream, payload, CALLS_FRAME_BYTES);
		payload += CALLS_FRAME_BYTES;
		len -= CALLS_FRAME_BYTES;
	}
	line_put_frame(line, LINE_DATA, LINE_END_STREAM, stream, payload, len);
}

static const char send_path[] = "/stafett.v1.ReferralService/Send";

/* A message of 4 GiB is announced. */
static void fill_false_lengths(struct line *line, const struct target *target)
{
	static const uint8_t prefix[] = {0, 0xff, 0xff, 0xff, 0xff};

	while (call_may_begin(line, sizeof(prefix)))
		line_put_frame(line, LINE_DATA, LINE_END_STREAM, call_open(line, target, send_path),
			prefix, sizeof(prefix));
}

static void fill_unknown_methods(struct line *line, const struct target *target)
{
	while (call_may_begin(line, 0))
		call_with(line, target, "/stafett.v1.ReferralService/Drop", NULL, 0);
}

/* Field 15 of one byte, which no version of the message has, 25,000 times. */
static void fill_field_bombs(struct line *line, const struct target *target)
{
	static uint8_t message[50000];

	for (size_t i = 0; i < sizeof(message); i += 2)
		message[i] = 15 << 3;
	while (call_may_begin(line, sizeof(message)))
		call_with(line, target, send_path, message, sizeof(message));
}

/* Length-delimited fields within each other, as deep as 40,000 bytes go. */
static void fill_nested(struct line *line, const struct target *target)
{
	static uint8_t message[40000];

	for (size_t i = 0; i + 4 <= sizeof(message); i += 4) {
		size_t rest = sizeof(message) - i - 4;

		message[i] = 2 << 3 | 2;
		message[i + 1] = (uint8_t)(rest | 0x80);
		message[i + 2] = (uint8_t)(rest >> 7 | 0x80);
		message[i + 3] = (uint8_t)(rest >> 14);
	}
	while (call_may_begin(line, sizeof(message)))
		call_with(line, target, send_path, message, sizeof(message));
}

/* A suite whose text is no UTF-8. */
static void fill_bad_texts(struct line *line, const struct target *target)
{
	static const uint8_t message[] = {4 << 3 | 2, 4, 0xc0, 0x80, 0xff, 0};

	while (call_may_begin(line, sizeof(message)))
		call_with(line, target, send_path, message, sizeof(message));
}

/* --- calls that come to no end -------------------------------------------------------- */

/* Requests that begin, and of which nothing more ever comes. */
static void begin_half_requests(struct line *line, const struct target *target)
{
	static const uint8_t prefix[] = {0, 0, 0x0f, 0, 0, 'h'};

	line_greet(line, INT32_MAX);
	for (int i = 0; i < CALLS_AT_ONCE; i++)
		line_put_frame(line, LINE_DATA, 0, call_open(line, target, send_path), prefix,
			sizeof(prefix));
}

static void begin_half_headers(struct line *line, const struct target *target)
{
	uint8_t block[LINE_BLOCK_BYTES];
	size_t n = line_make_block(block, send_path, target->unit);

	line_greet(line, INT32_MAX);
	line_put_frame(line, LINE_HEADERS, 0, line_next_stream(line), block, n);
}

/* Answers that cannot leave: our windows are closed. */
static void begin_zero_window(struct line *line, const struct target *target)
{
	line_greet(line, 0);
	for (int i = 0; i < CALLS_AT_ONCE; i++)
		call_with(line, target, "/stafett.v1.InboxService/List", NULL, 0);
}

const struct attack attack_calls[] = {
	{.name = "messages of 4 GiB", .fill = fill_false_lengths},
	{.name = "unknown methods", .fill = fill_unknown_methods},
	{.name = "field bombs", .fill = fill_field_bombs},
	{.name = "messages nested 10,000 deep", .fill = fill_nested},
	{.name = "texts that are none", .fill = fill_bad_texts},
	{.name = "half requests", .begin = begin_half_requests},
	{.name = "half headers", .begin = begin_half_headers},
	{.name = "zero windows", .begin = begin_zero_window},
	{.name = NULL},
};
