/* SPDX-License-Identifier: Apache-2.0 */
/* stafett list: the unit's referrals, who holds them, and what comes next. */
#include <stdio.h>
#include <strings.h>

#include "base/suggest.h"
#include "client/call.h"
#include "client/card.h"
#include "client/chain.h"
#include "client/client.h"
#include "client/compose.h"
#include "client/directory.h"
#include "client/last_list.h"
#include "client/memory.h"
#include "client/misdated.h"
#include "client/screen/format.h"
#include "client/screen/heartbeat.h"
#include "client/screen/output.h"
#include "client/screen/row.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "client/when.h"
#include "domain/words.h"
#include "stafett/caps.h"
#include "stafett/v1/chain_service.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

/* A day is meant as it begins, in Stockholm. */
static int list_read_since(
	struct client *client, const char *text, Google__Protobuf__Timestamp **ret_time)
{
	struct date date;
	enum when_result result =
		when_date(bytes_of_string(text), client->today, WHEN_BEHIND, &date);

	if (result != WHEN_OK)
		return misdated(client, result, false, text, "since");
	if (date_compare(date, client->today) > 0)
		return client_problem(client, PROBLEM_DAY_AHEAD, "value", text, "day",
			format_day(&client->arena, date, client->today), NULL);
	*ret_time = compose_time(client, calendar_at(date, (struct clock_time){0}));
	return 0;
}

static bool list_is_option(const char *text)
{
	static const enum option_id options[] = {
		OPTION_list_sent, OPTION_list_received, OPTION_list_open, OPTION_list_overdue};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (strcmp(option_get(options[i])->name, text) == 0)
			return true;
	}
	return false;
}

static int list_read_status(struct client *client, const char *text, char **ret_status)
{
	const char *states = "";
	struct suggest nearest;

	suggest_begin(&nearest, text);
	for (int state = STATE_NONE + 1; state < STATE_COUNT; state++) {
		const char *code = state_code((enum state)state);

		/* What the screens say is as good as the code. */
		if (strcmp(code, text) == 0 || strcasecmp(term_word(client, code), text) == 0) {
			*ret_status = memory_string(&client->arena, code);
			return 0;
		}
		suggest_offer(&nearest, code);
		states = memory_printf(&client->arena, "%s%s%s", states, *states ? ", " : "",
			term_word(client, code));
	}
	if (list_is_option(text))
		return client_problem(client, PROBLEM_STATE_IS_OPTION, "value", text, NULL);
	return client_problem(client, PROBLEM_STATE_UNKNOWN, "value", text, "near", nearest.best,
		"states", states, NULL);
}

static int list_read_request(struct client *client, const struct arguments *arguments,
	Stafett__V1__ReferralServiceListRequest *request)
{
	bool sent = arguments_has(arguments, OPTION_list_sent);
	bool received = arguments_has(arguments, OPTION_list_received);
	const char *status = arguments_get(arguments, OPTION_list_status);
	const char *since = arguments_get(arguments, OPTION_list_since);
	const char *unit = arguments_get(arguments, OPTION_list_unit);
	int r = arguments_count(client, arguments, 0, 0, "");

	if (sent != received)
		request->direction = sent ? (char *)"sent" : (char *)"received";
	request->open_only = arguments_has(arguments, OPTION_list_open) ||
			     arguments_has(arguments, OPTION_list_overdue);
	request->page_size = CAP_PAGE_SIZE;
	if (unit)
		request->unit = (char *)unit;
	if (!r && unit && !identity_is_handle(bytes_of_string(unit)))
		r = client_problem(client, PROBLEM_UNIT_NAME_INVALID, "value", unit, NULL);
	if (!r && status)
		r = list_read_status(client, status, &request->status);
	if (!r && since)
		r = list_read_since(client, since, &request->since_time);
	return r;
}

