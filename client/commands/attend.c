/* SPDX-License-Identifier: Apache-2.0 */
/* stafett attend REF --next TIME: the person came, and what is expected next. */
#include "client/acting.h"
#include "client/text.h"

static int attend_fill(struct acting *acting)
{
	Stafett__V1__AttendAct *act = acting_make(acting, &stafett__v1__attend_act__descriptor);

	act->event = acting_event(acting, INPUT_attend_next, INPUT_attend_kind);
	act->no_next = acting_text(acting, INPUT_attend_no_next);
	return 0;
}

static const struct acting_row attend_row = {
	.command = COMMAND_attend,
	.act = "attend",
	.fill = attend_fill,
	.said = N_("{code}: it is confirmed[, {clock},] that the person came; its alarm is "
		   "answered."),
};

int command_attend(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &attend_row);
}
