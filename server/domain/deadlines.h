/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By when: a rule applied to the time of an act, and the times of its ladder.
 */
#ifndef DOMAIN_DEADLINES_H
#define DOMAIN_DEADLINES_H

#include <stdint.h>

#include "domain/rulebook.h"

/* When something is due, and why. All 0 and NULL: it is not. */
struct due {
	int64_t us;
	int64_t from_us;	       /* the anchor */
	const struct clock_rule *rule; /* NULL: by no rule; lives as long as its book */
	int64_t step_us;	       /* when somebody is told first; 0: nobody is */
};

/* The deadline by |rule| of what begins at |from_us|; |promised| is the day that the
 * act named, for a rule that asks for it. */
int64_t clock_rule_due(const struct clock_rule *rule, int64_t from_us, struct date promised);
/* The same for what is counted in days of the calendar: the person's clock. */
struct date clock_rule_due_date(const struct clock_rule *rule, struct date from);
/* When step |n| of the ladder is told, for what began at |from_us| and is due at
 * |due_us|; 0: there is no such step. */
int64_t clock_rule_step(const struct clock_rule *rule, int n, int64_t from_us, int64_t due_us);
/* Who is told then: MASK(TOLD_...); 0 where there is no such step. */
mask_t clock_rule_told(const struct clock_rule *rule, int n);

/* Asks the book, and applies what it says. */
struct due deadline_due(
	const struct rulebook *book, const struct rule_question *q, struct date promised);
/* What is asked for the grace of an expected event. */
enum deadline deadline_of_event(enum expected expected);

#endif
