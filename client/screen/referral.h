/* SPDX-License-Identifier: Apache-2.0 */
/* The screen of one referral: person, holder, clocks, what happened, what next. */
#ifndef CLIENT_SCREEN_REFERRAL_H
#define CLIENT_SCREEN_REFERRAL_H

#include "client/card.h"
#include "client/client.h"
#include "stafett/v1/referral_service.pb-c.h"

/* |response| has a referral and a chain; who has read it is told where that was asked. */
void referral_print(
	struct client *client, const Stafett__V1__GetResponse *response, bool with_readers);

#endif
