/* SPDX-License-Identifier: Apache-2.0 */
/* Acts as commands that can be run as they stand. */
#ifndef CLIENT_SCREEN_ACT_H
#define CLIENT_SCREEN_ACT_H

#include "client/client.h"
#include "stafett/v1/referral.pb-c.h"

/* The command that does |act| (of tbl/acts.def) to a referral; NULL where this
 * program has none. What it needs to know is filled in, sensibly, to be changed. */
char *act_command(struct client *client, const char *act, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain);

#endif
