/* SPDX-License-Identifier: Apache-2.0 */
/* stafett book REF TIME: what is expected, in place of what was. */
#include "client/acts.h"
#include "client/text.h"

static int book_fill(struct acting *acting)
{
	Stafett__V1__BookAct *act = acting_make(acting, &stafett__v1__book_act__descriptor);

	act->event = acting_event(acting, INPUT_book_time, INPUT_book_kind);
	act->cancelled_by = acting_text(acting, INPUT_book_cancelled_by);
	if (!act->event)
		acting->said = _("{code}: cancelled[, {clock}]; nothing is expected now.");
	return 0;
}

const struct acting_row act_book = {
	.command = COMMAND_book,
	.act = "book",
	.fill = book_fill,
	.said = N_("{code} booked[ {clock}]. {other} was told."),
};

int command_book(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &act_book);
}
