/* SPDX-License-Identifier: Apache-2.0 */
/* The screen of one referral: see the header. */
#include "client/screen/referral.h"

#include <stdio.h>

#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/act.h"
#include "client/screen/event.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/row.h"
#include "client/screen/safe_text.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"

enum { REFERRAL_LABEL_COLUMNS = 13 };

/* What the screen is made of. */
struct referral_screen {
	struct client *client;
	const Stafett__V1__GetResponse *response;
	const Stafett__V1__Referral *referral;
	const Stafett__V1__Chain *chain;
	struct card card;
};

/* "Held by      Beroende Lund, since ...": wrapped in its own column. Nothing is
 * printed where there is no text. */
static void referral_print_fact(struct referral_screen *screen, const char *label, const char *text)
{
	struct arena *arena = &screen->client->arena;
	size_t columns = lines_columns(label);
	int gap = columns < REFERRAL_LABEL_COLUMNS ? REFERRAL_LABEL_COLUMNS - (int)columns : 1;

	if (*text)
		lines_print(stdout, memory_printf(arena, "%s%*s", label, gap, ""),
			memory_printf(arena, "%*s", REFERRAL_LABEL_COLUMNS, ""), text);
}

/* A fact as a sentence with words. */
static void referral_print_words(struct referral_screen *screen, const char *label,
	const char *template, const struct words *words)
{
	referral_print_fact(screen, label, words_fill(&screen->client->arena, template, words));
}

static void referral_print_title(struct referral_screen *screen)
{
	const Stafett__V1__Referral *referral = screen->referral;
	struct arena *arena = &screen->client->arena;
	const char *matter = row_matter(screen->client, referral->priority, referral->needs,
		referral->n_needs, &screen->card);

	lines_print(stdout, memory_printf(arena, "%s  ", safe_line(arena, referral->code)),
		"           ",
		memory_printf(arena, "%s: %s   [%s]",
			safe_line(arena, term_code(screen->client, CODES_KIND, referral->kind)),
			safe_line(arena, matter),
			safe_line(arena, term_word(screen->client, referral->status))));
}

static void referral_print_person(struct referral_screen *screen)
{
	const struct card *card = &screen->card;
	struct words words = {0};

	if (!card->is_there)
		return;
	if (!card->is_readable) {
		referral_print_fact(screen, _("Person"), _("(the card cannot be read)"));
		return;
	}
	if (card->is_protected) {
		referral_print_fact(screen, _("Person"),
			_("! Protected identity: name and number are shown with --body only."));
		return;
	}
	words_set(&words, "name", card_full_name(&screen->client->arena, card));
	words_set(&words, "number", card->identifier);
	words_set(&words, "birth", *card->identifier ? "" : card->birth_date);
	words_set(&words, "phone", card->telecom);
	words_set(&words, "rule", card->contact_rule);
	words_set(&words, "language", card->needs_interpreter ? card->language : "");
	referral_print_words(screen, _("Person"),
		_("{name}[, {number}][, born {birth}][. Phone {phone}][ ({rule})][. Interpreter: "
		  "{language}]"),
		&words);
	referral_print_fact(screen, _("Reason"), safe_line(&screen->client->arena, card->reason));
	referral_print_fact(screen, _("Risk"), safe_line(&screen->client->arena, card->risk));
}

static void referral_print_holder(struct referral_screen *screen)
{
	const Stafett__V1__Chain *chain = screen->chain;
	struct client *client = screen->client;
	struct words words = {0};
	bool is_own = strcmp(chain->custodian, client->profile->unit) == 0;

	words_set(&words, "unit", directory_name(client, chain->custodian));
	words_set(&words, "since",
		format_moment(
			&client->arena, format_us(chain->custodian_since_time), client->today));
	referral_print_words(screen, _("Held by"),
		is_own ? _("{unit} (your unit)[, since {since}]") : _("{unit}[, since {since}]"),
		&words);
}

