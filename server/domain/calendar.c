/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Civil dates by arithmetic alone (proleptic Gregorian); points in time through
 * libc's zone. Only the two together make a deadline: days follow the wall
 * clock, hours are elapsed time.
 */
#include "domain/calendar.h"

#include <time.h>

enum { SECONDS_A_DAY = 86400, SECONDS_AN_HOUR = 3600, SECONDS_A_MINUTE = 60 };

/* Days from 0000-03-01, where the count below begins, to 1970-01-01. */
enum { DAYS_TO_1970 = 719468, DAYS_A_CYCLE = 146097, YEARS_A_CYCLE = 400 };

static const int64_t us_a_second = 1000000;

/* Division that rounds down for negative numbers too. */
static int64_t calendar_floor(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool date_is_leap_year(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int date_days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && date_is_leap_year(year));
}

bool date_is_valid(struct date d)
{
	return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	       d.day <= date_days_in_month(d.year, d.month);
}

/* The number in |len| digits at |at|; -1 where one is no digit. */
static int date_number(struct bytes text, size_t at, size_t len)
{
	int value = 0;

	for (size_t i = at; i < at + len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -1;
		value = value * 10 + (text.data[i] - '0');
	}
	return value;
}

bool date_parse(struct bytes text, struct date *ret_date)
{
	struct date d;

	if (text.len != DATE_TEXT_LEN || text.data[4] != '-' || text.data[7] != '-')
		return false;
	d.year = date_number(text, 0, 4);
	d.month = date_number(text, 5, 2);
	d.day = date_number(text, 8, 2);
	if (!date_is_valid(d))
		return false;
	*ret_date = d;
	return true;
}

static void date_put(char *out, int width, int value)
{
	for (int i = width - 1; i >= 0; i--) {
		out[i] = (char)('0' + value % 10);
		value /= 10;
	}
}

void date_format(struct date d, char out[DATE_TEXT_LEN + 1])
{
	date_put(out, 4, d.year);
	out[4] = '-';
	date_put(out + 5, 2, d.month);
	out[7] = '-';
	date_put(out + 8, 2, d.day);
	out[DATE_TEXT_LEN] = '\0';
}

int date_compare(struct date a, struct date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return (a.day > b.day) - (a.day < b.day);
}

bool date_is_far(struct date d, struct date today, int years)
{
	struct date first = today, last = today;

	first.year -= years;
	last.year += years;
	return d.year && (date_compare(d, first) < 0 || date_compare(d, last) > 0);
}

/*
 * Years are counted from March, so that the leap day is the last of its year
 * and the months before it have lengths that (153 m + 2) / 5 adds up.
 */
int64_t date_to_days(struct date d)
{
	int64_t year = d.month > 2 ? d.year : d.year - 1;
	int64_t cycle = calendar_floor(year, YEARS_A_CYCLE);
	int64_t year_of_cycle = year - cycle * YEARS_A_CYCLE;
	int64_t month = (d.month + 9) % 12;
	int64_t day_of_year = (153 * month + 2) / 5 + d.day - 1;

	return cycle * DAYS_A_CYCLE + year_of_cycle * 365 + year_of_cycle / 4 -
	       year_of_cycle / 100 + day_of_year - DAYS_TO_1970;
}

struct date date_from_days(int64_t days)
{
	int64_t from_march = days + DAYS_TO_1970;
	int64_t cycle = calendar_floor(from_march, DAYS_A_CYCLE);
	int64_t day = from_march - cycle * DAYS_A_CYCLE;
	/* Less the leap days so far, every year has 365. */
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct date d;

	d.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	d.month = (int)((month + 2) % 12 + 1);
	d.year = (int)(cycle * YEARS_A_CYCLE + year + (d.month <= 2));
	return d;
}

struct date date_add_days(struct date d, int days)
{
	return date_from_days(date_to_days(d) + days);
}

struct date date_add_months(struct date d, int months)
{
	int64_t total = (int64_t)d.year * 12 + d.month - 1 + months;
	int64_t year = calendar_floor(total, 12);
	struct date sum = {(int)year, (int)(total - year * 12) + 1, d.day};
	int last = date_days_in_month(sum.year, sum.month);

