/* SPDX-License-Identifier: Apache-2.0 */
/* stafett forward REF UNIT --reason R ...: pass it on; the person's clock goes on. */
#include "client/acts.h"
#include "client/memory.h"
#include "client/onward.h"
#include "client/text.h"

static int forward_fill(struct acting *acting)
{
	Stafett__V1__ForwardAct *act = acting_make(acting, &stafett__v1__forward_act__descriptor);
	char **units = memory_alloc(&acting->client->arena, sizeof(*units));

	units[0] = acting_text(acting, INPUT_forward_unit);
	acting->header.to_units = units;
	acting->header.n_to_units = 1;
	act->reason = acting_text(acting, INPUT_forward_reason);
	act->person_told = acting_text(acting, INPUT_forward_person_told);
	client_word(acting->client, "to", units[0]);
	return 0;
}

static int forward_check(struct acting *acting, enum input_id id)
{
	return id == INPUT_forward_unit ? onward_check_told(acting, acting_text(acting, id)) : 0;
}

/* The code "other" says nothing by itself. */
static const char *forward_offers(const struct acting *acting, enum input_id id)
{
	bool is_needed = strcmp(acting_text(acting, INPUT_forward_reason), "other") == 0;

	return id == INPUT_forward_file && !is_needed ? "" : NULL;
}

const struct acting_row act_forward = {
	.command = COMMAND_forward,
	.act = "forward",
	.offers = forward_offers,
	.check = forward_check,
	.fill = forward_fill,
	.said = N_("{code} forwarded to {to}[ {clock}]. {holder} holds the chain until they accept "
		   "it; the person's clock goes on."),
};

int command_forward(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &act_forward);
}
