/* SPDX-License-Identifier: Apache-2.0 */
/* stafett inbox: what has come, what it needs, and by when. */
#include "client/commands/inbox.h"

#include <stdio.h>

#include "client/card.h"
#include "client/directory.h"
#include "client/inbox.h"
#include "client/last_list.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/screen/row.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"

/* How the rows fall into kinds, for the heading. */
struct inbox_count {
	size_t late, waiting, other;
};

static bool inbox_needs_something(const Stafett__V1__InboxItem *item)
{
	return !inbox_is_acknowledged(item) && *item->needs && strcmp(item->needs, "none") != 0;
}

static bool inbox_is_late(const Stafett__V1__InboxItem *item)
{
	return row_is_late(format_us(item->due_time)) && strcmp(item->needs, "none") != 0;
}

static bool inbox_is_marked(const Stafett__V1__InboxItem *item)
{
	return inbox_is_late(item) ||
	       (inbox_needs_something(item) && strcmp(item->priority, "stat") == 0);
}

/* The order of the page: late or dangerous first, then what waits, then the rest. */
static int inbox_rank(const Stafett__V1__InboxItem *item)
{
	if (inbox_is_marked(item))
		return 0;
	return inbox_needs_something(item) ? 1 : 2;
}

/* Moves the items of one rank behind those of lower ranks, keeping their order. */
static void inbox_sort(struct client *client, Stafett__V1__InboxServiceListResponse *all)
{
	Stafett__V1__InboxItem **sorted =
		memory_join(&client->arena, all->items, all->n_items, NULL, 0);
	size_t at = 0;

	for (int rank = 0; rank <= 2; rank++) {
		for (size_t i = 0; i < all->n_items; i++) {
			if (inbox_rank(all->items[i]) == rank)
				sorted[at++] = all->items[i];
		}
	}
	all->items = sorted;
}

const char *inbox_what(
	struct client *client, const Stafett__V1__InboxItem *item, const struct card *card)
{
	const char *matter = row_matter(
		client, item->priority, item->referral_needs, item->n_referral_needs, card);
	const char *kind =
		strcmp(item->kind, "send") == 0 ? _("new") : term_word(client, item->kind);

	if (inbox_is_acknowledged(item))
		kind = term_word(client, item->status);
	return memory_printf(&client->arena, "%s%s%s", kind, *matter ? ", " : "", matter);
}

static void inbox_add_row(struct client *client, struct table *table, size_t index,
	const Stafett__V1__InboxItem *item)
{
	struct arena *arena = &client->arena;
	const char *from = *item->from_display_name ? item->from_display_name : item->from_unit;
	struct card card;
	const char *cells[8];

	card_read(arena, item->card, &card);
	cells[0] = row_number(client, index);
	cells[1] = format_code_start(arena, item->code);
	cells[2] = from;
	cells[3] = row_person(client, &card);
	cells[4] = row_born(client, &card);
	cells[5] = inbox_what(client, item, &card);
	cells[6] = format_brief(arena, format_us(item->due_time), client->today);
	cells[7] = format_days_left(arena, item->intervention_due_date, client->today);
	if (*item->from_display_name)
		directory_learn(client, item->from_unit, item->from_display_name);
	table_row(table, arena, inbox_is_marked(item), cells);
}

static struct inbox_count inbox_count_items(const Stafett__V1__InboxServiceListResponse *all)
{
	struct inbox_count count = {0};

	for (size_t i = 0; i < all->n_items; i++) {
		if (inbox_is_late(all->items[i]))
			count.late++;
		else if (inbox_needs_something(all->items[i]))
			count.waiting++;
		else
			count.other++;
	}
	return count;
}

static void inbox_print_heading(
	struct client *client, const Stafett__V1__InboxServiceListResponse *all)
{
	struct inbox_count count = inbox_count_items(all);
	const char *unit = directory_name(client, client->profile->unit);

	client_word(client, "name", client->profile->name);
	client_word(client, "office", unit);
	client_word(client, "late", memory_printf(&client->arena, "%zu", count.late));
	client_word(client, "waiting", memory_printf(&client->arena, "%zu", count.waiting));
	client_word(client, "rest", memory_printf(&client->arena, "%zu", count.other));
	output_say(
		client, "", _("[{name}, ]{office}: {late} late, {waiting} to do, {rest} to know"));
}

static void inbox_keep_rows(struct client *client, const Stafett__V1__InboxServiceListResponse *all)
{
	struct last_list_row *rows =
		memory_alloc(&client->arena, sizeof(*rows) * (all->n_items + 1));

	for (size_t i = 0; i < all->n_items; i++)
		rows[i] = (struct last_list_row){all->items[i]->code, all->items[i]->referral};
	last_list_save(client, rows, all->n_items);
}

static void inbox_print(struct client *client, const Stafett__V1__InboxServiceListResponse *all)
{
	const struct table_column columns[] = {{.title = "#", .is_number = true},
		{.title = _("CODE")}, {.title = _("FROM"), .may_shrink = true},
		{.title = _("WHO"), .may_shrink = true}, {.title = _("BORN")},
		{.title = _("WHAT"), .may_shrink = true}, {.title = _("BY")},
		{.title = _("HELP DUE"), .is_number = true}, {.title = NULL}};
	struct table *table = table_new(columns, client->is_plain);

	for (size_t i = 0; i < all->n_items; i++)
		inbox_add_row(client, table, i, all->items[i]);
	table_print(table);
}

/* The first thing to do about the first row that needs something. */
static void inbox_print_next(
	struct client *client, const Stafett__V1__InboxServiceListResponse *all)
{
	const char *code = format_code_start(&client->arena, all->items[0]->code);

	output_next(client, "show %s", code);
	if (inbox_needs_something(all->items[0]))
		output_next(client, "ack %s", code);
}

int command_inbox(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__InboxServiceListResponse all = STAFETT__V1__INBOX_SERVICE_LIST_RESPONSE__INIT;
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r)
		r = client_open(client);
	if (!r && arguments_has(arguments, OPTION_inbox_watch))
		return inbox_watch(client);
	if (!r)
		r = inbox_read(client, arguments_has(arguments, OPTION_inbox_all), &all);
	if (r)
		return r;
	inbox_sort(client, &all);
	inbox_keep_rows(client, &all);
	if (client->is_json)
		return output_json(client, &all.base);
	if (!client->is_plain)
		inbox_print_heading(client, &all);
	if (all.n_items)
		inbox_print(client, &all);
	if (client->is_plain)
		return 0;
	if (all.n_items)
		inbox_print_next(client, &all);
	else
		output_next(client, "inbox --all");
	return 0;
}
