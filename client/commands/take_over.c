/* SPDX-License-Identifier: Apache-2.0 */
/* stafett take-over [REF...] [--from UNIT]: a unit closes, and this one follows it: one
 * act a chain. Which unit that is the directory knows. What an interrupted run has left is taken
 * over by the next. */
#include <stdio.h>

#include "client/acting.h"
#include "client/asking.h"
#include "client/call.h"
#include "client/chain.h"
#include "client/deliver.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/text.h"
#include "stafett/caps.h"

struct take_over {
	struct client *client;
	struct input_value values[INPUT_COUNT];
	const char **named; /* as ref_resolve has them */
	size_t count_named;
	char **from; /* the units that close */
	size_t count_from;
	Stafett__V1__Chain **chains;
	size_t count;
};

/* The unit that was named, or those that the own one replaces. */
static int take_over_find(struct take_over *it)
{
	struct client *client = it->client;
	const char *named = it->values[INPUT_take_over_from].text;

	if (!named)
		it->count_from = directory_predecessors(client, client->profile->unit, &it->from);
	else
		it->from = memory_join(&client->arena, NULL, it->count_from++, &named, 1);
	return it->count_from ? 0 : input_missing(client, INPUT_take_over_from);
}

static int take_over_fill(struct acting *acting)
{
	acting_make(acting, &stafett__v1__take_over_act__descriptor);
	return 0;
}

static const struct acting_row take_over_row = {
	.command = COMMAND_take_over,
	.act = "take-over",
	.target = ACTING_ON_CHAIN,
	.fill = take_over_fill,
	.said = N_("{code} taken over from {office}: your unit holds it."),
};

/* What was typed, as letters that codes begin with, or ids. */
static int take_over_read(struct take_over *it, const struct arguments *arguments)
{
	int r = 0;

	it->count_named = arguments->n_rest;
	it->named = memory_alloc(&it->client->arena, (arguments->n_rest + 1) * sizeof(*it->named));
	for (size_t i = 0; i < arguments->n_rest && !r; i++)
		r = ref_resolve(it->client, arguments->rest[i], REF_FOR_ACTING, &it->named[i]);
	return r;
}

/* Whether it is one of those that were named; where none was, all are. */
static bool take_over_is_named(const struct take_over *it, const char *chain)
{
	for (size_t i = 0; i < it->count_named; i++)
		if (ref_is(it->named[i], chain))
			return true;
	return !it->count_named;
}

static void take_over_keep(struct take_over *it, const Stafett__V1__ChainServiceListResponse *page)
{
	struct arena *arena = &it->client->arena;

	for (size_t i = 0; i < page->n_chains; i++) {
		if (!take_over_is_named(it, page->chains[i]->id))
			continue;
		it->chains = memory_join(arena, it->chains, it->count, &page->chains[i], 1);
		it->count++;
	}
}

/* All that a unit that closes still holds. */
static int take_over_list(struct take_over *it, const char *from)
{
	Stafett__V1__ChainServiceListRequest request =
		STAFETT__V1__CHAIN_SERVICE_LIST_REQUEST__INIT;
	const Stafett__V1__ChainServiceListResponse *page;

	request.held_by = (char *)from;
	request.page_size = CAP_PAGE_SIZE;
	do {
		int r = call_message(it->client, METHOD_list_chains, &request.base,
			&stafett__v1__chain_service_list_response__descriptor, &page);

		if (r)
			return r;
		take_over_keep(it, page);
		request.page_token = page->next_page_token;
	} while (*page->next_page_token);
	return 0;
}

/* At a terminal: from whom, and whether that many. */
static int take_over_confirm(struct take_over *it)
{
	struct client *client = it->client;
	struct asking asking;
	bool is_wanted;
	int r;

	if (!it->count || !tty_is_there() || client->is_json)
		return 0;
	r = asking_begin(client, &asking);
	if (r)
		return r;
	client_word(client, "count", memory_printf(&client->arena, "%zu", it->count));
	is_wanted = asking_confirm(&asking,
		words_fill(&client->arena, _("Take over the chains of {office} ({count})? (y/N) "),
			&client->words));
	asking_end(&asking);
	return is_wanted ? 0 : client_problem(client, PROBLEM_NOT_TAKEN_OVER, NULL);
}

static int take_over_one(struct take_over *it, Stafett__V1__Chain *chain)
{
	struct client *client = it->client;
	const Stafett__V1__ActResponse *response;
	struct acting acting;
	int r;

	acting_on(client, &take_over_row, chain_stand_in(client, chain), &acting);
	client_word(client, "office", directory_name(client, chain->custodian));
	client_word(client, "ref", format_code_start(&client->arena, chain->code));
	r = acting_do(&acting, &response);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &response->base);
	client_word(client, "code", chain->code);
	output_say(client, "", acting.said);
	return 0;
}

/* No receipt, where nothing is taken over. */
static int take_over_nothing(struct take_over *it)
{
	Stafett__V1__ActResponse none = STAFETT__V1__ACT_RESPONSE__INIT;

	if (it->count_named)
		return client_problem(it->client, PROBLEM_NOT_FOUND, NULL);
	if (it->client->is_json)
		return output_json(it->client, &none.base);
	output_say(it->client, "", _("{office} holds no chain that your unit takes over."));
	output_next(it->client, "units --closed");
	return 0;
}

static int take_over_all(struct take_over *it)
{
	struct client *client = it->client;
	int r = 0;

	client_word(client, "office", directory_names(client, it->from, it->count_from));
	if (!it->count)
		return take_over_nothing(it);
	r = take_over_confirm(it);
	for (size_t i = 0; i < it->count && !r; i++)
		r = take_over_one(it, it->chains[i]);
	if (!r && !client->is_json)
		output_next(
			client, "show %s", format_code_start(&client->arena, it->chains[0]->code));
	return r;
}

int command_take_over(struct client *client, const struct arguments *arguments)
{
	struct take_over it = {.client = client};
	int r = input_read(client, COMMAND_take_over, arguments, it.values);

	if (!r)
		r = input_check(client, COMMAND_take_over, it.values);
	if (!r)
		r = client_open(client);
	if (!r)
		r = take_over_read(&it, arguments);
	if (!r)
		r = deliver_pending(client, false);
	if (!r)
		r = take_over_find(&it);
	for (size_t i = 0; i < it.count_from && !r; i++)
		r = take_over_list(&it, it.from[i]);
	return r ? r : take_over_all(&it);
}
