/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean ...?": the word of a list that is nearest to what was typed. */
#ifndef CLIENT_SUGGEST_H
#define CLIENT_SUGGEST_H

#include <stddef.h>

/* The fewest insertions, deletions, changes and swaps of neighbours that make
 * |a| of |b|, counted in bytes and without regard to case. Words beyond 32 bytes
 * are infinitely far. */
unsigned suggest_distance(const char *a, const char *b);

/* Finds the nearest word, one candidate at a time. */
struct suggestion {
	const char *typed;
	const char *best; /* borrowed; NULL while nothing is near enough */
	unsigned distance;
};

void suggest_begin(struct suggestion *suggestion, const char *typed);
/* NULL is passed over. */
void suggest_offer(struct suggestion *suggestion, const char *candidate);

#endif
