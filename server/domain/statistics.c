/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/statistics.h"

#include <stdlib.h>
#include <string.h>

/* A hidden figure may be so many different numbers, at least; and no figure is more. */
enum { STATISTICS_SPREAD = 3, STATISTICS_MOST = 1000000000 };

/* A sum's parts: rows of one level and period, of one municipality where it is one's. */
struct family {
	struct statistics_row *rows;
	size_t n;
	enum statistics_what what;
};

struct table {
	struct statistics_row *rows;
	size_t n;
};

/* --- finding ---------------------------------------------------------------------- */

static int row_compare(const void *one, const void *other)
{
	const struct statistics_row *a = one, *b = other;
	int order = (int)a->level - (int)b->level;

	if (!order)
		order = a->period - b->period;
	if (!order)
		order = strcmp(a->municipality, b->municipality);
	if (!order)
		order = strcmp(a->need, b->need);
	if (!order)
		order = strcmp(a->from, b->from);
	return order ? order : strcmp(a->to, b->to);
}

static struct statistics_row *table_find(const struct table *t, const struct statistics_row *like)
{
	return bsearch(like, t->rows, t->n, sizeof(*t->rows), row_compare);
}

/* What |row| is a part of; NULL: of nothing that is there. */
static struct statistics_row *table_parent(const struct table *t, const struct statistics_row *row)
{
	bool of_all = row->level == STATISTICS_MUNICIPALITY || row->level == STATISTICS_REASON;
	const struct statistics_row parent = {
		.level = of_all ? STATISTICS_ALL : STATISTICS_MUNICIPALITY,
		.period = row->period,
		.municipality = of_all ? "" : row->municipality,
		.need = "",
		.from = "",
		.to = "",
	};

	return row->level == STATISTICS_ALL ? NULL : table_find(t, &parent);
}

static bool rows_are_family(const struct statistics_row *a, const struct statistics_row *b)
{
	return a->level == b->level && a->period == b->period &&
	       (a->level == STATISTICS_MUNICIPALITY ||
		       strcmp(a->municipality, b->municipality) == 0);
}

/* --- one family ----------------------------------------------------------------------- */

static struct statistics_figure *family_figure(const struct family *f, size_t i)
{
	return &f->rows[i].figures[f->what];
}

/* Whether every secret figure may still be several numbers, for whoever knows the sum
 * of what is hidden and how far each may reach. Nobody is told of by none. */
static bool family_is_safe(const struct family *f)
{
	long sum = 0, low = 0, high = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct statistics_figure *x = family_figure(f, i);

		if (x->mark == STATISTICS_SHOWN)
			continue;
		sum += x->value;
		low += x->low;
		high += x->high;
	}
	for (size_t i = 0; sum && i < f->n; i++) {
		const struct statistics_figure *x = family_figure(f, i);
		long least = sum - (high - x->high), most = sum - (low - x->low);

		if (x->mark == STATISTICS_SHOWN || !x->is_secret)
			continue;
		least = least > x->low ? least : x->low;
		most = most < x->high ? most : x->high;
		if (most - least + 1 < STATISTICS_SPREAD)
			return false;
	}
	return true;
}

static bool row_can_cover(const struct statistics_row *row, enum statistics_what what)
{
	const struct statistics_figure *persons = &row->figures[STATISTICS_PERSONS];
	const struct statistics_figure *x = &row->figures[what];

	if (x->mark != STATISTICS_SHOWN || x->value < STATISTICS_FEW)
		return false;
	return what == STATISTICS_PERSONS || persons->value - x->value >= STATISTICS_FEW;
}

static void row_cover(struct statistics_row *row, enum statistics_what what)
{
	struct statistics_figure *x = &row->figures[what];

	x->mark = STATISTICS_HIDDEN;
	x->low = STATISTICS_FEW;
	x->high = what == STATISTICS_PERSONS
			  ? STATISTICS_MOST
			  : row->figures[STATISTICS_PERSONS].value - STATISTICS_FEW;
}

/* Hides others until it is safe, the last names first. False: it cannot be. */
static bool family_cover(const struct family *f)
{
	for (size_t i = f->n; !family_is_safe(f); i--) {
		while (i && !row_can_cover(&f->rows[i - 1], f->what))
			i--;
		if (!i)
			return false;
		row_cover(&f->rows[i - 1], f->what);
	}
	return true;
}

static void figure_is_few(struct statistics_figure *x)
{
	*x = (struct statistics_figure){.value = x->value,
		.low = 1,
		.high = STATISTICS_FEW - 1,
		.mark = STATISTICS_IS_FEW,
		.is_secret = true};
}

static bool is_few(long value)
{
	return value > 0 && value < STATISTICS_FEW;
}

static void family_withhold(const struct family *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->rows[i].is_withheld = true;
}

/* |is_told|: the sum is. What is hidden because its part is has no parts to show. */
static void family_hide_persons(const struct family *f, bool is_told)
{
	for (size_t i = 0; i < f->n; i++)
		if (is_few(family_figure(f, i)->value))
			figure_is_few(family_figure(f, i));
	if (!is_told || !family_cover(f))
		family_withhold(f);
}

/* Of whom help reached too late, those whom it reached in time are the rest: where one
 * of the two is few, neither is told. */
static void row_hide_late(struct statistics_row *row)
{
	const struct statistics_figure *persons = &row->figures[STATISTICS_PERSONS];
	struct statistics_figure *late = &row->figures[STATISTICS_LATE];

	if (row->is_withheld || persons->mark != STATISTICS_SHOWN)
		*late = (struct statistics_figure){late->value, 0,
			persons->mark == STATISTICS_IS_FEW ? STATISTICS_FEW - 1 : STATISTICS_MOST,
			STATISTICS_HIDDEN, true};
	else if (is_few(late->value))
		figure_is_few(late);
	else if (is_few(persons->value - late->value))
		*late = (struct statistics_figure){late->value, persons->value - STATISTICS_FEW + 1,
			persons->value - 1, STATISTICS_HIDDEN, true};
}