static void referral_print_next(struct referral_screen *screen)
{
	const Stafett__V1__Referral *referral = screen->referral;
	struct client *client = screen->client;
	int64_t due_us = format_us(referral->due_time);
	struct words words = {0};

	if (!*referral->next_actor)
		return;
	words_set(&words, "unit", directory_name(client, referral->next_actor));
	words_set(&words, "act", term_word(client, referral->next_act));
	words_set(&words, "due", format_moment(&client->arena, due_us, client->today));
	referral_print_words(screen, _("Next"),
		row_is_late(due_us) ? _("! {unit}: {act}[, late since {due}]")
				    : _("{unit}: {act}[ by {due}]"),
		&words);
}

static void referral_print_clock(struct referral_screen *screen)
{
	const Stafett__V1__Chain *chain = screen->chain;
	struct client *client = screen->client;
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(
		&words, "due", format_day_text(arena, chain->intervention_due_date, client->today));
	words_set(&words, "left",
		format_days_left(arena, chain->intervention_due_date, client->today));
	words_set(&words, "asked", format_day_text(arena, chain->help_request_date, client->today));
	if (*chain->intervention_due_date)
		referral_print_words(screen, _("Help due"),
			_("{due} ({left})[; asked for help {asked}]"), &words);
}

static void referral_print_promise(struct referral_screen *screen)
{
	const Stafett__V1__Referral *referral = screen->referral;
	struct client *client = screen->client;
	struct words words = {0};

	words_set(&words, "role", term_code(client, CODES_RESPONSIBLE, referral->responsible));
	words_set(&words, "date",
		format_day_text(&client->arena, referral->contact_by_date, client->today));
	words_set(&words, "time",
		format_moment(
			&client->arena, format_us(referral->appointment_time), client->today));
	if (*referral->responsible)
		referral_print_words(screen, _("Promised"),
			_("{role}[, contact by {date}][, appointment {time}]"), &words);
}

/* What is expected of the person, or was and did not come about. */
static void referral_print_expected(struct referral_screen *screen)
{
	const Stafett__V1__ExpectedEvent *event = screen->referral->expected_event;
	struct client *client = screen->client;
	struct words words = {0};

	if (!event || !*event->kind)
		return;
	words_set(&words, "kind", term_code(client, CODES_EVENT, event->kind));
	words_set(&words, "time",
		format_moment(&client->arena, format_us(event->time), client->today));
	words_set(&words, "alarm",
		format_moment(&client->arena, format_us(event->alarm_time), client->today));
	referral_print_words(screen, _("Expected"),
		event->missed ? _("! {kind} {time}: MISSED")
			      : _("{kind} {time}[; an alarm if nobody confirms it by {alarm}]"),
		&words);
}

/* What waits for a second member: of the referral, or of its chain. */
static void referral_print_proposal(struct referral_screen *screen)
{
	const Stafett__V1__Proposal *proposal =
		screen->referral->proposal ? screen->referral->proposal : screen->chain->proposal;
	struct client *client = screen->client;
	struct words words = {0};
	const char *member;

	if (!proposal || !*proposal->id)
		return;
	member = strrchr(proposal->member, ':');
	words_set(&words, "act", term_word(client, proposal->act));
	words_set(&words, "member", member ? member + 1 : proposal->member);
	referral_print_words(screen, _("Waits"),
		_("{act}: proposed by {member}; another member confirms it or drops it"), &words);
}

static void referral_print_parties(struct referral_screen *screen)
{
	const Stafett__V1__Chain *chain = screen->chain;
	struct client *client = screen->client;
	const char *text = "";

	for (size_t i = 0; i < chain->n_parties; i++) {
		const char *asked = strcmp(chain->parties[i], screen->referral->requester) == 0
					    ? _(" (sent it)")
					    : "";

		text = memory_printf(&client->arena, "%s%s%s%s", text, i ? ", " : "",
			safe_line(&client->arena, directory_name(client, chain->parties[i])),
			asked);
	}
	referral_print_fact(screen, _("Parties"), text);
}

