/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences with words in them: "{to} is closed[ and sends you to {other}]". A
 * word is looked up by name; a part in brackets is left out where one of its
 * words is empty; a word outside brackets that is empty is shown as "?".
 * Templates are translated as a whole, so a language may put the words in its
 * own order.
 */
#ifndef CLIENT_SCREEN_WORDS_H
#define CLIENT_SCREEN_WORDS_H

#include "base/arena.h"

enum { WORDS_MAX = 32 };

/* Names are static; values are borrowed and live in the command's arena. */
struct words {
	struct word {
		const char *name, *value;
	} list[WORDS_MAX];
	size_t count;
};

/* Sets a word, or replaces it; NULL or "" makes it empty. */
void words_set(struct words *words, const char *name, const char *value);
/* The value, or "". */
const char *words_get(const struct words *words, const char *name);
/* The sentence, with every value made harmless. */
char *words_fill(struct arena *arena, const char *template, const struct words *words);

#endif
