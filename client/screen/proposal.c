/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals: see the header. */
#include "client/screen/proposal.h"

#include <stdio.h>

#include "client/card.h"
#include "client/chain.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"

const Stafett__V1__Proposal *proposal_of(
	const Stafett__V1__Referral *referral, const Stafett__V1__Chain *chain)
{
	const Stafett__V1__Proposal *proposal =
		referral->proposal ? referral->proposal : chain->proposal;

	return proposal && *proposal->id ? proposal : NULL;
}

static bool proposal_is_own(const struct client *client, const Stafett__V1__Proposal *proposal)
{
	return strcmp(proposal->member, client->member) == 0;
}

static const char *proposal_member(
	const struct client *client, const Stafett__V1__Proposal *proposal)
{
	const char *name = strrchr(proposal->member, ':');

	if (proposal_is_own(client, proposal))
		return _("you");
	if (*proposal->member_display_name)
		return proposal->member_display_name;
	return name ? name + 1 : proposal->member;
}

/* What would be so once it is confirmed. */
static const char *proposal_template(const Stafett__V1__Proposal *proposal)
{
	if (*proposal->help_request_date)
		return N_("the person asked for help on {day} instead, proposed by {member}[ of "
			  "{unit}][ {time}]");
	if (*proposal->into)
		return N_("to go on in the chain of {into}, proposed by {member}[ of {unit}][ "
			  "{time}]");
	return N_("{act}[ ({reason})], proposed by {member}[ of {unit}][ {time}]");
}

char *proposal_text(struct client *client, const Stafett__V1__Proposal *proposal)
{
	struct arena *arena = &client->arena;
	bool is_ours = strcmp(proposal->unit, client->profile->unit) == 0;
	struct words words = {0};

	words_set(&words, "act", term_word(client, proposal->act));
	words_set(&words, "reason", term_code(client, CODES_VOID, proposal->reason));
	words_set(
		&words, "day", format_day_text(arena, proposal->help_request_date, client->today));
	words_set(&words, "into",
		*proposal->into ? format_code_start(arena, format_code_of_id(arena, proposal->into))
				: "");
	words_set(&words, "member", proposal_member(client, proposal));
	words_set(&words, "unit", is_ours ? "" : directory_name(client, proposal->unit));
	words_set(&words, "time",
		proposal->create_time
			? format_moment(arena, format_us(proposal->create_time), client->today)
			: "");
	return words_fill(arena, _(proposal_template(proposal)), &words);
}

const char *proposal_who(struct client *client, const Stafett__V1__Proposal *proposal)
{
	const char *unit = proposal->confirm_unit;
	struct words words = {0};

	if (proposal->may_confirm)
		return _("you confirm it or drop it");
	if (*unit && strcmp(unit, client->profile->unit) != 0) {
		words_set(&words, "unit", directory_name(client, unit));
		return words_fill(&client->arena, _("{unit} confirms it or drops it"), &words);
	}
	return *proposal->help_request_date
		       ? _("a manager of your unit confirms it or drops it")
		       : _("another member of your unit confirms it or drops it");
}

static bool proposal_may_be_answered(
	const Stafett__V1__Referral *referral, const Stafett__V1__Chain *chain)
{
	for (size_t i = 0; i < referral->n_allowed_acts; i++)
		if (strcmp(referral->allowed_acts[i], "confirm") == 0)
			return true;
	return chain_may(chain, "confirm");
}

void proposal_commands(struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain, const char **ret_confirm, const char **ret_drop)
{
	const char *code = format_code_start(&client->arena, referral->code);
	const Stafett__V1__Proposal *proposal = proposal_of(referral, chain);

	*ret_confirm = *ret_drop = NULL;
	if (!proposal || !proposal_may_be_answered(referral, chain))
		return;
	*ret_drop = client_next(client, "confirm %s --drop", code);
	if (proposal->may_confirm)
		*ret_confirm = client_next(client, "confirm %s", code);
}

/* -- before it is confirmed ------------------------------------------------------------ */

static void proposal_say(const char *text)
{
	lines_print(stderr, "  ", "    ", text);
}

