/* SPDX-License-Identifier: Apache-2.0 */
/* stafett complete REF: done; the final answer goes through the homecoming gate. */
#include "client/acting.h"
#include "client/text.h"

static int complete_fill(struct acting *acting)
{
	acting_make(acting, &stafett__v1__complete_act__descriptor);
	return 0;
}

static const struct acting_row complete_row = {
	.command = COMMAND_complete,
	.act = "complete",
	.fill = complete_fill,
	.said = N_("{code} completed[ {clock}]. {other} has the final answer."),
};

int command_complete(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &complete_row);
}
