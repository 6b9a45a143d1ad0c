/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times, dates and codes as people read them: "Tue 3 Nov 17:00", "Wed 2 Dec",
 * "7K3M-Q9FX". The year is shown where it is not today's. Times are Stockholm's.
 */
#ifndef CLIENT_SCREEN_FORMAT_H
#define CLIENT_SCREEN_FORMAT_H

#include "base/arena.h"
#include "domain/calendar.h"
#include "google/protobuf/timestamp.pb-c.h"

/* Microseconds since 1970; 0 where |time| is NULL. */
int64_t format_us(const Google__Protobuf__Timestamp *time);
/* "Tue 3 Nov 17:00"; "" for 0. */
char *format_moment(struct arena *arena, int64_t us, struct date today);
/* "3 Nov 17:00": for columns. */
char *format_stamp(struct arena *arena, int64_t us, struct date today);
/* The shortest that still tells: "17:00" today, "Fri" this week (with
 * the clock where the day does not end then), else "30 Nov". */
char *format_brief(struct arena *arena, int64_t us, struct date today);
/* "2026-11-03T17:00:00+01:00": for programs. */
char *format_iso(struct arena *arena, int64_t us);
/* "17:00". */
char *format_clock(struct arena *arena, int64_t us);
/* "Wed 2 Dec" of a date. */
char *format_day(struct arena *arena, struct date date, struct date today);
/* "Wed 2 Dec" of "2026-12-02"; the text itself where it is no date. */
char *format_day_text(struct arena *arena, const char *text, struct date today);
/* Days from today to the date "2026-12-02": "16 d", "today", "3 d late"; "". */
char *format_days_left(struct arena *arena, const char *text, struct date today);
/* Days from one date to another: "7 d"; "" where one is no date. */
char *format_days_between(struct arena *arena, const char *from, const char *to);
/* "Mon-Fri 8-16" with the days in the user's language. */
const char *format_hours(struct arena *arena, const char *hours);
/* How long something takes or has been: "12 min", "3 h", "2 d". */
char *format_span(struct arena *arena, int64_t seconds);
/* "7K3M-Q9FX" of a UUID's text; "" of anything else. */
char *format_code_of_id(struct arena *arena, const char *id);
/* The beginning that people say: "7K3M" of "7K3M-Q9FX". */
char *format_code_start(struct arena *arena, const char *code);

#endif
