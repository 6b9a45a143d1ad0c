/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A referral as it was: its state is the fold of its events, so it can be told for
 * any moment from those that were recorded by then. What no event tells (whose turn
 * it was, what was allowed) is left out.
 */
#ifndef CLIENT_REPLAY_H
#define CLIENT_REPLAY_H

#include <stdbool.h>

#include "base/arena.h"
#include "stafett/v1/referral_service.pb-c.h"

/* |response| as of |us|, in the arena; its events are those of the whole chain. NULL
 * where the referral did not exist yet. */
const Stafett__V1__GetResponse *replay_at(
	struct arena *arena, const Stafett__V1__GetResponse *response, int64_t us);

#endif
