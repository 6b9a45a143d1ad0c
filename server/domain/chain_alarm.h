/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the clock does to a chain: it asks whoever holds it why help is late, and how the
 * person is some time after the treatment, and tells others, step by step, where nobody
 * answers. It never ends or moves anything. Pure, like the rules.
 */
#ifndef DOMAIN_CHAIN_ALARM_H
#define DOMAIN_CHAIN_ALARM_H

#include "domain/deadlines.h"

/* One question of a chain, as it stands. */
struct chain_alarm_facts {
	int64_t now_us;
	const struct rulebook *book;
	bool chain_open;
	enum deadline what; /* DEADLINE_HELP, DEADLINE_FOLLOW_UP_... */
	enum kind kind;	    /* of the referral that it is about */
	int64_t from_us;
	struct date due_date;	       /* the person's clock: DEADLINE_HELP */
	int64_t due_us;		       /* 0: its times have not been counted yet */
	const struct clock_rule *rule; /* that it is counted by; NULL: unknown here */
	int step;		       /* how often somebody was told */
	int64_t look_us;
};

enum chain_alarm_kind {
	CHAIN_ALARM_NOTHING,   /* do not look again */
	CHAIN_ALARM_TIMES,     /* its times are counted: nobody is told */
	CHAIN_ALARM_PASS_OVER, /* no rule counts them: it is not asked, but what comes next */
	CHAIN_ALARM_TELL,      /* the holder is told, and perhaps others */
};

struct chain_alarm_decision {
	enum chain_alarm_kind kind;
	int64_t show_us, due_us;       /* from when on it is asked, and by when */
	const struct clock_rule *rule; /* NULL: by none */
	int step;		       /* afterwards */
	int64_t look_us;	       /* when to look again; 0: never */
	bool tells_parties, tells_managers;
};

void chain_alarm_decide(
	const struct chain_alarm_facts *facts, struct chain_alarm_decision *ret_decision);
/* What the event is called with which somebody is told the |step|th time, from 0. */
const char *chain_alarm_event(enum deadline what, int step);

#endif
