/* SPDX-License-Identifier: Apache-2.0 */
/* stafett delay REF --reason R: why help has not begun in time. */
#include "client/acting.h"
#include "client/text.h"

static int delay_fill(struct acting *acting)
{
	Stafett__V1__DelayAct *act = acting_make(acting, &stafett__v1__delay_act__descriptor);

	act->reason = acting_text(acting, INPUT_delay_reason);
	return 0;
}

static const struct acting_row delay_row = {
	.command = COMMAND_delay,
	.act = "delay",
	.target = ACTING_ON_CHAIN,
	.fill = delay_fill,
	.said = N_("{code}: it is recorded why help is late[, {clock}]. The clock goes on."),
};

int command_delay(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &delay_row);
}
