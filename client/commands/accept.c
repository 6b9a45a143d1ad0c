/* SPDX-License-Identifier: Apache-2.0 */
/* stafett accept REF --responsible ROLE ...: the holder changes here. */
#include "client/acting.h"
#include "client/card.h"
#include "client/compose.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/text.h"
#include "client/when.h"

static int accept_not_when(struct client *client, enum when_result result, enum problem_id invalid,
	enum option_id option, const char *text)
{
	return client_problem(client, result == WHEN_AMBIGUOUS ? PROBLEM_DATE_AMBIGUOUS : invalid,
		"value", text, "field", option_get(option)->name, NULL);
}

static int accept_take_date(struct client *client, const char *text, char **target)
{
	char *iso = memory_alloc(&client->arena, sizeof("2026-11-30"));
	struct date date;
	enum when_result result =
		when_date(bytes_of_string(text), client->today, WHEN_AHEAD, &date);

	if (result != WHEN_OK)
		return accept_not_when(
			client, result, PROBLEM_DATE_INVALID, OPTION_accept_contact_by, text);
	date_format(date, iso);
	client_word(client, "value", format_day(&client->arena, date, client->today));
	*target = iso;
	return 0;
}

static int accept_take_time(
	struct client *client, const char *text, Google__Protobuf__Timestamp **target)
{
	int64_t us;
	enum when_result result = when_time(bytes_of_string(text), client->today, WHEN_AHEAD, &us);

	if (result != WHEN_OK)
		return accept_not_when(
			client, result, PROBLEM_TIME_INVALID, OPTION_accept_time, text);
	*target = compose_time(client, us);
	return 0;
}

static int accept_read_act(
	struct client *client, const struct arguments *arguments, Stafett__V1__AcceptAct *act)
{
	const char *time = arguments_get(arguments, OPTION_accept_time);
	const char *contact_by;
	char *reason;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = acting_need_code(client, arguments, OPTION_accept_responsible,
			CODES_RESPONSIBLE, &act->responsible);
	if (!r)
		r = arguments_require(client, arguments, OPTION_accept_contact_by, &contact_by);
	if (!r)
		r = accept_take_date(client, contact_by, &act->contact_by_date);
	if (!r)
		r = acting_code(
			client, arguments, OPTION_accept_clock_reason, CODES_CLOCK_REASON, &reason);
	if (!r && reason)
		act->clock_reason = reason;
	if (!r && time)
		r = accept_take_time(client, time, &act->appointment_time);
	return r;
}

static void accept_set_words(struct client *client, const Stafett__V1__GetResponse *now)
{
	struct arena *arena = &client->arena;
	struct card card;

	card_read(arena, now->card, &card);
	client_word(client, "code", now->referral->code);
	client_word(client, "clock", format_clock(arena, format_us(now->referral->accept_time)));
	client_word(client, "office", directory_name(client, client->profile->unit));
	client_word(client, "holder", directory_name(client, now->chain->custodian));
	client_word(client, "person", card_full_name(arena, &card));
	client_word(client, "sender", directory_name(client, now->referral->requester));
	client_word(client, "contact",
		format_day_text(arena, now->referral->contact_by_date, client->today));
	client_word(client, "due",
		format_day_text(arena, now->chain->intervention_due_date, client->today));
	client_word(client, "left",
		format_days_left(arena, now->chain->intervention_due_date, client->today));
}

static void accept_print(struct client *client, const Stafett__V1__GetResponse *now)
{
	bool is_holder = strcmp(now->chain->custodian, client->profile->unit) == 0;

	accept_set_words(client, now);
	output_say(client, "",
		is_holder ? _("{code} accepted[ {clock}]. {office} now holds this chain[ for "
			      "{person}].")
			  : _("{code} accepted[ {clock}]. {holder} goes on holding this chain[ for "
			      "{person}]."));
	output_say(client, "  ",
		_("[You promised contact by {contact}; ]help is due {due} ({left})."));
	output_say(client, "  ", _("{sender} was told, and stays a party."));
	output_next(client, "show %s", format_code_start(&client->arena, now->referral->code));
}

int command_accept(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__AcceptAct act = STAFETT__V1__ACCEPT_ACT__INIT;
	const Stafett__V1__ActResponse *response;
	struct acting acting;
	int r = accept_read_act(client, arguments, &act);

	if (!r)
		r = acting_begin(client, arguments, &acting);
	if (r)
		return r;
	client_word(client, "due",
		format_day_text(
			&client->arena, acting.seen->chain->intervention_due_date, client->today));
	acting.header.act_case = STAFETT__V1__HEADER__ACT_ACCEPT;
	acting.header.accept = &act;
	r = acting_deliver(&acting, bytes_of("", 0), &response);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &response->base);
	accept_print(client, acting_look_again(&acting));
	return 0;
}
