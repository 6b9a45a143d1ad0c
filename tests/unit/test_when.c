/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and times as people type them. Today is Monday 23 November 2026. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "client/when.h"

static const struct date monday = {2026, 11, 23};

struct date_case {
	const char *text;
	const char *expected; /* NULL: refused */
	enum when_result refusal;
	enum when_side side;
};

static void expect_dates(const struct date_case *cases, size_t count, struct date today)
{
	for (size_t i = 0; i < count; i++) {
		const struct date_case *c = &cases[i];
		enum when_result result;
		struct date date;
		char text[11];

		result = when_date(bytes_of_string(c->text), today, c->side, &date);
		if (result != (c->expected ? WHEN_OK : c->refusal))
			fail_msg("'%s' gave %d", c->text, result);
		if (result != WHEN_OK)
			continue;
		date_format(date, text);
		if (strcmp(text, c->expected) != 0)
			fail_msg("'%s' was read as %s", c->text, text);
	}
}

static void test_full_dates_are_read_in_every_spelling(void **state)
{
	static const struct date_case cases[] = {
		{"2026-11-30", "2026-11-30", 0, WHEN_AHEAD},
		{"20261130", "2026-11-30", 0, WHEN_AHEAD},
		{"30 november 2026", "2026-11-30", 0, WHEN_AHEAD},
		{"30nov2027", "2027-11-30", 0, WHEN_AHEAD},
		{"1 maj 2027", "2027-05-01", 0, WHEN_AHEAD},
		{"29feb2028", "2028-02-29", 0, WHEN_AHEAD},
	};

	expect_dates(cases, ARRAY_SIZE(cases), monday);
}

static void test_a_day_without_a_year_is_the_nearest_on_the_side_asked_for(void **state)
{
	static const struct date_case cases[] = {
		{"30nov", "2026-11-30", 0, WHEN_AHEAD},
		{"30 Nov", "2026-11-30", 0, WHEN_AHEAD},
		{"30 nov.", "2026-11-30", 0, WHEN_AHEAD},
		{"23nov", "2026-11-23", 0, WHEN_AHEAD},
		{"7jan", "2027-01-07", 0, WHEN_AHEAD},
		{"1 okt", "2026-10-01", 0, WHEN_BEHIND},
		{"30/11", "2026-11-30", 0, WHEN_AHEAD},
		{"12/12", "2026-12-12", 0, WHEN_AHEAD},
	};

	expect_dates(cases, ARRAY_SIZE(cases), monday);
}

static void test_words_weekdays_and_offsets_count_from_today(void **state)
{
	static const struct date_case cases[] = {
		{"today", "2026-11-23", 0, WHEN_AHEAD},
		{"idag", "2026-11-23", 0, WHEN_AHEAD},
		{"i dag", "2026-11-23", 0, WHEN_AHEAD},
		{"tomorrow", "2026-11-24", 0, WHEN_AHEAD},
		{"I morgon", "2026-11-24", 0, WHEN_AHEAD},
		{"igår", "2026-11-22", 0, WHEN_AHEAD},
		{"fri", "2026-11-27", 0, WHEN_AHEAD},
		{"fre", "2026-11-27", 0, WHEN_AHEAD},
		{"lördag", "2026-11-28", 0, WHEN_AHEAD},
		{"SÖN", "2026-11-29", 0, WHEN_AHEAD},
		{"fri", "2026-11-20", 0, WHEN_BEHIND},
		{"+3d", "2026-11-26", 0, WHEN_AHEAD},
		{"+2w", "2026-12-07", 0, WHEN_AHEAD},
		{"+2v", "2026-12-07", 0, WHEN_AHEAD},
		{"-1d", "2026-11-22", 0, WHEN_AHEAD},
	};

	expect_dates(cases, ARRAY_SIZE(cases), monday);
}

