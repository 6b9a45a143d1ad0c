/* SPDX-License-Identifier: Apache-2.0 */
/* What takes two, in words: what is proposed, by whom, and who agrees to it. */
#ifndef CLIENT_SCREEN_PROPOSAL_H
#define CLIENT_SCREEN_PROPOSAL_H

#include "client/client.h"
#include "stafett/v1/referral.pb-c.h"

/* What waits on the referral, or else on its chain; NULL: nothing. */
const Stafett__V1__Proposal *proposal_of(
	const Stafett__V1__Referral *referral, const Stafett__V1__Chain *chain);
/* "void (sent-by-mistake), proposed by Maria Nilsson Sun 22 Nov 10:12". */
char *proposal_text(struct client *client, const Stafett__V1__Proposal *proposal);
/* "another member of your unit confirms it or drops it". */
const char *proposal_who(struct client *client, const Stafett__V1__Proposal *proposal);
/* Adds the commands that answer it, those that this member may use: none, or two. */
void proposal_commands(struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain, const char **ret_confirm, const char **ret_drop);
/* What is so once it is confirmed, of a merge both chains, and why it was proposed: on
 * stderr, for whoever is about to confirm it. */
void proposal_show(struct client *client, const Stafett__V1__Proposal *proposal,
	const Stafett__V1__Chain *chain);

#endif
