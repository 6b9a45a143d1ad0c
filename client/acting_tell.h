/* SPDX-License-Identifier: Apache-2.0 */
/* What is said after an act: what was done, who holds the chain now, what is next
 * and by when, and a command for it. */
#ifndef CLIENT_ACTING_TELL_H
#define CLIENT_ACTING_TELL_H

#include "client/acting.h"

void acting_tell(struct acting *acting, const Stafett__V1__ActResponse *response);
/* The last part alone: whose turn it is, and the command for it. */
void acting_tell_next(struct client *client, const Stafett__V1__GetResponse *now);

#endif
