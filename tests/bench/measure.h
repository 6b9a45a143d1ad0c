/* SPDX-License-Identifier: Apache-2.0 */
/* What the bench programs share: a clock, and latencies with their quantiles. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS 1000000
#define NS_PER_US 1000

int64_t measure_now_ns(clockid_t clock);

struct latencies {
	uint32_t *us;
	size_t n, room;
};

/* Ends the program where memory runs out. */
void latencies_add(struct latencies *l, int64_t ns);
/* Prints what was measured as the inside of a JSON object; sorts. */
void latencies_print(struct latencies *l);
void latencies_fini(struct latencies *l);

#endif
