/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the command line, checked: see the header. */
#include "client/input.h"

#include <errno.h>
#include <unistd.h>

#include "client/code_name.h"
#include "client/draft_fields.h"
#include "client/memory.h"
#include "client/misdated.h"
#include "client/paths.h"
#include "client/text.h"
#include "client/when.h"
#include "stafett/caps.h"

#define CODES_NONE			 CODES_LISTS
#define INPUT_FROM_OPTION(command, name) OPTION_##command##_##name
#define INPUT_FROM_SECOND(command, name) OPTION_COUNT

static const struct input input_rows[INPUT_COUNT] = {
#define INPUT(command, name, from, type, list, need, fallback, label)                      \
	[INPUT_##command##_##name] = {COMMAND_##command, INPUT_FROM_##from(command, name), \
		INPUT_IS_##type, CODES_##list, INPUT_##need, fallback, label},
#include "stafett/tbl/inputs.def"
};

const struct input *input_get(enum input_id id)
{
	return &input_rows[id];
}

/* What the problem calls it. */
static const char *input_name(const struct input *input)
{
	return input->option == OPTION_COUNT ? "" : option_get(input->option)->name;
}

static int input_take_code(struct client *client, const struct input *input, const char *typed,
	struct input_value *value)
{
	value->text = code_name_find(input->list, typed);
	if (codes_has(input->list, bytes_of_string(value->text)))
		return 0;
	return draft_fields_unknown_code(client, input_name(input), input->list, typed);
}

static int input_take_date(struct client *client, const struct input *input, const char *typed,
	struct input_value *value)
{
	enum when_side side = input->type == INPUT_IS_AHEAD ? WHEN_AHEAD : WHEN_BEHIND;
	char *iso = memory_alloc(&client->arena, DATE_TEXT_LEN + 1);
	struct date date;
	enum when_result result = when_date(bytes_of_string(typed), client->today, side, &date);

	if (result != WHEN_OK)
		return misdated(client, result, false, typed, input_name(input));
	date_format(date, iso);
	value->text = iso;
	return 0;
}

static int input_take_time(struct client *client, const struct input *input, const char *typed,
	struct input_value *value)
{
	enum when_result result =
		when_time(bytes_of_string(typed), client->today, WHEN_AHEAD, &value->us);

	if (result != WHEN_OK)
		return misdated(client, result, true, typed, input_name(input));
	value->text = typed;
	return 0;
}

/* The bytes of a file; "-" is standard input. */
static int input_take_file(struct client *client, const char *file, struct input_value *value)
{
	struct arena *arena = &client->arena;
	int r = strcmp(file, "-") == 0
			? paths_read_fd(arena, STDIN_FILENO, CAP_INLINE_PART_BYTES, &value->data)
			: paths_read(arena, file, CAP_INLINE_PART_BYTES, &value->data);

	if (r == -EFBIG)
		return client_problem(client, PROBLEM_PART_TOO_LARGE, "field", file, "most",
			memory_printf(arena, "%d", CAP_INLINE_PART_BYTES), NULL);
	if (r)
		return client_problem(client, PROBLEM_FILE_UNREADABLE, "value", file, "detail",
			strerror(-r), NULL);
	/* Who is asked nothing may leave standard input empty. */
	if (!value->data.len && strcmp(file, "-") != 0)
		return client_problem(client, PROBLEM_FILE_EMPTY, "value", file, NULL);
	value->text = value->data.len ? file : NULL;
	return 0;
}

static int input_take_unit(struct client *client, const char *typed, struct input_value *value)
{
	value->text = typed;
	client_word(client, "to", typed);
	if (identity_is_handle(bytes_of_string(typed)))
		return 0;
	return client_problem(client, PROBLEM_UNIT_NAME_INVALID, "value", typed, NULL);
}

int input_take(
	struct client *client, enum input_id id, const char *typed, struct input_value *ret_value)
{
	const struct input *input = &input_rows[id];
	struct input_value value = {.text = typed};
	int r = 0;

	switch (input->type) {
	case INPUT_IS_CODE:
		r = input_take_code(client, input, typed, &value);
		break;
	case INPUT_IS_AHEAD:
	case INPUT_IS_BEHIND:
		r = input_take_date(client, input, typed, &value);
		break;
	case INPUT_IS_TIME:
		r = input_take_time(client, input, typed, &value);
		break;
	case INPUT_IS_UNIT:
		r = input_take_unit(client, typed, &value);
		break;
	case INPUT_IS_TEXT:
		r = input_take_file(client, typed, &value);
		break;
	case INPUT_IS_WORD:
	case INPUT_IS_SWITCH:
		break;
	}
	if (!r)
		*ret_value = value;
	return r;
}

int input_read(struct client *client, enum command_id command, const struct arguments *arguments,
	struct input_value values[INPUT_COUNT])
{
	for (enum input_id id = 0; id < INPUT_COUNT; id++) {
		const struct input *input = &input_rows[id];
		const char *typed;
		int r;

		if (input->command != command)
			continue;
		if (input->option != OPTION_COUNT)
			typed = arguments_get(arguments, input->option);
		else
			typed = arguments->n_rest > 1 ? arguments->rest[1] : NULL;
		r = typed ? input_take(client, id, typed, &values[id]) : 0;
		if (r)
			return r;
	}
	return 0;
}

size_t input_given(
	enum command_id command, enum input_need need, const struct input_value values[INPUT_COUNT])
{
	size_t count = 0;

	for (enum input_id id = 0; id < INPUT_COUNT; id++) {
		if (input_rows[id].command == command && input_rows[id].need == need &&
			values[id].text)
			count++;
	}
	return count;
}

/* "--reason REASON"; a second argument as the command's line has it. */
static const char *input_spelled(struct client *client, const struct input *input)
{
	const struct option *option;

	if (input->option == OPTION_COUNT)
		return strchr(command_get(input->command)->arguments, ' ') + 1;
	option = option_get(input->option);
	return memory_printf(&client->arena, "--%s%s%s", option->name, *option->value ? " " : "",
		*option->value ? _(option->value) : "");
}

/* "--alternative UNIT or --none-known": all of a command's inputs of |need|. */
static int input_choose(struct client *client, enum command_id command, enum input_need need)
{
	const char *choice = "";

	for (enum input_id id = 0; id < INPUT_COUNT; id++) {
		if (input_rows[id].command == command && input_rows[id].need == need)
			choice = memory_printf(&client->arena, "%s%s%s", choice,
				*choice ? _(" or ") : "", input_spelled(client, &input_rows[id]));
	}
	return client_problem(client, PROBLEM_OPTION_REQUIRED, "value", choice, NULL);
}

/* Whether a command has inputs of |need| at all. */
static bool input_has(enum command_id command, enum input_need need)
{
	for (enum input_id id = 0; id < INPUT_COUNT; id++) {
		if (input_rows[id].command == command && input_rows[id].need == need)
			return true;
	}
	return false;
}

int input_missing(struct client *client, enum input_id id)
{
	const struct input *input = &input_rows[id];

	return client_problem(client,
		input->option == OPTION_COUNT ? PROBLEM_ARGUMENT_REQUIRED : PROBLEM_OPTION_REQUIRED,
		"value", input_spelled(client, input), NULL);
}

int input_check(struct client *client, enum command_id command,
	const struct input_value values[INPUT_COUNT])
{
	for (enum input_id id = 0; id < INPUT_COUNT; id++) {
		const struct input *input = &input_rows[id];

		if (input->command == command && input->need == INPUT_NEEDED && !values[id].text)
			return input_missing(client, id);
	}
	if (input_has(command, INPUT_ONE) && input_given(command, INPUT_ONE, values) != 1)
		return input_choose(client, command, INPUT_ONE);
	if (input_has(command, INPUT_ANY) && !input_given(command, INPUT_ANY, values))
		return input_choose(client, command, INPUT_ANY);
	if (input_given(command, INPUT_MOST, values) > 1)
		return input_choose(client, command, INPUT_MOST);
	return 0;
}
