/* SPDX-License-Identifier: Apache-2.0 */
/* stafett amend REF: more about a referral of your own; answers an open question. */
#include "client/acting.h"
#include "client/text.h"

int command_amend(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__AmendAct act = STAFETT__V1__AMEND_ACT__INIT;
	struct acting acting;
	struct bytes text;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = acting_text(client, arguments, OPTION_amend_file, true, &text);
	if (!r)
		r = acting_begin(client, arguments, &acting);
	if (r)
		return r;
	acting.header.act_case = STAFETT__V1__HEADER__ACT_AMEND;
	acting.header.amend = &act;
	return acting_finish(
		&acting, text, _("{code} amended[ {clock}]. {owner} can read it now."));
}
