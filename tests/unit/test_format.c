/* SPDX-License-Identifier: Apache-2.0 */
/* Times, dates and codes as people read them; today is Monday 23 November 2026. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "client/screen/format.h"

static const struct date today = {2026, 11, 23};
static struct arena arena;

static int set_up(void **state)
{
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	arena_init(&arena, 1 << 16);
	return 0;
}

static int tear_down(void **state)
{
	arena_fini(&arena);
	return 0;
}

static int64_t at(int year, int month, int day, int hour)
{
	return calendar_at((struct date){year, month, day}, (struct clock_time){hour, 5, 0});
}

static void test_moments_have_a_weekday_and_a_year_only_if_it_is_another(void **state)
{
	assert_string_equal(format_moment(&arena, at(2026, 11, 3, 17), today), "Tue 3 Nov 17:05");
	assert_string_equal(
		format_moment(&arena, at(2027, 1, 7, 8), today), "Thu 7 Jan 2027 08:05");
	assert_string_equal(format_moment(&arena, 0, today), "");
	assert_string_equal(format_stamp(&arena, at(2026, 11, 3, 17), today), "3 Nov 17:05");
}

static void test_the_brief_form_is_the_shortest_that_tells(void **state)
{
	assert_string_equal(format_brief(&arena, at(2026, 11, 23, 17), today), "17:05");
	assert_string_equal(format_brief(&arena, at(2026, 11, 20, 17), today), "Fri");
	assert_string_equal(format_brief(&arena, at(2026, 11, 29, 17), today), "Sun");
	assert_string_equal(format_brief(&arena, at(2026, 11, 30, 17), today), "30 Nov");
}

static void test_programs_get_times_with_their_offset(void **state)
{
	assert_string_equal(format_iso(&arena, at(2026, 11, 3, 17)), "2026-11-03T17:05:00+01:00");
	assert_string_equal(format_iso(&arena, at(2026, 7, 3, 17)), "2026-07-03T17:05:00+02:00");
}

static void test_days_left_are_counted_from_today(void **state)
{
	assert_string_equal(format_days_left(&arena, "2026-12-09", today), "16 d");
	assert_string_equal(format_days_left(&arena, "2026-11-23", today), "today");
	assert_string_equal(format_days_left(&arena, "2026-11-20", today), "3 d late");
	assert_string_equal(format_days_left(&arena, "", today), "");
	assert_string_equal(format_day_text(&arena, "2026-12-02", today), "Wed 2 Dec");
	assert_string_equal(format_day_text(&arena, "\x1b", today), "\\u001b");
}

static void test_spans_are_rounded_to_what_one_says(void **state)
{
	assert_string_equal(format_span(&arena, 12 * 60), "12 min");
	assert_string_equal(format_span(&arena, 3 * 3600), "3 h");
	assert_string_equal(format_span(&arena, 3 * 86400), "3 d");
}

static void test_a_code_is_the_last_bits_of_the_id(void **state)
{
	assert_string_equal(
		format_code_of_id(&arena, "01a20033-3edf-7850-a918-6f20264594c8"), "40K4-B568");
	assert_string_equal(format_code_of_id(&arena, "no id"), "");
	assert_string_equal(format_code_start(&arena, "40K4-B568"), "40K4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moments_have_a_weekday_and_a_year_only_if_it_is_another),
		cmocka_unit_test(test_the_brief_form_is_the_shortest_that_tells),
		cmocka_unit_test(test_programs_get_times_with_their_offset),
		cmocka_unit_test(test_days_left_are_counted_from_today),
		cmocka_unit_test(test_spans_are_rounded_to_what_one_says),
		cmocka_unit_test(test_a_code_is_the_last_bits_of_the_id),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