static void referral_print_basis(struct referral_screen *screen)
{
	const Stafett__V1__LegalBasis *basis = screen->referral->legal_basis;
	struct client *client = screen->client;
	struct words words = {0};

	if (!basis)
		return;
	words_set(&words, "code", term_code(client, CODES_BASIS, basis->code));
	words_set(&words, "form", term_code(client, CODES_CONSENT_FORM, basis->form));
	words_set(&words, "end", format_day_text(&client->arena, basis->end_date, client->today));
	referral_print_words(screen, _("Basis"),
		basis->covers_missed_events
			? _("{code}[, {form}][, to {end}]; covers missed events")
			: _("{code}[, {form}][, to {end}]"),
		&words);
}

/* The message's fate at the other side, while nothing else tells it. */
static void referral_print_delivery(struct referral_screen *screen)
{
	const Stafett__V1__Delivery *delivery = screen->referral->delivery;
	struct client *client = screen->client;
	int64_t us;

	if (!delivery || strcmp(delivery->state, "acknowledged") == 0)
		return;
	us = format_us(delivery->fetch_time   ? delivery->fetch_time
		       : delivery->offer_time ? delivery->offer_time
					      : delivery->store_time);
	referral_print_fact(screen, _("Delivery"),
		memory_printf(&client->arena, "%s %s",
			safe_line(&client->arena, term_word(client, delivery->state)),
			format_moment(&client->arena, us, client->today)));
}

static void referral_print_events(struct referral_screen *screen)
{
	const struct table_column columns[] = {{.title = _("WHEN")},
		{.title = _("UNIT"), .may_shrink = true}, {.title = _("WHAT"), .may_shrink = true},
		{.title = _("WHO"), .may_shrink = true}, {.title = NULL}};
	struct client *client = screen->client;
	struct table *table;

	if (!screen->response->n_events)
		return;
	table = table_new(columns, client->form);
	for (size_t i = 0; i < screen->response->n_events; i++) {
		const Stafett__V1__Event *event = screen->response->events[i];
		const char *cells[] = {
			format_stamp(&client->arena, format_us(event->create_time), client->today),
			event_unit(client, event), event_text(client, event),
			*event->member_display_name ? event->member_display_name : event->member};

		table_row(table, &client->arena, false, cells);
	}
	putchar('\n');
	table_print(table);
	putchar('\n');
}

static void referral_print_acts(struct referral_screen *screen)
{
	const Stafett__V1__Referral *referral = screen->referral;
	const Stafett__V1__Chain *chain = screen->chain;
	struct client *client = screen->client;
	const char *code = format_code_start(&client->arena, referral->code);
	struct act_commands commands = {0};

	act_commands_add(client, &commands, referral->allowed_acts, referral->n_allowed_acts, code,
		chain->intervention_due_date);
	act_commands_add(client, &commands, chain->allowed_acts, chain->n_allowed_acts, code,
		chain->intervention_due_date);
	for (size_t i = 0; i < commands.count; i++)
		lines_print_command(
			stdout, "", i ? _("      or:") : _("You can:"), commands.list[i]);
	if (!commands.count)
		output_next(client, "show %s --body", code);
}

void referral_print(struct client *client, const Stafett__V1__GetResponse *response)
{
	static void (*const parts[])(struct referral_screen *) = {
		referral_print_title,
		referral_print_person,
		referral_print_holder,
		referral_print_next,
		referral_print_clock,
		referral_print_promise,
		referral_print_expected,
		referral_print_proposal,
		referral_print_parties,
		referral_print_basis,
		referral_print_delivery,
		referral_print_events,
		referral_print_acts,
	};
	struct referral_screen screen = {
		.client = client,
		.response = response,
		.referral = response->referral,
		.chain = response->chain,
	};

	card_read(&client->arena, response->card, &screen.card);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		parts[i](&screen);
}
