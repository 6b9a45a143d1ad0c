/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Civil dates, Swedish working days, and the wall clock of Europe/Stockholm.
 *
 * Both programs set TZ to Europe/Stockholm before anything else, so libc's zone
 * is the rule's zone; calendar_zone_ok tells whether that holds. Points in time
 * are int64_t microseconds since 1970 UTC. Working days are Monday to Friday,
 * without public holidays and the eves of midsummer, Christmas and New Year
 * (lag 1989:253 for the holidays, as it has read since 2005); they run 08:00 to
 * 17:00. "24 hours" needs no function: elapsed time is added to the microseconds.
 */
#ifndef DOMAIN_CALENDAR_H
#define DOMAIN_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "stafett/base.h"

struct date {
	int year, month, day; /* month and day from 1; year 0 = no date */
};

struct clock_time {
	int hour, minute, second;
};

enum { CALENDAR_DAY_OPENS = 8, CALENDAR_DAY_CLOSES = 17, DATE_TEXT_LEN = 10 };

/* Whether the calendar has such a day; years 1 to 9999. */
bool date_is_valid(struct date d);
/* Reads "2026-11-02" exactly. */
bool date_parse(struct bytes text, struct date *ret_date) WARN_UNUSED;
/* Writes "2026-11-02" and a NUL. */
void date_format(struct date d, char out[DATE_TEXT_LEN + 1]);
/* < 0, 0, > 0. */
int date_compare(struct date a, struct date b);
/* Whether |d| lies more than |years| before or after |today|; no date never does. */
bool date_is_far(struct date d, struct date today, int years);
/* Days since 1970-01-01, and back. */
int64_t date_to_days(struct date d);
struct date date_from_days(int64_t days);
struct date date_add_days(struct date d, int days);
/* Whole months from |d|; the day is clamped to the month's end. Always counts
 * from the anchor that is given: never chain two calls. */
struct date date_add_months(struct date d, int months);
/* 1 Monday .. 7 Sunday. */
int date_weekday(struct date d);
/* Easter Sunday of a year (Gregorian). */
struct date date_easter(int year);
bool date_is_working_day(struct date d);
/* The |n|-th working day after |d|; n >= 1. */
struct date date_add_working_days(struct date d, int n);

/* The civil date and the time of day at Stockholm of a point in time. */
struct date calendar_date_of(int64_t us);
struct clock_time calendar_time_of(int64_t us);
/* The point in time of a wall clock at Stockholm. In the hour that does not
 * exist, an hour later; in the hour that comes twice, the first. */
int64_t calendar_at(struct date d, struct clock_time t);
/* Close of the |n|-th working day after |us|: 17:00. */
int64_t calendar_working_days_after(int64_t us, int n);
/* |minutes| of working time after |us|, counted only from 08:00 to 17:00 of
 * working days; 0 gives the next working moment, which may be |us| itself. */
int64_t calendar_working_minutes_after(int64_t us, int minutes);
/* The date |days| calendar days after the date of |us|, and one day more where
 * the wall clock was past |cut_off|; at |cut_off| exactly it was not. */
struct date calendar_days_after(int64_t us, int days, struct clock_time cut_off);
/* Whether libc's zone keeps Stockholm's time: TZ is set and tzdata installed. */
bool calendar_zone_ok(void);

#endif
