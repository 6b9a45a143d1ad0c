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

/* A week from today, but no later than the help that the person was promised by |due|, a
 * date or "". */
const char *act_contact_by(struct client *client, const char *due);
/* The day by which the person could be contacted: today where life is in danger, else as
 * it was |planned| or, where that is NULL, soon. */
const char *act_contact(struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain, const char *planned);

/* Acts as commands, each command once. */
struct act_commands {
	char **list; /* in the arena */
	size_t count;
};

/* Adds the commands of |acts| to the referral that people call |ref|, where the
 * person is contacted by |contact|, a date. |commands| begins as all zeros. */
void act_commands_add(struct client *client, struct act_commands *commands, char *const *acts,
	size_t n_acts, const char *ref, const char *contact);

/* Adds one command as it stands. */
void act_commands_add_line(
	struct client *client, struct act_commands *commands, const char *command);

#endif
