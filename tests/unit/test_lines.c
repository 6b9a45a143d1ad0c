/* SPDX-License-Identifier: Apache-2.0 */
/* Where a text is broken that is wider than its column. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/screen/lines.h"

static const struct {
	const char *text;
	size_t columns, fit;
} fit_rows[] = {
	{"", 5, 0}, {"answer the question", 40, 19}, {"answer the question", 10, 10},
	{"answer the question", 9, 6}, {"Lindqvist-Abrahamsson", 12, 10}, /* up to the hyphen */
	{"acknowledge", 6, 6}, {"åäöåäö", 3, 6},			  /* letters, not bytes */
	{"abc", 0, 1},							  /* never nothing */
};

static void test_whole_words_fit_and_else_as_many_letters_as_do(void **state)
{
	for (size_t i = 0; i < sizeof(fit_rows) / sizeof(fit_rows[0]); i++)
		assert_int_equal(lines_fit(fit_rows[i].text, fit_rows[i].columns), fit_rows[i].fit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_words_fit_and_else_as_many_letters_as_do),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