/* All pages as one answer, with the last one's heartbeat. */
static int list_read(struct client *client, Stafett__V1__ReferralServiceListRequest *request,
	Stafett__V1__ReferralServiceListResponse *all)
{
	const Stafett__V1__ReferralServiceListResponse *page;

	do {
		int r = call_message(client, METHOD_list, &request->base,
			&stafett__v1__referral_service_list_response__descriptor, &page);

		if (r)
			return r;
		all->referrals = memory_join(&client->arena, all->referrals, all->n_referrals,
			page->referrals, page->n_referrals);
		all->n_referrals += page->n_referrals;
		all->heartbeat = page->heartbeat;
		heartbeat_take_time(client, page->heartbeat);
		request->page_token = page->next_page_token;
	} while (*request->page_token);
	return 0;
}

/* What is late is asked of each row, as every screen asks it: whether the person's help is,
 * is so at midnight, and the server counts it once its clerk has seen it. */
static void list_keep_overdue(
	const struct client *client, Stafett__V1__ReferralServiceListResponse *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->n_referrals; i++)
		if (all->referrals[i]->chain && row_is_overdue(client, all->referrals[i]->referral,
							all->referrals[i]->chain))
			all->referrals[kept++] = all->referrals[i];
	all->n_referrals = kept;
}

/* The latest referral of a chain, of those that were listed; NULL: there is none. */
static Stafett__V1__ReferralSummary *list_latest(
	const Stafett__V1__ReferralServiceListResponse *all, const char *chain)
{
	for (size_t i = 0; i < all->n_referrals; i++)
		if (all->referrals[i]->chain && strcmp(all->referrals[i]->chain->id, chain) == 0)
			return all->referrals[i];
	return NULL;
}

/* A chain to which the filters leave no referral: itself, unless they ask for some. */
static Stafett__V1__ReferralSummary *list_chain(struct client *client, Stafett__V1__Chain *chain)
{
	Stafett__V1__ReferralSummary *row = memory_alloc(&client->arena, sizeof(*row));
	const Stafett__V1__GetResponse *seen = chain_read(client, chain->id, REF_FOR_READING);

	stafett__v1__referral_summary__init(row);
	row->chain = chain;
	row->referral = seen ? seen->referral : chain_stand_in(client, chain)->referral;
	row->card = seen ? seen->card : NULL;
	return row;
}

/* Puts in place of all rows the chains that the unit holds, the oldest first. */
static int list_take_held(
	struct client *client, bool is_filtered, Stafett__V1__ReferralServiceListResponse *all)
{
	Stafett__V1__ChainServiceListRequest request =
		STAFETT__V1__CHAIN_SERVICE_LIST_REQUEST__INIT;
	const Stafett__V1__ChainServiceListResponse *page;
	Stafett__V1__ReferralSummary **rows = NULL, *row;
	size_t count = 0;

	request.page_size = CAP_PAGE_SIZE;
	do {
		int r = call_message(client, METHOD_list_chains, &request.base,
			&stafett__v1__chain_service_list_response__descriptor, &page);

		if (r)
			return r;
		for (size_t i = 0; i < page->n_chains; i++) {
			row = list_latest(all, page->chains[i]->id);
			if (!row && !is_filtered)
				row = list_chain(client, page->chains[i]);
			if (row)
				rows = memory_join(&client->arena, rows, count++, &row, 1);
		}
		request.page_token = page->next_page_token;
	} while (*page->next_page_token);
	all->referrals = rows;
	all->n_referrals = count;
	return 0;
}

static void list_add_row(struct client *client, struct table *table, size_t index,
	const Stafett__V1__ReferralSummary *summary)
{
	const Stafett__V1__Referral *referral = summary->referral;
	struct arena *arena = &client->arena;
	int64_t due_us = format_us(referral->due_time);
	struct card card;
	const char *cells[8];

	card_read_of(arena, summary->card, summary->chain, &card);
	card_remember(client, &card, CARD_IN_LIST, referral->id, summary->chain->id);
	cells[0] = row_number(client, index);
	cells[1] = format_code_start(arena, referral->code);
	cells[2] = row_person(client, &card);
	cells[3] = term_word(client, referral->status);
	cells[4] = row_unit(client, summary->chain->custodian);
	cells[5] = row_next_step(client, referral);
	cells[6] = row_time(client, due_us);
	cells[7] = row_chain_help(client, summary->chain);
	table_row(table, arena, row_is_marked(client, referral, summary->chain), cells);
}

