/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at the day: which of them are one sitting, and since when the news are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "client/seen.h"

static int set_up(void **state)
{
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	return 0;
}

static int64_t at(int day, int hour)
{
	return calendar_at((struct date){2026, 11, day}, (struct clock_time){hour, 0, 0});
}

static void test_the_first_look_has_no_news(void **state)
{
	struct seen seen = seen_look((struct seen){0}, at(20, 8));

	assert_int_equal(seen.since_us, 0);
	assert_int_equal(seen.last_us, at(20, 8));
}

static void test_looks_of_one_sitting_keep_its_news(void **state)
{
	struct seen seen = {at(19, 16), at(20, 8)};

	seen = seen_look(seen, at(20, 10));
	assert_int_equal(seen.since_us, at(19, 16));
	seen = seen_look(seen, at(20, 13));
	assert_int_equal(seen.since_us, at(19, 16));
}

static void test_a_long_pause_or_another_day_begins_a_new_sitting(void **state)
{
	struct seen seen = {at(19, 16), at(20, 8)};

	assert_int_equal(seen_look(seen, at(20, 12)).since_us, at(20, 8));
	seen.last_us = at(20, 23);
	assert_int_equal(seen_look(seen, at(21, 1)).since_us, at(20, 23));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_look_has_no_news),
		cmocka_unit_test(test_looks_of_one_sitting_keep_its_news),
		cmocka_unit_test(test_a_long_pause_or_another_day_begins_a_new_sitting),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
