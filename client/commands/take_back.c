/* SPDX-License-Identifier: Apache-2.0 */
/* stafett take-back REF: your unit holds the chain again. */
#include "client/acting.h"
#include "client/text.h"

static int take_back_fill(struct acting *acting)
{
	acting_make(acting, &stafett__v1__take_back_act__descriptor);
	return 0;
}

static const struct acting_row take_back_row = {
	.command = COMMAND_take_back,
	.act = "take-back",
	.fill = take_back_fill,
	.said = N_("{code} taken back[ {clock}]. {holder} holds the chain again."),
};

int command_take_back(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &take_back_row);
}
