/* SPDX-License-Identifier: Apache-2.0 */
/* Events in words: see the header. */
#include "client/screen/event.h"

#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/term.h"
#include "client/text.h"

/* In the past: what the acts of tbl/acts.def have done. */
static const struct {
	const char *kind, *text;
} event_rows[] = {
	{"send", N_("sent")},
	{"acknowledge", N_("acknowledged")},
	{"ask", N_("question asked")},
	{"amend", N_("amended")},
	{"accept", N_("accepted")},
	{"reject", N_("rejected")},
	{"forward", N_("forwarded")},
	{"answer", N_("answered")},
	{"withdraw", N_("withdrawn")},
	{"need-gone", N_("ended: no longer needed")},
	{"note", N_("noted")},
	{"assign", N_("assigned")},
	{"book", N_("booked")},
	{"start", N_("treatment began")},
	{"attend", N_("came")},
	{"miss", N_("did not come")},
	{"pause", N_("paused")},
	{"resume", N_("resumed")},
	{"plan-home", N_("homecoming planned")},
	{"complete", N_("completed")},
	{"break-off", N_("broken off")},
	{"take-back", N_("taken back")},
	{"correct", N_("final answer corrected")},
	{"void", N_("voided")},
	{"close", N_("chain closed")},
	{"correct-clock", N_("day of the request corrected")},
	{"register", N_("registered")},
	{"merge", N_("merged")},
	{"take-over", N_("taken over")},
	{"reply", N_("planning call answered")},
	{"waive", N_("planning call waived")},
	{"noted", N_("noted by the board")},
	{"confirm", N_("confirmed")},
	{"seen", N_("seen")},
	{"consent", N_("consent recorded")},
	{"unshare", N_("shared no longer")},
	{"propose", N_("proposed")},
	{"drop", N_("proposal dropped")},
	{"alarm", N_("still not done: told again")},
	{"breach", N_("help has not begun in time")},
	{"delay", N_("why help is late")},
	{"unanswered", N_("how the person is was not answered")},
	{"follow-up", N_("how the person is")},
};

const char *event_word(const char *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(event_rows); i++) {
		if (strcmp(event_rows[i].kind, kind) == 0)
			return _(event_rows[i].text);
	}
	return kind;
}

const char *event_word_of(const char *kind, const char *unit)
{
	return !*unit && strcmp(kind, "miss") == 0 ? _("not confirmed") : event_word(kind);
}

/* What is not told by the kind alone. */
static const char *event_done(const struct client *client, const Stafett__V1__Event *event)
{
	bool is_ours = strcmp(event->unit, client->profile->unit) == 0;

	/* What ends a chain at once ends what is open in it. */
	if (*event->referral && strcmp(event->kind, "close") == 0)
		return _("ended with its chain");
	if (event->managers_told && strcmp(event->kind, "alarm") == 0)
		return _("still not done: the managers are told");
	if (event->contact)
		return _("the person was reached");
	if (strcmp(event->kind, "assign") == 0 && is_ours && !*event->assignee)
		return _("released");
	return event_word_of(event->kind, event->unit);
}

const char *event_unit(struct client *client, const Stafett__V1__Event *event)
{
	return *event->unit ? directory_name(client, event->unit) : _("the clock");
}

/* Of which list the reason of an act is. */
static const struct {
	const char *kind;
	enum codes_list list;
} event_reasons[] = {
	{"reject", CODES_REJECT},
	{"forward", CODES_REJECT},
	{"withdraw", CODES_END},
	{"need-gone", CODES_END},
	{"break-off", CODES_END},
	{"void", CODES_VOID},
	{"close", CODES_CLOSE},
	{"pause", CODES_CLOCK_REASON},
	{"delay", CODES_CLOCK_REASON},
	{"follow-up", CODES_FOLLOW_UP},
};

/* What takes two: "the voiding (wrong-person)". */
static const char *event_proposal(struct client *client, const Stafett__V1__Event *event)
{
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(&words, "act", term_proposal(client, event->proposes));
	words_set(&words, "reason", term_code(client, CODES_VOID, event->status_reason));
	words_set(&words, "day", format_day_text(arena, event->help_request_date, client->today));
	if (*event->into)
		words_set(&words, "into",
			format_code_start(arena, format_code_of_id(arena, event->into)));
	return words_fill(
		arena, _("{act}[ ({reason})][, to {day}][, into that of {into}]"), &words);
}

/* The code that is most of what an act said. */
static const char *event_what(struct client *client, const Stafett__V1__Event *event)
{
	bool is_done = strcmp(event->kind, event->proposes) == 0;

	if (*event->proposes && !is_done)
		return event_proposal(client, event);
	if (*event->help_request_date)
		return format_day_text(&client->arena, event->help_request_date, client->today);
	if (*event->assignee)
		return *event->assignee_display_name ? event->assignee_display_name
						     : event->assignee;
	for (size_t i = 0; i < ARRAY_SIZE(event_reasons); i++)
		if (strcmp(event_reasons[i].kind, event->kind) == 0)
			return term_code(client, event_reasons[i].list, event->status_reason);
	if (*event->question)
		return term_code(client, CODES_QUESTION, event->question);
	return term_code(client, CODES_INTERVENTION, event->intervention);
}

/* What was done, with what people look for: "treatment began: CRA, next visit Fri 20
 * Nov 13:00". */
static const char *event_details(struct client *client, const Stafett__V1__Event *event)
{
	const Stafett__V1__ExpectedEvent *next = event->expected_event;
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(&words, "done", event_done(client, event));
	words_set(&words, "what", event_what(client, event));
	words_set(&words, strcmp(event->kind, "reject") == 0 ? "instead" : "to",
		directory_name(client, event->named_unit));
	words_set(&words, "told", term_code(client, CODES_PERSON_TOLD, event->person_told));
	words_set(&words, "by", term_code(client, CODES_CANCELLED_BY, event->cancelled_by));
	words_set(&words, "until", format_day_text(arena, event->until_date, client->today));
	if (next) {
		words_set(&words, "kind", term_code(client, CODES_EVENT, next->kind));
		words_set(
			&words, "time", format_stamp(arena, format_us(next->time), client->today));
	}
	return words_fill(arena,
		_("{done}[: {what}][, to {to}][, turn to {instead}][, the person was told: "
		  "{told}][, cancelled by {by}][ until {until}][, next {kind} {time}]"),
		&words);
}

/* The first event of a chain makes a holder, and moves none. */
const char *event_text(struct client *client, const Stafett__V1__Event *event)
{
	const char *text = event_details(client, event);
	struct words words = {0};

	if (event->has_text)
		text = memory_printf(&client->arena, "%s %s", text, _("(with a text)"));
	if (!event->custodian_changed || !*event->from_status)
		return text;
	words_set(&words, "done", text);
	words_set(&words, "unit", directory_name(client, event->custodian));
	return words_fill(&client->arena, _("{done}  HOLDER MOVED[; holder now: {unit}]"), &words);
}

const char *event_news(struct client *client, const Stafett__V1__Event *event)
{
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(&words, "code",
		format_code_start(arena, format_code_of_id(arena, event->referral)));
	words_set(&words, "done", event_done(client, event));
	words_set(&words, "unit", event_unit(client, event));
	return words_fill(arena, _("{code} {done} by {unit}"), &words);
}
