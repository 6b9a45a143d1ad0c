/* SPDX-License-Identifier: Apache-2.0 */
/* stafett inbox: what has come, what it needs, and by when. */
#include "client/commands/inbox.h"

#include <stdio.h>

#include "client/card.h"
#include "client/directory.h"
#include "client/inbox.h"
#include "client/last_list.h"
#include "client/memory.h"
#include "client/screen/event.h"
#include "client/screen/format.h"
#include "client/screen/heartbeat.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/row.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"

static const char *const inbox_titles[INBOX_GROUPS] = {
	[INBOX_LATE] = N_("DANGER OR LATE"),
	[INBOX_NEW] = N_("NEW"),
	[INBOX_ANSWERS] = N_("ANSWERS"),
	[INBOX_HAND_BACKS] = N_("HAND-BACKS"),
	[INBOX_INFORMATION] = N_("INFORMATION"),
};

/* The page: every item in its order, and how many of them have rows. */
struct inbox_page {
	Stafett__V1__InboxServiceListResponse all;
	size_t counts[INBOX_GROUPS], shown[INBOX_GROUPS];
	size_t n_shown; /* the first items of |all| */
	size_t n_late;
	size_t n_taken;	      /* by colleagues */
	const char **numbers; /* whom the shown items are about; "" where no list shows that */
};

const char *inbox_from(const Stafett__V1__InboxItem *item)
{
	if (*item->from_display_name)
		return item->from_display_name;
	return *item->from_unit ? item->from_unit : _("(clock)");
}

static bool inbox_is_mine(const struct client *client, const Stafett__V1__InboxItem *item)
{
	return strcmp(item->assignee, client->member) == 0;
}

bool inbox_fits(struct client *client, const struct arguments *arguments,
	const Stafett__V1__InboxItem *item)
{
	return (!arguments_has(arguments, OPTION_inbox_new) || inbox_is_new(item)) &&
	       (!arguments_has(arguments, OPTION_inbox_mine) || inbox_is_mine(client, item));
}

/* What needs something always has a row; the rest is only counted, but for --all and
 * where somebody has asked for the own ones. */
static bool inbox_is_shown(struct client *client, const Stafett__V1__InboxItem *item,
	const struct arguments *arguments)
{
	bool is_asked = arguments_has(arguments, OPTION_inbox_all) ||
			arguments_has(arguments, OPTION_inbox_mine);

	return inbox_fits(client, arguments, item) && (inbox_needs_something(item) || is_asked);
}

/* Orders the items by group, those with rows first, each group as it came. */
static void inbox_sort(
	struct client *client, const struct arguments *arguments, struct inbox_page *page)
{
	Stafett__V1__InboxServiceListResponse *all = &page->all;
	Stafett__V1__InboxItem **sorted =
		memory_join(&client->arena, all->items, all->n_items, NULL, 0);
	size_t at = 0;

	for (int pass = 0; pass < 2 * INBOX_GROUPS; pass++) {
		enum inbox_group group = (enum inbox_group)(pass % INBOX_GROUPS);
		bool has_rows = pass < INBOX_GROUPS;

		for (size_t i = 0; i < all->n_items; i++) {
			if (inbox_group_of(client, all->items[i]) != group ||
				inbox_is_shown(client, all->items[i], arguments) != has_rows)
				continue;
			sorted[at++] = all->items[i];
			page->counts[group]++;
			page->shown[group] += has_rows;
			page->n_shown += has_rows;
			page->n_late += inbox_is_late(client, all->items[i]);
			page->n_taken +=
				*all->items[i]->assignee && !inbox_is_mine(client, all->items[i]);
		}
	}
	all->items = sorted;
}

/* What it says: the act in words, or where nothing is to be done about it any more how
 * it stands. Programs get the code. */
static const char *inbox_news(struct client *client, const Stafett__V1__InboxItem *item)
{
	bool asks = strcmp(item->kind, "send") == 0;

	if (inbox_is_acknowledged(item) || (asks && inbox_has_ended(item)))
		return term_word(client, item->status);
	if (asks)
		return _("new");
	return client->is_plain ? item->kind : event_word_of(item->kind, item->from_unit);
}

const char *inbox_what(
	struct client *client, const Stafett__V1__InboxItem *item, const struct card *card)
{
	const char *matter = row_matter(
		client, item->priority, item->referral_needs, item->n_referral_needs, card);

