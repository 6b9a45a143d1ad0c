/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line, read by the table of commands: options may stand anywhere,
 * as "--name value" or "--name=value"; "--" ends them; "-" is a value like any.
 */
#ifndef CLIENT_COMMANDS_ARGUMENTS_H
#define CLIENT_COMMANDS_ARGUMENTS_H

#include "client/commands/command.h"

struct arguments {
	const struct command *command;	  /* NULL where none is named */
	const char *values[OPTION_COUNT]; /* NULL: not given; "" for a given switch */
	const char **rest;		  /* what follows the command's name; borrowed from argv */
	size_t n_rest;
};

/* Reads |argv| without the program's name. Whatever is read by the time of a
 * problem stands in |ret_arguments|, so that --json and --help still count. */
int arguments_parse(struct client *client, int argc, char *const argv[],
	struct arguments *ret_arguments) WARN_UNUSED;
/* The value of an option, or NULL. */
const char *arguments_get(const struct arguments *arguments, enum option_id option);
/* Whether a switch, or any option, was given. */
bool arguments_has(const struct arguments *arguments, enum option_id option);
/* Checks that there are |least| to |most| arguments; |what| names what is missing. */
int arguments_count(struct client *client, const struct arguments *arguments, size_t least,
	size_t most, const char *what) WARN_UNUSED;
/* The value of an option that must be given. */
int arguments_require(struct client *client, const struct arguments *arguments,
	enum option_id option, const char **ret_value) WARN_UNUSED;
/* Reads a whole number from |least| to |most|. */
int arguments_number(struct client *client, const char *text, long least, long most,
	long *ret_number) WARN_UNUSED;

#endif
