/* SPDX-License-Identifier: Apache-2.0 */
/* The screen of one referral: see the header. */
#include "client/screen/referral.h"

#include <stdio.h>

#include "client/asked.h"
#include "client/chain.h"
#include "client/directory.h"
#include "client/home_plan.h"
#include "client/memory.h"
#include "client/screen/act.h"
#include "client/screen/consent.h"
#include "client/screen/event.h"
#include "client/screen/fact.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/person.h"
#include "client/screen/proposal.h"
#include "client/screen/row.h"
#include "client/screen/safe_text.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"

/* What the screen is made of. */
struct referral_screen {
	struct client *client;
	const Stafett__V1__GetResponse *response;
	const Stafett__V1__Referral *referral;
	const Stafett__V1__Chain *chain;
	struct card card;
	bool with_readers; /* who has read it is told */
};

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
	person_print(screen->client, &screen->card);
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
	fact_print_words(screen->client, _("Held by"),
		!*chain->custodian ? _("nobody: the chain is closed")
		: is_own	   ? _("{unit} (your unit)[, since {since}]")
				   : _("{unit}[, since {since}]"),
		&words);
}

static void referral_print_next(struct referral_screen *screen)
{
	const Stafett__V1__Referral *referral = screen->referral;
	struct client *client = screen->client;
	int64_t due_us = format_us(referral->due_time);
	bool is_late = row_is_late(client, due_us);
	struct words words = {0};

	if (!*referral->next_actor)
		return;
	words_set(&words, "unit", directory_name(client, referral->next_actor));
	words_set(&words, "act", row_act(client, referral));
	words_set(&words, "due", format_moment(&client->arena, due_us, client->today));
	if (is_late)
		lines_begin_alarm(stdout);
	fact_print_words(screen->client, _("Next"),
		is_late ? _("! {unit}: {act}[, late since {due}]") : _("{unit}: {act}[ by {due}]"),
		&words);
	if (is_late)
		lines_end_alarm(stdout);
}

/* What threatens life is told by telephone as well. */
static void referral_print_phone(struct referral_screen *screen)
{
	int64_t us = format_us(screen->referral->call_time);
	struct client *client = screen->client;

	if (us)
		fact_print(client, _("Called"), format_moment(&client->arena, us, client->today));
}

static void referral_print_question(struct referral_screen *screen)
{
	asked_print(screen->client, screen->response, stdout);
}

/* How the person's clock is told: it is met, broken, or runs. */
static const char *referral_clock_template(const Stafett__V1__Chain *chain, bool is_broken)
{
	if (*chain->intervention_start_date)
		return is_broken ? N_("! {due}; treatment began {began}[; asked for help {asked}]")
				 : N_("{due}; met, treatment began {began}[; asked for help "
				      "{asked}]");
	if (strcmp(chain->status, "closed") == 0)
		return N_("{due}, no longer counted[; asked for help {asked}]");
	return is_broken ? N_("! {due} ({left})[; asked for help {asked}]")
			 : N_("{due} ({left})[; asked for help {asked}]");
}

/* A treatment that began too late has not met it. */
static bool referral_clock_is_broken(const struct client *client, const Stafett__V1__Chain *chain)
{
	const char *end = chain->intervention_start_date;
	char today[DATE_TEXT_LEN + 1];

	date_format(client->today, today);
	return strcmp(chain->status, "open") == 0 &&
	       strcmp(chain->intervention_due_date, *end ? end : today) < 0;
}

