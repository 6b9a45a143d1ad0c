/* SPDX-License-Identifier: Apache-2.0 */
/* A class is the first two letters. */
#include "store/sqlstate.h"

static bool begins(const char *state, const char *with)
{
	return state && strncmp(state, with, strlen(with)) == 0;
}

enum reason sqlstate_reason(const char *state)
{
	if (begins(state, "53")) /* disk full, out of memory, too many connections */
		return REASON_DATABASE_FULL;
	if (begins(state, "40") || begins(state, "55")) /* deadlock, lock timeout */
		return REASON_OVERLOADED;
	if (begins(state, "57") || begins(state, "25"))
		return REASON_DATABASE_AWAY;
	return REASON_SERVER_FAULT;
}

bool sqlstate_ends_connection(const char *state)
{
	return begins(state, "57P") || begins(state, "25");
}

bool sqlstate_is_taken(const char *state)
{
	return begins(state, "23505");
}