	if (sum.day > last)
		sum.day = last;
	return sum;
}

int date_weekday(struct date d)
{
	int64_t days = date_to_days(d) + 3; /* 1970-01-01 was a Thursday */

	return (int)(days - calendar_floor(days, 7) * 7) + 1;
}

/*
 * The rule of Butcher's Ecclesiastical Calendar (1876), right for every
 * Gregorian year: the Sunday after the first full moon of the church's tables
 * on or after 21 March.
 */
struct date date_easter(int year)
{
	int golden = year % 19, century = year / 100, rest = year % 100;
	int moon_shift = (century - (century + 8) / 25 + 1) / 3;
	int epact = (19 * golden + century - century / 4 - moon_shift + 15) % 30;
	int to_sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
	int correction = (golden + 11 * epact + 22 * to_sunday) / 451;
	int sum = epact + to_sunday - 7 * correction + 114;

	return (struct date){year, sum / 31, sum % 31 + 1};
}

/* Holidays and eves with a date of their own. */
static bool date_is_fixed_holiday(struct date d)
{
	static const struct {
		int month, day;
	} holidays[] = {
		{1, 1},	  /* New Year's Day */
		{1, 6},	  /* Epiphany */
		{5, 1},	  /* First of May */
		{6, 6},	  /* the National Day */
		{12, 24}, /* Christmas Eve */
		{12, 25}, /* Christmas Day */
		{12, 26}, /* Boxing Day */
		{12, 31}, /* New Year's Eve */
	};

	for (size_t i = 0; i < ARRAY_SIZE(holidays); i++) {
		if (d.month == holidays[i].month && d.day == holidays[i].day)
			return true;
	}
	return false;
}

/*
 * Holidays that move, as far as they can fall on Monday to Friday. Easter Day
 * and Whit Sunday are Sundays, Midsummer Day and All Saints' Day Saturdays.
 */
static bool date_is_moving_holiday(struct date d)
{
	enum { GOOD_FRIDAY = -2, EASTER_MONDAY = 1, ASCENSION_DAY = 39, FRIDAY = 5 };
	int64_t from_easter = date_to_days(d) - date_to_days(date_easter(d.year));

	if (from_easter == GOOD_FRIDAY || from_easter == EASTER_MONDAY ||
		from_easter == ASCENSION_DAY)
		return true;
	/* Midsummer Eve: the Friday between 19 and 25 June. */
	return d.month == 6 && d.day >= 19 && d.day <= 25 && date_weekday(d) == FRIDAY;
}

bool date_is_working_day(struct date d)
{
	enum { SATURDAY = 6 };

	return date_weekday(d) < SATURDAY && !date_is_fixed_holiday(d) &&
	       !date_is_moving_holiday(d);
}

struct date date_add_working_days(struct date d, int n)
{
	while (n > 0) {
		d = date_add_days(d, 1);
		if (date_is_working_day(d))
			n--;
	}
	return d;
}

/* The wall clock of a point in time, in seconds since 1970. */
static struct tm calendar_wall(int64_t seconds)
{
	time_t t = seconds;
	struct tm tm = {0};

	/* It fails only for years beyond int, which microseconds cannot reach. */
	localtime_r(&t, &tm);
	return tm;
}

/* How far the wall clock is ahead of UTC at |seconds|. libc looks it up among all
 * changes that there ever were, which was half of what a send cost the rules; so what
 * holds for a whole day is remembered. The zone does not change while a program runs. */
static int64_t calendar_offset(int64_t seconds)
{
	enum { DAYS_REMEMBERED = 64 };
	static struct {
		int64_t day;
		long offset;
		bool holds; /* all day; false: nothing is remembered */
	} remembered[DAYS_REMEMBERED];
	int64_t day = calendar_floor(seconds, SECONDS_A_DAY);
	size_t place = (size_t)day % DAYS_REMEMBERED;

	if (!remembered[place].holds || remembered[place].day != day) {
		long begins = calendar_wall(day * SECONDS_A_DAY).tm_gmtoff;

		remembered[place].day = day;
		remembered[place].offset = begins;
		remembered[place].holds =
			begins == calendar_wall((day + 1) * SECONDS_A_DAY - 1).tm_gmtoff;
	}
	return remembered[place].holds ? remembered[place].offset
				       : calendar_wall(seconds).tm_gmtoff;
}

