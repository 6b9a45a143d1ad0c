/* SPDX-License-Identifier: Apache-2.0 */
/* Words for times and codes: see the header. Names of days and months are our
 * own texts, so that they follow the language of the messages. */
#include "client/screen/format.h"

#include <stdlib.h>

#include "client/memory.h"
#include "client/screen/safe_text.h"
#include "client/text.h"
#include "domain/code.h"

/* When what is due on a day is due. */
enum { FORMAT_CLOSE_OF_DAY = 17 };
enum { FORMAT_MINUTE_S = 60, FORMAT_HOUR_S = 3600, FORMAT_DAY_S = 86400 };

static const char *const format_weekdays[] = {
	N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")};
static const char *const format_months[] = {N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"),
	N_("Jun"), N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")};

static const char *format_weekday(struct date date)
{
	return _(format_weekdays[date_weekday(date) - 1]);
}

const char *format_hours(struct arena *arena, const char *hours)
{
	const char *text = "";

	while (*hours) {
		const char *day = NULL;
		size_t len = 1;

		for (size_t i = 0; i < ARRAY_SIZE(format_weekdays) && !day; i++) {
			len = strlen(format_weekdays[i]);
			if (strncmp(hours, format_weekdays[i], len) == 0)
				day = _(format_weekdays[i]);
		}
		if (!day)
			len = 1;
		text = memory_printf(
			arena, "%s%.*s", text, day ? (int)strlen(day) : 1, day ? day : hours);
		hours += len;
	}
	return text;
}

/* "3 Nov", with the year where it is not today's. */
static char *format_date(struct arena *arena, struct date date, struct date today)
{
	const char *month = _(format_months[date.month - 1]);

	if (date.year == today.year)
		return memory_printf(arena, "%d %s", date.day, month);
	return memory_printf(arena, "%d %s %d", date.day, month, date.year);
}

int64_t format_us(const Google__Protobuf__Timestamp *time)
{
	return time ? time->seconds * 1000000 + time->nanos / 1000 : 0;
}

char *format_clock(struct arena *arena, int64_t us)
{
	struct clock_time time = calendar_time_of(us);

	return memory_printf(arena, "%02d:%02d", time.hour, time.minute);
}

char *format_stamp(struct arena *arena, int64_t us, struct date today)
{
	if (!us)
		return memory_string(arena, "");
	return memory_printf(arena, "%s %s", format_date(arena, calendar_date_of(us), today),
		format_clock(arena, us));
}

char *format_moment(struct arena *arena, int64_t us, struct date today)
{
	if (!us)
		return memory_string(arena, "");
	return memory_printf(arena, "%s %s", format_weekday(calendar_date_of(us)),
		format_stamp(arena, us, today));
}

char *format_iso(struct arena *arena, int64_t us)
{
	const int64_t second_us = 1000000;
	struct date date = calendar_date_of(us);
	struct clock_time time = calendar_time_of(us);
	int64_t wall_s = (date_to_days(date) * 24 + time.hour) * FORMAT_HOUR_S +
			 time.minute * FORMAT_MINUTE_S + time.second;
	int offset = (int)(wall_s - us / second_us) / FORMAT_MINUTE_S;

	return memory_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d+%02d:%02d", date.year,
		date.month, date.day, time.hour, time.minute, time.second, offset / 60,
		offset % 60);
}

char *format_brief(struct arena *arena, int64_t us, struct date today)
{
	struct date date = calendar_date_of(us);
	int64_t days = date_to_days(date) - date_to_days(today);

	if (!us)
		return memory_string(arena, "");
	if (days == 0)
		return format_clock(arena, us);
	if (days > -7 && days < 7)
		return calendar_time_of(us).hour == FORMAT_CLOSE_OF_DAY
			       ? memory_string(arena, format_weekday(date))
			       : memory_printf(arena, "%s %s", format_weekday(date),
					 format_clock(arena, us));
	return format_date(arena, date, today);
}

char *format_day(struct arena *arena, struct date date, struct date today)
{
	return memory_printf(arena, "%s %s", format_weekday(date), format_date(arena, date, today));
}

char *format_day_text(struct arena *arena, const char *text, struct date today)
{
	struct date date;

	if (!date_parse(bytes_of_string(text), &date))
		return safe_line(arena, text);
	return format_day(arena, date, today);
}

char *format_days_left(struct arena *arena, const char *text, struct date today)
{
	struct date date;
	int64_t days;

	if (!date_parse(bytes_of_string(text), &date))
		return memory_string(arena, "");
	days = date_to_days(date) - date_to_days(today);
	if (days == 0)
		return memory_string(arena, _("today"));
	if (days < 0)
		return memory_printf(arena, _("%lld d late"), (long long)-days);
	return memory_printf(arena, _("%lld d"), (long long)days);
}

char *format_days_between(struct arena *arena, const char *from, const char *to)
{
	struct date first;
	struct date last;

	if (!date_parse(bytes_of_string(from), &first) || !date_parse(bytes_of_string(to), &last))
		return memory_string(arena, "");
	return memory_printf(
		arena, _("%lld d"), (long long)(date_to_days(last) - date_to_days(first)));
}

char *format_span(struct arena *arena, int64_t seconds)
{
	if (seconds < FORMAT_HOUR_S)
		return memory_printf(arena, _("%lld min"),
			(long long)((seconds + FORMAT_MINUTE_S / 2) / FORMAT_MINUTE_S));
	if (seconds < 2 * FORMAT_DAY_S)
		return memory_printf(arena, _("%lld h"),
			(long long)((seconds + FORMAT_HOUR_S / 2) / FORMAT_HOUR_S));
	return memory_printf(
		arena, _("%lld d"), (long long)((seconds + FORMAT_DAY_S / 2) / FORMAT_DAY_S));
}

char *format_code_of_id(struct arena *arena, const char *id)
{
	char *code = memory_alloc(arena, CODE_TEXT_LEN + 1);
	char letters[CODE_LETTERS + 1];
	struct uuid uuid;

	if (!uuid_parse(bytes_of_string(id), &uuid))
		return code;
	code_of_uuid(&uuid, letters);
	code_format(letters, code);
	return code;
}

char *format_code_start(struct arena *arena, const char *code)
{
	return memory_copy(arena, bytes_of(code, strcspn(code, "-")));
}
