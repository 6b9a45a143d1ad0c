/* SPDX-License-Identifier: Apache-2.0 */
/* stafett codes [LIST]: the code lists, or the codes of one. */
#include "domain/codes.h"

#include <stdio.h>

#include "base/suggest.h"
#include "client/client.h"
#include "client/memory.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/table.h"
#include "client/text.h"
#include "stafett/client/v1/answers.pb-c.h"

static void codes_print_lists(struct client *client)
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
	if (!client->is_plain)
		output_next(client, "codes %s", codes_list_name((enum codes_list)0));
}

/* A command whose option takes one of the list; else one that sends several of them. */
static const char *codes_taker(struct client *client, enum codes_list list)
{
	const char *told =
		memory_printf(&client->arena, "(stafett codes %s)", codes_list_name(list));

	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const struct option *option = option_get(id);

		if (option->command != COMMAND_global && strstr(option->help, told))
			return command_get(option->command)->name;
	}
	return "send";
}

static void codes_print_list(struct client *client, enum codes_list list)
{
	const struct table_column columns[] = {{.title = _("CODE")},
		{.title = codes_list_text(list, text_language()), .may_shrink = true},
		{.title = "FHIR", .may_shrink = true}, {.title = "E-REMISS"}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (const struct codes_row *row = NULL; (row = codes_next(list, row));) {
		const char *cells[] = {
			row->code, row->text[text_language()], row->fhir, row->eremiss};

		table_row(table, &client->arena, false, cells);
	}
	table_print(table);
	if (client->is_plain)
		return;
	lines_print(stdout, "", "",
		_("Where FHIR R4 or e-remiss 2.2 has no such code, the cell is empty."));
	output_next(client, "help %s", codes_taker(client, list));
}

/* A list without its codes. protobuf-c never writes to texts. */
static Stafett__Client__V1__CodeList *codes_message(struct client *client, enum codes_list list)
{
	Stafett__Client__V1__CodeList *message = memory_alloc(&client->arena, sizeof(*message));

	stafett__client__v1__code_list__init(message);
	message->name = (char *)codes_list_name(list);
	message->english = (char *)codes_list_text(list, CODES_ENGLISH);
	message->swedish = (char *)codes_list_text(list, CODES_SWEDISH);
	return message;
}

static int codes_json_lists(struct client *client)
{
	Stafett__Client__V1__CodeLists all = STAFETT__CLIENT__V1__CODE_LISTS__INIT;
	Stafett__Client__V1__CodeList *lists[CODES_LISTS];

	for (int list = 0; list < CODES_LISTS; list++)
		lists[list] = codes_message(client, (enum codes_list)list);
	all.lists = lists;
	all.n_lists = CODES_LISTS;
	return output_json(client, &all.base);
}

static int codes_json_list(struct client *client, enum codes_list list)
{
	Stafett__Client__V1__CodeList *message = codes_message(client, list);

	for (const struct codes_row *row = NULL; (row = codes_next(list, row));) {
		Stafett__Client__V1__Code *code = memory_alloc(&client->arena, sizeof(*code));

		stafett__client__v1__code__init(code);
		code->code = (char *)row->code;
		code->english = (char *)row->text[CODES_ENGLISH];
		code->swedish = (char *)row->text[CODES_SWEDISH];
		code->fhir = (char *)row->fhir;
		code->e_remiss = (char *)row->eremiss;
		message->codes =
			memory_join(&client->arena, message->codes, message->n_codes, &code, 1);
		message->n_codes++;
	}
	return output_json(client, &message->base);
}

static int codes_find_list(struct client *client, const char *name, enum codes_list *ret_list)
{
	struct suggest nearest;

	*ret_list = codes_list_named(bytes_of_string(name));
	if (*ret_list != CODES_LISTS)
		return 0;
	suggest_begin(&nearest, name);
	for (int i = 0; i < CODES_LISTS; i++)
		suggest_offer(&nearest, codes_list_name((enum codes_list)i));
	return client_problem(
		client, PROBLEM_LIST_UNKNOWN, "value", name, "near", nearest.best, NULL);
}

int command_codes(struct client *client, const struct arguments *arguments)
{
	enum codes_list list = CODES_LISTS;
	int r = arguments_count(client, arguments, 0, 1, "");

	if (!r && arguments->n_rest)
		r = codes_find_list(client, arguments->rest[0], &list);
	if (r)
		return r;
	if (client->is_json)
		return list == CODES_LISTS ? codes_json_lists(client)
					   : codes_json_list(client, list);
	if (list == CODES_LISTS)
		codes_print_lists(client);
	else
		codes_print_list(client, list);
	return 0;
}
