/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A date is normalised first (lower case, no spaces, no Swedish letters) and then
 * offered to one reader after the other; each knows one way to write dates and
 * says WHEN_INVALID to all others.
 */
#include "client/when.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WHEN_ROOM = 40,
	/* A day without a year that lies further off than this is rather one on the
	 * other side of today. */
	WHEN_FAR_DAYS = 270,
	WHEN_OFFSET_LETTERS = 6,
	WHEN_OFFSET_MOST = 3660, /* days that "+3d" may count: ten years */
};

struct when_input {
	const char *text; /* normalised */
	struct date today;
	enum when_side side;
};

struct when_name {
	const char *english, *swedish;
};

static const struct when_name when_months[] = {
	{"january", "januari"},
	{"february", "februari"},
	{"march", "mars"},
	{"april", "april"},
	{"may", "maj"},
	{"june", "juni"},
	{"july", "juli"},
	{"august", "augusti"},
	{"september", "september"},
	{"october", "oktober"},
	{"november", "november"},
	{"december", "december"},
};

static const struct when_name when_weekdays[] = {
	{"monday", "mandag"},
	{"tuesday", "tisdag"},
	{"wednesday", "onsdag"},
	{"thursday", "torsdag"},
	{"friday", "fredag"},
	{"saturday", "lordag"},
	{"sunday", "sondag"},
};

/* Copies |text| in lower case, without spaces and dots, and with a and o for å,
 * ä and ö. False where it is too long or holds other letters than these. */
static bool when_normalise(struct bytes text, char out[WHEN_ROOM])
{
	size_t at = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		uint8_t next = i + 1 < text.len ? text.data[i + 1] : 0;

		if (c == ' ' || c == '.')
			continue;
		if (c == 0xc3) {
			c = next == 0xb6 || next == 0x96 ? 'o' : 'a';
			if (c == 'a' && next != 0xa5 && next != 0xa4 && next != 0x85 &&
				next != 0x84)
				return false;
			i++;
		}
		if (c >= 0x80 || !isprint(c) || at == WHEN_ROOM - 1)
			return false;
		out[at++] = (char)tolower(c);
	}
	out[at] = '\0';
	return at > 0;
}

/* The number (from 1) of the name that |text|, |len| letters, begins; 0 for none. */
static int when_find_name(const struct when_name *names, size_t count, const char *text, size_t len)
{
	enum { WHEN_NAME_LEAST = 3 };

	for (size_t i = 0; len >= WHEN_NAME_LEAST && i < count; i++) {
		if (strncmp(names[i].english, text, len) == 0 ||
			strncmp(names[i].swedish, text, len) == 0)
			return (int)i + 1;
	}
	return 0;
}

static enum when_result when_finish(struct date date, struct date *ret_date)
{
	if (!date_is_valid(date))
		return WHEN_INVALID;
	*ret_date = date;
	return WHEN_OK;
}

/* 2026-11-30 and 20261130. */
static enum when_result when_read_iso(const struct when_input *input, struct date *ret_date)
{
	const char *t = input->text;
	char dashed[16];

	if (strlen(t) == 8 && strspn(t, "0123456789") == 8) {
		snprintf(dashed, sizeof(dashed), "%.4s-%.2s-%.2s", t, t + 4, t + 6);
		t = dashed;
	}
	return date_parse(bytes_of_string(t), ret_date) ? WHEN_OK : WHEN_INVALID;
}

static enum when_result when_read_word(const struct when_input *input, struct date *ret_date)
{
	static const struct {
		const char *word;
		int days;
	} words[] = {
		{"today", 0},
		{"idag", 0},
		{"tomorrow", 1},
		{"imorgon", 1},
		{"yesterday", -1},
		{"igar", -1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].word, input->text) != 0)
			continue;
		*ret_date = date_add_days(input->today, words[i].days);
		return WHEN_OK;
	}
	return WHEN_INVALID;
}

/* +3d, -3d, +2w, +2v. */
static enum when_result when_read_offset(const struct when_input *input, struct date *ret_date)
{
	const char *t = input->text;
	char *end;
	long count;

