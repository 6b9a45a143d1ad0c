/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one peer may cost without doing any work: frames that move nothing
 * forward, pings, streams that must be reset for its errors, new keys for TLS.
 * Pure arithmetic; the caller brings the time (monotonic nanoseconds) and ends
 * the connection when a function says false.
 *
 * Honest clients send control frames too: a window update for each piece of an
 * answer, a ping to measure the line after receiving data. So every frame of an
 * answer gives credit back and forgives the pings before it.
 */
#ifndef NET_GUARD_H
#define NET_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "stafett/base.h"

/* How often something happened since the window opened. */
struct guard_window {
	int64_t since_ns;
	int count;
};

enum { GUARD_FRAME_HEADER_BYTES = 9 };

/* Where in the peer's bytes the next frame begins. */
struct guard_scan {
	size_t skip; /* bytes until then */
	uint8_t header[GUARD_FRAME_HEADER_BYTES];
	size_t header_len;
};

struct guard {
	struct guard_scan scan;
	int credit; /* frames; at most CAP_CONTROL_FRAMES */
	int64_t refilled_ns;
	int strikes; /* pings that came too early; at most CAP_PING_STRIKES */
	int64_t pinged_ns;
	struct guard_window resets, key_updates;
	int cancels; /* that the peer may still make; at most CAP_RESETS */
	int64_t cancels_refilled_ns;
	int bad_calls; /* points of blame that the peer may still get; at most CAP_BAD_CALLS */
	int64_t bad_calls_refilled_ns;
};

void guard_init(struct guard *guard, int64_t now_ns);
/* Bytes of the HTTP/2 connection, from its preface on, before they are parsed:
 * nghttp2 does not tell of every frame that it reads. Takes a frame of credit for
 * each that moves no call forward. */
bool guard_take_input(struct guard *guard, struct bytes input, int64_t now_ns);
/* A ping came; it is a frame besides (gRFC A8). */
bool guard_take_ping(struct guard *guard, int64_t now_ns);
/* The peer has taken back a call. */
bool guard_take_cancel(struct guard *guard, int64_t now_ns);
/* The peer has made a call that deserves |blame|, see call_blame, and has brought a
 * message of so many bytes. */
bool guard_take_bad_call(struct guard *guard, int blame, size_t bytes, int64_t now_ns);
/* We had to reset a stream for an error of the peer's. */
bool guard_take_reset(struct guard *guard, int64_t now_ns);
/* The peer changed its TLS keys. */
bool guard_take_key_update(struct guard *guard, int64_t now_ns);
/* A HEADERS or DATA frame of an answer has left. */
void guard_give_answer(struct guard *guard);
/* A whole message of a client's stream was delivered: as good as one frame. */
void guard_give_message(struct guard *guard);

#endif
