/* SPDX-License-Identifier: Apache-2.0 */
/* Codes for people: made of a UUID, shown, and read back from what was typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/code.h"

static void expect_code(const char *uuid_text, const char *letters, const char *shown)
{
	char code[CODE_LETTERS + 1], text[CODE_TEXT_LEN + 1];
	struct uuid uuid;

	assert_true(uuid_parse(bytes_of_string(uuid_text), &uuid));
	code_of_uuid(&uuid, code);
	assert_string_equal(code, letters);
	code_format(code, text);
	assert_string_equal(text, shown);
}

static void test_code_is_the_last_40_bits(void **state)
{
	expect_code("ffffffff-ffff-ffff-ffff-ff0000000000", "00000000", "0000-0000");
	expect_code("00000000-0000-0000-0000-00ffffffffff", "ZZZZZZZZ", "ZZZZ-ZZZZ");
	expect_code("00000000-0000-0000-0000-000000000001", "00000001", "0000-0001");
	expect_code("00000000-0000-0000-0000-008000000000", "G0000000", "G000-0000");
	expect_code("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "1G60EECF", "1G60-EECF");
}

static void test_every_letter_of_the_alphabet_is_written(void **state)
{
	/* 0 to 7, 8 to 15, 16 to 23, 24 to 31, five bits each. */
	expect_code("00000000-0000-0000-0000-0000443214c7", "01234567", "0123-4567");
	expect_code("00000000-0000-0000-0000-004254b635cf", "89ABCDEF", "89AB-CDEF");
	expect_code("00000000-0000-0000-0000-0084653a56d7", "GHJKMNPQ", "GHJK-MNPQ");
	expect_code("00000000-0000-0000-0000-00c675be77df", "RSTVWXYZ", "RSTV-WXYZ");
}

static void test_typed_codes_are_normalised(void **state)
{
	static const struct {
		const char *typed, *letters;
	} table[] = {
		{"7K3M-Q9FX", "7K3MQ9FX"}, /* as it is shown */
		{"7k3mq9fx", "7K3MQ9FX"},
		{"7k3m q9fx", "7K3MQ9FX"},
		{" 7K-3M-Q9-FX ", "7K3MQ9FX"},
		{"oOiIlL00", "00111100"}, /* look-alikes */
		{"7K3M", "7K3M"},	  /* the shortest beginning */
		{"7K3M-", "7K3M"},
		{"7K3MQ9F", "7K3MQ9F"},
	};
	char letters[CODE_LETTERS + 1];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_true(code_normalise(bytes_of_string(table[i].typed), letters));
		assert_string_equal(letters, table[i].letters);
	}
}

static void test_what_cannot_be_a_code_is_refused_and_writes_nothing(void **state)
{
	static const char *const table[] = {
		"", "----", "    ", "7K3",	  /* too few letters */
		"7K3MQ9FX0",			  /* too many */
		"7K3U", "7k3u",			  /* no U in the alphabet */
		"7K3M_Q9FX", "7K3M/Q9", "7K3M\n", /* other separators */
		"7K3M\xc3\xa5",			  /* not ASCII */
	};
	char letters[CODE_LETTERS + 1] = "before";

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(code_normalise(bytes_of_string(table[i]), letters));
	assert_false(code_normalise(bytes_of("7K3M\0", 5), letters));
	assert_string_equal(letters, "before");
}

static void test_every_shown_code_reads_as_itself(void **state)
{
	struct uuid uuid = {{0}};
	char code[CODE_LETTERS + 1], text[CODE_TEXT_LEN + 1], back[CODE_LETTERS + 1];

	for (int i = 0; i < 256; i++) {
		memset(uuid.b + 11, i, 5);
		code_of_uuid(&uuid, code);
		code_format(code, text);
		assert_true(code_normalise(bytes_of_string(text), back));
		assert_string_equal(back, code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code_is_the_last_40_bits),
		cmocka_unit_test(test_every_letter_of_the_alphabet_is_written),
		cmocka_unit_test(test_typed_codes_are_normalised),
		cmocka_unit_test(test_what_cannot_be_a_code_is_refused_and_writes_nothing),
		cmocka_unit_test(test_every_shown_code_reads_as_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
