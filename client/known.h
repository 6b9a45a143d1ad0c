/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which referrals belong to which person, of those that this profile has opened: an
 * index in the state folder, for `stafett find`. A number stands in it as a hash under
 * a random key that lies beside it. So nobody reads a number there; but who has both
 * files can try every number that there is. It goes with sealing.
 */
#ifndef CLIENT_KNOWN_H
#define CLIENT_KNOWN_H

#include "client/client.h"

/* The longest number that is kept, with a NUL. */
enum { KNOWN_NUMBER_MAX = 33 };

/* The one spelling of a number: twelve digits of a personal or coordination number, and
 * of any other what it has of digits and capital letters. False where that is nothing,
 * or too much. Pure. */
bool known_normalise(const char *number, struct date today, char out[KNOWN_NUMBER_MAX]) WARN_UNUSED;

/* Remembers that the card of |referral| names this number; an empty one is passed over.
 * What cannot be kept is no problem of the command. */
void known_learn(
	struct client *client, const char *number, const char *referral, const char *chain);

struct known_row {
	const char *referral, *chain;
	int64_t opened_us;
};

/* The referrals of a number in its one spelling, the last opened first; their number. */
size_t known_find(struct client *client, const char *normalised, const struct known_row **ret_rows);

#endif
