/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 by table: what RFC 3629 allows and what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/utf8.h"

static void test_every_length_is_decoded(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		uint32_t want;
	} table[] = {
		{"A", 1, 'A'},
		{"\x7f", 1, 0x7f},
		{"\xc2\x80", 2, 0x80},
		{"å", 2, 0xe5},
		{"\xdf\xbf", 2, 0x7ff},
		{"\xe0\xa0\x80", 3, 0x800},
		{"\xed\x9f\xbf", 3, 0xd7ff},
		{"\xee\x80\x80", 3, 0xe000},
		{"\xef\xbf\xbf", 3, 0xffff},
		{"\xf0\x90\x80\x80", 4, 0x10000},
		{"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		uint32_t c = 0;

		assert_int_equal(utf8_decode(bytes_of_string(table[i].text), &c), table[i].len);
		assert_int_equal(c, table[i].want);
		assert_true(utf8_is_valid(bytes_of_string(table[i].text)));
	}
}

static void test_malformed_sequences_are_refused(void **state)
{
	static const char *const table[] = {
		"\x80", /* a continuation alone */
		"\xbf\xbf",
		"\xc0\x80", /* overlong NUL */
		"\xc1\xbf",
		"\xe0\x80\xaf", /* overlong slash */
		"\xe0\x9f\xbf",
		"\xf0\x80\x80\xaf",
		"\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80", /* surrogates */
		"\xed\xbf\xbf",
		"\xf4\x90\x80\x80", /* beyond U+10FFFF */
		"\xf8\x88\x80\x80\x80",
		"\xfe",
		"\xff",
		"\xc3", /* cut short */
		"\xe2\x82",
		"\xf0\x9f\x98",
		"\xc3(", /* no continuation */
		"\xe2(\xa1",
		"\xe2\x82(",
	};
	uint32_t c;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(utf8_decode(bytes_of_string(table[i]), &c), 0);
		assert_false(utf8_is_valid(bytes_of_string(table[i])));
	}
	assert_int_equal(utf8_decode(bytes_of(NULL, 0), &c), 0);
}

static void test_a_text_is_as_valid_as_its_worst_part(void **state)
{
	assert_true(utf8_is_valid(bytes_of(NULL, 0)));
	assert_true(utf8_is_valid(bytes_of_string("Räksmörgås, 100 € 😀")));
	assert_true(utf8_is_valid(bytes_of("a\0b", 3)));
	assert_false(utf8_is_valid(bytes_of_string("Räksm\xf6rg")));
	assert_false(utf8_is_valid(bytes_of_string("abc\xe2\x82")));
}

static void test_what_a_terminal_obeys_is_active(void **state)
{
	static const uint32_t active[] = {0, '\n', 0x1b, 0x7f, 0x9b, 0x2028, 0x202e, 0x2066, 0x61c};
	static const uint32_t plain[] = {' ', 'a', '~', 0xa0, 0xe5, 0x2027, 0x20ac, 0x1f600};

	for (size_t i = 0; i < ARRAY_SIZE(active); i++)
		assert_true(utf8_is_active(active[i]));
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		assert_false(utf8_is_active(plain[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_length_is_decoded),
		cmocka_unit_test(test_malformed_sequences_are_refused),
		cmocka_unit_test(test_a_text_is_as_valid_as_its_worst_part),
		cmocka_unit_test(test_what_a_terminal_obeys_is_active),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
