/* SPDX-License-Identifier: Apache-2.0 */
/* See guard.h. */
#include "net/guard.h"

#include "net/now.h"
#include "stafett/caps.h"

enum {
	/* A peer answers one DATA frame with two window updates and a ping. */
	GUARD_CREDIT_PER_ANSWER = 4,
	/* The network may bring two pings closer together than they were sent. */
	GUARD_PING_SLACK_MS = CAP_PING_INTERVAL_MS / 10,
	GUARD_RESETS_S = 10,
	GUARD_KEY_UPDATES_S = 60,
	GUARD_PREFACE_BYTES = 24,
	/* A DATA frame with less than this is no better than a control frame. */
	GUARD_USEFUL_DATA_BYTES = 64,
};

/* Frame types of RFC 9113 that this file must know. */
enum { GUARD_DATA = 0, GUARD_HEADERS = 1, GUARD_RST_STREAM = 3, GUARD_CONTINUATION = 9 };

void guard_init(struct guard *guard, int64_t now_ns)
{
	*guard = (struct guard){
		.scan.skip = GUARD_PREFACE_BYTES,
		.credit = CAP_CONTROL_FRAMES,
		.refilled_ns = now_ns,
		.pinged_ns = INT64_MIN,
		.resets.since_ns = now_ns,
		.key_updates.since_ns = now_ns,
		.cancels = CAP_RESETS,
		.cancels_refilled_ns = now_ns,
		.bad_calls = CAP_BAD_CALLS,
		.bad_calls_refilled_ns = now_ns,
	};
}

static void guard_give(struct guard *guard, int64_t frames)
{
	int64_t credit = guard->credit + frames;

	guard->credit = credit < CAP_CONTROL_FRAMES ? (int)credit : CAP_CONTROL_FRAMES;
}

/* Takes the credit of one frame that moves no call forward. */
static bool guard_take_frame(struct guard *guard, int64_t now_ns)
{
	int64_t seconds = (now_ns - guard->refilled_ns) / NOW_NS_PER_S;

	if (seconds > 0) {
		guard_give(guard, seconds * CAP_CONTROL_FRAMES_S);
		guard->refilled_ns += seconds * NOW_NS_PER_S;
	}
	if (guard->credit == 0)
		return false;
	guard->credit--;
	return true;
}

/* Whether a frame moves no call forward. Requests are paid for by their answers;
 * resets and continuations are counted elsewhere. */
static bool guard_is_idle(uint8_t type, size_t length)
{
	switch (type) {
	case GUARD_HEADERS:
	case GUARD_RST_STREAM:
	case GUARD_CONTINUATION:
		return false;
	case GUARD_DATA:
		return length < GUARD_USEFUL_DATA_BYTES;
	default:
		return true;
	}
}

/* Moves up to |want| bytes off the front of |input|; |to| may be NULL. */
static size_t guard_move(struct bytes *input, uint8_t *to, size_t want)
{
	size_t n = input->len < want ? input->len : want;

	if (to)
		memcpy(to, input->data, n);
	*input = bytes_of(input->data + n, input->len - n);
	return n;
}

bool guard_take_input(struct guard *guard, struct bytes input, int64_t now_ns)
{
	struct guard_scan *scan = &guard->scan;
	const uint8_t *header = scan->header;

	while (input.len > 0) {
		if (scan->skip > 0) {
			scan->skip -= guard_move(&input, NULL, scan->skip);
			continue;
		}
		scan->header_len += guard_move(&input, scan->header + scan->header_len,
			GUARD_FRAME_HEADER_BYTES - scan->header_len);
		if (scan->header_len < GUARD_FRAME_HEADER_BYTES)
			break;
		scan->header_len = 0;
		scan->skip = (size_t)header[0] << 16 | (size_t)header[1] << 8 | header[2];
		if (guard_is_idle(header[3], scan->skip) && !guard_take_frame(guard, now_ns))
			return false;
	}
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

/* Takes |n| of |*left|, of which |a_second| come back, up to |cap|. */
static bool guard_spend(
	int *left, int64_t *refilled_ns, int n, int64_t now_ns, int a_second, int cap)
{
	int64_t seconds = (now_ns - *refilled_ns) / NOW_NS_PER_S;
	int64_t now_left = *left + seconds * a_second;

	*refilled_ns += seconds * NOW_NS_PER_S;
	*left = now_left < cap ? (int)now_left : cap;
	if (*left < n)
		return false;
	*left -= n;
	return true;
}

bool guard_take_cancel(struct guard *guard, int64_t now_ns)
{
	return guard_spend(
		&guard->cancels, &guard->cancels_refilled_ns, 1, now_ns, CAP_RESETS_S, CAP_RESETS);
}

bool guard_take_bad_call(struct guard *guard, int blame, size_t bytes, int64_t now_ns)
{
	int points = blame + (int)(bytes / CAP_BAD_CALL_BYTES);

	return guard_spend(&guard->bad_calls, &guard->bad_calls_refilled_ns, points, now_ns,
		CAP_BAD_CALLS_S, CAP_BAD_CALLS);
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
