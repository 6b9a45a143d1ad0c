/* SPDX-License-Identifier: Apache-2.0 */
/* Opening hours: parts with commas between, each of days and of times. */
#include "domain/hours.h"

#include "domain/calendar.h"

enum { MINUTES_A_DAY = 24 * 60, SATURDAY = 6, SUNDAY = 7, DAY_LETTERS = 3 };

static bool take_char(struct bytes *text, char c)
{
	if (!text->len || text->data[0] != (uint8_t)c)
		return false;
	*text = bytes_of(text->data + 1, text->len - 1);
	return true;
}

static void skip_blanks(struct bytes *text)
{
	while (take_char(text, ' '))
		;
}

/* 1 Monday .. 7 Sunday; 0: there is no day. */
static int take_day(struct bytes *text)
{
	static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

	for (int i = 0; text->len >= DAY_LETTERS && i < (int)ARRAY_SIZE(days); i++)
		if (memcmp(text->data, days[i], DAY_LETTERS) == 0) {
			*text = bytes_of(text->data + DAY_LETTERS, text->len - DAY_LETTERS);
			return i + 1;
		}
	return 0;
}

/* Up to two digits; -1: there are none. */
static int take_number(struct bytes *text)
{
	int value = -1;

	for (int i = 0; i < 2 && text->len && text->data[0] >= '0' && text->data[0] <= '9'; i++) {
		value = (value < 0 ? 0 : value * 10) + text->data[0] - '0';
		*text = bytes_of(text->data + 1, text->len - 1);
	}
	return value;
}

/* "8" or "16:30" in minutes of the day; -1: it is neither. */
static int take_minutes(struct bytes *text)
{
	int hours = take_number(text), minutes = take_char(text, ':') ? take_number(text) : 0;

	if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > MINUTES_A_DAY)
		return -1;
	return hours * 60 + minutes;
}

/* One part, "Mon-Fri 8-16": its days, and its minutes of the day. */
struct part {
	int first, last, from, to;
};

static bool part_read(struct bytes text, struct part *part)
{
	skip_blanks(&text);
	part->first = part->last = take_day(&text);
	if (part->first && take_char(&text, '-'))
		part->last = take_day(&text);
	skip_blanks(&text);
	part->from = take_minutes(&text);
	part->to = take_char(&text, '-') ? take_minutes(&text) : -1;
	skip_blanks(&text);
	return part->first && part->last && part->from >= 0 && part->to >= 0 && !text.len;
}

static bool part_covers(struct bytes text, int day, int minute)
{
	struct part part;

	return part_read(text, &part) && day >= part.first && day <= part.last &&
	       minute >= part.from && minute < part.to;
}

bool hours_are_hours(struct bytes text)
{
	struct part part;
	size_t start = 0;

	if (bytes_are(text, "24 h"))
		return true;
	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && text.data[i] != ',')
			continue;
		if (!part_read(bytes_of(text.data + start, i - start), &part) ||
			part.first > part.last || part.from >= part.to)
			return false;
		start = i + 1;
	}
	return true;
}

bool hours_are_open(struct bytes text, int64_t us)
{
	struct date date = calendar_date_of(us);
	struct clock_time time = calendar_time_of(us);
	int day = date_weekday(date);
	size_t start = 0;

	if (bytes_are(text, "24 h"))
		return true;
	if (day < SATURDAY && !date_is_working_day(date))
		day = SUNDAY;
	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && text.data[i] != ',')
			continue;
		if (part_covers(bytes_of(text.data + start, i - start), day,
			    time.hour * 60 + time.minute))
			return true;
		start = i + 1;
	}
	return false;
}
