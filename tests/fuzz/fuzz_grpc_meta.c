/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of gRPC's headers: whatever is read can be written and is then read
 * as the same; whatever is written can be read back.
 */
#include <stdlib.h>

#include "codec/base64.h"
#include "codec/grpc_meta.h"
#include "codec/utf8.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void *room_of(size_t size)
{
	void *room = malloc(size);

	require(room != NULL);
	return room;
}

/* Written coarser than it was read, a timeout is never shorter. */
static void require_timeout(struct bytes text)
{
	char written[GRPC_TIMEOUT_CHARS];
	int64_t ns, again;

	if (grpc_timeout_parse(text, &ns) < 0)
		return;
	require(ns >= 0);
	grpc_timeout_format(ns, written);
	require(grpc_timeout_parse(bytes_of_string(written), &again) == 0);
	require(again >= ns);
}

static void require_status(struct bytes text)
{
	int code;

	if (grpc_status_parse(text, &code) == 0)
		require(code >= GRPC_OK && code <= GRPC_UNAUTHENTICATED && *grpc_status_name(code));
}

static void require_message(struct bytes text)
{
	char *encoded = room_of(GRPC_MESSAGE_ROOM(text.len));
	char *decoded = room_of(GRPC_MESSAGE_ROOM(text.len));
	size_t n = grpc_message_encode(text, encoded);

	require(n < GRPC_MESSAGE_ROOM(text.len) && strlen(encoded) == n);
	require(grpc_message_decode(bytes_of(encoded, n), decoded) == text.len);
	require(bytes_equal(bytes_of(decoded, text.len), text));
	require(grpc_message_decode(text, decoded) <= text.len);
	free(encoded);
	free(decoded);
}

static void require_base64_of(struct bytes data, bool padded)
{
	char *text = room_of(BASE64_ENCODE_ROOM(data.len));
	size_t n = base64_encode(data, padded, text), len;
	uint8_t *back = room_of(BASE64_DECODE_ROOM(n));

	require(base64_decode(bytes_of(text, n), back, &len) == 0);
	require(bytes_equal(bytes_of(back, len), data));
	free(text);
	free(back);
}

/* There is one text for each value: what is decoded is encoded as it was. */
static void require_base64(struct bytes text)
{
	uint8_t *data = room_of(BASE64_DECODE_ROOM(text.len));
	size_t len;

	if (base64_decode(text, data, &len) == 0) {
		char *again = room_of(BASE64_ENCODE_ROOM(len));
		bool padded = text.len > 0 && text.data[text.len - 1] == '=';
		size_t n = base64_encode(bytes_of(data, len), padded, again);

		require(bytes_equal(bytes_of(again, n), text));
		free(again);
	}
	free(data);
}

static void require_utf8(struct bytes text)
{
	bool valid = utf8_is_valid(text);

	while (text.len > 0) {
		uint32_t c = 0;
		size_t n = utf8_decode(text, &c);

		require(n <= 4 && n <= text.len && c <= 0x10ffff);
		if (n == 0)
			break;
		text = bytes_of(text.data + n, text.len - n);
	}
	require(valid == (text.len == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);

	require_timeout(text);
	require_status(text);
	require_message(text);
	require_base64_of(text, true);
	require_base64_of(text, false);
	require_base64(text);
	require_utf8(text);
	grpc_content_type_is_ours(text);
	return 0;
}
