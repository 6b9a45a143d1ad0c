/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands as data, and names looked up in it. */
#include "client/commands/command.h"

#include <assert.h>

#include "base/suggest.h"
#include "client/text.h"

enum { WHERE_ALL, WHERE_FIRST };

static const struct command command_rows[COMMAND_COUNT] = {
#define COMMAND(id, name, alias, group, where, arguments, summary)                            \
	[COMMAND_##id] = {COMMAND_##id, name, alias, GROUP_##group, WHERE_##where, arguments, \
		summary, command_##id},
#include "stafett/tbl/commands.def"
};

static const struct option command_options[OPTION_COUNT] = {
#define OPTION(command, id, name, value, help) \
	[OPTION_##command##_##id] = {COMMAND_##command, name, value, help},
#include "stafett/tbl/commands.def"
};

static const struct {
	enum command_id command;
	const char *text;
} command_examples[] = {
#define EXAMPLE(command, text) {COMMAND_##command, text},
#include "stafett/tbl/commands.def"
};

const struct command *command_get(enum command_id id)
{
	assert(id < COMMAND_COUNT);
	return &command_rows[id];
}

const struct option *option_get(enum option_id id)
{
	assert(id < OPTION_COUNT);
	return &command_options[id];
}

/* The letter at |text| without its dots and rings, and how many bytes it takes. */
static char command_plain_letter(const char *text, size_t *ret_len)
{
	*ret_len = 1;
	if ((unsigned char)text[0] != 0xc3 || !text[1])
		return text[0];
	*ret_len = 2;
	switch ((unsigned char)text[1]) {
	case 0xa5: /* å */
	case 0xa4: /* ä */
		return 'a';
	case 0xb6: /* ö */
		return 'o';
	}
	*ret_len = 1;
	return text[0];
}

static bool command_is_called(const char *name, const char *typed)
{
	while (*name && *typed) {
		size_t name_len;
		size_t typed_len;

		if (command_plain_letter(name, &name_len) !=
			command_plain_letter(typed, &typed_len))
			return false;
		name += name_len;
		typed += typed_len;
	}
	return !*name && !*typed;
}

const struct command *command_named(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (command_is_called(command_rows[i].name, name) ||
			command_is_called(command_rows[i].alias, name))
			return &command_rows[i];
	}
	return NULL;
}

const char *command_called(const struct command *command)
{
	return text_language() == CODES_SWEDISH ? command->alias : command->name;
}

const char *command_nearest(const char *name)
{
	struct suggest nearest;

	suggest_begin(&nearest, name);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		suggest_offer(&nearest, command_rows[i].name);
		suggest_offer(&nearest, command_rows[i].alias);
	}
	return nearest.best;
}

const char *command_example(enum command_id id, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(command_examples); i++) {
		if (command_examples[i].command == id && n-- == 0)
			return command_examples[i].text;
	}
	return NULL;
}
