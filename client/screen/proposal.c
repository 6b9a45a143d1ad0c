/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals: see the header. */
#include "client/screen/proposal.h"

#include "client/chain.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
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
	words_set(&words, "reason", term_code(client, CODES_END, proposal->reason));
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