static void referral_print_clock(struct referral_screen *screen)
{
	const Stafett__V1__Chain *chain = screen->chain;
	struct client *client = screen->client;
	struct arena *arena = &client->arena;
	bool is_broken = referral_clock_is_broken(client, chain);
	struct words words = {0};

	if (!*chain->intervention_due_date || !chain->awaits_help)
		return;
	words_set(
		&words, "due", format_day_text(arena, chain->intervention_due_date, client->today));
	words_set(&words, "left",
		format_days_left(arena, chain->intervention_due_date, client->today));
	words_set(&words, "began",
		format_day_text(arena, chain->intervention_start_date, client->today));
	words_set(&words, "asked", format_day_text(arena, chain->help_request_date, client->today));
	if (is_broken)
		lines_begin_alarm(stdout);
	fact_print_words(
		client, _("Help due"), _(referral_clock_template(chain, is_broken)), &words);
	if (is_broken)
		lines_end_alarm(stdout);
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
		fact_print_words(screen->client, _("Promised"),
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
	fact_print_words(screen->client, _("Expected"),
		event->missed ? _("! {kind} {time}: MISSED")
			      : _("{kind} {time}[; an alarm if nobody confirms it by {alarm}]"),
		&words);
}

/* Where the person comes home to, and who sees to it from when. */
static void referral_print_home(struct referral_screen *screen)
{
	const Stafett__V1__Event *plan = home_plan_of(screen->response);
	struct client *client = screen->client;
	struct words words = {0};

	if (!plan)
		return;
	words_set(&words, "housing", term_code(client, CODES_HOUSING, plan->housing));
	words_set(&words, "date",
		format_day_text(&client->arena, plan->first_contact_date, client->today));
	words_set(&words, "why", term_code(client, CODES_NOT_NEEDED, plan->not_needed));
	fact_print_words(client, _("Home plan"),
		_("{housing}[, first contact {date}][; no aftercare is needed: {why}]"), &words);
}

/* What waits for a second member: of the referral, or of its chain. */
static void referral_print_proposal(struct referral_screen *screen)
{
	const Stafett__V1__Proposal *proposal = proposal_of(screen->referral, screen->chain);
	struct client *client = screen->client;

	if (proposal)
		fact_print(client, _("Waits"),
			memory_printf(&client->arena, "%s; %s", proposal_text(client, proposal),
				proposal_who(client, proposal)));
}

/* Who has not answered the call to plan together. */
static void referral_print_call(struct referral_screen *screen)
{
	const Stafett__V1__PlanningCall *call = screen->referral->planning_call;
	struct client *client = screen->client;
	int64_t due_us = call ? format_us(call->due_time) : 0;
	struct words words = {0};

	if (!call || strcmp(call->state, "open") != 0)
		return;
	words_set(&words, "units", directory_names(client, call->waits_for, call->n_waits_for));
	words_set(&words, "due", format_moment(&client->arena, due_us, client->today));
	fact_print_words(client, _("Planning"),
		row_is_late(screen->client, due_us)
			? _("! all were called to plan together; {units} should have answered by "
			    "{due}")
			: _("all are called to plan together; {units} must answer by {due}"),
		&words);
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
	fact_print(screen->client, _("Parties"), text);
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
	if (*consent_sentence(client, screen->referral) && strcmp(basis->code, "consent") == 0) {
		fact_print(client, _("Basis"), consent_sentence(client, screen->referral));
		return;
	}
	fact_print_words(screen->client, _("Basis"),
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
	struct words words = {0};
	const char *template;
	int64_t us;

	if (!delivery || delivery->acknowledge_time ||
		strcmp(screen->referral->status, "requested") != 0)
		return;
	template = delivery->fetch_time	  ? _("what was written is read since {time}")
		   : delivery->offer_time ? _("seen in the inbox since {time}, not opened")
					  : _("in the inbox since {time}, not seen yet");
	us = format_us(delivery->fetch_time   ? delivery->fetch_time
		       : delivery->offer_time ? delivery->offer_time
					      : delivery->store_time);
	words_set(&words, "time", format_moment(&client->arena, us, client->today));
	fact_print_words(client, _("Delivery"), template, &words);
}

/* What happened; to another referral of the chain, with its code. */
static const char *referral_event(struct referral_screen *screen, const Stafett__V1__Event *event)
{
	struct arena *arena = &screen->client->arena;
	const char *text = event_text(screen->client, event);

	if (!*event->referral || strcmp(event->referral, screen->referral->id) == 0)
		return text;
	return memory_printf(arena, "%s  %s",
		format_code_start(arena, format_code_of_id(arena, event->referral)), text);
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
			event_unit(client, event), referral_event(screen, event),
			*event->member_display_name ? event->member_display_name : event->member};

		table_row(table, &client->arena, false, cells);
	}
	putchar('\n');
	if (screen->response->earlier_events || screen->response->earlier_contents)
		puts(_("There is more than is shown here: what came first is left out."));
	table_print(table);
	putchar('\n');
}

static const char *referral_contact(struct referral_screen *screen)
{
	const char *planned = home_plan_contact(screen->client, screen->response);

	return act_contact(screen->client, screen->referral, screen->chain, planned);
}

static void referral_add_acts(struct referral_screen *screen, struct act_commands *commands,
	char *const *acts, size_t n_acts)
{
	for (size_t i = 0; i < n_acts; i++) {
		/* Of notes only that the person was reached is told still. */
		bool is_stopped = strcmp(acts[i], "note") == 0 && row_is_unshared(screen->referral);
		/* One question is open at a time. */
		bool is_asked = strcmp(acts[i], "ask") == 0 && screen->referral->question_time;
		const char *act = is_stopped ? "reach" : is_asked ? "unask" : acts[i];

		/* It stands first already, or somebody else confirms it. */
		if (strcmp(act, "confirm") == 0)
			continue;
		act_commands_add(screen->client, commands, (char *const *)&act, 1,
			format_code_start(&screen->client->arena, screen->referral->code),
			referral_contact(screen));
	}
}

/* What takes two, and waits for this member: the answers come before all others. */
static void referral_add_answers(struct referral_screen *screen, struct act_commands *commands)
{
	const char *answers[2];

	proposal_commands(
		screen->client, screen->referral, screen->chain, &answers[0], &answers[1]);
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (answers[i])
			act_commands_add_line(screen->client, commands, answers[i]);
}