static void family_hide_late(const struct family *f, bool is_told)
{
	for (size_t i = 0; i < f->n; i++)
		row_hide_late(&f->rows[i]);
	if (is_told && family_cover(f))
		return;
	for (size_t i = 0; i < f->n; i++)
		family_figure(f, i)->mark = STATISTICS_HIDDEN;
}

/* --- the quarters ------------------------------------------------------------------------ */

static bool row_tells(const struct statistics_row *row, enum statistics_what what)
{
	return row && !row->is_withheld && row->figures[what].mark == STATISTICS_SHOWN;
}

static void hide_all(struct statistics_row *row)
{
	if (is_few(row->figures[STATISTICS_PERSONS].value))
		figure_is_few(&row->figures[STATISTICS_PERSONS]);
	row_hide_late(row);
}

static void hide_family(const struct table *t, struct statistics_row *rows, size_t n)
{
	const struct statistics_row *parent = table_parent(t, rows);
	bool of_late = rows->level == STATISTICS_REASON;
	struct family f = {rows, n, STATISTICS_PERSONS};

	if (rows->level == STATISTICS_ALL) {
		hide_all(rows);
		return;
	}
	family_hide_persons(&f, row_tells(parent, of_late ? STATISTICS_LATE : STATISTICS_PERSONS));
	f.what = STATISTICS_LATE;
	if (!of_late)
		family_hide_late(&f, row_tells(parent, STATISTICS_LATE));
}

/* --- the year ----------------------------------------------------------------------------- */

/* The first row that is a part of the same sum as |like|; NULL: there is none. */
static const struct statistics_row *table_family(
	const struct table *t, const struct statistics_row *like)
{
	size_t low = 0, high = t->n;
	struct statistics_row first = *like;

	first.need = first.from = first.to = "";
	if (like->level == STATISTICS_MUNICIPALITY)
		first.municipality = "";
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (row_compare(&t->rows[middle], &first) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->n && rows_are_family(&t->rows[low], like) ? &t->rows[low] : NULL;
}

/* Whether it can be told of a row that is not there that it would be none. */
static bool table_tells_of_none(const struct table *t, const struct statistics_row *like)
{
	const struct statistics_row *family = table_family(t, like);
	const struct statistics_row *parent = table_parent(t, like);
	bool of_late = like->level == STATISTICS_REASON;

	if (like->level == STATISTICS_ALL)
		return true;
	if (family)
		return !family->is_withheld;
	if (parent)
		return row_tells(parent, of_late ? STATISTICS_LATE : STATISTICS_PERSONS);
	return like->level < STATISTICS_NEED ||
	       table_tells_of_none(t, &(struct statistics_row){.level = STATISTICS_MUNICIPALITY,
					      .period = like->period,
					      .municipality = like->municipality,
					      .need = "",
					      .from = "",
					      .to = ""});
}

/* How a row's quarters are told. */
struct quarters {
	int shown, few, none; /* told with a figure, as few, and that it would be none */
};

static struct quarters table_quarters(
	const struct table *t, const struct statistics_row *year, enum statistics_what what)
{
	struct quarters q = {0};

	for (int i = 0; i < STATISTICS_QUARTERS; i++) {
		struct statistics_row like = *year;
		const struct statistics_row *row;

		like.period = i;
		row = table_find(t, &like);
		if (!row)
			q.none += table_tells_of_none(t, &like);
		else if (!row->is_withheld && row->figures[what].mark == STATISTICS_IS_FEW)
			q.few++;
		else if (row_tells(row, what))
			q.shown++;
	}
	return q;
}

/* What the quarters tell the year may tell, and no more. */
static enum statistics_mark year_mark(struct quarters q)
{
	if (q.shown + q.none == STATISTICS_QUARTERS)
		return STATISTICS_SHOWN;
	return q.few == 1 && q.none == STATISTICS_QUARTERS - 1 ? STATISTICS_IS_FEW
							       : STATISTICS_HIDDEN;
}

static bool year_is_known(const struct table *t, const struct statistics_row *year)
{
	for (int i = 0; i < STATISTICS_QUARTERS; i++) {
		struct statistics_row like = *year;
		const struct statistics_row *row;

		like.period = i;
		row = table_find(t, &like);
		if (row && !row->is_withheld)
			return true;
	}
	return false;
}

static void hide_year(const struct table *t, struct statistics_row *year)
{
	year->is_withheld = !year_is_known(t, year);
	for (int what = 0; what < STATISTICS_FIGURES; what++)
		year->figures[what].mark =
			year_mark(table_quarters(t, year, (enum statistics_what)what));
}

void statistics_hide(struct statistics_row *rows, size_t n)
{
	const struct table t = {rows, n};

	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n && rows_are_family(&rows[i], &rows[next]);)
			next++;
		if (rows[i].period < STATISTICS_YEAR)
			hide_family(&t, &rows[i], next - i);
	}
	for (size_t i = 0; i < n; i++)
		if (rows[i].period == STATISTICS_YEAR)
			hide_year(&t, &rows[i]);
}

enum statistics_time statistics_tell_time(const struct statistics_row *row, long persons)
{
	if (!row_tells(row, STATISTICS_PERSONS) || !row_tells(row, STATISTICS_LATE) ||
		persons < STATISTICS_FEW)
		return STATISTICS_NO_TIME;
	return persons < STATISTICS_FEW_OF_TEN ? STATISTICS_MEDIAN : STATISTICS_P90;
}