	return memory_printf(
		&client->arena, "%s%s%s", inbox_news(client, item), *matter ? ", " : "", matter);
}

/* "you", or a colleague's name; programs get the member. */
static const char *inbox_taker(struct client *client, const Stafett__V1__InboxItem *item)
{
	if (client->is_plain || !*item->assignee)
		return item->assignee;
	if (inbox_is_mine(client, item))
		return _("you");
	return *item->assignee_display_name ? item->assignee_display_name : item->assignee;
}

static void inbox_learn_numbers(struct client *client, struct inbox_page *page)
{
	page->numbers = memory_alloc(&client->arena, sizeof(*page->numbers) * (page->n_shown + 1));
	for (size_t i = 0; i < page->n_shown; i++) {
		struct card card;

		card_read(&client->arena, page->all.items[i]->card, &card);
		page->numbers[i] = card.is_protected ? "" : card.identifier;
	}
}

/* Another chain of the same person, by the first row of it; NULL: there is none here. */
static const Stafett__V1__InboxItem *inbox_find_same(const struct inbox_page *page, size_t index)
{
	const Stafett__V1__InboxItem *item = page->all.items[index];

	for (size_t i = 0; i < page->n_shown && *page->numbers[index]; i++)
		if (strcmp(page->numbers[i], page->numbers[index]) == 0 &&
			strcmp(page->all.items[i]->chain, item->chain) != 0)
			return page->all.items[i];
	return NULL;
}

/* What it is, and whether the same person stands here twice. */
static const char *inbox_what_of_row(
	struct client *client, const struct inbox_page *page, size_t index, const struct card *card)
{
	const Stafett__V1__InboxItem *same = inbox_find_same(page, index);
	struct words words = {0};

	words_set(&words, "what", inbox_what(client, page->all.items[index], card));
	if (same && !client->is_plain)
		words_set(&words, "code", format_code_start(&client->arena, same->code));
	return words_fill(&client->arena, _("{what}[; same person as {code}]"), &words);
}

static void inbox_add_row(
	struct client *client, struct table *table, const struct inbox_page *page, size_t index)
{
	const Stafett__V1__InboxItem *item = page->all.items[index];
	struct arena *arena = &client->arena;
	const char *from = inbox_from(item);
	struct card card;
	const char *cells[9];

	card_read(arena, item->card, &card);
	card.is_protected |= item->protected_identity;
	card_remember(client, &card, CARD_IN_LIST, item->referral, item->chain);
	cells[0] = row_number(client, index);
	cells[1] = format_code_start(arena, item->code);
	cells[2] = from;
	cells[3] = item->no_longer_shared ? _("shared no longer") : row_person(client, &card);
	cells[4] = row_born(client, &card);
	cells[5] = inbox_what_of_row(client, page, index, &card);
	cells[6] = row_time(client, format_us(item->due_time));
	cells[7] = item->awaits_help || *item->intervention_start_date || client->is_plain
			   ? row_help(client, item->intervention_due_date,
				     item->intervention_start_date)
			   : "";
	cells[8] = inbox_taker(client, item);
	if (*item->from_display_name)
		directory_learn(client, item->from_unit, item->from_display_name);
	table_row(table, arena, inbox_is_marked(client, item), cells);
}

static void inbox_print_heading(struct client *client, const struct inbox_page *page)
{
	struct arena *arena = &client->arena;

	client_word(client, "name", client->profile->name);
	client_word(client, "office", directory_name(client, client->profile->unit));
	client_word(client, "late", memory_printf(arena, "%zu", page->n_late));
	client_word(client, "items", memory_printf(arena, "%zu", page->all.n_items));
	client_word(
		client, "taken", page->n_taken ? memory_printf(arena, "%zu", page->n_taken) : NULL);
	output_say(client, "",
		_("[{name}, ]{office}: {items} in the inbox, {late} late[, {taken} taken by "
		  "others]"));
}

static void inbox_keep_rows(struct client *client, const struct inbox_page *page)
{
	struct last_list_row *rows =
		memory_alloc(&client->arena, sizeof(*rows) * (page->n_shown + 1));

	for (size_t i = 0; i < page->n_shown; i++)
		rows[i] = (struct last_list_row){page->all.items[i]->code,
			*page->all.items[i]->referral ? page->all.items[i]->referral
						      : page->all.items[i]->chain};
	last_list_save(client, rows, page->n_shown);
}

