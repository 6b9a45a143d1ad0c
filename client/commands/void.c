/* SPDX-License-Identifier: Apache-2.0 */
/* stafett void REF --reason R: it should never have been sent. */
#include "client/acting.h"
#include "client/text.h"

static int void_fill(struct acting *acting)
{
	Stafett__V1__VoidAct *act = acting_make(acting, &stafett__v1__void_act__descriptor);

	act->reason = acting_text(acting, INPUT_void_reason);
	return 0;
}

static const struct acting_row void_row = {
	.command = COMMAND_void,
	.act = "void",
	.fill = void_fill,
	.said = N_("{code}: to be voided[, {clock}]. Nothing is changed until another member of "
		   "{office} confirms it."),
};

int command_void(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &void_row);
}
