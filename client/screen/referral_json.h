/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One referral as JSON: the server's answer, and in "referral" what only a client
 * can read in it: "subject", the last card, and "body", the last body.
 */
#ifndef CLIENT_SCREEN_REFERRAL_JSON_H
#define CLIENT_SCREEN_REFERRAL_JSON_H

#include "client/client.h"
#include "stafett/v1/referral_service.pb-c.h"

/* |response| has a referral. 0, or an exit code. */
int referral_json_print(
	struct client *client, const Stafett__V1__GetResponse *response) WARN_UNUSED;

#endif
