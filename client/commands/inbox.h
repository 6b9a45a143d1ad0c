/* SPDX-License-Identifier: Apache-2.0 */
/* The two faces of the command inbox: a table, and lines as they come. */
#ifndef CLIENT_COMMANDS_INBOX_H
#define CLIENT_COMMANDS_INBOX_H

#include "client/card.h"
#include "client/client.h"
#include "stafett/v1/inbox_service.pb-c.h"

/* What a message is about: "new, cannabis". */
const char *inbox_what(
	struct client *client, const Stafett__V1__InboxItem *item, const struct card *card);
/* Whom it is from; what no unit sent, the clock did. */
const char *inbox_from(const Stafett__V1__InboxItem *item);
/* Whether the options let it through: --new, --mine. */
bool inbox_fits(struct client *client, const struct arguments *arguments,
	const Stafett__V1__InboxItem *item);
/* Shows what comes, as far as it fits, until it may not any more; gives the exit
 * code. */
int inbox_watch(struct client *client, const struct arguments *arguments);

#endif
