/* SPDX-License-Identifier: Apache-2.0 */
/* One person's number, however it is written, is one number to `stafett find`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client/known.h"

static const struct date today = {2026, 11, 23};

static void expect_same(const char *number, const char *want)
{
	char out[KNOWN_NUMBER_MAX];

	assert_true(known_normalise(number, today, out));
	assert_string_equal(out, want);
}

static void test_every_form_of_a_personal_number_is_its_twelve_digits(void **state)
{
	static const char *const forms[] = {
		"19640823-3234", "196408233234", "640823-3234", "6408233234"};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		expect_same(forms[i], "196408233234");
}

static void test_a_number_of_a_hundred_years_is_another_than_that_of_a_child(void **state)
{
	char old[KNOWN_NUMBER_MAX], young[KNOWN_NUMBER_MAX];

	assert_true(known_normalise("640823+3234", today, old));
	assert_true(known_normalise("640823-3234", today, young));
	assert_string_not_equal(old, young);
}

static void test_a_reserve_number_is_its_letters_and_digits(void **state)
{
	expect_same("19640823-a12b", "19640823A12B");
	expect_same("1964 0823 A12B", "19640823A12B");
}

static void test_nothing_and_too_much_are_no_number(void **state)
{
	char out[KNOWN_NUMBER_MAX];

	assert_false(known_normalise("", today, out));
	assert_false(known_normalise(" - ", today, out));
	assert_false(known_normalise("1234567890123456789012345678901234567890", today, out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form_of_a_personal_number_is_its_twelve_digits),
		cmocka_unit_test(test_a_number_of_a_hundred_years_is_another_than_that_of_a_child),
		cmocka_unit_test(test_a_reserve_number_is_its_letters_and_digits),
		cmocka_unit_test(test_nothing_and_too_much_are_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
