/* SPDX-License-Identifier: Apache-2.0 */
/* See suggest.h: the optimal string alignment distance, over three rows. */
#include "base/suggest.h"

enum { WORD_MAX = 64 };

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Fills |row|[1..] of the table for |typed|[at] from the two rows above it. */
static void suggest_fill_row(const char *typed, size_t at, const char *name, const size_t *above,
	const size_t *above_that, size_t *row)
{
	for (size_t j = 1; name[j - 1] != '\0'; j++) {
		size_t other = above[j - 1] + (typed[at] != name[j - 1]);

		row[j] = smaller(smaller(above[j], row[j - 1]) + 1, other);
		if (at > 0 && j > 1 && typed[at] == name[j - 2] && typed[at - 1] == name[j - 1])
			row[j] = smaller(row[j], above_that[j - 2] + 1);
	}
}

size_t suggest_distance(const char *typed, const char *name)
{
	size_t typed_len = strlen(typed), name_len = strlen(name);
	size_t rows[3][WORD_MAX + 1] = {{0}};
	size_t distance;

	if (typed_len > WORD_MAX || name_len > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= name_len; j++)
		rows[0][j] = j;
	for (size_t i = 0; i < typed_len; i++) {
		size_t *row = rows[(i + 1) % 3];

		row[0] = i + 1;
		suggest_fill_row(typed, i, name, rows[i % 3], rows[(i + 2) % 3], row);
	}
	distance = rows[typed_len % 3][name_len];
	return distance <= (name_len + 2) / 3 ? distance : SIZE_MAX;
}

void suggest_begin(struct suggest *suggest, const char *typed)
{
	*suggest = (struct suggest){.typed = typed, .edits = SIZE_MAX};
}

void suggest_offer(struct suggest *suggest, const char *name)
{
	size_t edits = name ? suggest_distance(suggest->typed, name) : SIZE_MAX;

	if (edits >= suggest->edits)
		return;
	suggest->best = name;
	suggest->edits = edits;
}
