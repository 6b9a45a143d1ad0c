/* SPDX-License-Identifier: Apache-2.0 */
/* stafett waive REF --reason R: nobody needs to plan together, says a manager. */
#include "client/acting.h"
#include "client/text.h"

static int waive_fill(struct acting *acting)
{
	Stafett__V1__WaiveAct *act = acting_make(acting, &stafett__v1__waive_act__descriptor);

	act->reason = acting_text(acting, INPUT_waive_reason);
	return 0;
}

static const struct acting_row waive_row = {
	.command = COMMAND_waive,
	.act = "waive",
	.fill = waive_fill,
	.said = N_("{code}: nobody needs to plan together[, {clock}]; it may move again."),
};

int command_waive(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &waive_row);
}
