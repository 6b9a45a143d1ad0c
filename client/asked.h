/* SPDX-License-Identifier: Apache-2.0 */
/* The question that is open about a referral, as it is shown to whom it was put. */
#ifndef CLIENT_ASKED_H
#define CLIENT_ASKED_H

#include <stdio.h>

#include "client/client.h"
#include "stafett/v1/referral_service.pb-c.h"

/* Prints what was asked and when, and to the unit that must answer the words, too, which
 * are read for that. Nothing where no question is open. */
void asked_print(struct client *client, const Stafett__V1__GetResponse *seen, FILE *out);

#endif
