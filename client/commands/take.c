/* SPDX-License-Identifier: Apache-2.0 */
/* stafett take REF: it is mine to see to; or a colleague's, or nobody's. */
#include "client/acting.h"
#include "client/memory.h"
#include "client/text.h"

/* A colleague by the last part of the name that certificates have. */
static char *take_member(struct client *client, const char *typed)
{
	const char *own = client->member;
	const char *end = strrchr(own, ':');

	if (strchr(typed, ':') || !end)
		return memory_string(&client->arena, typed);
	return memory_printf(&client->arena, "%.*s:%s", (int)(end - own), own, typed);
}

int command_take(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__AssignAct act = STAFETT__V1__ASSIGN_ACT__INIT;
	const char *other = arguments_get(arguments, OPTION_take_for);
	bool is_release = arguments_has(arguments, OPTION_take_release);
	struct acting acting;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = acting_begin(client, arguments, &acting);
	if (r)
		return r;
	if (!is_release)
		act.member = other ? take_member(client, other) : client->member;
	act.from_member = acting.seen->referral->assignee;
	acting.header.act_case = STAFETT__V1__HEADER__ACT_ASSIGN;
	acting.header.assign = &act;
	client_word(client, "person", other);
	return acting_finish(&acting, bytes_of("", 0),
		is_release ? _("{code} is free for anybody of {office}.")
		: other	   ? _("{code} is {person}'s now; your colleagues see that.")
			   : _("{code} is yours now; your colleagues see that."));
}
