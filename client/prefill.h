/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that a chain has already, so that nobody asks a person twice. */
#ifndef CLIENT_PREFILL_H
#define CLIENT_PREFILL_H

#include "client/question.h"
#include "stafett/v1/referral_service.pb-c.h"

/* The day on which help was asked for, what is needed, and who the person is, as the last card has
 * it. */
int prefill_person(struct client *client, const Stafett__V1__GetResponse *seen,
	struct answers *answers) WARN_UNUSED;

/* How urgent it was, and on which basis, to be offered again and not taken for granted; of a
 * consent that was revoked nothing. */
void prefill_terms(
	struct client *client, const Stafett__V1__GetResponse *seen, struct answers *answers);
/* The text that was sent before; none where |seen| was read without its texts. */
int prefill_text(struct client *client, const Stafett__V1__GetResponse *seen,
	struct answers *answers) WARN_UNUSED;

/* The unit to turn to, as the last refusal of it says. */
void prefill_unit(
	struct client *client, const Stafett__V1__GetResponse *seen, struct answers *answers);

#endif
