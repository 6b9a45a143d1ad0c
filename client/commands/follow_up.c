/* SPDX-License-Identifier: Apache-2.0 */
/* stafett follow-up REF --outcome O: how the person is some time after the treatment. */
#include "client/acting.h"
#include "client/text.h"

static int follow_up_fill(struct acting *acting)
{
	Stafett__V1__FollowUpAct *act =
		acting_make(acting, &stafett__v1__follow_up_act__descriptor);

	act->outcome = acting_text(acting, INPUT_follow_up_outcome);
	return 0;
}

static const struct acting_row follow_up_row = {
	.command = COMMAND_follow_up,
	.act = "follow-up",
	.target = ACTING_ON_CHAIN,
	.fill = follow_up_fill,
	.said = N_("{code}: how it is was recorded[, {clock}]."),
};

int command_follow_up(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &follow_up_row);
}
