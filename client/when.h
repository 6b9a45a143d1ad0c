/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates and times as people type them, in English and Swedish (å ä ö may be
 * written a a o):
 *
 *   2026-11-30   20261130   30nov   30 november 2026   30/11   fri   fredag
 *   today   idag   i dag   tomorrow   imorgon   yesterday   igår   +3d   +2w   +2v
 *   2026-11-26T10:00   fri 10:00   2026-11-26T10:00:00+01:00
 *
 * What can be read in two ways is refused, never guessed: 5/6, 261130, "fri" on
 * a Friday, a day without a year that is better read as one gone by, and the hour
 * that comes twice in autumn. Pure: today is an argument.
 */
#ifndef CLIENT_WHEN_H
#define CLIENT_WHEN_H

#include "domain/calendar.h"

enum when_result { WHEN_OK, WHEN_INVALID, WHEN_AMBIGUOUS };
/* Which of the possible days an unfinished date means: one to come or one gone. */
enum when_side { WHEN_AHEAD, WHEN_BEHIND };

enum when_result when_date(struct bytes text, struct date today, enum when_side side,
	struct date *ret_date) WARN_UNUSED;
/* A point in time, in microseconds since 1970 UTC. Without an offset the clock is
 * Stockholm's; seconds may be left out, the time of day may not. */
enum when_result when_time(
	struct bytes text, struct date today, enum when_side side, int64_t *ret_us) WARN_UNUSED;

#endif
