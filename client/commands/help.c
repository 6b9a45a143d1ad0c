/* SPDX-License-Identifier: Apache-2.0 */
/* stafett help [COMMAND] [--all] */
#include "client/help.h"

#include "client/client.h"

int command_help(struct client *client, const struct arguments *arguments)
{
	const struct command *command;
	int r = arguments_count(client, arguments, 0, 1, "");

	if (r)
		return r;
	if (!arguments->n_rest) {
		help_print_overview(client, arguments_has(arguments, OPTION_help_all));
		return 0;
	}
	command = command_named(arguments->rest[0]);
	if (!command)
		return client_problem(client, PROBLEM_COMMAND_UNKNOWN, "value", arguments->rest[0],
			"near", command_nearest(arguments->rest[0]), NULL);
	help_print_command(client, command);
	return 0;
}
