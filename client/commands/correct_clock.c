/* SPDX-License-Identifier: Apache-2.0 */
/* stafett correct-clock REF --help-request DATE: the person asked on another day. */
#include "client/acting.h"
#include "client/text.h"

static int correct_clock_fill(struct acting *acting)
{
	Stafett__V1__CorrectClockAct *act =
		acting_make(acting, &stafett__v1__correct_clock_act__descriptor);

	act->help_request_date = acting_text(acting, INPUT_correct_clock_help_request);
	return 0;
}

static const struct acting_row correct_clock_row = {
	.command = COMMAND_correct_clock,
	.act = "correct-clock",
	.target = ACTING_ON_CHAIN,
	.fill = correct_clock_fill,
	.said = N_("{code}: another day is proposed[, {clock}]. Nothing is changed until a manager "
		   "of {office} confirms it."),
};

int command_correct_clock(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &correct_clock_row);
}
