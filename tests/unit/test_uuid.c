/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUIDs: text and back, version 7, and the ids that a message gives rise to. The
 * derived ids were computed with Python's hashlib.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/uuid.h"

/* RFC 9562, appendix A.6: an example of version 7, and its milliseconds. */
static const char rfc_text[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
static const int64_t rfc_ms = 1645557742000;

static struct uuid uuid_of(const char *text)
{
	struct uuid uuid;

	assert_true(uuid_parse(bytes_of_string(text), &uuid));
	return uuid;
}

static void expect_text(const struct uuid *uuid, const char *want)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(uuid, text);
	assert_string_equal(text, want);
}

static void test_text_is_read_and_written_back(void **state)
{
	static const char *const table[] = {rfc_text, "00000000-0000-0000-0000-000000000000",
		"ffffffff-ffff-ffff-ffff-ffffffffffff", "01234567-89ab-cdef-0123-456789abcdef"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct uuid uuid = uuid_of(table[i]);

		expect_text(&uuid, table[i]);
	}
}

static void test_upper_case_is_read_and_written_as_lower_case(void **state)
{
	struct uuid uuid = uuid_of("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");

	expect_text(&uuid, rfc_text);
}

static void test_other_texts_are_refused_and_write_nothing(void **state)
{
	static const char *const table[] = {
		"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", /* one short */
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",   /* one long */
		"017f22e279b07cc398c4dc0c0c07398f",	   /* no dashes */
		"{17f22e2-79b0-7cc3-98c4-dc0c0c07398f}",   /* braces */
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g",	   /* not a digit */
		"017f22e-279b0-7cc3-98c4-dc0c0c07398f",	   /* a dash too early */
		"017f22e2079b0-7cc3-98c4-dc0c0c07398f",	   /* a digit for a dash */
		"017f22e2-79b0-7cc3-98c4-dc0c0c0739 f",	   /* a space */
		"-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",	   /* a dash for a digit */
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398\xc3", /* not ASCII */
	};
	const struct uuid before = uuid_of(rfc_text);
	struct uuid uuid = before;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(uuid_parse(bytes_of_string(table[i]), &uuid));
	assert_true(uuid_equal(&uuid, &before));
}

static void test_nul_within_the_text_is_refused(void **state)
{
	static const char text[] = "017f22e2-79b0-7cc3-98c4-dc0c0c0739\0f";
	struct uuid uuid;

	assert_false(uuid_parse(bytes_of(text, UUID_TEXT_LEN), &uuid));
}

static void test_version_7_carries_time_version_and_variant(void **state)
{
	static const uint8_t random[10] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct uuid uuid = uuid_make(rfc_ms, random);

	expect_text(&uuid, "017f22e2-79b0-7fff-bfff-ffffffffffff");
	assert_int_equal(uuid_version(&uuid), 7);
	assert_int_equal(uuid_time_ms(&uuid), rfc_ms);
}

static void test_version_7_keeps_74_random_bits(void **state)
{
	/* The example of the RFC has these where time, version and variant are not. */
	static const uint8_t random[10] = {
		0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
	struct uuid uuid = uuid_make(rfc_ms, random);

	expect_text(&uuid, rfc_text);
}

static void test_time_is_the_low_48_bits(void **state)
{
	static const uint8_t random[10];
	static const int64_t last_ms = ((int64_t)1 << 48) - 1;
	struct uuid uuid = uuid_make(last_ms, random);

	assert_int_equal(uuid_time_ms(&uuid), last_ms);
	expect_text(&uuid, "ffffffff-ffff-7000-8000-000000000000");
}

static void test_version_is_read_of_any_uuid(void **state)
{
	struct uuid one = uuid_of("c232ab00-9414-11ec-b3c8-9f6bdeced846");
	struct uuid four = uuid_of("919108f7-52d1-4320-9bac-f847db4148a8");

	assert_int_equal(uuid_version(&one), 1);
	assert_int_equal(uuid_version(&four), 4);
}

static void test_equal_are_those_of_the_same_bytes(void **state)
{
	struct uuid low = uuid_of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	struct uuid high = uuid_of("f17f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	struct uuid again = low;

	assert_true(uuid_equal(&low, &again));
	assert_false(uuid_equal(&low, &high));
}

static void test_only_the_nil_uuid_is_nil(void **state)
{
	struct uuid nil = uuid_of("00000000-0000-0000-0000-000000000000");
	struct uuid other = uuid_of("00000000-0000-0000-0000-000000000001");

	assert_true(uuid_is_nil(&nil));
	assert_false(uuid_is_nil(&other));
}

static const struct {
	const char *unit, *message, *referral, *chain;
} derived[] = {
	{"lund/vuxen", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-799b-bd9c-b2a04bf01bab", "017f22e2-79b0-784a-947f-909fdded3822"},
	{"skane/beroende-lund", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-7fa2-9858-0a90ad6d6da9", "017f22e2-79b0-77ef-8125-f2211973f7aa"},
	{"lund/vuxen", "019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
		"019ab3c4-5d6e-7d73-9086-8919d68f8f61", "019ab3c4-5d6e-7d1d-8f6f-8fbe72c0dba4"},
};

static void test_ids_follow_from_unit_and_message(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(derived); i++) {
		struct uuid message = uuid_of(derived[i].message), referral, chain;

		uuid_derive(bytes_of_string(derived[i].unit), &message, &referral, &chain);
		expect_text(&referral, derived[i].referral);
		expect_text(&chain, derived[i].chain);
	}
}

static void test_derived_ids_have_the_message_s_time(void **state)
{
	struct uuid message = uuid_of(rfc_text), referral, chain;

	uuid_derive(bytes_of_string("lund/vuxen"), &message, &referral, &chain);
	assert_int_equal(uuid_time_ms(&referral), rfc_ms);
	assert_int_equal(uuid_time_ms(&chain), rfc_ms);
	assert_int_equal(uuid_version(&referral), 7);
	assert_int_equal(uuid_version(&chain), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_read_and_written_back),
		cmocka_unit_test(test_upper_case_is_read_and_written_as_lower_case),
		cmocka_unit_test(test_other_texts_are_refused_and_write_nothing),
		cmocka_unit_test(test_nul_within_the_text_is_refused),
		cmocka_unit_test(test_version_7_carries_time_version_and_variant),
		cmocka_unit_test(test_version_7_keeps_74_random_bits),
		cmocka_unit_test(test_time_is_the_low_48_bits),
		cmocka_unit_test(test_version_is_read_of_any_uuid),
		cmocka_unit_test(test_equal_are_those_of_the_same_bytes),
		cmocka_unit_test(test_only_the_nil_uuid_is_nil),
		cmocka_unit_test(test_ids_follow_from_unit_and_message),
		cmocka_unit_test(test_derived_ids_have_the_message_s_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
