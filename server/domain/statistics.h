/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the figures about persons may be told. A figure of one to four persons is not,
 * and where it would follow from a sum, others beside it are not told either.
 *
 * The figures of a quarter are a tree: all; of it the municipalities; of each of them,
 * twice, the needs and the pairs of units; and of those whom help reached too late, all
 * the reasons. Only a sum and its parts are ever told together, so each such family is
 * hidden by itself. A rolling year is told where its four quarters are: it adds nothing
 * to what they say, and so nothing follows from two years that overlap.
 *
 * How long persons waited says who of them waited too long: of five whose median is ten
 * days, three did not. So times are told where the number of those is, and nowhere else;
 * and of few, nine of ten would be all but one: the longest time, of one person.
 *
 * What is hidden besides is chosen by its name, never by its figure: whoever knows
 * how it was chosen learns nothing from it. Pure.
 */
#ifndef DOMAIN_STATISTICS_H
#define DOMAIN_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/* Below these a figure is about few, and the time of nine of ten about one. */
enum { STATISTICS_FEW = 5, STATISTICS_FEW_OF_TEN = 10 };

enum statistics_level {
	STATISTICS_ALL,
	STATISTICS_MUNICIPALITY,
	STATISTICS_NEED,
	STATISTICS_PAIR,
	STATISTICS_REASON, /* of all that were too late */
};

/* The quarters of the year that ends with the last of them, then that year. */
enum { STATISTICS_QUARTERS = 4, STATISTICS_YEAR = STATISTICS_QUARTERS, STATISTICS_PERIODS };

enum statistics_mark {
	STATISTICS_SHOWN,
	STATISTICS_IS_FEW,
	STATISTICS_HIDDEN, /* because another would follow from it */
};

/* A number of persons. Where it is hidden it lies, for all that others can know,
 * between |low| and |high|. */
struct statistics_figure {
	long value, low, high;
	enum statistics_mark mark;
	bool is_secret; /* hidden for its own sake */
};

enum statistics_what { STATISTICS_PERSONS, STATISTICS_LATE, STATISTICS_FIGURES };

/* One row. The texts are borrowed, "" where the level has none; a reason stands in |need|. */
struct statistics_row {
	enum statistics_level level;
	int period;
	const char *municipality, *need, *from, *to;
	struct statistics_figure figures[STATISTICS_FIGURES];
	bool is_withheld; /* it is not told that there is such a row */
};

/* Decides about all rows, whose values are set: of four quarters and their year, each
 * once, in the order of level, period and texts (strcmp). */
void statistics_hide(struct statistics_row *rows, size_t n);

/* What is told of a time: nothing, its median, its p90 too. */
enum statistics_time { STATISTICS_NO_TIME, STATISTICS_MEDIAN, STATISTICS_P90 };
/* The same of one that |persons| of a row have, which is decided about. */
enum statistics_time statistics_tell_time(const struct statistics_row *row, long persons);

#endif
