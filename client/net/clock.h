/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock that deadlines are measured on: monotonic, in nanoseconds. It says
 * nothing about the time of day.
 */
#ifndef CLIENT_NET_CLOCK_H
#define CLIENT_NET_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_NS_PER_S	((int64_t)1000000000)
#define CLOCK_NS_PER_MS ((int64_t)1000000)

static inline int64_t clock_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * CLOCK_NS_PER_S + now.tv_nsec;
}

/* Milliseconds until |deadline_ns| for poll: rounded up, 0 when it has passed. */
static inline int clock_poll_ms(int64_t deadline_ns)
{
	int64_t left_ns = deadline_ns - clock_now_ns();
	int64_t left_ms = (left_ns + CLOCK_NS_PER_MS - 1) / CLOCK_NS_PER_MS;

	if (left_ns <= 0)
		return 0;
	return left_ms > INT32_MAX ? INT32_MAX : (int)left_ms;
}

#endif
