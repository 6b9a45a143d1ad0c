/* SPDX-License-Identifier: Apache-2.0 */
/* stafett merge REF --into REF: two chains of one person become one. */
#include "client/acting.h"
#include "client/chain.h"
#include "client/directory.h"
#include "client/screen/format.h"
#include "client/text.h"

/* Two of one unit are merged by two of its members, else the other holder agrees. */
static void merge_say(struct acting *acting, const Stafett__V1__GetResponse *other)
{
	const char *mine = acting->client->profile->unit;
	const char *ending = acting->seen->chain->custodian, *going_on = other->chain->custodian;

	client_word(acting->client, "agreeing",
		directory_name(acting->client, strcmp(ending, mine) == 0 ? going_on : ending));
	acting->said =
		strcmp(ending, going_on) == 0
			? _("{code}: it is proposed that its chain goes on in that of {into}[, "
			    "{clock}]. Nothing is changed until another member of {office} "
			    "confirms it.")
			: _("{code}: it is proposed that its chain goes on in that of {into}[, "
			    "{clock}]. Nothing is changed until {agreeing} confirms it.");
}

static int merge_fill(struct acting *acting)
{
	Stafett__V1__MergeAct *act = acting_make(acting, &stafett__v1__merge_act__descriptor);
	struct client *client = acting->client;
	const Stafett__V1__GetResponse *other;
	int r = chain_or_referral(
		client, acting_text(acting, INPUT_merge_into), REF_FOR_LOOKING, &other);

	if (r)
		return r;
	client_word(client, "ref", format_code_start(&client->arena, acting->seen->referral->code));
	if (chain_is_of_another(client, acting->seen->card, other->card))
		return client_problem(client, PROBLEM_MERGES_TWO_PERSONS, "into",
			format_code_start(&client->arena, other->referral->code), NULL);
	client_word(client, "into", other->referral->code);
	act->into = other->chain->id;
	merge_say(acting, other);
	return 0;
}

static const struct acting_row merge_row = {
	.command = COMMAND_merge,
	.act = "merge",
	.target = ACTING_ON_CHAIN,
	.is_shown = true,
	.fill = merge_fill,
};

int command_merge(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &merge_row);
}
