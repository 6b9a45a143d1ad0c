/* SPDX-License-Identifier: Apache-2.0 */
/* stafett amend REF: more about a referral of your own; answers an open question. */
#include "client/acting.h"
#include "client/asked.h"
#include "client/text.h"

static int amend_fill(struct acting *acting)
{
	acting_make(acting, &stafett__v1__amend_act__descriptor);
	return 0;
}

/* What is to be answered by it. */
static int amend_show(struct acting *acting)
{
	asked_print(acting->client, acting->seen, stderr);
	return 0;
}

static const struct acting_row amend_row = {
	.command = COMMAND_amend,
	.act = "amend",
	.show = amend_show,
	.fill = amend_fill,
	.said = N_("{code} amended[ {clock}]. {owner} can read it now."),
};

int command_amend(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &amend_row);
}
