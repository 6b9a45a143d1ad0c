/* SPDX-License-Identifier: Apache-2.0 */
/* stafett accept REF --responsible ROLE ...: the holder changes here. */
#include "client/acting_tell.h"
#include "client/acts.h"
#include "client/card.h"
#include "client/chain.h"
#include "client/compose.h"
#include "client/directory.h"
#include "client/home_plan.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/text.h"

/* What a refusal of the promised day speaks of. */
static void accept_set_refusal_words(struct acting *acting, const char *contact_by)
{
	struct client *client = acting->client;
	const char *due = acting->seen->chain->intervention_due_date;

	client_word(client, "value", format_day_text(&client->arena, contact_by, client->today));
	client_word(client, "due", format_day_text(&client->arena, due, client->today));
	client_word(client, "later", format_days_between(&client->arena, due, contact_by));
}

/* Contact after the person's clock needs a reason: it is asked for, not refused. */
static bool accept_asks(const struct acting *acting, enum input_id id)
{
	const char *due = acting->seen->chain->intervention_due_date;

	/* Written like 2026-11-30 the later day is the greater text. */
	return id == INPUT_accept_clock_reason && *due &&
	       strcmp(acting_text(acting, INPUT_accept_contact_by), due) > 0;
}

/* Where life is in danger nobody waits a week; and what was planned for the way home
 * stands. */
static const char *accept_offers(const struct acting *acting, enum input_id id)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;

	if (id != INPUT_accept_contact_by)
		return NULL;
	if (strcmp(referral->priority, "stat") == 0)
		return "today";
	if (strcmp(referral->kind, "aftercare") != 0)
		return NULL;
	return home_plan_contact(
		acting->client, chain_whole(acting->client, acting->seen, REF_FOR_ACTING));
}

static int accept_fill(struct acting *acting)
{
	Stafett__V1__AcceptAct *act = acting_make(acting, &stafett__v1__accept_act__descriptor);

	act->responsible = acting_text(acting, INPUT_accept_responsible);
	act->contact_by_date = acting_text(acting, INPUT_accept_contact_by);
	act->clock_reason = acting_text(acting, INPUT_accept_clock_reason);
	if (acting_has(acting, INPUT_accept_time))
		act->appointment_time =
			compose_time(acting->client, acting->values[INPUT_accept_time].us);
	accept_set_refusal_words(acting, act->contact_by_date);
	return 0;
}

static void accept_set_words(struct client *client, const Stafett__V1__GetResponse *now)
{
	struct arena *arena = &client->arena;
	struct card card;

	card_read_of(arena, now->card, now->chain, &card);
	client_word(client, "clock", format_clock(arena, format_us(now->referral->accept_time)));
	client_word(client, "person", card_full_name(arena, &card));
	client_word(client, "sender", directory_name(client, now->referral->requester));
	client_word(client, "contact",
		format_day_text(arena, now->referral->contact_by_date, client->today));
	client_word(client, "help",
		format_day_text(arena, now->chain->intervention_due_date, client->today));
	client_word(client, "left",
		format_days_left(arena, now->chain->intervention_due_date, client->today));
}

static void accept_tell(struct acting *acting, const Stafett__V1__GetResponse *now)
{
	struct client *client = acting->client;

	accept_set_words(client, now);
	output_say(client, "", acting_accepted(client, now));
	output_say(client, "  ",
		*now->chain->intervention_start_date
			? _("[You promised contact by {contact}.]")
			: _("[You promised contact by {contact}; ]help is due {help} ({left})."));
	output_say(client, "  ", _("{sender} was told, and stays a party."));
	acting_tell_next(client, now);
}

const struct acting_row act_accept = {
	.command = COMMAND_accept,
	.act = "accept",
	.asks = accept_asks,
	.offers = accept_offers,
	.fill = accept_fill,
	.tell = accept_tell,
};

int command_accept(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &act_accept);
}
