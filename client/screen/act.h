/* SPDX-License-Identifier: Apache-2.0 */
/* Acts as commands that can be run as they stand. */
#ifndef CLIENT_SCREEN_ACT_H
#define CLIENT_SCREEN_ACT_H

#include "client/client.h"
#include "stafett/v1/referral.pb-c.h"

/* The command that does |act| (of tbl/acts.def) to a referral; NULL where this
 * program has none, or where the unit may not do it now. What it needs to know is filled in,
 * sensibly, or asked for. */
char *act_command(struct client *client, const char *act, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain);

/* Acts as commands, each command once. */
struct act_commands {
	char **list; /* in the arena */
	size_t count;
};

/* Adds the commands of |acts| to the referral that people call |ref|, where help was
 * promised by |due|, a date or "". |commands| begins as all zeros. */
void act_commands_add(struct client *client, struct act_commands *commands, char *const *acts,
	size_t n_acts, const char *ref, const char *due);

/* Adds one command as it stands. */
void act_commands_add_line(
	struct client *client, struct act_commands *commands, const char *command);

#endif
