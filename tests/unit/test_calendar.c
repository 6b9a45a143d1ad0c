/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates, working days and the wall clock of Stockholm. The numbers of whole
 * years are compared with an independent model in test_calendar_model.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "domain/calendar.h"

static const int64_t us_an_hour = 3600 * (int64_t)1000000;

static int set_zone(void **state)
{
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	return 0;
}

static struct date date_of(const char *text)
{
	struct date d;

	assert_true(date_parse(bytes_of_string(text), &d));
	return d;
}

static void expect_date(struct date d, const char *want)
{
	char text[DATE_TEXT_LEN + 1];

	date_format(d, text);
	assert_string_equal(text, want);
}

/* The point in time of "2026-11-02" and a time of day. */
static int64_t at(const char *date, int hour, int minute, int second)
{
	return calendar_at(date_of(date), (struct clock_time){hour, minute, second});
}

static void expect_wall(int64_t us, const char *date, int hour, int minute)
{
	struct clock_time t = calendar_time_of(us);

	expect_date(calendar_date_of(us), date);
	assert_int_equal(t.hour, hour);
	assert_int_equal(t.minute, minute);
}

static void test_dates_are_read_and_written_back(void **state)
{
	static const char *const table[] = {
		"2026-11-02", "0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29", "1899-12-31"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		expect_date(date_of(table[i]), table[i]);
}

static void test_other_texts_are_not_dates(void **state)
{
	static const char *const table[] = {"", "2026-11-2", "2026-1-02", "26-11-02", "2026-11-020",
		"2026/11/02", "20261102", "2026-00-10", "2026-13-01", "2026-11-00", "2026-11-31",
		"2026-02-29", "1900-02-29", "2100-02-29", "0000-01-01", "2026-11-0a", "-026-11-02",
		" 2026-11-02", "2026-11-02Z", "2026-1 -02"};
	struct date d = {0};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(date_parse(bytes_of_string(table[i]), &d));
	assert_int_equal(d.year, 0);
}

static void test_no_date_is_not_valid(void **state)
{
	assert_false(date_is_valid((struct date){0}));
	assert_false(date_is_valid((struct date){10000, 1, 1}));
	assert_false(date_is_valid((struct date){2026, -1, 1}));
	assert_true(date_is_valid((struct date){2026, 1, 1}));
}

static void test_dates_compare_by_year_then_month_then_day(void **state)
{
	static const char *const ascending[] = {
		"2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01", "2026-02-02"};

	for (size_t i = 1; i < ARRAY_SIZE(ascending); i++) {
		struct date a = date_of(ascending[i - 1]), b = date_of(ascending[i]);

		assert_true(date_compare(a, b) < 0);
		assert_true(date_compare(b, a) > 0);
		assert_int_equal(date_compare(a, a), 0);
	}
}

static void test_days_are_counted_from_1970(void **state)
{
	static const struct {
		const char *date;
		int64_t days;
	} table[] = {{"1970-01-01", 0}, {"1970-01-02", 1}, {"1969-12-31", -1},
		{"2000-02-29", 11016}, {"2000-03-01", 11017}, {"2026-11-02", 20759},
		{"0001-01-01", -719162}, {"9999-12-31", 2932896}};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(date_to_days(date_of(table[i].date)), table[i].days);
		expect_date(date_from_days(table[i].days), table[i].date);
	}
}

static void test_every_day_of_four_centuries_counts_back(void **state)
{
	for (int64_t days = date_to_days(date_of("1900-01-01"));
		days <= date_to_days(date_of("2300-01-01")); days++) {
		struct date d = date_from_days(days);

		assert_true(date_is_valid(d));
		assert_int_equal(date_to_days(d), days);
	}
}

