/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By when: the rows of tbl/deadlines.def applied to the time of an act.
 */
#ifndef DOMAIN_DEADLINES_H
#define DOMAIN_DEADLINES_H

#include <stdint.h>

#include "domain/calendar.h"
#include "domain/words.h"
#include "stafett/base.h"

enum deadline {
	DEADLINE_NONE,
	DEADLINE_ACKNOWLEDGE,
	DEADLINE_ASSESS,
	DEADLINE_ANSWER,
	DEADLINE_REACH,
	DEADLINE_HAND_BACK,
	DEADLINE_EXPECTED, /* the time of the event that is expected */
	DEADLINE_PROMISE,  /* close of the day that the act promised */
};

/* When |what| is due, in microseconds since 1970 UTC: from |now_us| by the row of
 * |priority| (an unknown one counts as routine), or from |promised|. 0 for
 * DEADLINE_NONE. */
int64_t deadline_due(
	enum deadline what, struct bytes priority, int64_t now_us, struct date promised);

/* When a miss of |expected| at |time_us| is known: after its grace, or once its day
 * is over. */
int64_t deadline_of_event(enum expected expected, int64_t time_us);

#endif
