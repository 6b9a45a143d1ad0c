/* SPDX-License-Identifier: Apache-2.0 */
/* A small reader of command lines: see the header. */
#include "client/commands/arguments.h"

#include <errno.h>
#include <stdlib.h>

#include "base/suggest.h"
#include "client/client.h"
#include "client/memory.h"
#include "domain/code.h"

/* The command line while it is read. */
struct arguments_reader {
	struct client *client;
	struct arguments *arguments;
	int argc, at;
	char *const *argv;
	bool options_are_over;
};

static bool arguments_has_option(const struct arguments *arguments, const struct option *option)
{
	bool is_help = !arguments->command && arguments_has(arguments, OPTION_global_help);
	enum command_id command = arguments->command ? arguments->command->id : COMMAND_today;

	return option->command == COMMAND_global || option->command == command ||
	       (is_help && option->command == COMMAND_help);
}

static int arguments_unknown_option(struct arguments_reader *reader, const char *name)
{
	struct suggest nearest;

	suggest_begin(&nearest, name);
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = option_get((enum option_id)i);

		if (arguments_has_option(reader->arguments, option))
			suggest_offer(&nearest, option->name);
	}
	return client_problem(reader->client, PROBLEM_OPTION_UNKNOWN, "value",
		memory_printf(&reader->client->arena, "--%s", name), "near",
		nearest.best ? memory_printf(&reader->client->arena, "--%s", nearest.best) : "",
		NULL);
}

static int arguments_find_option(
	struct arguments_reader *reader, const char *name, enum option_id *ret_option)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = option_get((enum option_id)i);

		if (!arguments_has_option(reader->arguments, option) ||
			strcmp(option->name, name) != 0)
			continue;
		*ret_option = (enum option_id)i;
		return 0;
	}
	return arguments_unknown_option(reader, name);
}

/* "--name", "--name=value" or "-h"; |word| without its dashes. */
static int arguments_read_option(struct arguments_reader *reader, const char *word)
{
	struct arena *arena = &reader->client->arena;
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const char *name = memory_copy(arena, bytes_of(word, len));
	enum option_id id;
	int r = arguments_find_option(reader, name, &id);

	if (r)
		return r;
	if (!*option_get(id)->value) {
		if (equals)
			return client_problem(reader->client, PROBLEM_OPTION_TAKES_NO_VALUE,
				"value", memory_printf(arena, "--%s", name), NULL);
		reader->arguments->values[id] = "";
		return 0;
	}
	if (!equals && reader->at == reader->argc)
		return client_problem(reader->client, PROBLEM_OPTION_NEEDS_VALUE, "value",
			memory_printf(arena, "--%s", name), NULL);
	reader->arguments->values[id] = equals ? equals + 1 : reader->argv[reader->at++];
	return 0;
}

/* Who types a code alone, as screens write it, wants to see what it is of. */
static bool arguments_is_code(const char *word)
{
	char letters[CODE_LETTERS + 1];

	for (const char *p = word; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			return false;
	return code_normalise(bytes_of_string(word), letters);
}

static int arguments_read_command(struct arguments_reader *reader, const char *word)
{
	reader->arguments->command = command_named(word);
	if (reader->arguments->command) {
		client_word(reader->client, "command", command_called(reader->arguments->command));
		return 0;
	}
	if (arguments_is_code(word))
		return client_problem(
			reader->client, PROBLEM_CODE_WITHOUT_COMMAND, "value", word, NULL);
	return client_problem(reader->client, PROBLEM_COMMAND_UNKNOWN, "value", word, "near",
		command_nearest(word), NULL);
}

static int arguments_read_word(struct arguments_reader *reader, const char *word)
{
	if (!reader->options_are_over && strcmp(word, "--") == 0) {
		reader->options_are_over = true;
		return 0;
	}
	if (!reader->options_are_over && strcmp(word, "-h") == 0)
		return arguments_read_option(reader, "help");
	if (!reader->options_are_over && word[0] == '-' && word[1]) {
		if (word[1] == '-')
			return arguments_read_option(reader, word + 2);
		return arguments_unknown_option(reader, word + 1);
	}
	if (!reader->arguments->command)
		return arguments_read_command(reader, word);
	reader->arguments->rest[reader->arguments->n_rest++] = word;
	return 0;
}

int arguments_parse(
	struct client *client, int argc, char *const argv[], struct arguments *ret_arguments)
{
	struct arguments_reader reader = {
		.client = client, .arguments = ret_arguments, .argc = argc, .argv = argv};
	int r = 0;

	*ret_arguments = (struct arguments){
		.rest = memory_alloc(&client->arena, sizeof(char *) * (size_t)(argc + 1)),
	};
	while (reader.at < argc && !r)
		r = arguments_read_word(&reader, argv[reader.at++]);
	return r;
}

const char *arguments_get(const struct arguments *arguments, enum option_id option)
{
	return arguments->values[option];
}

bool arguments_has(const struct arguments *arguments, enum option_id option)
{
	return arguments->values[option] != NULL;
}

int arguments_count(struct client *client, const struct arguments *arguments, size_t least,
	size_t most, const char *what)
{
	if (arguments->n_rest < least)
		return client_problem(client, PROBLEM_ARGUMENT_REQUIRED, "value", what, NULL);
	if (arguments->n_rest > most)
		return client_problem(
			client, PROBLEM_ARGUMENT_UNWANTED, "value", arguments->rest[most], NULL);
	return 0;
}

int arguments_require(struct client *client, const struct arguments *arguments,
	enum option_id option, const char **ret_value)
{
	const struct option *row = option_get(option);

	if (!arguments->values[option])
		return client_problem(client, PROBLEM_OPTION_REQUIRED, "value",
			memory_printf(&client->arena, "--%s %s", row->name, row->value), NULL);
	*ret_value = arguments->values[option];
	return 0;
}

int arguments_number(
	struct client *client, const char *text, long least, long most, long *ret_number)
{
	struct arena *arena = &client->arena;
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (end == text || *end || errno || number < least || number > most)
		return client_problem(client, PROBLEM_NUMBER_INVALID, "value", text, "least",
			memory_printf(arena, "%ld", least), "most",
			memory_printf(arena, "%ld", most), NULL);
	*ret_number = number;
	return 0;
}
