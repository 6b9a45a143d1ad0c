/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of rules; see the header. */
#include "domain/deadlines.h"

#include <stddef.h>

static const int64_t us_a_minute = 60000000;

static const struct clock_time day_opens = {CALENDAR_DAY_OPENS, 0, 0};
static const struct clock_time day_closes = {CALENDAR_DAY_CLOSES, 0, 0};

/* The last day; a time past the cut-off counts as the next day's. */
static struct date rule_days_after(const struct clock_rule *rule, int64_t from_us)
{
	struct clock_time cut_off;

	if (!clock_time_read(bytes_of_string(rule->cut_off), &cut_off))
		return date_add_days(calendar_date_of(from_us), rule->amount);
	return calendar_days_after(from_us, rule->amount, cut_off);
}

int64_t clock_rule_due(const struct clock_rule *rule, int64_t from_us, struct date promised)
{
	struct date day = calendar_date_of(from_us);

	switch (rule->unit) {
	case CLOCK_WORKING_DAYS:
		return calendar_working_days_after(from_us, rule->amount);
	case CLOCK_WORKING_MINUTES:
		return calendar_working_minutes_after(from_us, rule->amount);
	case CLOCK_MINUTES:
		return from_us + rule->amount * us_a_minute;
	case CLOCK_DAYS:
		return calendar_at(rule_days_after(rule, from_us), day_closes);
	case CLOCK_MONTHS:
		return calendar_at(date_add_months(day, rule->amount), day_closes);
	case CLOCK_DAY_END:
		return calendar_at(date_add_days(day, 1), (struct clock_time){0, 0, 0});
	case CLOCK_PROMISED:
		return calendar_at(promised, day_closes);
	case CLOCK_UNITS:
		break;
	}
	return 0;
}

struct date clock_rule_due_date(const struct clock_rule *rule, struct date from)
{
	return calendar_date_of(clock_rule_due(rule, calendar_at(from, day_opens), from));
}

static int64_t step_time(const struct clock_step *step, int64_t from_us, int64_t due_us)
{
	switch (step->when) {
	case STEP_MORNING:
		return calendar_at(date_add_working_days(calendar_date_of(from_us), 1), day_opens);
	case STEP_DUE:
		return due_us;
	case STEP_AFTER:
		return calendar_at(
			date_add_working_days(calendar_date_of(due_us), step->days), day_opens);
	}
	return 0;
}

int64_t clock_rule_step(const struct clock_rule *rule, int n, int64_t from_us, int64_t due_us)
{
	struct clock_step step;

	if (!clock_step_read(bytes_of_string(rule->steps), n, &step))
		return 0;
	return step_time(&step, from_us, due_us);
}

mask_t clock_rule_told(const struct clock_rule *rule, int n)
{
	struct clock_step step;

	return clock_step_read(bytes_of_string(rule->steps), n, &step) ? step.who : 0;
}

struct due deadline_due(
	const struct rulebook *book, const struct rule_question *q, struct date promised)
{
	const struct clock_rule *rule = rulebook_find(book, q);
	struct due due = {.from_us = q->at_us, .rule = rule};

	if (!rule)
		return (struct due){0};
	due.us = clock_rule_due(rule, q->at_us, promised);
	due.step_us = clock_rule_step(rule, 0, due.from_us, due.us);
	return due;
}

enum deadline deadline_of_event(enum expected expected)
{
	static const enum deadline graces[EXPECTED_COUNT] = {
		[EXPECTED_NONE] = DEADLINE_NONE,
		[EXPECTED_VISIT] = DEADLINE_VISIT,
		[EXPECTED_CALL] = DEADLINE_CALL,
		[EXPECTED_DOSE] = DEADLINE_DOSE,
		[EXPECTED_LAB] = DEADLINE_LAB,
		[EXPECTED_MEETING] = DEADLINE_MEETING,
	};

	return graces[expected];
}
