/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When to try again what keeps failing: at once after a long good run, then
 * after 100 ms, twice that, and so on to 30 seconds. Times are nanoseconds of
 * CLOCK_MONOTONIC and come as arguments.
 */
#ifndef PROCESS_BACKOFF_H
#define PROCESS_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_NS   (100 * INT64_C(1000000))
#define BACKOFF_LONGEST_NS (30 * INT64_C(1000000000))
/* A run of this length is a good one: what failed after it is a new fault. */
#define BACKOFF_GOOD_RUN_NS (60 * INT64_C(1000000000))
/* As many failures as count at most of what was before it was ready. */
enum { BACKOFF_READY_FAILURES = 2 };

struct backoff {
	int failures; /* in a row, none of them after a good run */
};

/* Notes a failure at |now_ns| of what had been running since |start_ns|; gives
 * the time at which it may be started again. */
int64_t backoff_after_failure(struct backoff *backoff, int64_t start_ns, int64_t now_ns);

/* It has begun its work. Should it fail now, its peers are hurt by the wait more than
 * the machine is by the restart: the delays go on from the second again. */
void backoff_note_ready(struct backoff *backoff);

/* The monotonic clock, for those who call the function above. */
int64_t backoff_now_ns(void);

#endif
