/* SPDX-License-Identifier: Apache-2.0 */
/* stafett close REF --reason R ...: the chain is over. */
#include "client/acting.h"
#include "client/text.h"

static int close_fill(struct acting *acting)
{
	Stafett__V1__CloseAct *act = acting_make(acting, &stafett__v1__close_act__descriptor);

	act->reason = acting_text(acting, INPUT_close_reason);
	act->person_told = acting_text(acting, INPUT_close_person_told);
	return 0;
}

static const struct acting_row close_row = {
	.command = COMMAND_close,
	.act = "close",
	.target = ACTING_ON_CHAIN,
	.fill = close_fill,
	.said = N_("The chain of {code} is closed[, {clock}]."),
};

int command_close(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &close_row);
}
