/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of `stafett triage`, and what its keys ask before they act: everything that
 * an act needs, below the card, one line each. "?" lists the codes; an empty answer
 * without a default leaves all as it was.
 */
#ifndef CLIENT_TRIAGE_H
#define CLIENT_TRIAGE_H

#include "client/asking.h"
#include "client/screen/page.h"
#include "client/triage_act.h"

#define TRIAGE_KEY(id, ...) TRIAGE_KEY_##id,
enum triage_key_id {
#include "stafett/tbl/triage.def"
	TRIAGE_KEY_COUNT,
};

struct triage {
	struct client *client;
	struct asking asking; /* the terminal */
	const Stafett__V1__InboxItem **items;
	bool *is_done; /* of each item: this user has seen to it */
	size_t count, at, n_done;
	struct triage_item on; /* the one at |at|, as it was read */
	struct page page;      /* its card */
	size_t rows;	       /* of the card that are on the screen */
	const char *said;      /* the last outcome, or NULL */
	bool only_new, is_over;
	bool is_left; /* an act was given up before it began */
	/* The last answers, which are the next defaults. */
	const char *responsible, *contact_by;
};

/* Each asks and acts; 0 or an exit code. Where the user gave up |is_left| is set. */
int triage_ask_acknowledge(struct triage *triage) WARN_UNUSED;
int triage_ask_accept(struct triage *triage) WARN_UNUSED;
int triage_ask_question(struct triage *triage) WARN_UNUSED;
int triage_ask_forward(struct triage *triage) WARN_UNUSED;
int triage_ask_reject(struct triage *triage) WARN_UNUSED;
int triage_ask_take(struct triage *triage) WARN_UNUSED;

#endif
