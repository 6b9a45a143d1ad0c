/* SPDX-License-Identifier: Apache-2.0 */
/* stafett start REF --intervention CODE ...: treatment begins, the clock stops. */
#include "client/acting.h"
#include "client/text.h"

static int start_fill(struct acting *acting)
{
	Stafett__V1__StartAct *act = acting_make(acting, &stafett__v1__start_act__descriptor);

	act->intervention = acting_text(acting, INPUT_start_intervention);
	act->start_date = acting_text(acting, INPUT_start_on);
	act->event = acting_event(acting, INPUT_start_next, INPUT_start_kind);
	act->no_next = acting_text(acting, INPUT_start_no_next);
	return 0;
}

static const struct acting_row start_row = {
	.command = COMMAND_start,
	.act = "start",
	.fill = start_fill,
	.said = N_("{code}: treatment has begun[, recorded {clock}]. {other} was told."),
};

int command_start(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &start_row);
}
