/* SPDX-License-Identifier: Apache-2.0 */
/* Jittered exponential back-off: see the header. */
#include "client/net/backoff.h"

#include "client/net/clock.h"

enum { BACKOFF_FIRST_MS = 200, BACKOFF_LAST_MS = 5000, BACKOFF_DOUBLINGS = 5 };

int64_t backoff_ns(unsigned tries, uint32_t chance)
{
	unsigned doublings = tries - 1 < BACKOFF_DOUBLINGS ? tries - 1 : BACKOFF_DOUBLINGS;
	int64_t most_ms = (int64_t)BACKOFF_FIRST_MS << doublings;

	if (most_ms > BACKOFF_LAST_MS)
		most_ms = BACKOFF_LAST_MS;
	return (most_ms / 2) * CLOCK_NS_PER_MS +
	       (int64_t)chance * ((most_ms / 2) * CLOCK_NS_PER_MS / UINT32_MAX);
}
