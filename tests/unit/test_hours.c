/* SPDX-License-Identifier: Apache-2.0 */
/* Whether somebody is there: the texts of the directory against days and times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "domain/calendar.h"
#include "domain/hours.h"

/* A Tuesday, a Friday and a Saturday of November 2026; Christmas from Thursday on. */
static const struct date tuesday = {2026, 11, 3}, friday = {2026, 11, 6}, saturday = {2026, 11, 7},
			 eve = {2026, 12, 24}, christmas = {2026, 12, 25}, boxing = {2026, 12, 26};

static const struct {
	const char *text;
	const struct date *day;
	int hour, minute;
	bool open;
} rows[] = {
	{"Mon-Fri 8-16:30", &tuesday, 8, 0, true},
	{"Mon-Fri 8-16:30", &tuesday, 7, 59, false},
	{"Mon-Fri 8-16:30", &tuesday, 16, 29, true},
	{"Mon-Fri 8-16:30", &tuesday, 16, 30, false},
	{"Mon-Fri 8-16:30", &saturday, 12, 0, false},
	{"Mon-Thu 8-19, Fri 8-16", &tuesday, 18, 0, true},
	{"Mon-Thu 8-19, Fri 8-16", &friday, 18, 0, false},
	{"Mon-Thu 8-19, Fri 8-16", &friday, 15, 0, true},
	{"Sat 10-14", &saturday, 10, 0, true},
	{"Mon-Sun 0-24", &saturday, 23, 59, true},
	{"24 h", &christmas, 3, 0, true},
	{"Mon-Fri 8-16", &christmas, 12, 0, false},
	{"Mon-Sun 0-24", &christmas, 12, 0, true},
	{"Mon-Sun 8-20", &christmas, 20, 0, false},
	{"Mon-Fri 8-16, Sun 10-14", &christmas, 12, 0, true},
	{"Mon-Fri 8-16, Sun 10-14", &christmas, 9, 0, false},
	{"Mon-Sat 0-24", &christmas, 12, 0, false},
	{"Mon-Sun 0-24", &eve, 12, 0, true},
	{"Mon-Fri 8-16", &eve, 12, 0, false},
	{"Sat 10-14", &boxing, 12, 0, true},
	{"Sun 10-14", &boxing, 12, 0, false},
	{"", &tuesday, 12, 0, false},
	{"every day", &tuesday, 12, 0, false},
	{"Mon-Fri 8-16 or so", &tuesday, 12, 0, false},
	{"Mon-Fri 8-", &tuesday, 12, 0, false},
	{"Mon-Fri 8-25", &tuesday, 12, 0, false},
	{"Mon-", &tuesday, 12, 0, false},
};

static void somebody_is_there_as_the_text_says(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t us = calendar_at(
			*rows[i].day, (struct clock_time){rows[i].hour, rows[i].minute, 0});
		bool open = hours_are_open(bytes_of_string(rows[i].text), us);

		if (open != rows[i].open)
			fail_msg("'%s' on %d-%02d at %d:%02d", rows[i].text, rows[i].day->month,
				rows[i].day->day, rows[i].hour, rows[i].minute);
	}
}

static void a_text_is_hours_only_where_all_of_it_is(void **state)
{
	static const char *const good[] = {
		"24 h", "Mon-Fri 8-16:30", "Mon-Thu 8-19, Fri 8-16", "Mon-Sun 0-24"};
	static const char *const bad[] = {"", "every day", "Mon-Fri 8-16 or so", "Mon-Fri 8-",
		"Mon-", "Fri-Mon 8-16", "Mon 16-8", "Mon 8-8", "Mon-Fri 8-16,", "Mon-Fri 8-16, x"};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (!hours_are_hours(bytes_of_string(good[i])))
			fail_msg("'%s'", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (hours_are_hours(bytes_of_string(bad[i])))
			fail_msg("'%s'", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(somebody_is_there_as_the_text_says),
		cmocka_unit_test(a_text_is_hours_only_where_all_of_it_is)};

	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
