/* SPDX-License-Identifier: Apache-2.0 */
/* What is said after an act: what was done, who holds the chain now, what is next
 * and by when, and a command for it. */
#ifndef CLIENT_ACTING_TELL_H
#define CLIENT_ACTING_TELL_H

#include "client/acting.h"

void acting_tell(struct acting *acting, const Stafett__V1__ActResponse *response);
/* The last part alone: whose turn it is, and the command for it. */
void acting_tell_next(struct client *client, const Stafett__V1__GetResponse *now);
/* Who holds the chain after it was acknowledged or accepted, which no consultation moves,
 * and an aftercare not before the treatment is completed. Templates: "code", "clock",
 * "holder", and for the acceptance "office" and "person" are set. */
const char *acting_acknowledged(struct client *client, const Stafett__V1__GetResponse *now);
const char *acting_accepted(struct client *client, const Stafett__V1__GetResponse *now);

#endif
