/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of gRPC's length-prefixed messages: any cut of the stream tells
 * the same events, and what is refused is refused before it is stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/grpc_frame.h"
#include "codec/grpc_meta.h"

enum { CAP = 64, LOG_CHARS = 512 };

/* Two messages, "hello" and the empty one. */
static const uint8_t two_messages[] = {0, 0, 0, 0, 5, 'h', 'e', 'l', 'l', 'o', 0, 0, 0, 0, 0};

/* What a reader told, as text: "hello|" for a message, "!N" for a refusal. */
struct heard {
	char text[LOG_CHARS];
	uint8_t room[CAP];
};

static void feed(struct grpc_frame *frame, struct heard *heard, struct bytes input)
{
	enum grpc_frame_event event;
	size_t n = strlen(heard->text);

	while ((event = grpc_frame_next(frame, &input)) != GRPC_FRAME_MORE) {
		if (event == GRPC_FRAME_BEGIN) {
			grpc_frame_give(frame, frame->length ? heard->room : NULL);
		} else if (event == GRPC_FRAME_MESSAGE) {
			if (frame->message.len > 0)
				memcpy(heard->text + n, frame->message.data, frame->message.len);
			n += frame->message.len;
			heard->text[n++] = '|';
		} else {
			snprintf(heard->text + n, LOG_CHARS - n, "!%d", event);
			return;
		}
	}
	assert_int_equal(input.len, 0);
}

static enum grpc_frame_event hear(struct bytes stream, size_t piece, struct heard *ret_heard)
{
	struct grpc_frame frame;

	*ret_heard = (struct heard){0};
	grpc_frame_init(&frame, CAP);
	for (size_t at = 0; at < stream.len; at += piece) {
		size_t n = stream.len - at < piece ? stream.len - at : piece;

		feed(&frame, ret_heard, bytes_of(stream.data + at, n));
	}
	return grpc_frame_end(&frame);
}

static void test_every_cut_of_the_stream_tells_the_same(void **state)
{
	struct heard heard;

	for (size_t piece = 1; piece <= sizeof(two_messages); piece++) {
		struct bytes stream = bytes_of(two_messages, sizeof(two_messages));

		assert_int_equal(hear(stream, piece, &heard), GRPC_FRAME_MORE);
		assert_string_equal(heard.text, "hello||");
	}
}

static void test_an_empty_stream_is_no_error(void **state)
{
	struct heard heard;

	assert_int_equal(hear(bytes_of(NULL, 0), 1, &heard), GRPC_FRAME_MORE);
	assert_string_equal(heard.text, "");
}

static void test_every_end_inside_a_message_is_truncation(void **state)
{
	struct heard heard;

	for (size_t len = 1; len < sizeof(two_messages); len++) {
		enum grpc_frame_event want = len == 10 ? GRPC_FRAME_MORE : GRPC_FRAME_TRUNCATED;

		assert_int_equal(hear(bytes_of(two_messages, len), len, &heard), want);
	}
}

static void test_a_message_of_exactly_the_cap_is_taken(void **state)
{
	uint8_t stream[GRPC_FRAME_PREFIX_BYTES + CAP];
	struct heard heard;

	memset(stream, 'x', sizeof(stream));
	grpc_frame_put_prefix(stream, CAP);
	assert_int_equal(hear(bytes_of(stream, sizeof(stream)), 7, &heard), GRPC_FRAME_MORE);
	assert_int_equal(strlen(heard.text), CAP + 1);
}

static void test_refusals_are_told_at_the_prefix(void **state)
{
	static const struct {
		uint8_t prefix[GRPC_FRAME_PREFIX_BYTES];
		enum grpc_frame_event want;
	} table[] = {
		{{1, 0, 0, 0, 1}, GRPC_FRAME_COMPRESSED},
		{{2, 0, 0, 0, 1}, GRPC_FRAME_BAD_FLAG},
		{{0xff, 0, 0, 0, 0}, GRPC_FRAME_BAD_FLAG},
		{{0, 0, 0, 0, CAP + 1}, GRPC_FRAME_TOO_LARGE},
		{{0, 0xff, 0xff, 0xff, 0xff}, GRPC_FRAME_TOO_LARGE},
		{{0, 0x80, 0, 0, 0}, GRPC_FRAME_TOO_LARGE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct bytes input = bytes_of(table[i].prefix, GRPC_FRAME_PREFIX_BYTES);
		struct grpc_frame frame;

		grpc_frame_init(&frame, CAP);
		assert_int_equal(grpc_frame_next(&frame, &input), table[i].want);
	}
}

static void test_a_refusal_is_told_again_and_takes_nothing(void **state)
{
	static const uint8_t bad[] = {9, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	struct bytes input = bytes_of(bad, sizeof(bad));
	struct grpc_frame frame;

	grpc_frame_init(&frame, CAP);
	assert_int_equal(grpc_frame_next(&frame, &input), GRPC_FRAME_BAD_FLAG);
	assert_int_equal(input.len, 5);
	assert_int_equal(grpc_frame_next(&frame, &input), GRPC_FRAME_BAD_FLAG);
	assert_int_equal(input.len, 5);
	assert_int_equal(grpc_frame_end(&frame), GRPC_FRAME_BAD_FLAG);
}

static void test_refusals_have_the_status_that_grpc_gives_them(void **state)
{
	static const struct {
		enum grpc_frame_event refusal;
		const char *encoding;
		int want;
	} table[] = {
		{GRPC_FRAME_COMPRESSED, NULL, GRPC_INTERNAL},
		{GRPC_FRAME_COMPRESSED, "identity", GRPC_INTERNAL},
		{GRPC_FRAME_COMPRESSED, "gzip", GRPC_UNIMPLEMENTED},
		{GRPC_FRAME_BAD_FLAG, "gzip", GRPC_INTERNAL},
		{GRPC_FRAME_TRUNCATED, NULL, GRPC_INTERNAL},
		{GRPC_FRAME_TOO_LARGE, NULL, GRPC_RESOURCE_EXHAUSTED},
		{GRPC_FRAME_MORE, NULL, GRPC_OK},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(
			grpc_frame_status(table[i].refusal, table[i].encoding), table[i].want);
		assert_int_equal(
			grpc_frame_text(table[i].refusal)[0] == '\0', table[i].want == GRPC_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cut_of_the_stream_tells_the_same),
		cmocka_unit_test(test_an_empty_stream_is_no_error),
		cmocka_unit_test(test_every_end_inside_a_message_is_truncation),
		cmocka_unit_test(test_a_message_of_exactly_the_cap_is_taken),
		cmocka_unit_test(test_refusals_are_told_at_the_prefix),
		cmocka_unit_test(test_a_refusal_is_told_again_and_takes_nothing),
		cmocka_unit_test(test_refusals_have_the_status_that_grpc_gives_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
