/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands, as the table stafett/tbl/commands.def has them. What a command
 * does stands in a file of its own: client/commands/NAME.c.
 */
#ifndef CLIENT_COMMANDS_COMMAND_H
#define CLIENT_COMMANDS_COMMAND_H

#include <stdbool.h>

#include "stafett/base.h"

struct arguments;
struct client;

#define COMMAND(id, ...) COMMAND_##id,
enum command_id {
#include "stafett/tbl/commands.def"
	COMMAND_COUNT,
	COMMAND_global = COMMAND_COUNT, /* owns the options of every command */
};

#define OPTION(command, id, ...) OPTION_##command##_##id,
enum option_id {
#include "stafett/tbl/commands.def"
	OPTION_COUNT,
};

enum command_group {
	GROUP_EVERYDAY,
	GROUP_BEFORE,
	GROUP_INTAKE,
	GROUP_TREATMENT,
	GROUP_AFTER,
	GROUP_OVERSIGHT,
	GROUP_SETUP,
	GROUP_COUNT
};

/* Does what was asked; 0 or an exit code, with the problem described. */
typedef int command_fn(struct client *client, const struct arguments *arguments);

struct command {
	enum command_id id;
	const char *name, *alias; /* English and Swedish */
	enum command_group group;
	bool on_first_screen;
	const char *arguments, *summary; /* not translated yet; arguments may be "" */
	command_fn *run;
};

struct option {
	enum command_id command; /* or COMMAND_global */
	const char *name;	 /* "contact-by" */
	const char *value;	 /* stands for its value, not translated yet; "": a switch */
	const char *help;	 /* not translated yet */
};

const struct command *command_get(enum command_id id);
const struct option *option_get(enum option_id id);
/* The command of an English or Swedish name (å ä ö may be written a a o), or NULL. */
const struct command *command_named(const char *name);
/* The command's name in the user's language. */
const char *command_called(const struct command *command);
/* The nearest name to one that does not exist, or NULL. */
const char *command_nearest(const char *name);
/* The |n|-th example of a command, or NULL. */
const char *command_example(enum command_id id, size_t n);

#define COMMAND(id, ...) command_fn command_##id;
#include "stafett/tbl/commands.def"

#endif
