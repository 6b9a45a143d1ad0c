/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands of acts need to know (stafett/tbl/inputs.def), and what was
 * typed for it, checked. Nothing here asks or connects.
 */
#ifndef CLIENT_INPUT_H
#define CLIENT_INPUT_H

#include "client/client.h"
#include "domain/codes.h"

#define INPUT(command, name, ...) INPUT_##command##_##name,
enum input_id {
#include "stafett/tbl/inputs.def"
	INPUT_COUNT,
};

enum input_type {
	INPUT_IS_CODE,
	INPUT_IS_AHEAD,
	INPUT_IS_BEHIND,
	INPUT_IS_TIME,
	INPUT_IS_UNIT,
	INPUT_IS_WORD,
	INPUT_IS_SWITCH,
	INPUT_IS_TEXT,
};

enum input_need {
	INPUT_NEEDED,
	INPUT_WISH,
	INPUT_THEN,
	INPUT_QUIET,
	INPUT_ONE,
	INPUT_ANY,
	INPUT_MOST,
};

struct input {
	enum command_id command;
	enum option_id option; /* OPTION_COUNT: the second argument */
	enum input_type type;
	enum codes_list list;
	enum input_need need;
	const char *fallback;
	const char *label; /* not translated yet */
};

/* A checked value. |text| is NULL where nothing was given, and "" for a switch. */
struct input_value {
	const char *text;  /* a code, a date like "2026-11-30", a unit, the text itself */
	int64_t us;	   /* of a time */
	struct bytes data; /* of a text */
};

const struct input *input_get(enum input_id id);
/* Takes what was typed or given. 0, or an exit code with the problem described. */
int input_take(struct client *client, enum input_id id, const char *typed,
	struct input_value *ret_value) WARN_UNUSED;
/* Takes everything that the command line of |command| has into |values|. */
int input_read(struct client *client, enum command_id command, const struct arguments *arguments,
	struct input_value values[INPUT_COUNT]) WARN_UNUSED;
/* The problem of an input that there must be. */
int input_missing(struct client *client, enum input_id id) WARN_UNUSED;
/* Whether all that is needed is there. Where it is not, the problem says what is
 * missing, or what there is too much of. */
int input_check(struct client *client, enum command_id command,
	const struct input_value values[INPUT_COUNT]) WARN_UNUSED;
/* How many of the inputs of |need| that |command| has are given. */
size_t input_given(enum command_id command, enum input_need need,
	const struct input_value values[INPUT_COUNT]);

#endif
