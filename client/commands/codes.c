/* SPDX-License-Identifier: Apache-2.0 */
/* stafett codes [LIST]: the code lists, or the codes of one. */
#include "domain/codes.h"

#include "base/suggest.h"
#include "client/client.h"
#include "client/screen/table.h"
#include "client/text.h"

static int codes_print_lists(struct client *client)
{
	const struct table_column columns[] = {
		{.title = _("LIST")}, {.title = _("WHAT IT IS ABOUT")}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (int list = 0; list < CODES_LISTS; list++) {
		const char *cells[] = {codes_list_name((enum codes_list)list),
			codes_list_text((enum codes_list)list, text_language())};

		table_row(table, &client->arena, false, cells);
	}
	table_print(table);
	return 0;
}

static int codes_print_list(struct client *client, enum codes_list list)
{
	const struct table_column columns[] = {{.title = _("CODE")},
		{.title = codes_list_text(list, text_language())}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (const struct codes_row *row = NULL; (row = codes_next(list, row));) {
		const char *cells[] = {row->code, row->text[text_language()]};

		table_row(table, &client->arena, false, cells);
	}
	table_print(table);
	return 0;
}

int command_codes(struct client *client, const struct arguments *arguments)
{
	struct suggest nearest;
	enum codes_list list;
	int r = arguments_count(client, arguments, 0, 1, "");

	if (r)
		return r;
	if (!arguments->n_rest)
		return codes_print_lists(client);
	list = codes_list_named(bytes_of_string(arguments->rest[0]));
	if (list != CODES_LISTS)
		return codes_print_list(client, list);
	suggest_begin(&nearest, arguments->rest[0]);
	for (int i = 0; i < CODES_LISTS; i++)
		suggest_offer(&nearest, codes_list_name((enum codes_list)i));
	return client_problem(client, PROBLEM_LIST_UNKNOWN, "value", arguments->rest[0], "near",
		nearest.best, NULL);
}
