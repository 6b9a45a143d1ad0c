/* SPDX-License-Identifier: Apache-2.0 */
/* stafett reply REF --answer ANSWER: to a call to plan together. */
#include "client/acting.h"
#include "client/text.h"

static int reply_fill(struct acting *acting)
{
	Stafett__V1__ReplyAct *act = acting_make(acting, &stafett__v1__reply_act__descriptor);

	act->answer = acting_text(acting, INPUT_reply_answer);
	return 0;
}

static const struct acting_row reply_row = {
	.command = COMMAND_reply,
	.act = "reply",
	.fill = reply_fill,
	.said = N_("{code}: the call to plan together is answered[, {clock}]."),
};

int command_reply(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &reply_row);
}
