/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `stafett triage` does to one item of the inbox, as it was just read. Each act
 * is one write through the outbox, on the version that was seen: of two people who
 * act on the same at once the server lets one, and the other hears who that was.
 *
 * All give 0 and what to tell the user in |ret_said|, or an exit code.
 */
#ifndef CLIENT_TRIAGE_ACT_H
#define CLIENT_TRIAGE_ACT_H

#include "client/acting.h"
#include "stafett/v1/inbox_service.pb-c.h"

struct triage_item {
	const Stafett__V1__InboxItem *item;
	const Stafett__V1__GetResponse *seen; /* has a referral and a chain */
};

int triage_act_acknowledge(
	struct client *client, const struct triage_item *on, const char **ret_said) WARN_UNUSED;
/* An act of the tables (client/acts.h) with its inputs, on |acting->seen|. */
int triage_act_do(struct acting *acting, const char **ret_said) WARN_UNUSED;
/* Makes the user the one who sees to it, if nobody is yet. */
int triage_act_take(
	struct client *client, const struct triage_item *on, const char **ret_said) WARN_UNUSED;

/* The referral as it stands, with its texts; what is read is recorded. */
int triage_act_read(struct client *client, const char *referral,
	const Stafett__V1__GetResponse **ret_seen) WARN_UNUSED;
/* Who changed it last, as a sentence; for when somebody was first. */
const char *triage_act_who_was_first(struct client *client, const struct triage_item *on);

#endif
