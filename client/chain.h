/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chains by their own code, like one that was registered and has no referral yet.
 * They are read as an answer about a referral, with a stand-in in the referral's
 * place: it has no id, the chain's code and state, and what was asked for. So
 * whatever shows and acts on a referral does it to a chain, too.
 */
#ifndef CLIENT_CHAIN_H
#define CLIENT_CHAIN_H

#include "client/client.h"
#include "client/ref.h"
#include "stafett/v1/chain_service.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

/* The stand-in of a chain of which nothing more is known. */
const Stafett__V1__GetResponse *chain_stand_in(struct client *client, Stafett__V1__Chain *chain);
/* Gives the rows of chains a stand-in each, so that they are shown like those of
 * referrals; of rows without a chain there is nothing to be shown. Returns how many are
 * left. */
size_t chain_keep_rows(struct client *client, Stafett__V1__ReferralSummary **rows, size_t n_rows);
/* A chain by its id or code, as it was answered. NULL where it cannot be read. Silent. */
const Stafett__V1__ChainServiceGetResponse *chain_get(
	struct client *client, const char *name, enum ref_use use);
/* The same as an answer about a referral. */
const Stafett__V1__GetResponse *chain_read(
	struct client *client, const char *name, enum ref_use use);
/* The referral with the events of its whole chain, as far as the unit may see them, in
 * place of its own; those where the server gives no more. */
const Stafett__V1__GetResponse *chain_whole(
	struct client *client, const Stafett__V1__GetResponse *response, enum ref_use use);
/* Whether what was read is a chain. */
bool chain_is_alone(const Stafett__V1__GetResponse *seen);
/* Whether the unit may do |act| to the chain now. */
bool chain_may(const Stafett__V1__Chain *chain, const char *act);
/* ref_get, and where there is no such referral, the chain of that code. */
int chain_or_referral(struct client *client, const char *typed, enum ref_use use,
	const Stafett__V1__GetResponse **ret_response) WARN_UNUSED;
/* The same of a referral. */
bool chain_may_referral(const Stafett__V1__Referral *referral, const char *act);
/* Whether accepting the referral moves the chain: an aftercare or a consultation does not. */
bool chain_moves_by(const Stafett__V1__Referral *referral);
/* Whether the referral is an aftercare of ours, and the chain is with who treats until
 * then. */
bool chain_waits_for_completion(const struct client *client, const Stafett__V1__GetResponse *seen);
/* Whether both cards have a personal number, and not the same; where they have not, a
 * birth date, and not the same. */
bool chain_is_of_another(
	struct client *client, const Stafett__V1__Part *one, const Stafett__V1__Part *other);

#endif
