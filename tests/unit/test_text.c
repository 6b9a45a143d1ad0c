/* SPDX-License-Identifier: Apache-2.0 */
/* What is said in which language, and what is understood. */
#include "client/text.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_yes_and_no_are_understood_in_both_languages(void **state)
{
	static const char *const yes[] = {"y", "Y", "yes", "j", "JA"};
	static const char *const no[] = {"n", "N", "no", "nej"};

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		assert_int_equal(text_answer(yes[i]), TEXT_YES);
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		assert_int_equal(text_answer(no[i]), TEXT_NO);
	assert_int_equal(text_answer(""), TEXT_UNCLEAR);
	assert_int_equal(text_answer("kanske"), TEXT_UNCLEAR);
}

static void test_a_locale_that_is_not_installed_still_has_letters(void **state)
{
	setenv("LC_ALL", "xx_XX.UTF-8", 1);
	unsetenv("LANGUAGE");
	text_begin();
	assert_string_equal(setlocale(LC_CTYPE, NULL), "C.UTF-8");
	assert_string_equal(getenv("LANGUAGE"), "xx_XX.UTF-8");
	assert_int_equal(text_language(), CODES_ENGLISH);
}

static void test_a_locale_without_utf8_gets_it(void **state)
{
	setenv("LC_ALL", "C", 1);
	text_begin();
	assert_string_equal(setlocale(LC_CTYPE, NULL), "C.UTF-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yes_and_no_are_understood_in_both_languages),
		cmocka_unit_test(test_a_locale_that_is_not_installed_still_has_letters),
		cmocka_unit_test(test_a_locale_without_utf8_gets_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
