/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters: one row a process, in memory that the master and its children
 * share. A row has one writer, so that nothing is ever locked; whoever reads the
 * sum sees each number a moment old at most.
 *
 * A process gets its row handed down as it gets its sockets. NULL is a row too:
 * what is counted there is forgotten, which is what tests and tools want.
 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stdint.h>

#include "stafett/base.h"

#define FAMILY(name, kind, label, help)
#define METRIC(family, id, value, what) METRIC_##id,
enum metric {
#include "stafett/tbl/metrics.def"
	METRICS,
};
#undef FAMILY
#undef METRIC

/* One process's row. */
struct metrics;
/* All rows. */
struct metrics_table;

/* Adds |n| to a counter of |m|, which may be NULL. */
void metrics_add(struct metrics *m, enum metric which, uint64_t n);
/* Says what a gauge is now; |m| may be NULL. */
void metrics_set(struct metrics *m, enum metric which, uint64_t value);

/* Says that what an age counts from is now; |m| may be NULL. */
void metrics_renew(struct metrics *m, enum metric which);

/* Says that the process lives; |m| may be NULL. */
void metrics_beat(struct metrics *m);
/* How often it has said so. */
uint64_t metrics_beats(const struct metrics *m);

/* Room for |rows| processes besides the master. Shared with the children that are
 * forked afterwards. 0 or -errno. */
int metrics_table_new(size_t rows, struct metrics_table **ret_table) WARN_UNUSED;
/* Accepts NULL; returns NULL. Children keep what they have of it. */
struct metrics_table *metrics_table_free(struct metrics_table *table);
/* The master's own row. */
struct metrics *metrics_table_own(struct metrics_table *table);
/* A row for a new child, all zero; NULL when all are taken. */
struct metrics *metrics_table_take(struct metrics_table *table);
/* The child that had |m| has ended: its counters and ages go to the master's row,
 * its gauges are over, and the row may be taken again. Accepts NULL; returns NULL. */
struct metrics *metrics_table_give_back(struct metrics_table *table, struct metrics *m);
/* The least value of |which| in a row other than |m| in which |where| is not 0;
 * UINT64_MAX where there is none. */
uint64_t metrics_table_least_other(const struct metrics_table *table, const struct metrics *m,
	enum metric which, enum metric where);
/* A number over all rows: their sum; the seconds of an age. */
uint64_t metrics_table_sum(const struct metrics_table *table, enum metric which);

#endif
