/* SPDX-License-Identifier: Apache-2.0 */
/* The acting unit's inbox, as the server tells it. */
#ifndef CLIENT_INBOX_H
#define CLIENT_INBOX_H

#include "client/client.h"
#include "stafett/v1/inbox_service.pb-c.h"

/* Reads every page into |ret_all|, which is initialised. */
int inbox_read(struct client *client, bool with_acknowledged,
	Stafett__V1__InboxServiceListResponse *ret_all) WARN_UNUSED;
bool inbox_is_acknowledged(const Stafett__V1__InboxItem *item);

#endif
