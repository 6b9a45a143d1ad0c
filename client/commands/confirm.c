/* SPDX-License-Identifier: Apache-2.0 */
/* stafett confirm REF: the second member's half of what takes two. */
#include <stdio.h>

#include "client/acting.h"
#include "client/screen/lines.h"
#include "client/screen/proposal.h"
#include "client/screen/term.h"
#include "client/text.h"

/* What waits: on the referral, or on its chain. */
static const Stafett__V1__Proposal *confirm_find(struct acting *acting)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;
	const Stafett__V1__Chain *chain = acting->seen->chain;

	if (referral->proposal && *referral->proposal->id)
		return referral->proposal;
	if (!chain->proposal || !*chain->proposal->id)
		return NULL;
	acting->header.referral = (char *)"";
	acting->header.version = chain->version;
	return chain->proposal;
}

static int confirm_fill(struct acting *acting)
{
	Stafett__V1__ConfirmAct *act = acting_make(acting, &stafett__v1__confirm_act__descriptor);
	const Stafett__V1__Proposal *proposal = confirm_find(acting);

	if (!proposal)
		return client_problem(acting->client, PROBLEM_NOTHING_PROPOSED, NULL);
	client_word(acting->client, "proposed", term_proposal(acting->client, proposal->act));
	act->proposal = proposal->id;
	act->into = proposal->into;
	act->drop = acting_has(acting, INPUT_confirm_drop);
	if (act->drop)
		acting->said =
			_("{code}: dropped[, {clock}], and nothing was changed: {proposed}.");
	return 0;
}

/* Nobody confirms what was not shown. */
static int confirm_show(struct acting *acting)
{
	const Stafett__V1__Proposal *proposal =
		proposal_of(acting->seen->referral, acting->seen->chain);

	if (!proposal)
		return client_problem(acting->client, PROBLEM_NOTHING_PROPOSED, NULL);
	proposal_show(acting->client, proposal, acting->seen->chain);
	if (!proposal->may_confirm && !acting_has(acting, INPUT_confirm_drop))
		return client_problem(acting->client, PROBLEM_CONFIRM_NOT_YOURS, "who",
			proposal_who(acting->client, proposal), NULL);
	if (acting_has(acting, INPUT_confirm_drop))
		lines_print(stderr, "  ", "    ", _("You drop it: nothing is changed."));
	return 0;
}

static const struct acting_row confirm_row = {
	.command = COMMAND_confirm,
	.target = ACTING_ON_EITHER,
	.is_shown = true,
	.show = confirm_show,
	.fill = confirm_fill,
	.said = N_("{code}: confirmed[, {clock}], and done: {proposed}."),
};

int command_confirm(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &confirm_row);
}
