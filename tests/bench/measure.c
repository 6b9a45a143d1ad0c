/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>

enum { LATENCIES_FIRST_ROOM = 65536 };

int64_t measure_now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

void latencies_add(struct latencies *l, int64_t ns)
{
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : LATENCIES_FIRST_ROOM;
		l->us = realloc(l->us, l->room * sizeof(*l->us));
		if (!l->us)
			abort();
	}
	l->us[l->n++] = (uint32_t)(ns / NS_PER_US);
}

static int latencies_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t latencies_quantile(const struct latencies *l, double q)
{
	return l->n ? l->us[(size_t)(q * (double)(l->n - 1))] : 0;
}

void latencies_print(struct latencies *l)
{
	if (l->n)
		qsort(l->us, l->n, sizeof(*l->us), latencies_compare);
	printf("\"p50_us\": %u, \"p99_us\": %u, \"p999_us\": %u", latencies_quantile(l, 0.5),
		latencies_quantile(l, 0.99), latencies_quantile(l, 0.999));
}

void latencies_fini(struct latencies *l)
{
	free(l->us);
	*l = (struct latencies){0};
}
