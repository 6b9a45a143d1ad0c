/* SPDX-License-Identifier: Apache-2.0 */
/* stafett list: the unit's referrals, who holds them, and what comes next. */
#include <stdio.h>

#include "client/call.h"
#include "client/card.h"
#include "client/client.h"
#include "client/directory.h"
#include "client/last_list.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/screen/row.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "stafett/caps.h"
#include "stafett/v1/referral_service.pb-c.h"

static int list_read(struct client *client, const struct arguments *arguments,
	Stafett__V1__ReferralServiceListResponse *all)
{
	Stafett__V1__ReferralServiceListRequest request =
		STAFETT__V1__REFERRAL_SERVICE_LIST_REQUEST__INIT;
	const Stafett__V1__ReferralServiceListResponse *page;
	bool sent = arguments_has(arguments, OPTION_list_sent);
	bool received = arguments_has(arguments, OPTION_list_received);

	if (sent != received)
		request.direction = sent ? (char *)"sent" : (char *)"received";
	request.open_only = arguments_has(arguments, OPTION_list_open);
	request.page_size = CAP_PAGE_SIZE;
	do {
		int r = call_message(client, METHOD_list, &request.base,
			&stafett__v1__referral_service_list_response__descriptor, &page);

		if (r)
			return r;
		all->referrals = memory_join(&client->arena, all->referrals, all->n_referrals,
			page->referrals, page->n_referrals);
		all->n_referrals += page->n_referrals;
		request.page_token = page->next_page_token;
	} while (*request.page_token);
	return 0;
}

/* A row that the server sent without a referral or a chain shows nothing. */
static void list_keep_whole_rows(Stafett__V1__ReferralServiceListResponse *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->n_referrals; i++) {
		if (all->referrals[i]->referral && all->referrals[i]->chain)
			all->referrals[kept++] = all->referrals[i];
	}
	all->n_referrals = kept;
}

/* "you" is shorter than the own unit's name, and what one looks for. */
static const char *list_unit(struct client *client, const char *handle)
{
	if (strcmp(handle, client->profile->unit) == 0)
		return _("you");
	return directory_name(client, handle);
}

/* "Beroende Lund: accept, Fri". */
static const char *list_next_step(struct client *client, const Stafett__V1__Referral *referral)
{
	if (!*referral->next_actor)
		return "";
	return memory_printf(&client->arena, "%s: %s", list_unit(client, referral->next_actor),
		term_word(client, referral->next_act));
}

static void list_add_row(struct client *client, struct table *table, size_t index,
	const Stafett__V1__ReferralSummary *summary)
{
	const Stafett__V1__Referral *referral = summary->referral;
	struct arena *arena = &client->arena;
	int64_t due_us = format_us(referral->due_time);
	struct card card;
	const char *cells[8];

	card_read(arena, summary->card, &card);
	cells[0] = row_number(client, index);
	cells[1] = format_code_start(arena, referral->code);
	cells[2] = row_person(client, &card);
	cells[3] = term_word(client, referral->status);
	cells[4] = list_unit(client, summary->chain->custodian);
	cells[5] = list_next_step(client, referral);
	cells[6] = format_brief(arena, due_us, client->today);
	cells[7] = format_days_left(arena, summary->chain->intervention_due_date, client->today);
	table_row(table, arena, row_is_late(due_us), cells);
}

static void list_print(struct client *client, const Stafett__V1__ReferralServiceListResponse *all)
{
	const struct table_column columns[] = {{.title = "#", .is_number = true},
		{.title = _("CODE")}, {.title = _("WHO"), .may_shrink = true},
		{.title = _("STATE")}, {.title = _("HELD BY"), .may_shrink = true},
		{.title = _("NEXT"), .may_shrink = true}, {.title = _("BY")},
		{.title = _("HELP DUE"), .is_number = true}, {.title = NULL}};
	struct table *table = table_new(columns, client->is_plain);

	for (size_t i = 0; i < all->n_referrals; i++)
		list_add_row(client, table, i, all->referrals[i]);
	table_print(table);
	if (!client->is_plain)
		output_next(client, "show %s",
			format_code_start(&client->arena, all->referrals[0]->referral->code));
}

static void list_keep_rows(
	struct client *client, const Stafett__V1__ReferralServiceListResponse *all)
{
	struct last_list_row *rows =
		memory_alloc(&client->arena, sizeof(*rows) * (all->n_referrals + 1));

	for (size_t i = 0; i < all->n_referrals; i++)
		rows[i] = (struct last_list_row){
			all->referrals[i]->referral->code, all->referrals[i]->referral->id};
	last_list_save(client, rows, all->n_referrals);
}

int command_list(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__ReferralServiceListResponse all =
		STAFETT__V1__REFERRAL_SERVICE_LIST_RESPONSE__INIT;
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r)
		r = client_open(client);
	if (!r)
		r = list_read(client, arguments, &all);
	if (r)
		return r;
	list_keep_whole_rows(&all);
	list_keep_rows(client, &all);
	if (client->is_json)
		return output_json(client, &all.base);
	if (all.n_referrals) {
		list_print(client, &all);
	} else if (!client->is_plain) {
		puts(_("There is nothing to list."));
		output_next(client, "units");
	}
	return 0;
}
