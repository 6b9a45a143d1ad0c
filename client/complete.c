/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words before the cursor are read by the table, as the program would; the
 * name that the table gives to what stands at the cursor ("REF", "UNIT",
 * "bash|zsh") says what is offered.
 */
#include "client/complete.h"

#include <stdio.h>

#include "client/directory.h"
#include "client/last_list.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "domain/codes.h"

struct complete {
	struct client *client;
	const char *partial;		  /* what stands at the cursor; may be "" */
	const struct command *command;	  /* NULL: not named yet */
	const struct option *wants_value; /* the option that the cursor's word belongs to */
	size_t n_arguments;		  /* of the command, before the cursor */
	bool is_lost;			  /* there is no such command: nothing is offered */
};

static void complete_offer(const struct complete *complete, const char *word)
{
	if (strncmp(word, complete->partial, strlen(complete->partial)) == 0)
		puts(word);
}

static bool complete_has_option(const struct complete *complete, const struct option *option)
{
	return option->command == COMMAND_global ||
	       (complete->command && option->command == complete->command->id);
}

static const struct option *complete_find_option(const struct complete *complete, const char *name)
{
	for (int id = 0; id < OPTION_COUNT; id++) {
		const struct option *option = option_get((enum option_id)id);

		if (complete_has_option(complete, option) && strcmp(option->name, name) == 0)
			return option;
	}
	return NULL;
}

/* Takes one of the words that stand before the cursor. */
static void complete_read(struct complete *complete, const char *word)
{
	const struct option *option;

	if (complete->wants_value) {
		if (strcmp(complete->wants_value->name, "as") == 0)
			complete->client->as = word;
		complete->wants_value = NULL;
	} else if (strncmp(word, "--", 2) == 0) {
		option = complete_find_option(complete, word + 2);
		complete->wants_value = option && *option->value ? option : NULL;
	} else if (!complete->command) {
		complete->command = command_named(word);
		complete->is_lost = complete->is_lost || !complete->command;
	} else {
		complete->n_arguments++;
	}
}

/* Names in both languages, once something of one is typed. */
static void complete_commands(struct complete *complete)
{
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command *command = command_get((enum command_id)id);
		bool is_one = strcmp(command->name, command->alias) == 0;

		if (!*complete->partial || is_one) {
			complete_offer(complete, command_called(command));
			continue;
		}
		complete_offer(complete, command->name);
		complete_offer(complete, command->alias);
	}
}

static void complete_options(struct complete *complete)
{
	for (int id = 0; id < OPTION_COUNT; id++) {
		const struct option *option = option_get((enum option_id)id);

		if (complete_has_option(complete, option))
			complete_offer(complete,
				memory_printf(&complete->client->arena, "--%s", option->name));
	}
}

static void complete_lists(struct complete *complete)
{
	for (int list = 0; list < CODES_LISTS; list++)
		complete_offer(complete, codes_list_name((enum codes_list)list));
}

static void complete_codes(struct complete *complete, enum codes_list list)
{
	for (const struct codes_row *row = NULL; (row = codes_next(list, row));)
		complete_offer(complete, row->code);
}

static void complete_profiles(struct complete *complete)
{
	const struct profile *profiles;
	size_t count = profile_list(&complete->client->arena, &profiles);

	for (size_t i = 0; i < count; i++) {
		complete_offer(complete, profiles[i].id);
		if (*profiles[i].unit &&
			(!i || strcmp(profiles[i].unit, profiles[i - 1].unit) != 0))
			complete_offer(complete, profiles[i].unit);
	}
}

/* What was seen before belongs to the profile that would act. */
static bool complete_has_profile(struct complete *complete)
{
	struct client *client = complete->client;

	return profile_choose(&client->arena, client->as, &client->profile) == PROFILE_CHOSEN;
}

static void complete_units(struct complete *complete)
{
	const char *handle;

	if (!complete_has_profile(complete))
		return;
	for (size_t i = 0; (handle = directory_known(complete->client, i)); i++)
		complete_offer(complete, handle);
}

static void complete_refs(struct complete *complete)
{
	const struct last_list_row *rows = NULL;
	size_t count = 0;

	if (complete_has_profile(complete))
		count = last_list_load(complete->client, &rows);
	for (size_t i = 0; i < count; i++)
		complete_offer(complete, format_code_start(&complete->client->arena, rows[i].code));
}

static void complete_files(struct complete *complete)
{
	puts(COMPLETE_FILES);
}

/* "person|unit": the words themselves. */
static void complete_alternatives(struct complete *complete, const char *name)
{
	while (*name) {
		size_t len = strcspn(name, "|");

		complete_offer(
			complete, memory_copy(&complete->client->arena, bytes_of(name, len)));
		name += len + (name[len] == '|');
	}
}

/* Offers what the table's |name| stands for; nothing, where only people know. */
static void complete_name(struct complete *complete, const char *name)
{
	static const struct {
		const char *name;
		void (*offer)(struct complete *);
	} names[] = {
		{"REF", complete_refs},
		{"UNIT", complete_units},
		{"LIST", complete_lists},
		{"COMMAND", complete_commands},
		{"NAME", complete_profiles},
		{"FILE", complete_files},
		{"FOLDER", complete_files},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i].name, name) == 0)
			names[i].offer(complete);
	}
	if (strchr(name, '|'))
		complete_alternatives(complete, name);
}

/* An option whose value is a code names its list in its help: a test sees to it. */
static void complete_value(struct complete *complete)
{
	static const char before_list[] = "(stafett codes ";
	const char *list = strstr(complete->wants_value->help, before_list);

	if (!list) {
		complete_name(complete, complete->wants_value->value);
		return;
	}
	list += sizeof(before_list) - 1;
	complete_codes(complete, codes_list_named(bytes_of(list, strcspn(list, ")"))));
}

/* The argument at the cursor: "REF" of "REF... [NAME]"; one with dots is the last
 * for ever. */
static void complete_argument(struct complete *complete)
{
	const char *at = complete->command->arguments;
	size_t len = strcspn(at, " ");

	for (size_t i = 0; i < complete->n_arguments && !memmem(at, len, "...", 3); i++) {
		at += len + (at[len] == ' ');
		len = strcspn(at, " ");
	}
	at += *at == '[';
	complete_name(
		complete, memory_copy(&complete->client->arena, bytes_of(at, strcspn(at, " ].["))));
}

void complete_print(struct client *client, const char *const *words, size_t count)
{
	struct complete complete = {.client = client, .partial = words[count - 1]};

	for (size_t i = 0; i < count - 1; i++)
		complete_read(&complete, words[i]);
	if (complete.is_lost)
		return;
	if (complete.wants_value)
		complete_value(&complete);
	else if (complete.partial[0] == '-')
		complete_options(&complete);
	else if (!complete.command)
		complete_commands(&complete);
	else
		complete_argument(&complete);
}
