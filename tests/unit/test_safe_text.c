/* SPDX-License-Identifier: Apache-2.0 */
/* Text from others, before it reaches a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client/screen/safe_text.h"

struct safe_case {
	const char *text, *expected;
};

static void expect_lines(const struct safe_case *cases, size_t count, enum safe_text_mode mode)
{
	struct arena arena;

	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(
			safe_text(&arena, bytes_of_string(cases[i].text), mode), cases[i].expected);
	arena_fini(&arena);
}

static void test_what_terminals_obey_is_shown_instead(void **state)
{
	static const struct safe_case cases[] = {
		{"\x1b[2J", "\\u001b[2J"},
		{"\x1b]52;c;aGVq\x07", "\\u001b]52;c;aGVq\\u0007"},
		{"\xc2\x9b"
		 "31m",
			"\\u009b31m"},
		{"a\rb", "a\\u000db"},
		{"a\nb\tc", "a\\nb\\tc"},
		{"\x7f", "\\u007f"},
	};

	expect_lines(cases, ARRAY_SIZE(cases), SAFE_TEXT_LINE);
}

static void test_what_turns_text_around_or_hides_in_it_is_shown(void **state)
{
	static const struct safe_case cases[] = {
		{"\xe2\x80\xae"
		 "abc",
			"\\u202eabc"},
		{"\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069"},
		{"a\xe2\x80\x8b"
		 "b",
			"a\\u200bb"},
		{"\xef\xbb\xbfx", "\\ufeffx"},
		{"\xf3\xa0\x81\x81", "\\U000e0041"},
	};

	expect_lines(cases, ARRAY_SIZE(cases), SAFE_TEXT_LINE);
}

static void test_bytes_that_are_no_utf8_are_shown_one_by_one(void **state)
{
	static const struct safe_case cases[] = {
		{"\xff", "<ff>"},
		{"\xc3", "<c3>"},
		{"\xc0\x80", "<c0><80>"},
		{"\xed\xa0\x80", "<ed><a0><80>"},
		{"\xf5\x80\x80\x80", "<f5><80><80><80>"},
		{"\xe2\x82", "<e2><82>"},
	};

	expect_lines(cases, ARRAY_SIZE(cases), SAFE_TEXT_LINE);
}

static void test_ordinary_text_passes_unchanged(void **state)
{
	static const struct safe_case cases[] = {
		{"Återfall sedan i våras", "Återfall sedan i våras"},
		{"", ""},
		{"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
			"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"},
		{"C:\\x1b", "C:\\x1b"},
	};

	expect_lines(cases, ARRAY_SIZE(cases), SAFE_TEXT_LINE);
}

static void test_a_page_keeps_its_lines_and_nothing_else(void **state)
{
	static const struct safe_case cases[] = {
		{"a\r\nb\n", "a\nb\n"},
		{"a\tb", "a\tb"},
		{"a\rb", "a\\u000db"},
		{"\x1b[1m\n", "\\u001b[1m\n"},
		{"\xe2\x80\xa8", "\\u2028"},
	};

	expect_lines(cases, ARRAY_SIZE(cases), SAFE_TEXT_PAGE);
}

static void test_a_nul_is_shown_and_ends_nothing(void **state)
{
	struct arena arena;

	arena_init(&arena, 1 << 10);
	assert_string_equal(safe_text(&arena, bytes_of("a\0b", 3), SAFE_TEXT_LINE), "a\\u0000b");
	assert_string_equal(safe_line(&arena, NULL), "");
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_terminals_obey_is_shown_instead),
		cmocka_unit_test(test_what_turns_text_around_or_hides_in_it_is_shown),
		cmocka_unit_test(test_bytes_that_are_no_utf8_are_shown_one_by_one),
		cmocka_unit_test(test_ordinary_text_passes_unchanged),
		cmocka_unit_test(test_a_page_keeps_its_lines_and_nothing_else),
		cmocka_unit_test(test_a_nul_is_shown_and_ends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
