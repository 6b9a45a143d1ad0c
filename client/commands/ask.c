/* SPDX-License-Identifier: Apache-2.0 */
/* stafett ask REF: a question to the requester, or taking it back. */
#include "client/acting.h"
#include "client/text.h"

int command_ask(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__AskAct act = STAFETT__V1__ASK_ACT__INIT;
	struct acting acting;
	struct bytes text;
	char *question;
	bool is_needed;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = acting_code(client, arguments, OPTION_ask_template, CODES_QUESTION, &question);
	if (r)
		return r;
	act.withdraw = arguments_has(arguments, OPTION_ask_withdraw);
	if (question)
		act.question = question;
	is_needed = !question && !act.withdraw;
	r = acting_text(client, arguments, OPTION_ask_file, is_needed, &text);
	if (!r)
		r = acting_begin(client, arguments, &acting);
	if (r)
		return r;
	acting.header.act_case = STAFETT__V1__HEADER__ACT_ASK;
	acting.header.ask = &act;
	return acting_finish(&acting, text,
		act.withdraw ? _("{code}: your question is taken back[, {clock}].")
			     : _("{code}: {other} was asked[, {clock}]."));
}
