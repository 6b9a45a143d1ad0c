/* SPDX-License-Identifier: Apache-2.0 */
/* The halves of the command admin: reading rules of deadlines, and changing them. */
#ifndef CLIENT_COMMANDS_ADMIN_H
#define CLIENT_COMMANDS_ADMIN_H

#include "client/client.h"
#include "stafett/v1/admin_service.pb-c.h"

/* Reads all pages of the rules; of one, where |name| is not "". */
int admin_read_rules(struct client *client, const char *name, bool with_ended,
	Stafett__V1__ListRulesResponse *ret_all) WARN_UNUSED;
/* The latest version of |name|; NULL where there is none. */
const Stafett__V1__Rule *admin_latest(const Stafett__V1__ListRulesResponse *all, const char *name);
/* That there is no rule of that name; the nearest is offered. */
int admin_unknown(struct client *client, const Stafett__V1__ListRulesResponse *all,
	const char *name) WARN_UNUSED;
/* Prints a version of a rule in full. */
void admin_print_rule(struct client *client, const Stafett__V1__Rule *rule);

int admin_add(
	struct client *client, const struct arguments *arguments, const char *name) WARN_UNUSED;
int admin_end(
	struct client *client, const struct arguments *arguments, const char *name) WARN_UNUSED;

#endif
