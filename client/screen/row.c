/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of lists: see the header. */
#include "client/screen/row.h"

#include <time.h>

#include "client/memory.h"
#include "client/screen/term.h"
#include "client/text.h"

const char *row_number(struct client *client, size_t index)
{
	return memory_printf(&client->arena, "%zu", index + 1);
}

const char *row_person(struct client *client, const struct card *card)
{
	return card_list_name(&client->arena, card);
}

const char *row_born(struct client *client, const struct card *card)
{
	const char *date = card->is_protected ? "" : card_birth_date(&client->arena, card);

	return memory_copy(&client->arena, bytes_of(date, strcspn(date, "-")));
}

const char *row_matter(struct client *client, const char *priority, char *const *needs,
	size_t n_needs, const struct card *card)
{
	struct arena *arena = &client->arena;
	bool is_routine = !*priority || strcmp(priority, "routine") == 0;
	const char *text =
		is_routine
			? ""
			: memory_printf(arena, "%s: ", term_code(client, CODES_PRIORITY, priority));

	for (size_t i = 0; i < n_needs; i++)
		text = memory_printf(arena, "%s%s%s", text, i ? ", " : "",
			term_code(client, CODES_NEED, needs[i]));
	if (card->needs_interpreter)
		text = memory_printf(arena, _("%s; interpreter %s"), text, card->language);
	return text;
}

bool row_is_late(int64_t due_us)
{
	return due_us && due_us < (int64_t)time(NULL) * 1000000;
}
