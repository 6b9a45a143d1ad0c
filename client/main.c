/* SPDX-License-Identifier: Apache-2.0 */
/* stafett: what is the same for every command, from the locale to the exit code. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "client/client.h"
#include "client/help.h"
#include "client/text.h"

/* Without a command it is today's; who is nobody yet is told what there is. */
static int main_run_bare(struct client *client, const struct arguments *arguments)
{
	const struct profile *profile;

	if (profile_choose(&client->arena, client->as, &profile) == PROFILE_NONE &&
		!arguments_has(arguments, OPTION_today_check)) {
		help_print_overview(client, false);
		return 0;
	}
	return command_today(client, arguments);
}

static int main_run(struct client *client, int argc, char *const argv[])
{
	struct arguments arguments;
	int parsed = arguments_parse(client, argc, argv, &arguments);
	int configured = client_configure(client, &arguments);

	if (parsed || configured)
		return parsed ? parsed : configured;
	if (arguments_has(&arguments, OPTION_global_help)) {
		if (arguments.command)
			help_print_command(client, arguments.command);
		else
			help_print_overview(client, arguments_has(&arguments, OPTION_help_all));
		return 0;
	}
	if (!arguments.command)
		return main_run_bare(client, &arguments);
	return arguments.command->run(client, &arguments);
}

int main(int argc, char *argv[])
{
	struct client client;
	int r;

	text_begin();
	/* Every deadline is written in the time of Stockholm. */
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	/* A server or a pager that goes away is an error to tell, not a death. */
	signal(SIGPIPE, SIG_IGN);
	client_init(&client);
	r = main_run(&client, argc - 1, argv + 1);
	if (client.problem.id != PROBLEM_NONE)
		client_print_problem(&client);
	if (fflush(stdout) != 0 && errno != EPIPE && !r) {
		fprintf(stderr, "stafett: %s\n", _("the output could not be written"));
		r = EXIT_TEMPORARY;
	}
	client_fini(&client);
	return r;
}