static void test_months_are_clamped_at_the_month_s_end(void **state)
{
	static const struct {
		const char *anchor;
		int months;
		const char *due;
	} table[] = {
		{"2026-01-31", 1, "2026-02-28"},
		{"2028-01-31", 1, "2028-02-29"},
		{"2026-03-31", 1, "2026-04-30"},
		{"2026-12-15", 1, "2027-01-15"},
		{"2026-01-31", 2, "2026-03-31"}, /* from the anchor, not from 28 February */
		{"2026-11-30", 3, "2027-02-28"},
		{"2026-01-31", 12, "2027-01-31"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-01-15", -1, "2025-12-15"},
		{"2026-01-15", 0, "2026-01-15"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		expect_date(
			date_add_months(date_of(table[i].anchor), table[i].months), table[i].due);
}

static void test_days_are_added_across_months_and_years(void **state)
{
	expect_date(date_add_days(date_of("2026-12-31"), 1), "2027-01-01");
	expect_date(date_add_days(date_of("2028-02-28"), 2), "2028-03-01");
	expect_date(date_add_days(date_of("2026-01-01"), -1), "2025-12-31");
	expect_date(date_add_days(date_of("2026-11-02"), 365), "2027-11-02");
}

static void test_weeks_begin_on_monday(void **state)
{
	assert_int_equal(date_weekday(date_of("2026-11-02")), 1);
	assert_int_equal(date_weekday(date_of("2026-11-08")), 7);
	assert_int_equal(date_weekday(date_of("1970-01-01")), 4);
	assert_int_equal(date_weekday(date_of("1969-12-31")), 3);
	assert_int_equal(date_weekday(date_of("0001-01-01")), 1);
}

static void test_easter_is_computed(void **state)
{
	/* The earliest and the latest possible, and the two exceptions of the rule. */
	static const char *const table[] = {"1818-03-22", "1943-04-25", "1954-04-18", "1981-04-19",
		"2000-04-23", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25",
		"2049-04-18", "2076-04-19", "2285-03-22"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		expect_date(date_easter(date_of(table[i]).year), table[i]);
}

static void test_holidays_and_eves_are_not_working_days(void **state)
{
	static const char *const table[] = {
		"2026-01-01", /* nyårsdagen */
		"2026-01-06", /* trettondedag jul */
		"2026-04-03", /* långfredagen */
		"2026-04-05", /* påskdagen */
		"2026-04-06", /* annandag påsk */
		"2026-05-01", /* första maj */
		"2026-05-14", /* Kristi himmelsfärdsdag */
		"2026-05-24", /* pingstdagen */
		"2025-06-06", /* nationaldagen, a Friday */
		"2026-06-19", /* midsommarafton */
		"2026-06-20", /* midsommardagen */
		"2026-10-31", /* alla helgons dag */
		"2026-12-24", /* julafton */
		"2026-12-25", /* juldagen */
		"2025-12-26", /* annandag jul, a Friday */
		"2026-12-31", /* nyårsafton */
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(date_is_working_day(date_of(table[i])));
}

static void test_days_that_only_feel_like_holidays_are_working_days(void **state)
{
	static const char *const table[] = {
		"2026-01-05", /* trettondagsafton */
		"2026-04-02", /* skärtorsdagen */
		"2026-04-30", /* valborgsmässoafton */
		"2026-05-15", /* the day after Kristi himmelsfärdsdag */
		"2026-05-25", /* annandag pingst, a holiday until 2004 */
		"2026-06-18", /* the Thursday before midsommarafton */
		"2026-06-22",
		"2026-06-26", /* the Friday after it */
		"2026-10-30", /* allhelgonaafton */
		"2026-12-23",
		"2026-12-28",
		"2026-12-30",
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_true(date_is_working_day(date_of(table[i])));
}

static void test_midsummer_eve_is_the_friday_of_19_to_25_june(void **state)
{
	static const char *const table[] = {
		"2020-06-19", "2021-06-25", "2022-06-24", "2023-06-23", "2027-06-25", "2028-06-23"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_false(date_is_working_day(date_of(table[i])));
		assert_true(date_is_working_day(date_add_days(date_of(table[i]), -1)));
	}
}

static void test_working_days_are_counted_over_holidays(void **state)
{
	static const struct {
		const char *from;
		int n;
		const char *due;
	} table[] = {
		{"2026-12-23", 1, "2026-12-28"}, /* Wednesday before Christmas */
		{"2027-03-25", 1, "2027-03-30"}, /* Thursday before Easter */
		{"2026-06-18", 1, "2026-06-22"}, /* Thursday before Midsummer */
		{"2027-05-05", 1, "2027-05-07"}, /* Wednesday before Ascension Day */
		{"2026-12-30", 2, "2027-01-05"}, /* over New Year */
		{"2026-11-02", 1, "2026-11-03"},
		{"2026-11-06", 1, "2026-11-09"}, /* from Friday */
		{"2026-11-07", 1, "2026-11-09"}, /* from Saturday */
		{"2026-11-08", 1, "2026-11-09"}, /* from Sunday */
		{"2026-11-02", 5, "2026-11-09"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		expect_date(
			date_add_working_days(date_of(table[i].from), table[i].n), table[i].due);
}

static void test_wall_clock_is_stockholm_s(void **state)
{
	expect_wall(0, "1970-01-01", 1, 0);
	expect_wall(1793574000 * (int64_t)1000000, "2026-11-02", 0, 0);
	expect_wall(at("2026-07-01", 12, 30, 0), "2026-07-01", 12, 30);
	assert_int_equal(at("2026-07-01", 12, 30, 15), 1782901815 * (int64_t)1000000);
	assert_int_equal(calendar_time_of(at("2026-07-01", 12, 30, 15)).second, 15);
}

static void test_a_microsecond_before_midnight_is_the_day_before(void **state)
{
	expect_wall(at("2026-11-02", 0, 0, 0) - 1, "2026-11-01", 23, 59);
	expect_wall(-us_an_hour - 1, "1969-12-31", 23, 59);
}

/* What is remembered of days has few places: days of summer, of winter and those of
 * the changes themselves take them from one another, again and again. */
static void test_days_that_take_each_other_s_place_keep_their_hours(void **state)
{
	enum { ROUNDS = 3, BEFORE = 2 * 64, AFTER = 4 * 64, NOON = 12, SUMMER_H = 2, WINTER_H = 1 };
	struct date begins = date_of("2026-03-29"), ends = date_of("2026-10-25");

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = -BEFORE; i <= AFTER; i++) {
			struct date d = date_add_days(begins, i);
			bool is_summer = date_compare(d, begins) >= 0 && date_compare(d, ends) < 0;
			int64_t utc_h = date_to_days(d) * 24 + NOON;
			int64_t noon = calendar_at(d, (struct clock_time){NOON, 0, 0});

			assert_int_equal(
				noon, (utc_h - (is_summer ? SUMMER_H : WINTER_H)) * us_an_hour);
			assert_int_equal(date_compare(calendar_date_of(noon), d), 0);
			assert_int_equal(calendar_time_of(noon).hour, NOON);
		}
		expect_wall(at("2026-03-29", 1, 59, 0), "2026-03-29", 1, 59);
		expect_wall(at("2026-03-29", 3, 0, 0), "2026-03-29", 3, 0);
		expect_wall(at("2026-06-01", 3, 0, 0), "2026-06-01", 3, 0); /* 64 days on */
	}
}

static void test_hour_that_does_not_exist_is_an_hour_later(void **state)
{
	expect_wall(at("2026-03-29", 1, 59, 59), "2026-03-29", 1, 59);
	expect_wall(at("2026-03-29", 2, 0, 0), "2026-03-29", 3, 0);
	expect_wall(at("2026-03-29", 2, 30, 0), "2026-03-29", 3, 30);
	assert_int_equal(at("2026-03-29", 2, 30, 0), at("2026-03-29", 3, 30, 0));
}

static void test_hour_that_comes_twice_is_the_first(void **state)
{
	int64_t first = at("2026-10-25", 2, 30, 0);

	assert_int_equal(first, 1792888200 * (int64_t)1000000); /* 00:30 UTC */
	expect_wall(first, "2026-10-25", 2, 30);
	expect_wall(first + us_an_hour, "2026-10-25", 2, 30);
	assert_int_equal(at("2026-10-25", 3, 0, 0), first + us_an_hour + us_an_hour / 2);
}

static void test_24_hours_are_elapsed_time(void **state)
{
	expect_wall(at("2026-03-28", 14, 0, 0) + 24 * us_an_hour, "2026-03-29", 15, 0);
	expect_wall(at("2026-10-24", 14, 0, 0) + 24 * us_an_hour, "2026-10-25", 13, 0);
	expect_wall(at("2026-11-02", 14, 0, 0) + 24 * us_an_hour, "2026-11-03", 14, 0);
}

static void test_days_around_a_cut_off_count_holidays_too(void **state)
{
	static const struct clock_time noon = {12, 0, 0};
	static const struct {
		const char *sent;
		struct clock_time time;
		const char *due;
	} table[] = {
		{"2026-03-27", {11, 59, 59}, "2026-03-30"},
		{"2026-03-27", {12, 0, 0}, "2026-03-30"}, /* "after 12.00": not at 12.00 */
		{"2026-03-27", {12, 0, 1}, "2026-03-31"},
		{"2026-12-23", {15, 30, 0}, "2026-12-27"},
		{"2028-02-27", {9, 0, 0}, "2028-03-01"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		int64_t sent = calendar_at(date_of(table[i].sent), table[i].time);

		expect_date(calendar_days_after(sent, 3, noon), table[i].due);
	}
	expect_date(calendar_days_after(at("2026-03-27", 12, 0, 0) + 1, 3, noon), "2026-03-31");
}

static void test_working_days_end_at_five(void **state)
{
	expect_wall(calendar_working_days_after(at("2026-11-02", 9, 0, 0), 1), "2026-11-03", 17, 0);
	expect_wall(
		calendar_working_days_after(at("2026-11-06", 23, 0, 0), 1), "2026-11-09", 17, 0);
	expect_wall(calendar_working_days_after(at("2026-12-23", 9, 0, 0), 1), "2026-12-28", 17, 0);
	expect_wall(calendar_working_days_after(at("2026-03-27", 9, 0, 0), 5), "2026-04-07", 17, 0);
}

static void test_working_minutes_stop_outside_working_time(void **state)
{
	static const struct {
		const char *from;
		struct clock_time time;
		int minutes;
		const char *due;
		struct clock_time due_time;
	} table[] = {
		{"2026-11-02", {9, 0, 0}, 240, "2026-11-02", {13, 0, 0}},
		{"2026-11-06", {16, 0, 0}, 240, "2026-11-09", {11, 0, 0}}, /* over the weekend */
		{"2026-11-06", {16, 0, 0}, 60, "2026-11-06", {17, 0, 0}},  /* Friday, not Monday */
		{"2026-11-06", {16, 0, 0}, 61, "2026-11-09", {8, 1, 0}},
		{"2026-11-06", {17, 0, 0}, 1, "2026-11-09", {8, 1, 0}},
		{"2026-11-07", {12, 0, 0}, 30, "2026-11-09", {8, 30, 0}}, /* from a Saturday */
		{"2026-11-02", {6, 15, 0}, 15, "2026-11-02", {8, 15, 0}}, /* before opening */
		{"2026-11-02", {8, 0, 0}, 540, "2026-11-02", {17, 0, 0}}, /* one whole day */
		{"2026-11-02", {8, 0, 0}, 1080, "2026-11-03", {17, 0, 0}},
		{"2026-12-23", {16, 0, 0}, 240, "2026-12-28", {11, 0, 0}}, /* over Christmas */
		{"2026-03-27", {16, 0, 0}, 240, "2026-03-30", {11, 0, 0}}, /* summer time begins */
		{"2026-10-23", {16, 0, 0}, 240, "2026-10-26", {11, 0, 0}}, /* and ends */
		{"2026-11-02", {9, 0, 30}, 1, "2026-11-02", {9, 1, 30}},
		{"2026-11-06", {16, 0, 0}, 0, "2026-11-06", {16, 0, 0}},
		{"2026-11-06", {18, 0, 0}, 0, "2026-11-09", {8, 0, 0}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		int64_t from = calendar_at(date_of(table[i].from), table[i].time);
		int64_t due = calendar_at(date_of(table[i].due), table[i].due_time);

		assert_int_equal(calendar_working_minutes_after(from, table[i].minutes), due);
	}
}

static void test_zone_is_recognised_by_what_it_does(void **state)
{
	assert_true(calendar_zone_ok());
	setenv("TZ", "UTC", 1);
	tzset();
	assert_false(calendar_zone_ok());
	setenv("TZ", "Europe/Helsinki", 1);
	tzset();
	assert_false(calendar_zone_ok());
	setenv("TZ", "CET-1", 1); /* an hour off in summer */
	tzset();
	assert_false(calendar_zone_ok());
	set_zone(state);
	assert_true(calendar_zone_ok());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates_are_read_and_written_back),
		cmocka_unit_test(test_other_texts_are_not_dates),
		cmocka_unit_test(test_no_date_is_not_valid),
		cmocka_unit_test(test_dates_compare_by_year_then_month_then_day),
		cmocka_unit_test(test_days_are_counted_from_1970),
		cmocka_unit_test(test_every_day_of_four_centuries_counts_back),
		cmocka_unit_test(test_months_are_clamped_at_the_month_s_end),
		cmocka_unit_test(test_days_are_added_across_months_and_years),
		cmocka_unit_test(test_weeks_begin_on_monday),
		cmocka_unit_test(test_easter_is_computed),
		cmocka_unit_test(test_holidays_and_eves_are_not_working_days),
		cmocka_unit_test(test_days_that_only_feel_like_holidays_are_working_days),
		cmocka_unit_test(test_midsummer_eve_is_the_friday_of_19_to_25_june),
		cmocka_unit_test(test_working_days_are_counted_over_holidays),
		cmocka_unit_test(test_wall_clock_is_stockholm_s),
		cmocka_unit_test(test_a_microsecond_before_midnight_is_the_day_before),
		cmocka_unit_test(test_days_that_take_each_other_s_place_keep_their_hours),
		cmocka_unit_test(test_hour_that_does_not_exist_is_an_hour_later),
		cmocka_unit_test(test_hour_that_comes_twice_is_the_first),
		cmocka_unit_test(test_24_hours_are_elapsed_time),
		cmocka_unit_test(test_days_around_a_cut_off_count_holidays_too),
		cmocka_unit_test(test_working_days_end_at_five),
		cmocka_unit_test(test_working_minutes_stop_outside_working_time),
		cmocka_unit_test(test_zone_is_recognised_by_what_it_does),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