/* With what something was written that this referral's texts have: "sent, amended". */
static const char *referral_texts(struct referral_screen *screen)
{
	const char *text = "";

	for (size_t i = 0; i < screen->response->n_events; i++) {
		const Stafett__V1__Event *event = screen->response->events[i];
		const char *word = event_word(event->kind);

		if (event->has_text &&
			(!*event->referral || strcmp(event->referral, screen->referral->id) == 0) &&
			!strstr(text, word))
			text = memory_printf(
				&screen->client->arena, "%s%s%s", text, *text ? ", " : "", word);
	}
	return text;
}

/* What was written comes before what may be done. */
static void referral_print_texts(struct referral_screen *screen)
{
	struct client *client = screen->client;
	struct words words = {0};

	words_set(&words, "texts", referral_texts(screen));
	if (*referral_texts(screen))
		lines_print_command(stdout, "",
			words_fill(&client->arena, _("To read ({texts}):"), &words),
			client_next(client, "show %s --body",
				format_code_start(&client->arena, screen->referral->code)));
}

static void referral_print_acts(struct referral_screen *screen)
{
	const Stafett__V1__Referral *referral = screen->referral;
	const Stafett__V1__Chain *chain = screen->chain;
	struct client *client = screen->client;
	const char *code = format_code_start(&client->arena, referral->code);
	const char *next = row_next_act(referral);
	char *const first[] = {(char *)"send-first"};
	struct act_commands commands = {0};
	bool is_ours = strcmp(referral->next_actor, client->profile->unit) == 0;
	const char *command = is_ours ? act_command(client, next, referral, chain) : NULL;

	referral_add_answers(screen, &commands);
	/* First what is asked of us; a new referral is no act on this one. */
	if (command && strcmp(next, "send") == 0)
		act_commands_add_line(client, &commands, command);
	else if (command)
		act_commands_add(
			client, &commands, (char *const *)&next, 1, code, referral_contact(screen));
	referral_add_acts(screen, &commands, referral->allowed_acts, referral->n_allowed_acts);
	referral_add_acts(screen, &commands, chain->allowed_acts, chain->n_allowed_acts);
	if (!*referral->id && chain_may(chain, "close"))
		act_commands_add(client, &commands, first, 1, code, "");
	lines_print_commands(
		stdout, "", _("You can:"), _("      or:"), commands.list, commands.count);
	if (!commands.count)
		output_next(client, "list --open");
}

/* What was done, of the own unit by whom; of another one, that it was. */
static const char *referral_reading(const Stafett__V1__Reading *reading)
{
	if (!*reading->member)
		return _("first read a message of yours");
	if (strcmp(reading->operation, "look") == 0)
		return _("looked it up to act on it");
	return strcmp(reading->operation, "fetch") == 0 ? _("fetched a text") : _("read");
}

static void referral_print_readers(struct referral_screen *screen)
{
	const struct table_column columns[] = {{.title = _("WHEN")},
		{.title = _("UNIT"), .may_shrink = true}, {.title = _("READ")},
		{.title = _("WHO"), .may_shrink = true}, {.title = NULL}};
	struct client *client = screen->client;
	struct table *table = table_new(columns, client->form);

	for (size_t i = 0; i < screen->response->n_readings; i++) {
		const Stafett__V1__Reading *reading = screen->response->readings[i];
		const char *cells[] = {
			format_stamp(&client->arena, format_us(reading->time), client->today),
			directory_name(client, reading->unit), referral_reading(reading),
			*reading->member_display_name ? reading->member_display_name
						      : reading->member};

		table_row(table, &client->arena, false, cells);
	}
	table_print(table);
	putchar('\n');
}

/* Who has read it, or how to learn it; nobody is told of a chain alone. */
static void referral_print_readings(struct referral_screen *screen)
{
	struct client *client = screen->client;

	if (screen->response->n_readings)
		referral_print_readers(screen);
	else if (*screen->referral->id && !screen->with_readers)
		lines_print_command(stdout, "", _("Who has read it:"),
			client_next(client, "show %s --all",
				format_code_start(&client->arena, screen->referral->code)));
}

void referral_print(
	struct client *client, const Stafett__V1__GetResponse *response, bool with_readers)
{
	static void (*const parts[])(struct referral_screen *) = {
		referral_print_title,
		referral_print_person,
		referral_print_holder,
		referral_print_next,
		referral_print_phone,
		referral_print_question,
		referral_print_clock,
		referral_print_promise,
		referral_print_expected,
		referral_print_home,
		referral_print_proposal,
		referral_print_call,
		referral_print_parties,
		referral_print_basis,
		referral_print_delivery,
		referral_print_events,
		referral_print_readings,
		referral_print_texts,
		referral_print_acts,
	};
	struct referral_screen screen = {
		.client = client,
		.response = response,
		.referral = response->referral,
		.chain = response->chain,
		.with_readers = with_readers,
	};

	card_read_of(&client->arena, response->card, response->chain, &screen.card);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		parts[i](&screen);
}
