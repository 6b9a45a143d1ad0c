/* SPDX-License-Identifier: Apache-2.0 */
/* Each table expanded once; the macros give a row's words their values. */
#include "domain/rules_table.h"

#include <assert.h>

/* Ors the values of up to 20 words: SET_OF(STATE_BIT, REQUESTED, RECEIVED). */
#define SET_1(bit, a)									bit(a)
#define SET_2(bit, a, ...)								(bit(a) | SET_1(bit, __VA_ARGS__))
#define SET_3(bit, a, ...)								(bit(a) | SET_2(bit, __VA_ARGS__))
#define SET_4(bit, a, ...)								(bit(a) | SET_3(bit, __VA_ARGS__))
#define SET_5(bit, a, ...)								(bit(a) | SET_4(bit, __VA_ARGS__))
#define SET_6(bit, a, ...)								(bit(a) | SET_5(bit, __VA_ARGS__))
#define SET_7(bit, a, ...)								(bit(a) | SET_6(bit, __VA_ARGS__))
#define SET_8(bit, a, ...)								(bit(a) | SET_7(bit, __VA_ARGS__))
#define SET_9(bit, a, ...)								(bit(a) | SET_8(bit, __VA_ARGS__))
#define SET_10(bit, a, ...)								(bit(a) | SET_9(bit, __VA_ARGS__))
#define SET_11(bit, a, ...)								(bit(a) | SET_10(bit, __VA_ARGS__))
#define SET_12(bit, a, ...)								(bit(a) | SET_11(bit, __VA_ARGS__))
#define SET_13(bit, a, ...)								(bit(a) | SET_12(bit, __VA_ARGS__))
#define SET_14(bit, a, ...)								(bit(a) | SET_13(bit, __VA_ARGS__))
#define SET_15(bit, a, ...)								(bit(a) | SET_14(bit, __VA_ARGS__))
#define SET_16(bit, a, ...)								(bit(a) | SET_15(bit, __VA_ARGS__))
#define SET_17(bit, a, ...)								(bit(a) | SET_16(bit, __VA_ARGS__))
#define SET_18(bit, a, ...)								(bit(a) | SET_17(bit, __VA_ARGS__))
#define SET_19(bit, a, ...)								(bit(a) | SET_18(bit, __VA_ARGS__))
#define SET_20(bit, a, ...)								(bit(a) | SET_19(bit, __VA_ARGS__))
#define SET_PICK(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, name, ...) name
#define SET_OF(bit, ...)                                                                        \
	SET_PICK(__VA_ARGS__, SET_20, SET_19, SET_18, SET_17, SET_16, SET_15, SET_14, SET_13,   \
		SET_12, SET_11, SET_10, SET_9, SET_8, SET_7, SET_6, SET_5, SET_4, SET_3, SET_2, \
		SET_1)                                                                          \
	(bit, __VA_ARGS__)

#define STATE_BIT(name) MASK(STATE_##name)
#define ROLE_BIT(name)	MASK(ROLE_##name)
#define KIND_BIT(name)	MASK(KIND_##name)
/* A guard's bit in one of the words of a set; 0 where it has it in the other. */
#define GUARD_BIT_OF(guard, word) ((uint64_t)((guard) / 64 == (word)) << ((guard) % 64))
#define GUARD_BIT_0(name)	  GUARD_BIT_OF(GUARD_##name, 0)
#define GUARD_BIT_1(name)	  GUARD_BIT_OF(GUARD_##name, 1)
/* The bits of nothing. */
#define KIND_NONE  KIND_COUNT
#define GUARD_NONE GUARD_COUNT
_Static_assert(GUARD_COUNT < 128 && KIND_COUNT < 32 && ACT_COUNT < 64, "sets fit their masks");

#define FROM(...)  SET_OF(STATE_BIT, __VA_ARGS__)
#define ROLES(...) SET_OF(ROLE_BIT, __VA_ARGS__)
#define GUARDS(...)                                                                        \
	{                                                                                  \
		{                                                                          \
			SET_OF(GUARD_BIT_0, __VA_ARGS__), SET_OF(GUARD_BIT_1, __VA_ARGS__) \
		}                                                                          \
	}
#define NOT_FOR(...)	    SET_OF(KIND_BIT, __VA_ARGS__)
#define TO(state)	    TO_##state
#define TO_SAME		    STATE_COUNT
#define TO_REQUESTED	    STATE_REQUESTED
#define TO_RECEIVED	    STATE_RECEIVED
#define TO_ACCEPTED	    STATE_ACCEPTED
#define TO_REJECTED	    STATE_REJECTED
#define TO_IN_PROGRESS	    STATE_IN_PROGRESS
#define TO_ON_HOLD	    STATE_ON_HOLD
#define TO_COMPLETED	    STATE_COMPLETED
#define TO_FAILED	    STATE_FAILED
#define TO_ENTERED_IN_ERROR STATE_ENTERED_IN_ERROR
#define TO_CANCELLED	    STATE_CANCELLED
#define RAISES		    true
#define LEAVES		    false
#define TELLS(r, o, back, parties)                                  \
	{                                                           \
		NEEDS_##r, NEEDS_##o, NEEDS_##back, NEEDS_##parties \
	}

static const struct act_row act_rows[ACT_COUNT] = {
#define ACT(number, name, code, message, from, to, by, roles, guards, holder, version, next, \
	tells, not_for, signatures)                                                          \
	[ACT_##name] = {message, from, roles, not_for, to, BY_##by, guards, HOLDER_##holder, \
		version, NEXT_##next, tells, SIGNED_##signatures},
#include "stafett/tbl/acts.def"
#undef ACT
};

#define ALWAYS true
#define NEVER  false
#define HOLDER true
#define ANY    false
#define HOME   true, true
#define CARE   true, false
#define NO     false, false

static const struct kind_row kind_rows[KIND_COUNT] = {
#define KIND(name, code, transfers, sender, treats, course) \
	[KIND_##name] = {transfers, sender, treats, COURSE_##course},
#include "stafett/tbl/kinds.def"
#undef KIND
};

#define OPEN  false
#define ENDED true

static const struct state_row state_rows[STATE_COUNT] = {
#define STATE(name, code, leaf, ended, actor, act, deadline) \
	[STATE_##name] = {ended, ACTOR_##actor, act, DEADLINE_##deadline},
#include "stafett/tbl/states.def"
#undef STATE
};

const struct act_row *rules_act_row(enum act act)
{
	assert(act < ACT_COUNT);
	return &act_rows[act];
}

const struct kind_row *rules_kind_row(enum kind kind)
{
	assert(kind < KIND_COUNT);
	return &kind_rows[kind];
}

const struct state_row *rules_state_row(enum state state)
{
	assert(state < STATE_COUNT);
	return &state_rows[state];
}
