/* SPDX-License-Identifier: Apache-2.0 */
/* The last list as a file: the unit's handle, then "code TAB id" a row. */
#include "client/last_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/memory.h"
#include "client/paths.h"

enum { LAST_LIST_FILE_BYTES = 1 << 20 };

static void last_save(
	struct client *client, const char *name, const struct last_list_row *rows, size_t count)
{
	char *text = NULL;
	size_t len = 0;
	FILE *file = memory_need(open_memstream(&text, &len));

	fprintf(file, "%s\n", client->profile->unit);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%s\t%s\n", rows[i].code, rows[i].id);
	/* Only a convenience: where it cannot be kept, rows have no numbers. */
	if (fclose(file) == 0)
		(void)!paths_write(
			&client->arena, paths_state(&client->arena, name), bytes_of(text, len));
	free(text);
}

static size_t last_load(
	struct client *client, const char *name, const struct last_list_row **ret_rows)
{
	struct arena *arena = &client->arena;
	struct last_list_row *rows;
	struct bytes data;
	size_t count = 0;
	char *rest;
	char *line;

	if (paths_read(arena, paths_state(arena, name), LAST_LIST_FILE_BYTES, &data))
		return 0;
	rest = memory_copy(arena, data);
	rows = memory_alloc(arena, sizeof(*rows) * (data.len / 2 + 1));
	line = strsep(&rest, "\n");
	if (strcmp(line, client->profile->unit) != 0)
		return 0;
	while ((line = strsep(&rest, "\n"))) {
		char *tab = strchr(line, '\t');

		if (!tab)
			continue;
		*tab = '\0';
		rows[count++] = (struct last_list_row){line, tab + 1};
	}
	*ret_rows = rows;
	return count;
}

void last_list_save(struct client *client, const struct last_list_row *rows, size_t count)
{
	last_save(client, "last-list", rows, count);
}

size_t last_list_load(struct client *client, const struct last_list_row **ret_rows)
{
	return last_load(client, "last-list", ret_rows);
}

void last_log_save(struct client *client, const struct last_list_row *rows, size_t count)
{
	last_save(client, "last-log", rows, count);
}

size_t last_log_load(struct client *client, const struct last_list_row **ret_rows)
{
	return last_load(client, "last-log", ret_rows);
}
