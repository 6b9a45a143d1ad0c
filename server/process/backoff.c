/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The delays double with each failure in a row. The first restart waits for
 * nothing: a single crash should not be seen from outside.
 */
#include "process/backoff.h"

#include <time.h>

int64_t backoff_after_failure(struct backoff *backoff, int64_t start_ns, int64_t now_ns)
{
	int64_t delay = BACKOFF_FIRST_NS;

	if (now_ns - start_ns >= BACKOFF_GOOD_RUN_NS)
		backoff->failures = 0;
	backoff->failures++;
	if (backoff->failures == 1)
		return now_ns;
	for (int i = 2; i < backoff->failures && delay < BACKOFF_LONGEST_NS; i++)
		delay *= 2;
	return now_ns + (delay < BACKOFF_LONGEST_NS ? delay : BACKOFF_LONGEST_NS);
}

void backoff_note_ready(struct backoff *backoff)
{
	if (backoff->failures > BACKOFF_READY_FAILURES)
		backoff->failures = BACKOFF_READY_FAILURES;
}

int64_t backoff_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
