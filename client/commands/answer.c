/* SPDX-License-Identifier: Apache-2.0 */
/* stafett answer REF: an answer before the last one, in words. */
#include "client/acting.h"
#include "client/text.h"

int command_answer(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__AnswerAct act = STAFETT__V1__ANSWER_ACT__INIT;
	struct acting acting;
	struct bytes text;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	act.preliminary = arguments_has(arguments, OPTION_answer_preliminary);
	if (!r)
		r = acting_text(client, arguments, OPTION_answer_file, true, &text);
	if (!r)
		r = acting_begin(client, arguments, &acting);
	if (r)
		return r;
	acting.header.act_case = STAFETT__V1__HEADER__ACT_ANSWER;
	acting.header.answer = &act;
	return acting_finish(
		&acting, text, _("{code} answered[ {clock}]. {other} can read it now."));
}
