/* SPDX-License-Identifier: Apache-2.0 */
/* Who takes over when the person comes home: a referral of the kind aftercare, in
 * the same chain. */
#ifndef CLIENT_AFTERCARE_H
#define CLIENT_AFTERCARE_H

#include "client/acting.h"

struct aftercare {
	const char *unit;  /* that is asked to take over */
	const char *basis; /* of what it is told; NULL: as in the referral itself */
	struct bytes text;
};

/* Finds the open one that this unit has sent to |want->unit|, or sends one, with the
 * card and needs of the referral that |acting| is about. |ret_is_new|: it was sent. */
int aftercare_get(struct acting *acting, const struct aftercare *want, char **ret_id,
	bool *ret_is_new) WARN_UNUSED;

#endif
