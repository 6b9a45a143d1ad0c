/* SPDX-License-Identifier: Apache-2.0 */
/* Chains that stand for themselves: see the header. */
#include "client/chain.h"

#include "client/call.h"
#include "client/card.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "domain/rules_table.h"
#include "domain/words.h"

const Stafett__V1__GetResponse *chain_stand_in(struct client *client, Stafett__V1__Chain *chain)
{
	Stafett__V1__GetResponse *response = memory_alloc(&client->arena, sizeof(*response));
	Stafett__V1__Referral *referral = memory_alloc(&client->arena, sizeof(*referral));

	stafett__v1__get_response__init(response);
	stafett__v1__referral__init(referral);
	referral->code = chain->code;
	referral->chain = chain->id;
	referral->status = chain->status;
	referral->version = chain->version;
	referral->next_act = chain->next_act;
	referral->due_time = chain->due_time;
	/* What is next is told to the unit whose turn it is, and to no other. */
	if (*chain->next_act)
		referral->next_actor = referral->requester =
			memory_string(&client->arena, client->profile->unit);
	response->referral = referral;
	response->chain = chain;
	return response;
}

size_t chain_keep_rows(struct client *client, Stafett__V1__ReferralSummary **rows, size_t n_rows)
{
	size_t kept = 0;

	for (size_t i = 0; i < n_rows; i++) {
		if (!rows[i]->chain)
			continue;
		if (!rows[i]->referral)
			rows[i]->referral =
				(Stafett__V1__Referral *)chain_stand_in(client, rows[i]->chain)
					->referral;
		rows[kept++] = rows[i];
	}
	return kept;
}

/* What was asked for when it began. */
static void chain_take_events(
	Stafett__V1__GetResponse *response, const Stafett__V1__ChainServiceGetResponse *chain)
{
	response->n_events = chain->n_events;
	response->events = chain->events;
	for (size_t i = 0; i < chain->n_events; i++) {
		const Stafett__V1__Event *event = chain->events[i];

		if (strcmp(event->kind, "register") != 0)
			continue;
		response->referral->kind = event->request_kind;
		response->referral->n_needs = event->n_needs;
		response->referral->needs = event->needs;
		response->referral->create_time = event->create_time;
	}
}

/* The last card that a message of the chain itself had, or the last referral. */
static void chain_take_contents(
	Stafett__V1__GetResponse *response, const Stafett__V1__ChainServiceGetResponse *chain)
{
	response->n_contents = chain->n_contents;
	response->contents = chain->contents;
	for (size_t i = 0; i < chain->n_referrals; i++)
		response->card = chain->referrals[i]->card;
	if (chain->card)
		response->card = chain->card;
}

const Stafett__V1__ChainServiceGetResponse *chain_get(
	struct client *client, const char *name, enum ref_use use)
{
	Stafett__V1__ChainServiceGetRequest request = STAFETT__V1__CHAIN_SERVICE_GET_REQUEST__INIT;
	const Stafett__V1__ChainServiceGetResponse *chain;

	request.id = (char *)name;
	request.include_contents = use == REF_FOR_TEXTS;
	request.look = use >= REF_FOR_LOOKING;
	if (!call_aside(client, METHOD_get_chain, &request.base,
		    &stafett__v1__chain_service_get_response__descriptor, &chain) ||
		!chain->chain)
		return NULL;
	return chain;
}

const Stafett__V1__GetResponse *chain_read(
	struct client *client, const char *name, enum ref_use use)
{
	const Stafett__V1__ChainServiceGetResponse *chain = chain_get(client, name, use);
	Stafett__V1__GetResponse *response;

	if (!chain)
		return NULL;
	response = (Stafett__V1__GetResponse *)chain_stand_in(client, chain->chain);
	response->heartbeat = chain->heartbeat;
	chain_take_events(response, chain);
	chain_take_contents(response, chain);
	return response;
}

const Stafett__V1__GetResponse *chain_whole(
	struct client *client, const Stafett__V1__GetResponse *response, enum ref_use use)
{
	const Stafett__V1__ChainServiceGetResponse *chain =
		chain_get(client, response->chain->id, use);
	Stafett__V1__GetResponse *whole = memory_alloc(&client->arena, sizeof(*whole));

	if (!chain)
		return response;
	*whole = *response;
	whole->n_events = chain->n_events;
	whole->events = chain->events;
	whole->earlier_events = chain->earlier_events;
	return whole;
}

bool chain_is_alone(const Stafett__V1__GetResponse *seen)
{
	return !*seen->referral->id;
}

bool chain_may(const Stafett__V1__Chain *chain, const char *act)
{
	for (size_t i = 0; i < chain->n_allowed_acts; i++)
		if (strcmp(chain->allowed_acts[i], act) == 0)
			return true;
	return false;
}

bool chain_may_referral(const Stafett__V1__Referral *referral, const char *act)
{
	for (size_t i = 0; i < referral->n_allowed_acts; i++)
		if (strcmp(referral->allowed_acts[i], act) == 0)
			return true;
	return false;
}

bool chain_moves_by(const Stafett__V1__Referral *referral)
{
	int kind = kind_from_code(bytes_of_string(referral->kind));

	return kind >= 0 && rules_kind_row((enum kind)kind)->transfers;
}

bool chain_waits_for_completion(const struct client *client, const Stafett__V1__GetResponse *seen)
{
	const char *holder = seen->chain->custodian;

	return strcmp(seen->referral->kind, "aftercare") == 0 && *holder &&
	       strcmp(holder, client->profile->unit) != 0 &&
	       strcmp(seen->referral->owner, client->profile->unit) == 0;
}

int chain_or_referral(struct client *client, const char *typed, enum ref_use use,
	const Stafett__V1__GetResponse **ret_response)
{
	int r = ref_get(client, typed, use, ret_response);
	const Stafett__V1__GetResponse *chain = NULL;
	const char *name;

	/* A row was confirmed already, and is a referral's. */
	if (r == EXIT_NOT_FOUND && !ref_resolve(client, typed, REF_FOR_READING, &name))
		chain = chain_read(client, name, use);
	if (!chain)
		return r;
	client->problem = (struct problem){0};
	client_word(client, "ref", format_code_start(&client->arena, chain->chain->code));
	client_word(client, "near", NULL);
	*ret_response = chain;
	return 0;
}

/* A coordination number and a reserve number may give none. */
static bool chain_birth_date(struct client *client, const struct card *card, struct date *ret_date)
{
	return date_parse(bytes_of_string(card_birth_date(&client->arena, card)), ret_date) &&
	       date_compare(*ret_date, client->today) <= 0;
}

bool chain_is_of_another(
	struct client *client, const Stafett__V1__Part *one, const Stafett__V1__Part *other)
{
	struct date born[2];
	struct card cards[2];

	card_read(&client->arena, one, &cards[0]);
	card_read(&client->arena, other, &cards[1]);
	if (card_has_number(&cards[0]) && card_has_number(&cards[1]))
		return strcmp(cards[0].identifier, cards[1].identifier) != 0;
	return chain_birth_date(client, &cards[0], &born[0]) &&
	       chain_birth_date(client, &cards[1], &born[1]) && date_compare(born[0], born[1]) != 0;
}
