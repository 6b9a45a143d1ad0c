/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people call a referral: a code or its beginning ("7K3M"), an id, or the
 * number of a row of the last list, which an act confirms on the terminal.
 */
#ifndef CLIENT_REF_H
#define CLIENT_REF_H

#include "client/client.h"
#include "stafett/v1/referral_service.pb-c.h"

/* What it is for. A row is confirmed for acting only; whatever is not shown to anybody
 * is no reading, and the server records it as what it is. */
enum ref_use {
	REF_FOR_READING,
	REF_FOR_TEXTS,	 /* reading, with the texts that were sent */
	REF_FOR_READERS, /* reading, and who has read it */
	REF_FOR_LOOKING, /* from here on a look */
	REF_FOR_ACTING,
};

/* What |typed| means to the server: an id, or the letters of a code. Sets the word
 * "ref". */
int ref_resolve(struct client *client, const char *typed, enum ref_use use,
	const char **ret_name) WARN_UNUSED;
/* Whether what ref_resolve gave means this referral. */
bool ref_is(const char *name, const char *id);
/* Looks a referral up by its id or letters, for an act: silent, one try, and no reading.
 * It has a referral and a chain. False where it cannot be learnt. */
bool ref_look(
	struct client *client, const char *name, const Stafett__V1__GetResponse **ret_response);
/* Resolves |typed| and gets the referral. */
int ref_get(struct client *client, const char *typed, enum ref_use use,
	const Stafett__V1__GetResponse **ret_response) WARN_UNUSED;

#endif
