/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock of this floor: CLOCK_MONOTONIC in nanoseconds, for deadlines and
 * rates. What day it is, nobody here asks.
 */
#ifndef NET_NOW_H
#define NET_NOW_H

#include <stdint.h>
#include <time.h>

#define NOW_NS_PER_MS INT64_C(1000000)
#define NOW_NS_PER_S  INT64_C(1000000000)

static inline int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NOW_NS_PER_S + t.tv_nsec;
}

#endif
