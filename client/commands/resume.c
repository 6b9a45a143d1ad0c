/* SPDX-License-Identifier: Apache-2.0 */
/* stafett resume REF --next TIME: the treatment goes on. */
#include "client/acting.h"
#include "client/text.h"

static int resume_fill(struct acting *acting)
{
	Stafett__V1__ResumeAct *act = acting_make(acting, &stafett__v1__resume_act__descriptor);

	act->event = acting_event(acting, INPUT_resume_next, INPUT_resume_kind);
	return 0;
}

static const struct acting_row resume_row = {
	.command = COMMAND_resume,
	.act = "resume",
	.fill = resume_fill,
	.said = N_("{code} goes on[ from {clock}]. {other} was told."),
};

int command_resume(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &resume_row);
}
