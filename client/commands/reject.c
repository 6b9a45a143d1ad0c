/* SPDX-License-Identifier: Apache-2.0 */
/* stafett reject REF --reason R ...: say no, and to whom to turn instead. */
#include "client/acting.h"
#include "client/text.h"

/* Exactly one: another unit, or that none is known. */
static int reject_read_alternative(
	struct client *client, const struct arguments *arguments, Stafett__V1__RejectAct *act)
{
	const char *unit = arguments_get(arguments, OPTION_reject_alternative);

	act->none_known = arguments_has(arguments, OPTION_reject_none_known);
	if ((unit != NULL) != act->none_known) {
		if (unit)
			act->alternative_unit = (char *)unit;
		return 0;
	}
	return client_problem(client, PROBLEM_OPTION_REQUIRED, "value",
		_("--alternative UNIT or --none-known"), NULL);
}

int command_reject(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__RejectAct act = STAFETT__V1__REJECT_ACT__INIT;
	struct acting acting;
	struct bytes text;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = acting_need_code(
			client, arguments, OPTION_reject_reason, CODES_REJECT, &act.reason);
	if (!r)
		r = reject_read_alternative(client, arguments, &act);
	if (!r)
		r = acting_need_code(client, arguments, OPTION_reject_person_told,
			CODES_PERSON_TOLD, &act.person_told);
	if (!r)
		r = acting_text(client, arguments, OPTION_reject_file, false, &text);
	if (!r)
		r = acting_begin(client, arguments, &acting);
	if (r)
		return r;
	client_word(client, "to", act.alternative_unit);
	acting.header.act_case = STAFETT__V1__HEADER__ACT_REJECT;
	acting.header.reject = &act;
	return acting_finish(&acting, text,
		_("{code} rejected[ {clock}]. {holder} still holds the chain, and {other} was "
		  "told[ to try {to}]."));
}
