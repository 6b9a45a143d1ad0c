/* SPDX-License-Identifier: Apache-2.0 */
/* stafett reject REF --reason R ...: say no, and to whom to turn instead. */
#include "client/acts.h"
#include "client/onward.h"
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

static int reject_check(struct acting *acting, enum input_id id)
{
	return id == INPUT_reject_alternative ? onward_check(acting, acting_text(acting, id)) : 0;
}

/* The code "other" says nothing by itself. */
static const char *reject_offers(const struct acting *acting, enum input_id id)
{
	bool is_needed = strcmp(acting_text(acting, INPUT_reject_reason), "other") == 0;

	return id == INPUT_reject_file && !is_needed ? "" : NULL;
}

const struct acting_row act_reject = {
	.command = COMMAND_reject,
	.act = "reject",
	.offers = reject_offers,
	.check = reject_check,
	.fill = reject_fill,
	.said = N_("{code} rejected[ {clock}]. {holder} still holds the chain, and {other} was "
		   "told[ to try {to}]."),
};

int command_reject(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &act_reject);
}
