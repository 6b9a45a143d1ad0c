/* SPDX-License-Identifier: Apache-2.0 */
/* stafett pause REF --reason R --until DATE: the treatment rests. */
#include "client/acting.h"
#include "client/text.h"

static int pause_fill(struct acting *acting)
{
	Stafett__V1__PauseAct *act = acting_make(acting, &stafett__v1__pause_act__descriptor);

	act->reason = acting_text(acting, INPUT_pause_reason);
	act->until_date = acting_text(acting, INPUT_pause_until);
	return 0;
}

static const struct acting_row pause_row = {
	.command = COMMAND_pause,
	.act = "pause",
	.fill = pause_fill,
	.said = N_("{code} rests[ from {clock}]. {other} was told."),
};

int command_pause(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &pause_row);
}
