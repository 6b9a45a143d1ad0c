/* SPDX-License-Identifier: Apache-2.0 */
/* The acting unit's inbox, as the server tells it. */
#ifndef CLIENT_INBOX_H
#define CLIENT_INBOX_H

#include "client/client.h"
#include "stafett/v1/inbox_service.pb-c.h"

/* The groups of the page, in the order in which they are seen to. */
enum inbox_group { INBOX_LATE, INBOX_NEW, INBOX_ANSWERS, INBOX_HAND_BACKS, INBOX_INFORMATION };
enum { INBOX_GROUPS = INBOX_INFORMATION + 1 };

/* Reads every page into |ret_all|, which is initialised. */
int inbox_read(struct client *client, bool with_acknowledged,
	Stafett__V1__InboxServiceListResponse *ret_all) WARN_UNUSED;
bool inbox_is_acknowledged(const Stafett__V1__InboxItem *item);
/* Whether the unit has still to do or to say something about it. */
bool inbox_needs_something(const Stafett__V1__InboxItem *item);
/* Whether what it needs should have been done by now. */
bool inbox_is_late(const struct client *client, const Stafett__V1__InboxItem *item);
/* Late, danger to life, or an alarm: what no unit sent is the clock's. */
bool inbox_is_marked(const struct client *client, const Stafett__V1__InboxItem *item);
/* Whether what it asked for is over: withdrawn, rejected, voided. */
bool inbox_has_ended(const Stafett__V1__InboxItem *item);
/* Whether it asks for something that nobody has acknowledged, late or in danger too. */
bool inbox_is_new(const Stafett__V1__InboxItem *item);
enum inbox_group inbox_group_of(const struct client *client, const Stafett__V1__InboxItem *item);

#endif
