/* SPDX-License-Identifier: Apache-2.0 */
/* Names of commands in lines to type: see the header. */
#include "client/commands/typed.h"

#include "client/commands/command.h"
#include "client/memory.h"
#include "client/text.h"

static const char *typed_next_word(const char *at)
{
	at += strcspn(at, " ");
	return at + strspn(at, " ");
}

/* The second word of those commands that have several halves, in the user's language
 * where it differs; |rest| begins with a blank. */
static const char *typed_second(struct arena *arena, enum command_id command, const char *rest)
{
	static const struct {
		enum command_id command;
		const char *english, *swedish;
	} words[] = {
		{COMMAND_audit, "log", "logg"},
		{COMMAND_audit, "show", "visa"},
		{COMMAND_consent, "show", "visa"},
		{COMMAND_consent, "give", "ge"},
		{COMMAND_consent, "revoke", "återkalla"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t len = strlen(words[i].english);

		if (words[i].command == command && *rest &&
			strncmp(rest + 1, words[i].english, len) == 0 &&
			strchr(" ", rest[1 + len]) && text_language() == CODES_SWEDISH)
			return memory_printf(arena, " %s%s", words[i].swedish, rest + 1 + len);
	}
	return rest;
}

/* Puts the name in the user's language in place of the one that begins at |at|;
 * what 'help' explains is such a name too. */
static char *typed_replace(struct arena *arena, const char *line, size_t at)
{
	size_t len = strcspn(line + at, " ");
	const char *name = memory_copy(arena, bytes_of(line + at, len));
	const struct command *command = command_named(name);
	const char *called;
	char *changed;

	if (!command)
		return memory_string(arena, line);
	called = command_called(command);
	changed = memory_printf(arena, "%.*s%s%s", (int)at, line, called,
		typed_second(arena, command->id, line + at + len));
	if (command->id != COMMAND_help || !line[at + len])
		return changed;
	return typed_replace(arena, changed, at + strlen(called) + 1);
}

char *typed_in_language(struct arena *arena, const char *line)
{
	const char *at = typed_next_word(line); /* after "stafett" */

	while (*at == '-') {
		if (strncmp(at, "--as ", strlen("--as ")) == 0)
			at = typed_next_word(at);
		at = typed_next_word(at);
	}
	return typed_replace(arena, line, (size_t)(at - line));
}
