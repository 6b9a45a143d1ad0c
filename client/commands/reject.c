/* SPDX-License-Identifier: Apache-2.0 */
/* stafett reject REF --reason R ...: say no, and to whom to turn instead. */
#include "client/acts.h"
#include "client/text.h"

static int reject_fill(struct acting *acting)
{
	Stafett__V1__RejectAct *act = acting_make(acting, &stafett__v1__reject_act__descriptor);

	act->reason = acting_text(acting, INPUT_reject_reason);
	act->alternative_unit = acting_text(acting, INPUT_reject_alternative);
	act->none_known = acting_has(acting, INPUT_reject_none_known);
	act->person_told = acting_text(acting, INPUT_reject_person_told);
	client_word(acting->client, "to", act->alternative_unit);
	return 0;
}

const struct acting_row act_reject = {
	.command = COMMAND_reject,
	.act = "reject",
	.fill = reject_fill,
	.said = N_("{code} rejected[ {clock}]. {holder} still holds the chain, and {other} was "
		   "told[ to try {to}]."),
};

int command_reject(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &act_reject);
}
