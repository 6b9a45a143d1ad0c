/* SPDX-License-Identifier: Apache-2.0 */
/* stafett answer REF: an answer before the last one, or a correction of the last. */
#include "client/acting.h"
#include "client/text.h"

static int answer_fill(struct acting *acting)
{
	Stafett__V1__AnswerAct *act;

	if (acting_has(acting, INPUT_answer_correct)) {
		acting_make(acting, &stafett__v1__correct_act__descriptor);
		acting->said = _("{code}: the final answer is corrected[, {clock}]. {other} was "
				 "told.");
		return 0;
	}
	act = acting_make(acting, &stafett__v1__answer_act__descriptor);
	act->preliminary = acting_has(acting, INPUT_answer_preliminary);
	return 0;
}

static const struct acting_row answer_row = {
	.command = COMMAND_answer,
	.fill = answer_fill,
	.said = N_("{code} answered[ {clock}]. {other} can read it now."),
};

int command_answer(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &answer_row);
}
