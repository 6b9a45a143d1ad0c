/* SPDX-License-Identifier: Apache-2.0 */
/* See guard.h. */
#include "net/guard.h"

#include "net/now.h"
#include "stafett/caps.h"

enum {
	/* A peer answers one DATA frame with two window updates and a ping. */
	GUARD_CREDIT_PER_ANSWER = 4,
	GUARD_CREDIT_PER_S = CAP_CONTROL_FRAMES / 4,
	/* The network may bring two pings closer together than they were sent. */
	GUARD_PING_SLACK_MS = CAP_PING_INTERVAL_MS / 10,
	GUARD_RESETS_S = 10,
	GUARD_KEY_UPDATES_S = 60,
};

void guard_init(struct guard *guard, int64_t now_ns)
{
	*guard = (struct guard){
		.credit = CAP_CONTROL_FRAMES,
		.refilled_ns = now_ns,
		.pinged_ns = INT64_MIN,
		.resets.since_ns = now_ns,
		.key_updates.since_ns = now_ns,
	};
}

static void guard_give(struct guard *guard, int64_t frames)
{
	int64_t credit = guard->credit + frames;

	guard->credit = credit < CAP_CONTROL_FRAMES ? (int)credit : CAP_CONTROL_FRAMES;
}

bool guard_take_frame(struct guard *guard, int64_t now_ns)
{
	int64_t seconds = (now_ns - guard->refilled_ns) / NOW_NS_PER_S;

	if (seconds > 0) {
		guard_give(guard, seconds * GUARD_CREDIT_PER_S);
		guard->refilled_ns += seconds * NOW_NS_PER_S;
	}
	if (guard->credit == 0)
		return false;
	guard->credit--;
	return true;
}

bool guard_take_ping(struct guard *guard, int64_t now_ns)
{
	const int64_t interval = (CAP_PING_INTERVAL_MS - GUARD_PING_SLACK_MS) * NOW_NS_PER_MS;
	bool early = guard->pinged_ns != INT64_MIN && now_ns - guard->pinged_ns < interval;

	guard->pinged_ns = now_ns;
	if (early)
		guard->strikes++;
	return guard->strikes <= CAP_PING_STRIKES;
}

/* Counts one more in the window of |seconds|; false when it is over |cap|. */
static bool guard_count(struct guard_window *window, int64_t now_ns, int seconds, int cap)
{
	if (now_ns - window->since_ns >= seconds * NOW_NS_PER_S)
		*window = (struct guard_window){.since_ns = now_ns};
	window->count++;
	return window->count <= cap;
}

bool guard_take_reset(struct guard *guard, int64_t now_ns)
{
	return guard_count(&guard->resets, now_ns, GUARD_RESETS_S, CAP_RESETS_SENT);
}

bool guard_take_key_update(struct guard *guard, int64_t now_ns)
{
	return guard_count(&guard->key_updates, now_ns, GUARD_KEY_UPDATES_S, CAP_KEY_UPDATES);
}

void guard_give_answer(struct guard *guard)
{
	guard_give(guard, GUARD_CREDIT_PER_ANSWER);
	guard->strikes = 0;
	guard->pinged_ns = INT64_MIN;
}

void guard_give_message(struct guard *guard)
{
	guard_give(guard, 1);
}
