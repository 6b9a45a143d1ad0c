/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of acts.def, guards.def, kinds.def and states.def as the rules read
 * them. For the rules alone: others ask rules.h.
 */
#ifndef DOMAIN_RULES_TABLE_H
#define DOMAIN_RULES_TABLE_H

#include "domain/deadlines.h"
#include "domain/rules.h"

enum relation {
	BY_REQUESTER,
	BY_OWNER,
	BY_HOLDER,
	BY_HAND_BACK,
	BY_PARTY,
	BY_SIDE,
	BY_ANYBODY,
	BY_EITHER_HOLDER,
	BY_SUCCESSOR,
	BY_RECIPIENT,
	BY_LATE_HOLDER,
	BY_FOLLOWER,
	BY_SHARER,
};

enum holder_effect {
	HOLDER_SAME,
	HOLDER_TO_OWNER,
	HOLDER_TO_REQUESTER,
	HOLDER_HAND_BACK,
	HOLDER_TO_HAND_BACK,
	HOLDER_TO_AFTERCARE,
	HOLDER_TO_NOBODY,
	HOLDER_TO_SUCCESSOR,
	HOLDER_MERGED,
	HOLDER_RECEIVED,
	HOLDER_NOTED,
};

enum next_effect {
	NEXT_AS_STATE,
	NEXT_KEPT,
	NEXT_QUESTION,
	NEXT_RESUMED,
	NEXT_EXPECTED,
	NEXT_REACH,
	NEXT_CONTACT,
	NEXT_HOLDER,
};

/* Whose hand it takes: that of the caller, of another member too, of a manager, of
 * the other chain's holder. */
enum signatures { SIGNED_ALONE, SIGNED_SECOND, SIGNED_MANAGER, SIGNED_OTHER_HOLDER };

enum course { COURSE_USUAL, COURSE_TO_ITSELF, COURSE_OWN_CHAIN, COURSE_REPORT };

enum actor { ACTOR_NOBODY, ACTOR_REQUESTER, ACTOR_OWNER };

/* The rows of guards.def. */
#define GUARD(name, ...) GUARD_##name,
enum guard {
#include "stafett/tbl/guards.def"
	GUARD_COUNT,
};
#undef GUARD

/* A set of them; they are more than one word has bits. */
struct guard_set {
	uint64_t words[2];
};

struct act_row {
	const char *message_code;
	mask_t from, roles, not_for;
	int to; /* enum state, or STATE_COUNT for "the same" */
	enum relation by;
	struct guard_set guards;
	enum holder_effect holder;
	bool raises;
	enum next_effect next;
	struct tells tells;
	enum signatures signatures;
};

struct kind_row {
	bool transfers, holder_only, treats, comes_home;
	enum course course;
};

struct state_row {
	bool ended;
	enum actor actor;
	const char *act;
	enum deadline deadline;
};

struct guard_row {
	bool (*holds)(const struct order *o, const struct facts *f);
	bool of_facts; /* the order is not asked: it may be NULL */
	enum reason reason;
	const char *field;
};

const struct act_row *rules_act_row(enum act act);
/* Whether the act of the row asks this guard. */
static inline bool rules_row_asks(const struct act_row *row, enum guard guard)
{
	return row->guards.words[guard / 64] >> guard % 64 & 1;
}
const struct kind_row *rules_kind_row(enum kind kind);
const struct state_row *rules_state_row(enum state state);
/* In guards.c. */
extern const struct guard_row rules_guards[GUARD_COUNT];

#endif
