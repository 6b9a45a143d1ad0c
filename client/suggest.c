/* SPDX-License-Identifier: Apache-2.0 */
/* Restricted Damerau-Levenshtein distance over short words. */
#include "client/suggest.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

enum { SUGGEST_MAX = 32 };

static unsigned suggest_least(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

static bool suggest_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned suggest_distance(const char *a, const char *b)
{
	unsigned rows[3][SUGGEST_MAX + 1];
	size_t len_a = strlen(a);
	size_t len_b = strlen(b);

	if (len_a > SUGGEST_MAX || len_b > SUGGEST_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= len_b; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= len_a; i++) {
		const unsigned *above = rows[(i - 1) % 3];
		unsigned *row = rows[i % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= len_b; j++) {
			unsigned change = suggest_same(a[i - 1], b[j - 1]) ? 0 : 1;

			row[j] = suggest_least(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
			if (i > 1 && j > 1 && suggest_same(a[i - 1], b[j - 2]) &&
				suggest_same(a[i - 2], b[j - 1]))
				row[j] = suggest_least(
					row[j], rows[(i - 2) % 3][j - 2] + 1, UINT_MAX);
		}
	}
	return rows[len_a % 3][len_b];
}

void suggest_begin(struct suggestion *suggestion, const char *typed)
{
	/* A third of the letters may be wrong, and one always. */
	*suggestion = (struct suggestion){
		.typed = typed,
		.distance = (unsigned)(strlen(typed) / 3) + 2,
	};
}

void suggest_offer(struct suggestion *suggestion, const char *candidate)
{
	unsigned distance = candidate ? suggest_distance(suggestion->typed, candidate) : UINT_MAX;

	if (distance >= suggestion->distance)
		return;
	suggestion->best = candidate;
	suggestion->distance = distance;
}
