/* SPDX-License-Identifier: Apache-2.0 */
/* Default deadlines, from their table. */
#include "domain/deadlines.h"

#include <stddef.h>

#define US_A_MINUTE INT64_C(60000000)

enum deadline_unit { WORKING_DAYS, WORKING_MINUTES, MINUTES };

static const struct deadline_row {
	enum deadline what;
	const char *priority;
	enum deadline_unit unit;
	int amount;
} deadline_rows[] = {
#define DEADLINE(what, priority, unit, amount) {DEADLINE_##what, priority, unit, amount},
#include "stafett/tbl/deadlines.def"
#undef DEADLINE
};

/* The row of this priority; the first of its kind (routine) for any other. */
static const struct deadline_row *deadline_row(enum deadline what, struct bytes priority)
{
	const struct deadline_row *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(deadline_rows); i++) {
		const struct deadline_row *row = &deadline_rows[i];

		if (row->what != what)
			continue;
		if (bytes_equal(priority, bytes_of_string(row->priority)))
			return row;
		if (!first)
			first = row;
	}
	return first;
}

int64_t deadline_due(
	enum deadline what, struct bytes priority, int64_t now_us, struct date promised)
{
	const struct deadline_row *row;

	if (what == DEADLINE_PROMISE)
		return calendar_at(promised, (struct clock_time){CALENDAR_DAY_CLOSES, 0, 0});
	row = deadline_row(what, priority);
	if (!row)
		return 0;
	switch (row->unit) {
	case WORKING_DAYS:
		return calendar_working_days_after(now_us, row->amount);
	case WORKING_MINUTES:
		return calendar_working_minutes_after(now_us, row->amount);
	case MINUTES:
		return now_us + row->amount * US_A_MINUTE;
	}
	return 0;
}

int64_t deadline_of_event(enum expected expected, int64_t time_us)
{
	static const int grace_minutes[EXPECTED_COUNT] = {
#define EXPECTED(name, code, grace) [EXPECTED_##name] = grace,
#include "stafett/tbl/expected.def"
#undef EXPECTED
	};

	if (grace_minutes[expected])
		return time_us + grace_minutes[expected] * US_A_MINUTE;
	return calendar_at(
		date_add_days(calendar_date_of(time_us), 1), (struct clock_time){0, 0, 0});
}
