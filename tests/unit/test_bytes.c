/* SPDX-License-Identifier: Apache-2.0 */
/* Views of bytes against C strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stafett/base.h"

static void test_bytes_are_a_text_when_all_and_nothing_else_is_there(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
		int want;
	} table[] = {
		{"due", 3, "due", 1},
		{"due", 3, "due+", 0},
		{"due+", 4, "due", 0},
		{"due", 3, "dew", 0},
		{"due", 2, "due", 0},
		{"du\0e", 4, "du", 0},
		{"\0", 1, "", 0},
		{"", 0, "", 1},
		{NULL, 0, "", 1},
		{NULL, 0, NULL, 1},
		{"a", 1, NULL, 0},
		{"\303\245", 2, "\303\245", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(
			bytes_are(bytes_of(table[i].bytes, table[i].len), table[i].text) != 0,
			table[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_are_a_text_when_all_and_nothing_else_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
