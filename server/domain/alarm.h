/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the clock does to a referral when somebody should have acted and has not: it
 * tells, step by step, and never ends or moves anything. Pure, like the rules.
 */
#ifndef DOMAIN_ALARM_H
#define DOMAIN_ALARM_H

#include "domain/deadlines.h"
#include "domain/rules.h"

/* How a referral stands; or a call to plan together about it (|calls|); or, where those
 * of a referral are nil, a chain whose holder is asked. */
struct alarm_facts {
	int64_t now_us;
	const struct rulebook *book;
	bool chain_open;
	bool calls; /* several units must act: those whose answers are missing */
	enum state state;
	enum kind kind;
	struct bytes priority;
	struct uuid requester, owner, hand_back, holder, next_actor; /* nil: nobody */
	bool covers_misses; /* the legal basis: others than the owner may know of them */
	bool expects, missed;
	int64_t alarm_us;	       /* when a miss is known; 0: it was answered */
	int64_t due_us, from_us;       /* of what somebody must do now */
	const struct clock_rule *rule; /* that it was counted by; NULL: unknown here */
	int step;		       /* how often somebody was told of it */
	int64_t step_us;	       /* when they are next; 0: never */
};

enum alarm_kind {
	ALARM_NOTHING, /* nobody is to be told (any more): do not look again */
	ALARM_LATER,   /* not yet */
	ALARM_MISS,    /* what was expected did not happen: the owner must reach the person */
	ALARM_STEP,    /* the next step of the ladder */
};

struct alarm_decision {
	enum alarm_kind kind;
	struct {
		enum needs requester, owner, hand_back, holder; /* each unit once */
		enum needs waiting; /* those who have not answered a call */
	} tells;
	bool tells_managers; /* of the units that are told: their managers, in so many words */
	struct due due;	     /* ALARM_MISS: by when the owner must reach the person */
	int step;	     /* afterwards */
	int64_t step_us;     /* afterwards; 0: nobody is told again */
};

void alarm_decide(const struct alarm_facts *facts, struct alarm_decision *ret_decision);

#endif
