/* SPDX-License-Identifier: Apache-2.0 */
/* stafett noted REF: the end of what is only to be noted. */
#include "client/acting.h"
#include "client/text.h"

static int noted_fill(struct acting *acting)
{
	acting_make(acting, &stafett__v1__noted_act__descriptor);
	return 0;
}

static const struct acting_row noted_row = {
	.command = COMMAND_noted,
	.act = "noted",
	.fill = noted_fill,
	.said = N_("{code} noted[ {clock}]; nothing more is done with it here."),
};

int command_noted(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &noted_row);
}