	if ((*t != '+' && *t != '-') || !isdigit((unsigned char)t[1]) ||
		strlen(t) > WHEN_OFFSET_LETTERS)
		return WHEN_INVALID;
	count = strtol(t, &end, 10);
	if (strcmp(end, "w") == 0 || strcmp(end, "v") == 0)
		count *= 7;
	else if (strcmp(end, "d") != 0)
		return WHEN_INVALID;
	if (labs(count) > WHEN_OFFSET_MOST)
		return WHEN_INVALID;
	*ret_date = date_add_days(input->today, (int)count);
	return WHEN_OK;
}

/* The next such day; on that very day nobody knows which one is meant. */
static enum when_result when_read_weekday(const struct when_input *input, struct date *ret_date)
{
	int weekday = when_find_name(
		when_weekdays, ARRAY_SIZE(when_weekdays), input->text, strlen(input->text));
	int ahead;

	if (!weekday)
		return WHEN_INVALID;
	ahead = (weekday - date_weekday(input->today) + 7) % 7;
	if (ahead == 0)
		return WHEN_AMBIGUOUS;
	*ret_date = date_add_days(input->today, input->side == WHEN_AHEAD ? ahead : ahead - 7);
	return WHEN_OK;
}

/* Adds the year to a day and a month: the nearest on the right side of today. */
static enum when_result when_add_year(
	const struct when_input *input, int month, int day, struct date *ret_date)
{
	int step = input->side == WHEN_AHEAD ? 1 : -1;
	struct date date = {input->today.year, month, day};
	int64_t off;

	if (date_compare(date, input->today) * step < 0)
		date.year += step;
	/* 29 February, perhaps: only where that year has one. */
	if (!date_is_valid(date))
		return WHEN_INVALID;
	off = date_to_days(date) - date_to_days(input->today);
	if (off * step > WHEN_FAR_DAYS)
		return WHEN_AMBIGUOUS;
	*ret_date = date;
	return WHEN_OK;
}

/* 30nov, 30november2026. */
static enum when_result when_read_named_month(const struct when_input *input, struct date *ret_date)
{
	char *name;
	char *end;
	long day = strtol(input->text, &name, 10);
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	int month = when_find_name(when_months, ARRAY_SIZE(when_months), name, len);
	long year;

	if (!isdigit((unsigned char)input->text[0]) || !month || day < 1 || day > 31)
		return WHEN_INVALID;
	if (!name[len])
		return when_add_year(input, month, (int)day, ret_date);
	year = strtol(name + len, &end, 10);
	if (end != name + len + 4 || *end)
		return WHEN_INVALID;
	return when_finish((struct date){(int)year, month, (int)day}, ret_date);
}

/* 30/11: only where one of the two cannot be a month, or both are the same. */
static enum when_result when_read_slash(const struct when_input *input, struct date *ret_date)
{
	int first;
	int second;
	int end = 0;

	if (!isdigit((unsigned char)input->text[0]) ||
		sscanf(input->text, "%2d/%2d%n", &first, &second, &end) != 2 || input->text[end] ||
		first < 1 || second < 1)
		return WHEN_INVALID;
	if (first <= 12 && second <= 12 && first != second)
		return WHEN_AMBIGUOUS;
	if (first > 12)
		return when_add_year(input, second, first, ret_date);
	return when_add_year(input, first, second, ret_date);
}

/* 261130: year, month, day here, and something else elsewhere. */
static enum when_result when_read_six_digits(const struct when_input *input, struct date *ret_date)
{
	const char *t = input->text;

	return strlen(t) == 6 && strspn(t, "0123456789") == 6 ? WHEN_AMBIGUOUS : WHEN_INVALID;
}

enum when_result when_date(
	struct bytes text, struct date today, enum when_side side, struct date *ret_date)
{
	static enum when_result (*const readers[])(const struct when_input *, struct date *) = {
		when_read_iso,
		when_read_word,
		when_read_offset,
		when_read_weekday,
		when_read_named_month,
		when_read_slash,
		when_read_six_digits,
	};
	char normal[WHEN_ROOM];
	const struct when_input input = {normal, today, side};
	enum when_result result = WHEN_INVALID;

	if (!when_normalise(text, normal))
		return WHEN_INVALID;
	for (size_t i = 0; i < ARRAY_SIZE(readers) && result == WHEN_INVALID; i++)
		result = readers[i](&input, ret_date);
	return result;
}

