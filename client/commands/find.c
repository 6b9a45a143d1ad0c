/* SPDX-License-Identifier: Apache-2.0 */
/* stafett find: which referrals that were opened here belong to a person. The number
 * is typed unseen, or comes as one line of standard input; never as an argument. */
#include <stdio.h>
#include <unistd.h>

#include "client/chain.h"
#include "client/client.h"
#include "client/draft.h"
#include "client/known.h"
#include "client/last_list.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/screen/row.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/screen/tty.h"
#include "client/secret.h"
#include "client/text.h"
#include "domain/identifiers.h"
#include "domain/reserve.h"
#include "stafett/client/v1/answers.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

enum { FIND_ROWS_MOST = 50, FIND_LINE_BYTES = 64 };

/* What became of the index: still there for the unit, and as it stands now. */
struct find {
	const struct known_row *rows[FIND_ROWS_MOST];
	const Stafett__V1__GetResponse *seen[FIND_ROWS_MOST];
	size_t count;
};

static int find_ask(struct client *client, struct secret *number)
{
	struct tty tty;
	enum tty_line said;
	int r = tty_begin(&tty);

	if (r)
		return client_problem(client, PROBLEM_FILE_UNREADABLE, "value", _("the terminal"),
			"detail", strerror(-r), NULL);
	said = tty_line(&tty, memory_printf(&client->arena, "%s: ", _("Personal number (hidden)")),
		true, number);
	tty_end(&tty);
	return said == TTY_LINE_TYPED ? 0 : client_problem(client, PROBLEM_FIND_NOTHING, NULL);
}

/* One line of a script. */
static int find_read(struct client *client, struct secret *number)
{
	char line[FIND_LINE_BYTES];
	size_t len = 0;
	bool has_line = fgets(line, sizeof(line), stdin);

	if (has_line)
		len = strcspn(line, "\r\n");
	secret_add(number, bytes_of(line, len));
	explicit_bzero(line, sizeof(line));
	return len ? 0 : client_problem(client, PROBLEM_FIND_NOTHING, NULL);
}

/* A number with a fault would only find nothing, and say so wrongly. */
static int find_check(struct client *client, const char *number, char out[KNOWN_NUMBER_MAX])
{
	char digits[PNR_LEN + 1];
	enum problem_id problem =
		draft_number_problem(pnr_parse(bytes_of_string(number), client->today, digits));

	explicit_bzero(digits, sizeof(digits));
	if (problem == PROBLEM_NONE || reserve_root(bytes_of_string(number)))
		return known_normalise(number, client->today, out)
			       ? 0
			       : client_problem(client, PROBLEM_PNR_SYNTAX, NULL);
	return client_problem(client, problem, NULL);
}

static int find_take_number(struct client *client, char out[KNOWN_NUMBER_MAX])
{
	struct secret number = {0};
	int r = isatty(STDIN_FILENO) ? find_ask(client, &number) : find_read(client, &number);

	if (!r)
		r = find_check(client, secret_text(&number), out);
	secret_end(&number);
	if (r) {
		client->problem.hint = _("Try again; the number comes on a line of its own:");
		client->problem.command = client_next(client, "find");
	}
	return r;
}

/* As they stand now; what the unit has no part in any more is left out. */
static int find_look(
	struct client *client, const struct known_row *rows, size_t count, struct find *find)
{
	for (size_t i = 0; i < count && find->count < FIND_ROWS_MOST; i++) {
		const Stafett__V1__GetResponse *response;
		int r = chain_or_referral(client, rows[i].referral, REF_FOR_READING, &response);

		if (r && client->problem.id != PROBLEM_NOT_FOUND)
			return r;
		client->problem = (struct problem){0};
		if (r)
			continue;
		find->rows[find->count] = &rows[i];
		find->seen[find->count++] = response;
	}
	return 0;
}

static void find_keep_rows(struct client *client, const struct find *find)
{
	struct last_list_row rows[FIND_ROWS_MOST];

	for (size_t i = 0; i < find->count; i++)
		rows[i] = (struct last_list_row){
			find->seen[i]->referral->code, find->rows[i]->referral};
	last_list_save(client, rows, find->count);
}

static int find_print_json(struct client *client, const struct find *find)
{
	Stafett__Client__V1__Findings all = STAFETT__CLIENT__V1__FINDINGS__INIT;
	Stafett__Client__V1__Finding rows[FIND_ROWS_MOST], *pointers[FIND_ROWS_MOST];
	Google__Protobuf__Timestamp times[FIND_ROWS_MOST];

	for (size_t i = 0; i < find->count; i++) {
		stafett__client__v1__finding__init(&rows[i]);
		google__protobuf__timestamp__init(&times[i]);
		times[i].seconds = find->rows[i]->opened_us / 1000000;
		rows[i].open_time = &times[i];
		rows[i].referral = find->seen[i]->referral;
		rows[i].chain = find->seen[i]->chain;
		pointers[all.n_findings++] = &rows[i];
	}
	all.findings = pointers;
	return output_json(client, &all.base);
}

static void find_add_row(
	struct client *client, struct table *table, const struct find *find, size_t i)
{
	const Stafett__V1__Referral *referral = find->seen[i]->referral;
	const Stafett__V1__Chain *chain = find->seen[i]->chain;
	int64_t due_us = format_us(referral->due_time);
	const char *cells[] = {row_number(client, i),
		format_code_start(&client->arena, referral->code),
		row_unit(client, referral->requester), row_unit(client, referral->owner),
		term_word(client, referral->status), row_unit(client, chain->custodian),
		row_next_step(client, referral), row_time(client, due_us),
		row_time(client, find->rows[i]->opened_us)};

	table_row(table, &client->arena, row_is_marked(client, referral, chain), cells);
}

static void find_print(struct client *client, const struct find *find)
{
	const struct table_column columns[] = {{.title = "#", .is_number = true},
		{.title = _("CODE")}, {.title = _("FROM"), .may_shrink = true},
		{.title = _("TO"), .may_shrink = true}, {.title = _("STATE")},
		{.title = _("HELD BY"), .may_shrink = true},
		{.title = _("NEXT"), .may_shrink = true}, {.title = _("BY"), .may_shrink = true},
		{.title = _("OPENED")}, {.title = NULL}};
	struct table *table;

	if (!find->count && !client->is_plain) {
		puts(_("Nothing that you have opened here belongs to that number."));
		output_next(client, "list");
		return;
	}
	table = table_new(columns, client->form);
	for (size_t i = 0; i < find->count; i++)
		find_add_row(client, table, find, i);
	table_print(table);
	if (!client->is_plain)
		output_next(client, "show %s",
			format_code_start(&client->arena, find->seen[0]->referral->code));
}

int command_find(struct client *client, const struct arguments *arguments)
{
	const struct known_row *rows = NULL;
	char number[KNOWN_NUMBER_MAX];
	struct find find = {.count = 0};
	size_t count;
	int r;

	/* The word is not repeated: it may be a number. */
	if (arguments->n_rest)
		return client_problem(client, PROBLEM_FIND_ARGUMENT, NULL);
	secret_forbid_dump();
	r = client_open(client);
	if (!r)
		r = find_take_number(client, number);
	if (r)
		return r;
	count = known_find(client, number, &rows);
	explicit_bzero(number, sizeof(number));
	r = find_look(client, rows, count, &find);
	if (r)
		return r;
	find_keep_rows(client, &find);
	if (client->is_json)
		return find_print_json(client, &find);
	find_print(client, &find);
	return 0;
}
