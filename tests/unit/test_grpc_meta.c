/* SPDX-License-Identifier: Apache-2.0 */
/* The values of gRPC's headers and trailers, by table. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/grpc_meta.h"

static void test_status_codes_have_their_names(void **state)
{
	assert_string_equal(grpc_status_name(GRPC_OK), "OK");
	assert_string_equal(grpc_status_name(GRPC_UNAUTHENTICATED), "UNAUTHENTICATED");
	assert_int_equal(GRPC_UNAUTHENTICATED, 16);
	assert_string_equal(grpc_status_name(17), "UNKNOWN");
	assert_string_equal(grpc_status_name(-1), "UNKNOWN");
}

static void test_status_is_decimal_without_leading_zeros(void **state)
{
	static const struct {
		const char *text;
		int want; /* the code, or a negative errno */
	} table[] = {
		{"0", 0},
		{"16", 16},
		{"17", -EINVAL},
		{"00", -EINVAL},
		{"07", -EINVAL},
		{"", -EINVAL},
		{"-1", -EINVAL},
		{"+1", -EINVAL},
		{"1 ", -EINVAL},
		{"99999999999999999999", -EINVAL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		int code = -1;
		int r = grpc_status_parse(bytes_of_string(table[i].text), &code);

		assert_int_equal(r < 0 ? r : code, table[i].want);
	}
}

static void test_timeouts_are_read_and_saturate(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} table[] = {
		{"1n", 1},
		{"15S", INT64_C(15000000000)},
		{"100m", 100000000},
		{"7u", 7000},
		{"2M", INT64_C(120000000000)},
		{"1H", INT64_C(3600000000000)},
		{"0S", 0},
		{"00000001S", 1000000000},
		{"99999999S", INT64_C(99999999000000000)},
		{"99999999M", INT64_C(5999999940000000000)},
		{"2562047H", INT64_C(9223369200000000000)},
		{"2562048H", INT64_MAX},
		{"99999999H", INT64_MAX},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		int64_t ns = -1;

		assert_int_equal(grpc_timeout_parse(bytes_of_string(table[i].text), &ns), 0);
		assert_true(ns == table[i].want);
	}
}

static void test_malformed_timeouts_are_refused(void **state)
{
	static const char *const table[] = {"", "S", "1", "10", "123456789S", "-1S", "+1S", "1s",
		"1.5S", " 1S", "1S ", "1SS", "0x1S", "1\xff"};
	int64_t ns;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(grpc_timeout_parse(bytes_of_string(table[i]), &ns), -EINVAL);
	assert_int_equal(grpc_timeout_parse(bytes_of("1\0S", 3), &ns), -EINVAL);
}

static void test_timeouts_are_written_in_the_finest_unit_with_room(void **state)
{
	static const struct {
		int64_t ns;
		const char *want;
	} table[] = {
		{-5, "0n"},
		{0, "0n"},
		{99999999, "99999999n"},
		{100000000, "100000u"},
		{100000001, "100001u"},
		{INT64_C(15000000000), "15000000u"},
		{INT64_C(99999999000000000), "99999999S"},
		{INT64_MAX, "2562048H"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char text[GRPC_TIMEOUT_CHARS];

		grpc_timeout_format(table[i].ns, text);
		assert_string_equal(text, table[i].want);
	}
}

static void test_messages_are_percent_encoded(void **state)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{"", ""},
		{"version 4 expected, 3 given", "version 4 expected, 3 given"},
		{"100% ünïcode\n", "100%25 %C3%BCn%C3%AFcode%0A"},
		{"\x1f~\x7f", "%1F~%7F"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char out[GRPC_MESSAGE_ROOM(64)], back[64];
		size_t n = grpc_message_encode(bytes_of_string(table[i].text), out);

		assert_string_equal(out, table[i].want);
		assert_int_equal(n, strlen(out));
		n = grpc_message_decode(bytes_of(out, n), back);
		assert_string_equal(back, table[i].text);
		assert_int_equal(n, strlen(back));
	}
}

static void test_broken_escapes_are_kept_as_they_stand(void **state)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{"%", "%"},
		{"%4", "%4"},
		{"%4g", "%4g"},
		{"%%41", "%A"},
		{"50% off", "50% off"},
		{"%c3%bc", "ü"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char out[64];

		grpc_message_decode(bytes_of_string(table[i].text), out);
		assert_string_equal(out, table[i].want);
	}
}

static void test_only_grpc_with_protobuf_is_our_content_type(void **state)
{
	static const struct {
		const char *value;
		bool want;
	} table[] = {
		{"application/grpc", true},
		{"application/grpc+proto", true},
		{"application/grpc;charset=utf-8", true},
		{"application/grpc+proto;v=1", true},
		{"application/grpc+json", false},
		{"application/grpc-web", false},
		{"application/grpcx", false},
		{"application/grp", false},
		{"application/json", false},
		{"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(
			grpc_content_type_is_ours(bytes_of_string(table[i].value)), table[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status_codes_have_their_names),
		cmocka_unit_test(test_status_is_decimal_without_leading_zeros),
		cmocka_unit_test(test_timeouts_are_read_and_saturate),
		cmocka_unit_test(test_malformed_timeouts_are_refused),
		cmocka_unit_test(test_timeouts_are_written_in_the_finest_unit_with_room),
		cmocka_unit_test(test_messages_are_percent_encoded),
		cmocka_unit_test(test_broken_escapes_are_kept_as_they_stand),
		cmocka_unit_test(test_only_grpc_with_protobuf_is_our_content_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
