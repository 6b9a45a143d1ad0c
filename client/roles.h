/* SPDX-License-Identifier: Apache-2.0 */
/* Which roles an act takes, so that nobody answers questions in vain. */
#ifndef CLIENT_ROLES_H
#define CLIENT_ROLES_H

#include "client/client.h"

/* Names them in what is said if the server refuses the act for the role. */
void roles_name(struct client *client, const char *act);
/* Whether the member has one of them in the unit, as the server says: 0, or the refusal
 * that there would be. 0 too where it cannot be asked just now. */
int roles_check(struct client *client, const char *act) WARN_UNUSED;

#endif