static void list_print(struct client *client, const Stafett__V1__ReferralServiceListResponse *all)
{
	const struct table_column columns[] = {{.title = "#", .is_number = true},
		{.title = _("CODE")}, {.title = _("WHO"), .may_shrink = true},
		{.title = _("STATE"), .may_shrink = true},
		{.title = _("HELD BY"), .may_shrink = true},
		{.title = _("NEXT"), .may_shrink = true}, {.title = _("BY"), .may_shrink = true},
		{.title = row_help_title(client), .is_number = true}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (size_t i = 0; i < all->n_referrals; i++)
		list_add_row(client, table, i, all->referrals[i]);
	table_print(table);
	if (!client->is_plain)
		output_next(client, "show %s",
			format_code_start(&client->arena, all->referrals[0]->referral->code));
}

/* Of chains without a referral their own code. */
static void list_keep_rows(
	struct client *client, const Stafett__V1__ReferralServiceListResponse *all)
{
	struct last_list_row *rows =
		memory_alloc(&client->arena, sizeof(*rows) * (all->n_referrals + 1));
	size_t kept = 0;

	for (size_t i = 0; i < all->n_referrals; i++) {
		const Stafett__V1__Referral *referral = all->referrals[i]->referral;
		const Stafett__V1__Chain *chain = all->referrals[i]->chain;

		if (referral && *referral->id)
			rows[kept++] = (struct last_list_row){referral->code, referral->id};
		else if (chain)
			rows[kept++] = (struct last_list_row){chain->code, chain->id};
	}
	last_list_save(client, rows, kept);
}

static bool list_is_filtered(const struct arguments *arguments, enum option_id except)
{
	bool is_filtered = false;

	for (int option = OPTION_list_sent; option <= OPTION_list_since; option++)
		is_filtered |=
			option != (int)except && arguments_has(arguments, (enum option_id)option);
	return is_filtered;
}

/* Where nothing fits, the next step asks for less. */
static void list_print_nothing(struct client *client, const struct arguments *arguments)
{
	bool is_filtered = list_is_filtered(arguments, OPTION_COUNT);

	puts(is_filtered ? _("Nothing fits that.") : _("There is nothing to list."));
	output_next(client, is_filtered ? "list" : "units");
}

int command_list(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__ReferralServiceListRequest request =
		STAFETT__V1__REFERRAL_SERVICE_LIST_REQUEST__INIT;
	Stafett__V1__ReferralServiceListResponse all =
		STAFETT__V1__REFERRAL_SERVICE_LIST_RESPONSE__INIT;
	int r = list_read_request(client, arguments, &request);

	if (!r)
		r = client_open(client);
	if (!r)
		r = directory_check(client, request.unit);
	if (!r)
		r = list_read(client, &request, &all);
	if (!r && arguments_has(arguments, OPTION_list_overdue))
		list_keep_overdue(client, &all);
	if (!r && arguments_has(arguments, OPTION_list_held))
		r = list_take_held(client, list_is_filtered(arguments, OPTION_list_held), &all);
	if (r)
		return r;
	list_keep_rows(client, &all);
	if (client->is_json)
		return output_json(client, &all.base);
	all.n_referrals = chain_keep_rows(client, all.referrals, all.n_referrals);
	if (all.n_referrals || client->is_plain)
		list_print(client, &all);
	else
		list_print_nothing(client, arguments);
	heartbeat_print(client, all.heartbeat);
	return 0;
}
