/* SPDX-License-Identifier: Apache-2.0 */
/* stafett end REF --reason R: what ending means follows from who you are. */
#include "client/acting.h"
#include "client/text.h"

static void end_withdraw(struct acting *acting)
{
	Stafett__V1__WithdrawAct *act = acting_make(acting, &stafett__v1__withdraw_act__descriptor);

	act->reason = acting_text(acting, INPUT_end_reason);
	act->person_told = acting_text(acting, INPUT_end_person_told);
}

static void end_break_off(struct acting *acting)
{
	Stafett__V1__BreakOffAct *act =
		acting_make(acting, &stafett__v1__break_off_act__descriptor);

	act->reason = acting_text(acting, INPUT_end_reason);
	act->person_told = acting_text(acting, INPUT_end_person_told);
}

static void end_need_gone(struct acting *acting)
{
	Stafett__V1__NeedGoneAct *act =
		acting_make(acting, &stafett__v1__need_gone_act__descriptor);

	act->reason = acting_text(acting, INPUT_end_reason);
	act->person_told = acting_text(acting, INPUT_end_person_told);
}

/* Care that has begun is broken off, unless the reason says that it is not needed
 * any more. */
static bool end_is_gone(const struct acting *acting)
{
	const char *reason = acting_text(acting, INPUT_end_reason);

	return strcmp(reason, "moved") == 0 || strcmp(reason, "no-longer-relevant") == 0;
}

static bool end_is_withdrawn(const struct acting *acting)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;
	const char *unit = acting->client->profile->unit;

	return acting_may(acting, "withdraw") ||
	       (strcmp(referral->requester, unit) == 0 && strcmp(referral->owner, unit) != 0);
}

static bool end_is_broken_off(const struct acting *acting)
{
	return !end_is_withdrawn(acting) && acting_may(acting, "break-off") &&
	       (!acting_may(acting, "need-gone") || !end_is_gone(acting));
}

/* Who breaks care off says what comes next, and how the person was told. */
static bool end_needs(const struct acting *acting, enum input_id id)
{
	return (id == INPUT_end_person_told || id == INPUT_end_file) && end_is_broken_off(acting);
}

/* The requester withdraws; the owner breaks off what has begun, and else says that
 * the need is gone. Who may do neither is told by the server's refusal. */
static int end_fill(struct acting *acting)
{
	if (end_is_withdrawn(acting))
		end_withdraw(acting);
	else if (end_is_broken_off(acting))
		end_break_off(acting);
	else
		end_need_gone(acting);
	return 0;
}

static const struct acting_row end_row = {
	.command = COMMAND_end,
	.needs = end_needs,
	.fill = end_fill,
	.said = N_("{code} ended[ {clock}]. {holder} holds the chain."),
};

int command_end(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &end_row);
}
