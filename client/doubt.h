/* SPDX-License-Identifier: Apache-2.0 */
/* What may be a mistake, though it may be sent: told, and asked of who sits there. */
#ifndef CLIENT_DOUBT_H
#define CLIENT_DOUBT_H

#include "client/client.h"
#include "client/draft.h"
#include "stafett/v1/referral_service.pb-c.h"

/* Of each: 0, or an exit code where the user rather sends nothing. A program is only told. */

/* That nobody else is asked. */
int doubt_unit(struct client *client, const char *to, const struct draft *draft) WARN_UNUSED;
/* That the person has an open chain already: it may go on in that one. The word "same" is
 * its code, where a program begins another. */
int doubt_same(struct client *client, const char *to, struct draft *draft) WARN_UNUSED;
/* What goes on in the chain of |seen| with a card of quite another name, where no number
 * says who it is: asked about on a terminal, and refused elsewhere. */
int doubt_person(
	struct client *client, const Stafett__V1__GetResponse *seen, struct bytes card) WARN_UNUSED;

#endif
