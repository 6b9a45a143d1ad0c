/* SPDX-License-Identifier: Apache-2.0 */
/* Whether anybody would tell that something is late: the server's clerk. */
#ifndef CLIENT_SCREEN_HEARTBEAT_H
#define CLIENT_SCREEN_HEARTBEAT_H

#include "client/client.h"
#include "stafett/v1/referral.pb-c.h"

/* Whether the clerk has been silent for two minutes when it was read. An answer
 * without a heartbeat comes from a server that knows none. */
bool heartbeat_is_silent(const Stafett__V1__Heartbeat *heartbeat);
/* From here on it is as late as the server says, in whose time deadlines are; not as
 * late as it is on this machine, whose clock may be wrong. */
void heartbeat_take_time(struct client *client, const Stafett__V1__Heartbeat *heartbeat);
/* Says so on a page where it is; else nothing. */
void heartbeat_print(struct client *client, const Stafett__V1__Heartbeat *heartbeat);

#endif
