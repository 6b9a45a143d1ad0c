/* SPDX-License-Identifier: Apache-2.0 */
/* Help screens: see the header. Everything in them comes from the table, but the
 * notes of a command that needs more than options. */
#include "client/help.h"

#include <stdio.h>

#include "client/commands/typed.h"
#include "client/memory.h"
#include "client/screen/lines.h"
#include "client/text.h"

enum { HELP_COLUMN = 22 };

static const char *const help_groups[GROUP_COUNT] = {
	[GROUP_EVERYDAY] = N_("Every day"),
	[GROUP_BEFORE] = N_("Sending"),
	[GROUP_INTAKE] = N_("Receiving"),
	[GROUP_OVERSIGHT] = N_("Oversight"),
	[GROUP_TREATMENT] = N_("Treating"),
	[GROUP_AFTER] = N_("Coming home, and what takes two"),
	[GROUP_SETUP] = N_("Setting up"),
};

/* A line of two columns; the second is wrapped in its own. */
static void help_print_pair(struct client *client, const char *left, const char *right)
{
	size_t columns = lines_columns(left) + 2;
	int gap = columns + 2 > HELP_COLUMN ? 2 : HELP_COLUMN - (int)columns;
	char *first = memory_printf(&client->arena, "  %s%*s", left, gap, "");
	char *next = memory_printf(&client->arena, "%*s", HELP_COLUMN, "");

	lines_print(stdout, first, next, right);
}

static void help_print_row(struct client *client, const struct command *command)
{
	const char *space = *command->arguments ? " " : "";

	help_print_pair(client,
		memory_printf(&client->arena, "%s%s%s", command_called(command), space,
			*command->arguments ? _(command->arguments) : ""),
		_(command->summary));
}

static void help_print_group(struct client *client, enum command_group group)
{
	printf("\n%s\n", _(help_groups[group]));
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command *command = command_get((enum command_id)id);

		if (command->group == group)
			help_print_row(client, command);
	}
}

static void help_print_options(struct client *client, enum command_id of)
{
	for (int id = 0; id < OPTION_COUNT; id++) {
		const struct option *option = option_get((enum option_id)id);
		const char *space = *option->value ? " " : "";

		if (option->command == of)
			help_print_pair(client,
				memory_printf(&client->arena, "--%s%s%s", option->name, space,
					*option->value ? _(option->value) : ""),
				_(option->help));
	}
}

void help_print_overview(struct client *client, bool all)
{
	puts(_("stafett [--as NAME] COMMAND ...    the baton is never on the ground"));
	if (all) {
		for (int group = 0; group < GROUP_COUNT; group++)
			help_print_group(client, (enum command_group)group);
		printf("\n%s\n", _("With every command"));
		help_print_options(client, COMMAND_global);
		return;
	}
	putchar('\n');
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command *command = command_get((enum command_id)id);

		if (command->on_first_screen)
			help_print_row(client, command);
	}
	printf("\n%s\n", _("One command: stafett help send     All of them: stafett help --all"));
}

/* What 'send' takes cannot be said in options. */
static const char help_draft[] =
	N_("FILE holds one JSON object:\n"
	   "\n"
	   "  {\n"
	   "    \"kind\": \"care-request\", \"priority\": \"routine\", \"needs\": [\"alcohol\"],\n"
	   "    \"helpRequestDate\": \"today\", \"personInformed\": true,\n"
	   "    \"legalBasis\": { \"code\": \"consent\", \"form\": \"written\",\n"
	   "                    \"endDate\": \"2027-11-02\", \"coversMissedEvents\": true },\n"
	   "    \"subject\": { \"familyName\": \"Holm\", \"givenName\": \"Anders\",\n"
	   "                 \"identifier\": \"19640823-3234\", \"reasonText\": \"Alkohol\" },\n"
	   "    \"body\": \"What the other unit needs to know.\"\n"
	   "  }\n"
	   "\n"
	   "'bodyFile' instead of 'body' names a file that goes byte for byte. The manual\n"
	   "page stafett(1) has every field. Codes: stafett codes need, kind, basis, ...");

static const char help_request[] =
	N_("FILE holds one JSON object:\n"
	   "\n"
	   "  {\n"
	   "    \"needs\": [\"alcohol\"], \"helpRequestDate\": \"today\",\n"
	   "    \"subject\": { \"familyName\": \"Holm\", \"givenName\": \"Anders\",\n"
	   "                 \"identifier\": \"19640823-3234\" },\n"
	   "    \"body\": \"What the person asks for.\"\n"
	   "  }\n"
	   "\n"
	   "The day on which the person asked starts the person's clock. The manual page\n"
	   "stafett(1) has every field of 'subject'. Codes: stafett codes need");

static const char help_profile[] =
	N_("A profile is a file NAME.conf in ~/.config/stafett/profiles:\n"
	   "\n"
	   "  server = stafett.example.se:7443\n"
	   "  ca = ca.pem\n"
	   "  certificate = maria.pem\n"
	   "  key = maria.key\n"
	   "  unit = lund/vuxen\n"
	   "  name = Maria Nilsson\n"
	   "\n"
	   "File names are taken from the profile's own folder.");

static void help_print_notes(const struct command *command)
{
	if (command->id == COMMAND_send)
		printf("\n%s\n", _(help_draft));
	if (command->id == COMMAND_register)
		printf("\n%s\n", _(help_request));
	if (command->id == COMMAND_profile)
		printf("\n%s\n", _(help_profile));
}

static bool help_has_options(const struct command *command)
{
	for (int id = 0; id < OPTION_COUNT; id++) {
		if (option_get((enum option_id)id)->command == command->id)
			return true;
	}
	return false;
}

void help_print_command(struct client *client, const struct command *command)
{
	const char *example;

	lines_print(stdout, "", "  ",
		memory_printf(&client->arena, "stafett %s%s%s%s", command_called(command),
			*command->arguments ? " " : "",
			*command->arguments ? _(command->arguments) : "",
			help_has_options(command) ? _(" [OPTION ...]") : ""));
	lines_print(stdout, "  ", "  ", _(command->summary));
	if (strcmp(command->name, command->alias) != 0)
		printf("  %s %s\n", _("In Swedish:"),
			command_called(command) == command->name ? command->alias : command->name);
	if (help_has_options(command)) {
		putchar('\n');
		help_print_options(client, command->id);
	}
	help_print_notes(command);
	printf("\n%s\n", _("Examples"));
	for (size_t n = 0; (example = command_example(command->id, n)); n++)
		lines_print_command(stdout, "  ", "", typed_in_language(&client->arena, example));
}
