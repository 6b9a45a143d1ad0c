/* SPDX-License-Identifier: Apache-2.0 */
/* Codes of the rules' words, and back. Lists are short: a scan is a lookup. */
#include "domain/words.h"

#include <assert.h>

static const struct word {
	const char *code;
	uint8_t leaf;
} state_words[] = {
#define STATE(name, code, leaf, ...) [STATE_##name] = {code, leaf},
#include "stafett/tbl/states.def"
#undef STATE
};

#define OPEN(state)  0
#define ENDED(state) MASK(state)
static const mask_t ended_states = 0
#define STATE(name, code, leaf, ended, ...) | ended(STATE_##name)
#include "stafett/tbl/states.def"
#undef STATE
	;
#undef OPEN
#undef ENDED

static const struct word role_words[] = {
#define ROLE(name, code, leaf) [ROLE_##name] = {code, leaf},
#include "stafett/tbl/roles.def"
#undef ROLE
};

static const struct word kind_words[] = {
#define KIND(name, code, ...) [KIND_##name] = {code, 0},
#include "stafett/tbl/kinds.def"
#undef KIND
};

static const struct word act_words[] = {
#define ACT(number, name, code, ...) [ACT_##name] = {code, number},
#include "stafett/tbl/acts.def"
#undef ACT
};

static const struct word expected_words[] = {
#define EXPECTED(name, code, ...) [EXPECTED_##name] = {code, 0},
#include "stafett/tbl/expected.def"
#undef EXPECTED
};

static int word_find(const struct word *words, size_t n, struct bytes code)
{
	for (size_t i = 0; i < n; i++)
		if (bytes_are(code, words[i].code))
			return (int)i;
	return -1;
}

/* Calls word_find for each item between commas and collects what it knows. */
static mask_t word_mask(const struct word *words, size_t n, struct bytes list)
{
	mask_t mask = 0;

	while (list.len > 0) {
		const uint8_t *comma = memchr(list.data, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.data) : list.len;
		int value = word_find(words, n, bytes_of(list.data, len));

		if (value >= 0)
			mask |= MASK(value);
		list.data += len + (comma != NULL);
		list.len -= len + (comma != NULL);
	}
	return mask;
}

const char *state_code(enum state state)
{
	assert(state < STATE_COUNT);
	return state_words[state].code;
}

const char *role_code(enum role role)
{
	assert(role < ROLE_COUNT);
	return role_words[role].code;
}

const char *kind_code(enum kind kind)
{
	assert(kind < KIND_COUNT);
	return kind_words[kind].code;
}

const char *act_code(enum act act)
{
	assert(act < ACT_COUNT);
	return act_words[act].code;
}

const char *expected_code(enum expected expected)
{
	assert(expected < EXPECTED_COUNT);
	return expected_words[expected].code;
}

int state_from_code(struct bytes code)
{
	return word_find(state_words, ARRAY_SIZE(state_words), code);
}

int role_from_code(struct bytes code)
{
	return word_find(role_words, ARRAY_SIZE(role_words), code);
}

int kind_from_code(struct bytes code)
{
	return word_find(kind_words, ARRAY_SIZE(kind_words), code);
}

int act_from_code(struct bytes code)
{
	return word_find(act_words, ARRAY_SIZE(act_words), code);
}

int expected_from_code(struct bytes code)
{
	return word_find(expected_words, ARRAY_SIZE(expected_words), code);
}

bool state_is_ended(enum state state)
{
	assert(state < STATE_COUNT);
	return ended_states & MASK(state);
}

uint8_t state_leaf_number(enum state state)
{
	assert(state < STATE_COUNT);
	return state_words[state].leaf;
}

uint8_t role_leaf_number(enum role role)
{
	assert(role < ROLE_COUNT);
	return role_words[role].leaf;
}

mask_t role_mask_from_list(struct bytes list)
{
	return word_mask(role_words, ARRAY_SIZE(role_words), list);
}

mask_t kind_mask_from_list(struct bytes list)
{
	return word_mask(kind_words, ARRAY_SIZE(kind_words), list);
}
