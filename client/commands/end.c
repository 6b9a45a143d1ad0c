/* SPDX-License-Identifier: Apache-2.0 */
/* stafett end REF --reason R: what ending means follows from who you are. */
#include "client/acting.h"
#include "client/text.h"

/* One of the three acts that end a referral before its time; they have the same
 * fields. */
struct end_acts {
	Stafett__V1__WithdrawAct withdraw;
	Stafett__V1__BreakOffAct break_off;
	Stafett__V1__NeedGoneAct need_gone;
};

static bool end_may(const Stafett__V1__Referral *referral, const char *act)
{
	for (size_t i = 0; i < referral->n_allowed_acts; i++) {
		if (strcmp(referral->allowed_acts[i], act) == 0)
			return true;
	}
	return false;
}

/* The requester withdraws; the owner breaks off what has begun, and else says that
 * the need is gone. Who may do neither is told by the server's refusal. */
static void end_set_act(struct acting *acting, struct end_acts *acts)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;
	bool is_own = strcmp(referral->requester, acting->client->profile->unit) == 0;
	bool is_owner = strcmp(referral->owner, acting->client->profile->unit) == 0;

	if (end_may(referral, "withdraw") || (is_own && !is_owner)) {
		acting->header.act_case = STAFETT__V1__HEADER__ACT_WITHDRAW;
		acting->header.withdraw = &acts->withdraw;
	} else if (end_may(referral, "break-off") && !end_may(referral, "need-gone")) {
		acting->header.act_case = STAFETT__V1__HEADER__ACT_BREAK_OFF;
		acting->header.break_off = &acts->break_off;
	} else {
		acting->header.act_case = STAFETT__V1__HEADER__ACT_NEED_GONE;
		acting->header.need_gone = &acts->need_gone;
	}
}

/* Care that has begun is broken off, unless the reason says that it is not needed
 * any more. */
static void end_choose(struct acting *acting, struct end_acts *acts, const char *reason)
{
	bool is_gone = strcmp(reason, "moved") == 0 || strcmp(reason, "no-longer-relevant") == 0;

	end_set_act(acting, acts);
	if (acting->header.act_case != STAFETT__V1__HEADER__ACT_NEED_GONE || is_gone ||
		!end_may(acting->seen->referral, "break-off"))
		return;
	acting->header.act_case = STAFETT__V1__HEADER__ACT_BREAK_OFF;
	acting->header.break_off = &acts->break_off;
}

int command_end(struct client *client, const struct arguments *arguments)
{
	struct end_acts acts = {
		STAFETT__V1__WITHDRAW_ACT__INIT,
		STAFETT__V1__BREAK_OFF_ACT__INIT,
		STAFETT__V1__NEED_GONE_ACT__INIT,
	};
	struct acting acting;
	struct bytes text;
	char *reason;
	char *told;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = acting_need_code(client, arguments, OPTION_end_reason, CODES_END, &reason);
	if (!r)
		r = acting_code(
			client, arguments, OPTION_end_person_told, CODES_PERSON_TOLD, &told);
	if (!r)
		r = acting_text(client, arguments, OPTION_end_file, false, &text);
	if (!r)
		r = acting_begin(client, arguments, &acting);
	if (r)
		return r;
	acts.withdraw.reason = acts.break_off.reason = acts.need_gone.reason = reason;
	if (told)
		acts.withdraw.person_told = acts.break_off.person_told =
			acts.need_gone.person_told = told;
	end_choose(&acting, &acts, reason);
	return acting_finish(&acting, text, _("{code} ended[ {clock}]. {holder} holds the chain."));
}
