/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Civil dates, Swedish working days, and the wall clock of Europe/Stockholm.
 *
 * Both programs set TZ to Europe/Stockholm before anything else, so libc's zone
 * is the rule's zone; calendar_zone_ok tells whether that holds. Points in time
 * are int64_t microseconds since 1970 UTC. Working days are Monday to Friday,
 * without public holidays and the eves of midsummer, Christmas and New Year
 * (lag 1989:253 for the holidays); they run 08:00 to 17:00.
 */
#ifndef DOMAIN_CALENDAR_H
#define DOMAIN_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "stafett/base.h"

struct date {
	int year, month, day; /* month and day from 1; year 0 = no date */
};

enum { CALENDAR_DAY_OPENS = 8, CALENDAR_DAY_CLOSES = 17 };

bool date_is_valid(struct date d);
/* Reads "2026-11-02" exactly. */
bool date_parse(struct bytes text, struct date *ret_date) WARN_UNUSED;
/* Writes "2026-11-02" and a NUL. */
void date_format(struct date d, char out[11]);
/* < 0, 0, > 0. */
int date_compare(struct date a, struct date b);
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
struct clock_time {
	int hour, minute, second;
};
struct clock_time calendar_time_of(int64_t us);
/* The point in time of a wall clock at Stockholm. In the hour that does not
 * exist, an hour later; in the hour that comes twice, the first. */
int64_t calendar_at(struct date d, struct clock_time t);
/* Close of the |n|-th working day after |us|: 17:00. */
int64_t calendar_working_days_after(int64_t us, int n);
/* |minutes| of working time after |us|, counted only from 08:00 to 17:00 of
 * working days. */
int64_t calendar_working_minutes_after(int64_t us, int minutes);
/* Whether libc's zone is Europe/Stockholm (tzdata is installed and TZ is set). */
bool calendar_zone_ok(void);

#endif
