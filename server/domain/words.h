/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the rules: states, roles, kinds and acts as enums and as the
 * codes that travel and are stored. All of it comes from tables in stafett/tbl.
 * A set of such things is a mask: bit n stands for the enum's value n.
 */
#ifndef DOMAIN_WORDS_H
#define DOMAIN_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "stafett/base.h"

#define STATE(name, ...) STATE_##name,
enum state {
#include "stafett/tbl/states.def"
	STATE_COUNT,
};
#undef STATE

#define ROLE(name, code, leaf) ROLE_##name,
enum role {
#include "stafett/tbl/roles.def"
	ROLE_COUNT,
};
#undef ROLE

#define KIND(name, ...) KIND_##name,
enum kind {
#include "stafett/tbl/kinds.def"
	KIND_COUNT,
};
#undef KIND

/* An event that is expected in treatment; EXPECTED_NONE: none is. */
#define EXPECTED(name, ...) EXPECTED_##name,
enum expected {
#include "stafett/tbl/expected.def"
	EXPECTED_COUNT,
};
#undef EXPECTED

#define ACT(number, name, ...) ACT_##name,
enum act {
#include "stafett/tbl/acts.def"
	ACT_COUNT,
};
#undef ACT

typedef uint64_t mask_t;
#define MASK(value) ((mask_t)1 << (value))

/* The code of a value: "in-progress". Static; never NULL for a valid value. */
const char *state_code(enum state state);
const char *role_code(enum role role);
const char *kind_code(enum kind kind);
const char *act_code(enum act act);
const char *expected_code(enum expected expected);
/* The value of a code, or -1. */
int state_from_code(struct bytes code);
int role_from_code(struct bytes code);
int kind_from_code(struct bytes code);
int act_from_code(struct bytes code);
int expected_from_code(struct bytes code);

/* Whether a referral in this state is over. */
bool state_is_ended(enum state state);

/* The numbers that audit leaves use. */
uint8_t state_leaf_number(enum state state);
uint8_t role_leaf_number(enum role role);

/* The roles named in a comma-separated list, as the store gives them; names that
 * this program does not know are passed over (a newer database). */
mask_t role_mask_from_list(struct bytes list);
/* The kinds in a comma-separated list, likewise. */
mask_t kind_mask_from_list(struct bytes list);

#endif