/* A time of day, and where it stands in the text. */
struct when_clock {
	struct clock_time time;
	int micros;
	bool has_offset;
	int offset_minutes;
	size_t begins;
};

/* Reads "Z", "+01:00" or nothing up to the end of |text|. */
static bool when_read_zone(const char *text, struct when_clock *clock)
{
	int hours;
	int minutes;
	int end = 0;

	clock->has_offset = *text != '\0';
	clock->offset_minutes = 0;
	if (!*text || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return true;
	if ((*text != '+' && *text != '-') || !isdigit((unsigned char)text[1]) ||
		sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &end) != 2 || text[1 + end] ||
		hours > 23 || minutes < 0 || minutes > 59)
		return false;
	clock->offset_minutes = (hours * 60 + minutes) * (*text == '-' ? -1 : 1);
	return true;
}

/* Reads the fraction of a second, as programs write it; gives what follows. */
static const char *when_read_fraction(const char *text, struct when_clock *clock)
{
	if (*text != '.' || !isdigit((unsigned char)text[1]))
		return text;
	text++;
	for (int worth = 100000; isdigit((unsigned char)*text); worth /= 10)
		clock->micros += (*text++ - '0') * worth;
	return text;
}

/* Reads "10:00", "10:00:30" and what may follow, from |text|, to its end. */
static bool when_read_clock(const char *text, struct when_clock *clock)
{
	struct clock_time t = {0};
	int end = 0;

	clock->micros = 0;
	if (sscanf(text, "%2d:%2d%n", &t.hour, &t.minute, &end) != 2)
		return false;
	text += end;
	if (*text == ':') {
		if (sscanf(text, ":%2d%n", &t.second, &end) != 1)
			return false;
		text = when_read_fraction(text + end, clock);
	}
	if (t.hour < 0 || t.hour > 23 || t.minute < 0 || t.minute > 59 || t.second < 0 ||
		t.second > 59)
		return false;
	clock->time = t;
	return when_read_zone(text, clock);
}

/* Finds the time of day: after a T or a space that follows the date. */
static bool when_find_clock(const char *text, struct when_clock *clock)
{
	const char *colon = strchr(text, ':');
	const char *start = colon;

	if (!colon)
		return false;
	while (start > text && isdigit((unsigned char)start[-1]))
		start--;
	if (start == colon || start == text || (start[-1] != ' ' && toupper(start[-1]) != 'T'))
		return false;
	clock->begins = (size_t)(start - 1 - text);
	return when_read_clock(start, clock);
}

/* The wall clock's moment, if there is one and only one. */
static enum when_result when_at(
	struct date date, struct clock_time time, int micros, int64_t *ret_us)
{
	const int64_t hour_us = INT64_C(3600) * 1000000;
	int64_t us = calendar_at(date, time);
	struct clock_time back = calendar_time_of(us);
	struct clock_time again = calendar_time_of(us + hour_us);

	if (back.hour != time.hour || back.minute != time.minute)
		return WHEN_INVALID;
	if (again.hour == time.hour)
		return WHEN_AMBIGUOUS;
	*ret_us = us + micros;
	return WHEN_OK;
}

enum when_result when_time(
	struct bytes text, struct date today, enum when_side side, int64_t *ret_us)
{
	const int64_t minute_us = INT64_C(60) * 1000000;
	struct when_clock clock;
	char copy[WHEN_ROOM];
	struct date date;
	enum when_result result;

	if (text.len >= sizeof(copy) || memchr(text.data, '\0', text.len))
		return WHEN_INVALID;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	if (!when_find_clock(copy, &clock))
		return WHEN_INVALID;
	result = when_date(bytes_of(copy, clock.begins), today, side, &date);
	if (result != WHEN_OK)
		return result;
	if (!clock.has_offset)
		return when_at(date, clock.time, clock.micros, ret_us);
	*ret_us = (date_to_days(date) * 24 * 60 + clock.time.hour * 60 + clock.time.minute -
			  clock.offset_minutes) *
			  minute_us +
		  clock.time.second * INT64_C(1000000) + clock.micros;
	return WHEN_OK;
}
