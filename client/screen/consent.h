/* SPDX-License-Identifier: Apache-2.0 */
/* Why a referral may be told to whom: the consent, and what was told. */
#ifndef CLIENT_SCREEN_CONSENT_H
#define CLIENT_SCREEN_CONSENT_H

#include "client/client.h"
#include "stafett/v1/referral_service.pb-c.h"

/* The basis, the consent, and every disclosure as it was judged. */
int consent_print(struct client *client, const Stafett__V1__GetResponse *response) WARN_UNUSED;
/* To whom it may be told, as people call them. */
const char *consent_recipients(struct client *client, const Stafett__V1__Consent *consent);
/* "Shared no longer", or what the consent says; "" where there is nothing to say. */
const char *consent_sentence(struct client *client, const Stafett__V1__Referral *referral);

#endif
