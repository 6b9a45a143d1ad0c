/* SPDX-License-Identifier: Apache-2.0 */
/* stafett ask REF: a question to the requester, or taking it back. */
#include "client/acts.h"
#include "client/text.h"

static int ask_fill(struct acting *acting)
{
	Stafett__V1__AskAct *act = acting_make(acting, &stafett__v1__ask_act__descriptor);

	act->withdraw = acting_has(acting, INPUT_ask_withdraw);
	act->question = acting_text(acting, INPUT_ask_template);
	if (act->withdraw)
		acting->said = _("{code}: your question is taken back[, {clock}].");
	return 0;
}

const struct acting_row act_ask = {
	.command = COMMAND_ask,
	.act = "ask",
	.fill = ask_fill,
	.said = N_("{code}: {other} was asked[, {clock}]."),
};

int command_ask(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &act_ask);
}
