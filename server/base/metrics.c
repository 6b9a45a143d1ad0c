/* SPDX-License-Identifier: Apache-2.0 */
/* See metrics.h. Row 0 is the master's, and holds what those who ended have left. */
#include "base/metrics.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

enum { METRICS_CACHE_LINE = 64 };

struct metrics {
	/* Rows do not share a cache line. */
	_Alignas(METRICS_CACHE_LINE) _Atomic uint64_t values[METRICS];
	_Atomic uint64_t beats;
};

struct metrics_table {
	size_t n_rows;
	struct metrics *rows; /* shared */
	bool *taken;	      /* the master's knowledge */
};

enum metrics_kind { METRICS_COUNTER, METRICS_GAUGE, METRICS_AGE };

#define COUNTER				METRICS_COUNTER
#define GAUGE				METRICS_GAUGE
#define AGE				METRICS_AGE
#define FAMILY(name, kind, label, help) enum { METRICS_KIND_##name = kind };
#define METRIC(family, id, value, what)
#include "stafett/tbl/metrics.def"
#undef FAMILY
#undef METRIC

static const uint8_t metrics_kinds[METRICS] = {
#define FAMILY(name, kind, label, help)
#define METRIC(family, id, value, what) METRICS_KIND_##family,
#include "stafett/tbl/metrics.def"
#undef FAMILY
#undef METRIC
};
#undef COUNTER
#undef GAUGE
#undef AGE

static uint64_t metrics_get(const struct metrics *m, enum metric which)
{
	return atomic_load_explicit(&m->values[which], memory_order_relaxed);
}

void metrics_set(struct metrics *m, enum metric which, uint64_t value)
{
	if (m)
		atomic_store_explicit(&m->values[which], value, memory_order_relaxed);
}

/* One writer: no need for an addition that nobody can come between. */
void metrics_add(struct metrics *m, enum metric which, uint64_t n)
{
	if (m)
		metrics_set(m, which, metrics_get(m, which) + n);
}

/* Of a clock that all processes have in common, and nobody sets. */
static uint64_t metrics_now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

void metrics_renew(struct metrics *m, enum metric which)
{
	metrics_set(m, which, metrics_now_s());
}

uint64_t metrics_beats(const struct metrics *m)
{
	return atomic_load_explicit(&m->beats, memory_order_relaxed);
}

void metrics_beat(struct metrics *m)
{
	if (m)
		atomic_store_explicit(&m->beats, metrics_beats(m) + 1, memory_order_relaxed);
}

int metrics_table_new(size_t rows, struct metrics_table **ret_table)
{
	struct metrics_table *table = calloc(1, sizeof(*table));
	bool *taken = calloc(rows + 1, sizeof(*taken));
	void *memory = mmap(NULL, (rows + 1) * sizeof(struct metrics), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!table || !taken || memory == MAP_FAILED) {
		if (memory != MAP_FAILED)
			munmap(memory, (rows + 1) * sizeof(struct metrics));
		free(taken);
		free(table);
		return -ENOMEM;
	}
	*table = (struct metrics_table){.n_rows = rows + 1, .rows = memory, .taken = taken};
	taken[0] = true;
	for (int i = 0; i < METRICS; i++)
		if (metrics_kinds[i] == METRICS_AGE)
			metrics_renew(memory, i);
	*ret_table = table;
	return 0;
}

struct metrics_table *metrics_table_free(struct metrics_table *table)
{
	if (!table)
		return NULL;
	munmap(table->rows, table->n_rows * sizeof(struct metrics));
	free(table->taken);
	free(table);
	return NULL;
}

struct metrics *metrics_table_own(struct metrics_table *table)
{
	return &table->rows[0];
}

struct metrics *metrics_table_take(struct metrics_table *table)
{
	for (size_t i = 1; i < table->n_rows; i++) {
		if (table->taken[i])
			continue;
		table->taken[i] = true;
		return &table->rows[i];
	}
	return NULL;
}

struct metrics *metrics_table_give_back(struct metrics_table *table, struct metrics *m)
{
	struct metrics *own = metrics_table_own(table);

	if (!m)
		return NULL;
	for (int i = 0; i < METRICS; i++) {
		if (metrics_kinds[i] == METRICS_COUNTER)
			metrics_add(own, i, metrics_get(m, i));
		else if (metrics_kinds[i] == METRICS_AGE && metrics_get(m, i) > metrics_get(own, i))
			metrics_set(own, i, metrics_get(m, i));
		metrics_set(m, i, 0);
	}
	table->taken[m - table->rows] = false;
	return NULL;
}

uint64_t metrics_table_least_other(const struct metrics_table *table, const struct metrics *m,
	enum metric which, enum metric where)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < table->n_rows; i++) {
		const struct metrics *row = &table->rows[i];

		if (row != m && metrics_get(row, where) && metrics_get(row, which) < least)
			least = metrics_get(row, which);
	}
	return least;
}

static uint64_t metrics_table_age(const struct metrics_table *table, enum metric which)
{
	uint64_t last = 0;

	for (size_t i = 0; i < table->n_rows; i++)
		if (metrics_get(&table->rows[i], which) > last)
			last = metrics_get(&table->rows[i], which);
	return metrics_now_s() - last;
}

uint64_t metrics_table_sum(const struct metrics_table *table, enum metric which)
{
	uint64_t sum = 0;

	if (metrics_kinds[which] == METRICS_AGE)
		return metrics_table_age(table, which);
	for (size_t i = 0; i < table->n_rows; i++)
		sum += metrics_get(&table->rows[i], which);
	return sum;
}
