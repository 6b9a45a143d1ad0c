/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences after an act: see the header. */
#include "client/acting_tell.h"

#include <stdio.h>

#include "client/chain.h"
#include "client/directory.h"
#include "client/packing.h"
#include "client/screen/act.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/row.h"
#include "client/screen/term.h"
#include "client/text.h"

static void acting_set_words(const struct acting *acting, const Stafett__V1__ActResponse *response,
	const Stafett__V1__GetResponse *now)
{
	struct client *client = acting->client;
	const Stafett__V1__Referral *referral = now->referral;
	const Stafett__V1__Receipt *receipt =
		packing_unpack(&client->arena, &stafett__v1__receipt__descriptor,
			bytes_of(response->receipt.data, response->receipt.len));
	bool is_own = strcmp(referral->requester, client->profile->unit) == 0;

	client_word(client, "code", acting->seen->referral->code);
	client_word(client, "clock",
		receipt ? format_clock(&client->arena, format_us(receipt->commit_time)) : "");
	client_word(client, "office", directory_name(client, client->profile->unit));
	client_word(client, "holder", directory_name(client, now->chain->custodian));
	client_word(client, "other",
		directory_name(client, is_own ? referral->owner : referral->requester));
	client_word(client, "owner", directory_name(client, referral->owner));
	client_word(client, "actor", directory_name(client, referral->next_actor));
	client_word(client, "act", row_duty(client, referral));
	client_word(client, "due",
		format_moment(&client->arena, format_us(referral->due_time), client->today));
}

/* A sentence that names the holder itself needs no line for it. */
static void acting_tell_holder(
	struct client *client, const char *said, const Stafett__V1__GetResponse *now)
{
	bool is_ours = strcmp(now->chain->custodian, client->profile->unit) == 0;

	if (strstr(said, "{holder}"))
		return;
	if (!*now->chain->custodian)
		output_say(client, "  ", _("The chain is closed; nobody holds it any more."));
	else
		output_say(client, "  ",
			is_ours ? _("You hold the chain.") : _("{holder} holds the chain."));
}

/* "Next expected: Fri 27 Nov 13:00, visit. If nobody confirms it by 16:30 you are
 * told." */
static void acting_tell_expected(struct client *client, const Stafett__V1__Referral *referral)
{
	const Stafett__V1__ExpectedEvent *event = referral->expected_event;
	bool is_ours = strcmp(referral->owner, client->profile->unit) == 0;
	struct words words = {0};

	words_set(&words, "kind", term_code(client, CODES_EVENT, event->kind));
	words_set(&words, "time",
		format_moment(&client->arena, format_us(event->time), client->today));
	words_set(&words, "alarm",
		format_moment(&client->arena, format_us(event->alarm_time), client->today));
	words_set(&words, "owner", directory_name(client, referral->owner));
	lines_print(stdout, "  ", "    ",
		words_fill(&client->arena,
			is_ours ? _("Next expected: {time}, {kind}.[ If nobody confirms it by "
				    "{alarm}, you are told.]")
				: _("Next expected: {time}, {kind}.[ If nobody confirms it by "
				    "{alarm}, {owner} is told.]"),
			&words));
}

static bool acting_is_expected(const Stafett__V1__Referral *referral)
{
	return referral->expected_event && !referral->expected_event->missed &&
	       strcmp(referral->next_act, "book") != 0 && *referral->expected_event->kind &&
	       *referral->next_act;
}

/* Whether we hold it and nothing is under way: then the next step is ours. */
static bool acting_is_at_rest(struct client *client, const Stafett__V1__GetResponse *now)
{
	return chain_may(now->chain, "close") &&
	       strcmp(now->chain->custodian, client->profile->unit) == 0;
}

/* Whose turn it is can only say no: what helps the person is the holder's to do. */
static void acting_tell_left(struct client *client, const Stafett__V1__GetResponse *now)
{
	const char *consent = act_command(client, "consent", now->referral, now->chain);
	const char *end = act_command(client, "withdraw", now->referral, now->chain);

	output_say(client, "  ",
		_("The person waits with you: ask for a new consent, or end this and ask another "
		  "unit."));
	lines_print_command(stdout, "", _("Next:"),
		end ? end
		    : client_next(client, "show %s",
			      format_code_start(&client->arena, now->referral->code)));
	if (consent)
		lines_print_command(stdout, "", _("Or:"), consent);
}

void acting_tell_next(struct client *client, const Stafett__V1__GetResponse *now)
{
	const Stafett__V1__Referral *referral = now->referral;
	bool is_ours = strcmp(referral->next_actor, client->profile->unit) == 0;
	char *command = NULL;

	if (row_is_left_to_us(client, referral, now->chain)) {
		acting_tell_left(client, now);
		return;
	}
	if (acting_is_expected(referral))
		acting_tell_expected(client, referral);
	else if (acting_is_at_rest(client, now))
		output_say(client, "  ",
			_("Nothing is under way for the person: send it on, or close the "
			  "chain[, by {due}]."));
	else if (*referral->next_actor)
		output_say(client, "  ",
			!is_ours ? _("{actor} must act next: {act}[ by {due}].")
			: row_is_to_be_booked(referral)
				? _("You must act next: {act}[ by {due}]. Book the visit for it.")
				: _("You must act next: {act}[ by {due}]."));
	if (is_ours)
		command = act_command(client, row_next_act(referral), referral, now->chain);
	else if (acting_is_at_rest(client, now))
		command = act_command(client, "send", referral, now->chain);
	if (command)
		lines_print_command(stdout, "", _("Next:"), command);
	else
		output_next(client, "show %s", format_code_start(&client->arena, referral->code));
}

const char *acting_acknowledged(struct client *client, const Stafett__V1__GetResponse *now)
{
	if (chain_waits_for_completion(client, now))
		return _(
			"{code} acknowledged[ {clock}].[ {holder} holds the chain; it moves to you "
			"only when {holder} completes the treatment.]");
	if (strcmp(now->chain->custodian, client->profile->unit) == 0)
		return _("{code} acknowledged[ {clock}]. You hold the chain.");
	if (chain_may_referral(now->referral, "accept") && chain_moves_by(now->referral))
		return _("{code} acknowledged[ {clock}].[ {holder} still holds the chain until "
			 "you accept it.]");
	return _("{code} acknowledged[ {clock}].[ {holder} holds the chain.]");
}

const char *acting_accepted(struct client *client, const Stafett__V1__GetResponse *now)
{
	if (strcmp(now->chain->custodian, client->profile->unit) == 0)
		return _(
			"{code} accepted[ {clock}]. {office} now holds this chain[ for {person}].");
	if (chain_waits_for_completion(client, now))
		return _("{code} accepted[ {clock}]. {holder} goes on holding this chain[ for "
			 "{person}]; it moves to you only when {holder} completes the treatment.");
	return _("{code} accepted[ {clock}]. {holder} goes on holding this chain[ for {person}].");
}

void acting_tell(struct acting *acting, const Stafett__V1__ActResponse *response)
{
	const Stafett__V1__GetResponse *now = acting_look_again(acting);
	struct client *client = acting->client;

	acting_set_words(acting, response, now);
	if (acting->row->tell) {
		acting->row->tell(acting, now);
		return;
	}
	output_say(client, "", acting->said);
	acting_tell_holder(client, acting->said, now);
	acting_tell_next(client, now);
}
