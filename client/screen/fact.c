/* SPDX-License-Identifier: Apache-2.0 */
/* Labels and facts: see the header. */
#include "client/screen/fact.h"

#include <stdio.h>

#include "client/memory.h"
#include "client/screen/lines.h"

enum { FACT_LABEL_COLUMNS = 13 };

char *fact_indent(struct arena *arena, const char *label)
{
	size_t columns = lines_columns(label);
	int gap = columns < FACT_LABEL_COLUMNS ? FACT_LABEL_COLUMNS - (int)columns : 1;

	return memory_printf(arena, "%s%*s", label, gap, "");
}

void fact_print(struct client *client, const char *label, const char *text)
{
	struct arena *arena = &client->arena;

	if (*text)
		lines_print(stdout, fact_indent(arena, label), fact_indent(arena, ""), text);
}

void fact_print_words(
	struct client *client, const char *label, const char *template, const struct words *words)
{
	fact_print(client, label, words_fill(&client->arena, template, words));
}
