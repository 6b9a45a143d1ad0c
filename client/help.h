/* SPDX-License-Identifier: Apache-2.0 */
/* Help, made from the table of commands. */
#ifndef CLIENT_HELP_H
#define CLIENT_HELP_H

#include "client/client.h"

/* The commands, one line each: those of the first screen, or all by group. */
void help_print_overview(struct client *client, bool all);
/* One command: how it is written, its options, examples. */
void help_print_command(struct client *client, const struct command *command);

#endif
