/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a person who is sent anew has an open chain already. It is looked for in what
 * this profile has opened (known.h), and at a terminal in the unit's open list as well;
 * the number itself is asked of nobody, and never shown.
 */
#ifndef CLIENT_SAME_H
#define CLIENT_SAME_H

#include "client/asking.h"
#include "client/client.h"
#include "stafett/v1/referral_service.pb-c.h"

struct same {
	const Stafett__V1__GetResponse *seen; /* NULL: there is none that we know of */
	bool is_at_unit; /* it is asked of the very unit that is to be asked now */
};

/* An open chain of the number, rather one with an open referral to the unit |to|. */
void same_find(
	struct client *client, const char *identifier, const char *to, struct same *ret_same);
/* Says so on standard error. */
void same_tell(struct client *client, const struct same *same);

/* What the user rather does: begins a second chain, goes on in that one, or nothing. */
enum same_choice { SAME_ANEW, SAME_IN_CHAIN, SAME_NOTHING };
/* |is_chosen|: where it goes is decided, and only whether it goes is asked. */
enum same_choice same_ask(struct asking *asking, const struct same *same, bool is_chosen);
/* The problem of who sends or registers nothing for that. */
int same_leave(struct client *client, const struct same *same, enum problem_id problem);

#endif