/* The wall clock of a point in time, as if it were UTC, in seconds since 1970. */
static int64_t calendar_wall_seconds(int64_t us)
{
	int64_t seconds = calendar_floor(us, us_a_second);

	return seconds + calendar_offset(seconds);
}

struct date calendar_date_of(int64_t us)
{
	return date_from_days(calendar_floor(calendar_wall_seconds(us), SECONDS_A_DAY));
}

struct clock_time calendar_time_of(int64_t us)
{
	int64_t wall = calendar_wall_seconds(us);
	int of_day = (int)(wall - calendar_floor(wall, SECONDS_A_DAY) * SECONDS_A_DAY);
	int of_hour = of_day % SECONDS_AN_HOUR;

	return (struct clock_time){
		of_day / SECONDS_AN_HOUR, of_hour / SECONDS_A_MINUTE, of_hour % SECONDS_A_MINUTE};
}

/*
 * mktime would leave the two odd hours of a year to chance, so both offsets that
 * can apply are tried: the one of the day before, and that of the day after. In
 * the hour that comes twice both fit and the first wins, being the earlier. In
 * the hour that does not exist none fits, and the first one leads an hour on.
 */
int64_t calendar_at(struct date d, struct clock_time t)
{
	int64_t wall = date_to_days(d) * SECONDS_A_DAY + (int64_t)t.hour * SECONDS_AN_HOUR +
		       (int64_t)t.minute * SECONDS_A_MINUTE + t.second;
	int64_t before = calendar_offset(wall - SECONDS_A_DAY);
	int64_t after = calendar_offset(wall + SECONDS_A_DAY);
	int64_t offset = before;

	if (before != after && calendar_offset(wall - before) != before &&
		calendar_offset(wall - after) == after)
		offset = after;
	return (wall - offset) * us_a_second;
}

int64_t calendar_working_days_after(int64_t us, int n)
{
	struct date due = date_add_working_days(calendar_date_of(us), n);

	return calendar_at(due, (struct clock_time){CALENDAR_DAY_CLOSES, 0, 0});
}

/* No summer time begins or ends within a working day: there, elapsed time and
 * the wall clock agree. */
int64_t calendar_working_minutes_after(int64_t us, int minutes)
{
	const struct clock_time opens = {CALENDAR_DAY_OPENS, 0, 0};
	const struct clock_time closes = {CALENDAR_DAY_CLOSES, 0, 0};
	int64_t left = (int64_t)minutes * SECONDS_A_MINUTE * us_a_second;

	for (struct date d = calendar_date_of(us);; d = date_add_days(d, 1)) {
		int64_t from = calendar_at(d, opens), to = calendar_at(d, closes);

		if (from < us)
			from = us;
		if (from >= to || !date_is_working_day(d))
			continue;
		if (left <= to - from)
			return from + left;
		left -= to - from;
	}
}

struct date calendar_days_after(int64_t us, int days, struct clock_time cut_off)
{
	struct date d = calendar_date_of(us);
	bool late = us > calendar_at(d, cut_off);

	return date_add_days(d, days + late);
}

bool calendar_zone_ok(void)
{
	enum { WINTER = SECONDS_AN_HOUR, SUMMER = 2 * SECONDS_AN_HOUR };
	static const struct {
		int64_t seconds;
		long offset;
	} probes[] = {
		{1774745999, WINTER}, /* 2026-03-29 00:59:59 UTC: winter's last */
		{1774746000, SUMMER}, /* ... and summer's first second */
		{1792889999, SUMMER}, /* 2026-10-25 00:59:59 UTC: summer's last */
		{1792890000, WINTER}, /* ... and winter's first second */
	};

	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		if (calendar_wall(probes[i].seconds).tm_gmtoff != probes[i].offset)
			return false;
	}
	return true;
}