/* A page where nobody has taken anything has no column for it. */
static bool inbox_has_takers(const struct client *client, const struct inbox_page *page)
{
	for (size_t i = 0; i < page->n_shown; i++)
		if (*page->all.items[i]->assignee)
			return true;
	return client->is_plain;
}

static void inbox_print_rows(struct client *client, const struct inbox_page *page)
{
	const struct table_column columns[] = {{.title = "#", .is_number = true},
		{.title = _("CODE")}, {.title = _("FROM"), .may_shrink = true},
		{.title = _("WHO"), .may_shrink = true}, {.title = _("BORN")},
		{.title = _("WHAT"), .may_shrink = true}, {.title = _("BY"), .may_shrink = true},
		{.title = row_help_title(client), .is_number = true},
		{.title = inbox_has_takers(client, page) ? _("TAKEN BY") : NULL,
			.may_shrink = true},
		{.title = NULL}};
	struct table *table = table_new(columns, client->form);
	int group = -1;

	for (size_t i = 0; i < page->n_shown; i++) {
		enum inbox_group next = inbox_group_of(client, page->all.items[i]);

		if ((int)next != group)
			table_group(table, &client->arena,
				memory_printf(&client->arena, "%s (%zu)", _(inbox_titles[next]),
					page->shown[next]));
		group = (int)next;
		inbox_add_row(client, table, page, i);
	}
	table_print(table);
}

/* "ANSWERS (9) · INFORMATION (14)": what has no rows here. */
static void inbox_print_rest(struct client *client, const struct inbox_page *page)
{
	const char *text = "";

	for (int group = 0; group < INBOX_GROUPS; group++) {
		size_t count = page->counts[group] - page->shown[group];

		if (count)
			text = memory_printf(&client->arena, "%s%s%s (%zu)", text,
				*text ? " · " : "", _(inbox_titles[group]), count);
	}
	if (*text)
		lines_print_command(stdout, "",
			memory_printf(&client->arena, _("Not shown: %s. See them:"), text),
			client_next(client, "inbox --all"));
}

/* The first thing to do about the first row that needs something. */
static void inbox_print_next(struct client *client, const struct inbox_page *page)
{
	const Stafett__V1__InboxItem *first = page->n_shown ? page->all.items[0] : NULL;
	const char *code = first ? format_code_start(&client->arena, first->code) : "";

	if (!first) {
		output_next(client, page->all.n_items ? "inbox --all" : "list");
		return;
	}
	output_next(client, "show %s", code);
	if (inbox_needs_something(first) && strcmp(first->needs, "ack") == 0)
		output_next(client, "ack %s", code);
}

static void inbox_print(struct client *client, const struct inbox_page *page)
{
	if (client->is_plain) {
		inbox_print_rows(client, page);
		return;
	}
	inbox_print_heading(client, page);
	inbox_print_rows(client, page);
	inbox_print_rest(client, page);
	inbox_print_next(client, page);
	heartbeat_print(client, page->all.heartbeat);
}

/* Every item that fits, those without rows too. */
static int inbox_print_json(
	struct client *client, const struct arguments *arguments, struct inbox_page *page)
{
	size_t kept = 0;

	for (size_t i = 0; i < page->all.n_items; i++)
		if (inbox_fits(client, arguments, page->all.items[i]))
			page->all.items[kept++] = page->all.items[i];
	page->all.n_items = kept;
	return output_json(client, &page->all.base);
}

int command_inbox(struct client *client, const struct arguments *arguments)
{
	struct inbox_page page = {.all = STAFETT__V1__INBOX_SERVICE_LIST_RESPONSE__INIT};
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r)
		r = client_open(client);
	if (!r && arguments_has(arguments, OPTION_inbox_watch))
		return inbox_watch(client, arguments);
	if (!r)
		r = inbox_read(client, arguments_has(arguments, OPTION_inbox_all), &page.all);
	if (r)
		return r;
	inbox_sort(client, arguments, &page);
	inbox_keep_rows(client, &page);
	inbox_learn_numbers(client, &page);
	if (client->is_json)
		r = inbox_print_json(client, arguments, &page);
	else
		inbox_print(client, &page);
	if (!r && arguments_has(arguments, OPTION_inbox_check) &&
		(page.n_late || heartbeat_is_silent(page.all.heartbeat)))
		return EXIT_OVERDUE;
	return r;
}