static void test_what_can_be_read_in_two_ways_is_refused(void **state)
{
	static const struct date_case cases[] = {
		{"5/6", NULL, WHEN_AMBIGUOUS, WHEN_AHEAD},
		{"261130", NULL, WHEN_AMBIGUOUS, WHEN_AHEAD},
		{"mon", NULL, WHEN_AMBIGUOUS, WHEN_AHEAD},
		{"måndag", NULL, WHEN_AMBIGUOUS, WHEN_BEHIND},
		{"2nov", NULL, WHEN_AMBIGUOUS, WHEN_AHEAD},
		{"30nov", NULL, WHEN_AMBIGUOUS, WHEN_BEHIND},
	};

	expect_dates(cases, ARRAY_SIZE(cases), monday);
}

static void test_what_is_no_date_is_refused(void **state)
{
	static const struct date_case cases[] = {
		{"", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"soon", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"2026-02-30", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"31 nov", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"30nov26", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"0nov", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"32/1", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"+d", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"+99999999999999999999d", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"fr", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"fredagar", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"\x1b[2J", NULL, WHEN_INVALID, WHEN_AHEAD},
		{"2026-11-30 2026-11-30 2026-11-30 2026-11-30", NULL, WHEN_INVALID, WHEN_AHEAD},
	};

	expect_dates(cases, ARRAY_SIZE(cases), monday);
}

struct time_case {
	const char *text;
	int64_t expected_s; /* since 1970 */
	enum when_result result;
};

static void test_times_are_stockholms_unless_they_say_otherwise(void **state)
{
	static const struct time_case cases[] = {
		{"2026-11-26T10:00", 1795683600, WHEN_OK},
		{"2026-11-26 10:00:30", 1795683630, WHEN_OK},
		{"thu 10:00", 1795683600, WHEN_OK},
		{"2026-11-26T10:00+01:00", 1795683600, WHEN_OK},
		{"2026-11-26T09:00:00Z", 1795683600, WHEN_OK},
		{"2026-07-01T10:00", 1782892800, WHEN_OK},
		/* 02:30 comes twice on 25 October and never on 29 March 2026. */
		{"2026-10-25T02:30", 0, WHEN_AMBIGUOUS},
		{"2026-03-29T02:30", 0, WHEN_INVALID},
		{"2026-10-25T02:30+01:00", 1792891800, WHEN_OK},
		{"2026-11-26", 0, WHEN_INVALID},
		{"2026-11-26T24:00", 0, WHEN_INVALID},
		{"2026-11-26T10:60", 0, WHEN_INVALID},
		{"2026-11-26T10:00x", 0, WHEN_INVALID},
		{"2026-11-26T10:00.5", 0, WHEN_INVALID},
		{"2026-11-26T10:00:30.", 0, WHEN_INVALID},
		{"10:00", 0, WHEN_INVALID},
		{"5/6 10:00", 0, WHEN_AMBIGUOUS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t us = 0;

		if (when_time(bytes_of_string(cases[i].text), monday, WHEN_AHEAD, &us) !=
				cases[i].result ||
			us != cases[i].expected_s * 1000000)
			fail_msg("'%s' was read as %lld us", cases[i].text, (long long)us);
	}
}

static void test_a_fraction_of_a_second_is_read_as_programs_write_it(void **state)
{
	static const struct {
		const char *text;
		int64_t micros;
	} cases[] = {
		{"2026-11-26T09:00:00.25Z", 250000},
		{"2026-11-26T10:00:00.244284", 244284},
		{"2026-11-26T10:00:00.000001999+01:00", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t us = 0;

		assert_int_equal(when_time(bytes_of_string(cases[i].text), monday, WHEN_AHEAD, &us),
			WHEN_OK);
		assert_int_equal(us, INT64_C(1795683600) * 1000000 + cases[i].micros);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_dates_are_read_in_every_spelling),
		cmocka_unit_test(test_a_day_without_a_year_is_the_nearest_on_the_side_asked_for),
		cmocka_unit_test(test_words_weekdays_and_offsets_count_from_today),
		cmocka_unit_test(test_what_can_be_read_in_two_ways_is_refused),
		cmocka_unit_test(test_what_is_no_date_is_refused),
		cmocka_unit_test(test_times_are_stockholms_unless_they_say_otherwise),
		cmocka_unit_test(test_a_fraction_of_a_second_is_read_as_programs_write_it),
	};

	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
