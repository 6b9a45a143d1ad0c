/* SPDX-License-Identifier: Apache-2.0 */
/* "Held by      Beroende Lund, since ...": facts with labels in a column of their own. */
#ifndef CLIENT_SCREEN_FACT_H
#define CLIENT_SCREEN_FACT_H

#include "client/client.h"

/* A label with the gap to its fact; of "" the room that further lines leave. */
char *fact_indent(struct arena *arena, const char *label);
/* Prints a fact, wrapped in its own column; nothing where there is no text, which is
 * harmless already. */
void fact_print(struct client *client, const char *label, const char *text);
/* A fact as a sentence with words. */
void fact_print_words(
	struct client *client, const char *label, const char *template, const struct words *words);

#endif
