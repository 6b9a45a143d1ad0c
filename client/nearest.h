/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean ...?": of many names, the one nearest to what was typed. */
#ifndef CLIENT_NEAREST_H
#define CLIENT_NEAREST_H

#include <stddef.h>

/* Offered one candidate after the other. */
struct nearest {
	const char *typed;
	const char *best; /* borrowed; NULL while nobody would have meant any */
	size_t edits;
};

void nearest_begin(struct nearest *nearest, const char *typed);
/* NULL is passed over. */
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
