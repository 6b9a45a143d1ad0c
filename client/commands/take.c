/* SPDX-License-Identifier: Apache-2.0 */
/* stafett take REF: it is mine to see to; or a colleague's, or nobody's. */
#include "client/acts.h"
#include "client/memory.h"
#include "client/text.h"

/* A colleague by the last part of the name that certificates have. */
static char *take_member(struct client *client, const char *typed)
{
	const char *own = client->member;
	const char *end = strrchr(own, ':');

	if (strchr(typed, ':') || !end)
		return memory_string(&client->arena, typed);
	return memory_printf(&client->arena, "%.*s:%s", (int)(end - own), own, typed);
}

/* What is taken from a colleague is said to be: it leaves a list of theirs. */
static const char *take_said(struct acting *acting)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;
	struct client *client = acting->client;

	if (!*referral->assignee || strcmp(referral->assignee, client->member) == 0)
		return acting->said;
	client_word(client, "from",
		*referral->assignee_display_name ? referral->assignee_display_name
						 : referral->assignee);
	return _(
		"{code} is yours to see to now, and no longer {from}'s; your colleagues see that.");
}

static int take_fill(struct acting *acting)
{
	Stafett__V1__AssignAct *act = acting_make(acting, &stafett__v1__assign_act__descriptor);
	struct client *client = acting->client;
	const char *other = acting->values[INPUT_take_for].text;

	act->from_member = acting->seen->referral->assignee;
	client_word(client, "person", other);
	if (acting_has(acting, INPUT_take_release)) {
		acting->said = _("{code} is free for anybody of {office}.");
		return 0;
	}
	acting->said = take_said(acting);
	act->member = other ? take_member(client, other) : client->member;
	if (other)
		acting->said = _("{code} is {person}'s to see to now; your colleagues see that.");
	return 0;
}

const struct acting_row act_take = {
	.command = COMMAND_take,
	.act = "assign",
	.fill = take_fill,
	.said = N_("{code} is yours to see to now; your colleagues see that."),
};

int command_take(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &act_take);
}