/* The codes by which the reader knows what is in a chain: "7K3M, 0XVJ". */
static const char *proposal_codes(
	struct client *client, const Stafett__V1__ChainServiceGetResponse *chain)
{
	struct arena *arena = &client->arena;
	const char *codes = "";

	for (size_t i = 0; i < chain->n_referrals; i++)
		codes = memory_printf(arena, "%s%s%s", codes, i ? ", " : "",
			format_code_start(arena, chain->referrals[i]->referral->code));
	return codes;
}

/* "ends: 24RF, held by Lund Vuxen: Åsa Ström (AMPZ)" */
static void proposal_show_chain(struct client *client, const char *id, const char *template)
{
	const Stafett__V1__ChainServiceGetResponse *chain = chain_get(client, id, REF_FOR_LOOKING);
	struct words words = {0};
	struct card card;

	if (!chain)
		return;
	card_read_of(&client->arena, chain->card, chain->chain, &card);
	for (size_t i = 0; i < chain->n_referrals && !card.is_there; i++)
		card_read_of(&client->arena, chain->referrals[i]->card, chain->chain, &card);
	words_set(&words, "code", format_code_start(&client->arena, chain->chain->code));
	words_set(&words, "holder", directory_name(client, chain->chain->custodian));
	words_set(&words, "person",
		card.is_there ? card_list_name(&client->arena, &card)
			      : _("whom it is about is not shared with you"));
	words_set(&words, "codes", proposal_codes(client, chain));
	proposal_say(words_fill(&client->arena, template, &words));
}

static const char *proposal_consequence(const Stafett__V1__Proposal *proposal)
{
	if (*proposal->help_request_date)
		return N_("Once it is confirmed, the person's clock is counted from that day, and "
			  "no longer from {day}.");
	if (*proposal->into)
		return N_("Once it is confirmed, these two are one, and it cannot be undone:");
	return N_("Once it is confirmed, it is as if it had never been sent, and it cannot be "
		  "undone.");
}

/* A text of several lines as one line. */
static char *proposal_line(struct client *client, struct bytes text)
{
	char *line;

	while (text.len && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r'))
		text.len--;
	line = memory_copy(&client->arena, text);
	for (char *p = line; (p = strpbrk(p, "\r\n"));)
		*p = ' ';
	return line;
}

/* The text of the message that proposed it; reading it is a reading. */
static void proposal_show_reason(struct client *client, const Stafett__V1__Proposal *proposal,
	const Stafett__V1__Chain *chain)
{
	const Stafett__V1__ChainServiceGetResponse *read =
		chain_get(client, chain->id, REF_FOR_TEXTS);
	struct words words = {0};

	for (size_t i = 0; read && i < read->n_contents; i++) {
		const Stafett__V1__Part *body = read->contents[i]->body;

		if (strcmp(read->contents[i]->message, proposal->id) != 0 || !body ||
			body->content_case != STAFETT__V1__PART__CONTENT_DATA || !body->data.len)
			continue;
		words_set(&words, "why",
			safe_line(&client->arena,
				proposal_line(client, bytes_of(body->data.data, body->data.len))));
		proposal_say(words_fill(&client->arena, _("Why: {why}"), &words));
	}
}

void proposal_show(struct client *client, const Stafett__V1__Proposal *proposal,
	const Stafett__V1__Chain *chain)
{
	struct words words = {0};

	words_set(&words, "what", proposal_text(client, proposal));
	proposal_say(words_fill(&client->arena, _("What waits: {what}"), &words));
	/* The reason of what is proposed for one referral is in its code. */
	if (*proposal->help_request_date || *proposal->into)
		proposal_show_reason(client, proposal, chain);
	words_set(&words, "day",
		format_day_text(&client->arena, chain->help_request_date, client->today));
	proposal_say(words_fill(&client->arena, _(proposal_consequence(proposal)), &words));
	if (!*proposal->into)
		return;
	proposal_show_chain(
		client, chain->id, _("ends: {code}, held by {holder}: {person}[ ({codes})]"));
	proposal_show_chain(client, proposal->into,
		_("goes on: {code}, held by {holder}: {person}[ ({codes})]"));
}
