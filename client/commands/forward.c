/* SPDX-License-Identifier: Apache-2.0 */
/* stafett forward REF UNIT --reason R ...: pass it on; the person's clock goes on. */
#include "client/acting.h"
#include "client/memory.h"
#include "client/text.h"
#include "domain/identity.h"

int command_forward(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__ForwardAct act = STAFETT__V1__FORWARD_ACT__INIT;
	const char *unit = arguments->n_rest > 1 ? arguments->rest[1] : "";
	char **units = memory_alloc(&client->arena, sizeof(*units));
	struct acting acting;
	struct bytes text;
	int r = arguments_count(
		client, arguments, 2, 2, _("which referral, like 7K3M, and to which unit"));

	if (!r && !identity_is_handle(bytes_of_string(unit)))
		r = client_problem(client, PROBLEM_UNIT_NAME_INVALID, "value", unit, NULL);
	if (!r)
		r = acting_need_code(
			client, arguments, OPTION_forward_reason, CODES_REJECT, &act.reason);
	if (!r)
		r = acting_need_code(client, arguments, OPTION_forward_person_told,
			CODES_PERSON_TOLD, &act.person_told);
	if (!r)
		r = acting_text(client, arguments, OPTION_forward_file, false, &text);
	if (!r)
		r = acting_begin(client, arguments, &acting);
	if (r)
		return r;
	client_word(client, "to", unit);
	units[0] = (char *)unit;
	acting.header.to_units = units;
	acting.header.n_to_units = 1;
	acting.header.act_case = STAFETT__V1__HEADER__ACT_FORWARD;
	acting.header.forward = &act;
	return acting_finish(&acting, text,
		_("{code} forwarded to {to}[ {clock}]. {holder} holds the chain until they accept "
		  "it; the person's clock goes on."));
}
