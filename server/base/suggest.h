/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean ...?": of many names, the one nearest to what was typed. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include "stafett/base.h"

/* Offered one name after the other. */
struct suggest {
	const char *typed;
	const char *best; /* borrowed; NULL while nobody would have meant any */
	size_t edits;
};

void suggest_begin(struct suggest *suggest, const char *typed);
/* NULL is passed over. */
void suggest_offer(struct suggest *suggest, const char *name);
/* Edits (letter missing, extra, other, or two swapped) from |typed| to |name|;
 * SIZE_MAX where they are so many that nobody would have meant it. */
size_t suggest_distance(const char *typed, const char *name);

#endif
