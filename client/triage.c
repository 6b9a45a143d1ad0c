/* SPDX-License-Identifier: Apache-2.0 */
/* What the keys of the triage ask: see the header. */
#include "client/triage.h"

#include <stdio.h>

#include "client/memory.h"
#include "client/question.h"
#include "client/recipient.h"
#include "client/screen/lines.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "client/when.h"

#define TRIAGE_CONTACT_BY "+7d"

/* -- answers ------------------------------------------------------------------------- */

static void triage_tell(struct triage *triage, const char *text)
{
	lines_print(stderr, "  ", "  ", text);
}

static void triage_tell_problem(struct triage *triage)
{
	triage_tell(triage, triage->client->problem.sentence);
	triage->client->problem = (struct problem){0};
}

/* One line, in the arena; NULL where the user gave up. */
static const char *triage_line(struct triage *triage, const char *label, const char *fallback)
{
	struct arena *arena = &triage->client->arena;
	const char *shown = fallback && *fallback
				    ? memory_printf(arena, "%s [%s]: ", label, fallback)
				    : memory_printf(arena, "%s: ", label);
	const char *typed = NULL;

	fputs("\r\033[K", stderr);
	if (tty_line(&triage->tty, shown, false, &triage->line) == TTY_LINE_TYPED)
		typed = memory_string(arena, secret_text(&triage->line));
	if (typed && !*typed)
		typed = fallback;
	triage->is_left = !typed;
	triage->is_over = triage->tty.is_wanted_to_stop;
	return typed;
}

/* A code of |list|; NULL where the user gave up. "" is an answer where |fallback|
 * is "". */
static const char *triage_code(
	struct triage *triage, const char *label, enum codes_list list, const char *fallback)
{
	for (;;) {
		const char *typed = triage_line(triage, label, fallback);
		const char *code = typed && *typed ? question_code(list, typed) : typed;

		if (!code || !*code || codes_has(list, bytes_of_string(code)))
			return code;
		for (const struct codes_row *row = NULL; (row = codes_next(list, row));)
			fprintf(stderr, "    %-20s %s\n", row->code, row->text[text_language()]);
	}
}

/* A day to come, as "2026-11-30"; NULL where the user gave up. */
static const char *triage_date(
	struct triage *triage, const char *label, const char *fallback, const char **ret_typed)
{
	for (;;) {
		const char *typed = triage_line(triage, label, fallback);
		char *iso = memory_alloc(&triage->client->arena, DATE_TEXT_LEN + 1);
		enum when_result result;
		struct date date;

		if (!typed)
			return NULL;
		result =
			when_date(bytes_of_string(typed), triage->client->today, WHEN_AHEAD, &date);
		if (result == WHEN_OK) {
			*ret_typed = typed;
			date_format(date, iso);
			return iso;
		}
		triage_tell(triage, _("Write it like 2026-11-30, 30nov, fri, tomorrow or +3d:"));
	}
}

/* An open unit; NULL where the user gave up, "" for none where |fallback| is "". */
static const char *triage_unit(struct triage *triage, const char *label, const char *fallback)
{
	const Stafett__V1__Unit *unit;

	for (;;) {
		const char *typed = triage_line(triage, label, fallback);

		if (!typed || !*typed || !recipient_find(triage->client, typed, &unit))
			return typed;
		triage_tell_problem(triage);
	}
}

/* -- acts ---------------------------------------------------------------------------- */

int triage_ask_acknowledge(struct triage *triage)
{
	return triage_act_acknowledge(triage->client, &triage->on, &triage->said);
}

int triage_ask_take(struct triage *triage)
{
	return triage_act_take(triage->client, &triage->on, &triage->said);
}

/* The same again with the reason that the server asked for. */
static int triage_accept_late(struct triage *triage, Stafett__V1__AcceptAct *act)
{
	const char *reason;

	triage_tell_problem(triage);
	reason = triage_code(triage, _("Why so late"), CODES_CLOCK_REASON, NULL);
	if (!reason)
		return 0;
	act->clock_reason = (char *)reason;
	return triage_act_accept(triage->client, &triage->on, act, &triage->said);
}

int triage_ask_accept(struct triage *triage)
{
	Stafett__V1__AcceptAct act = STAFETT__V1__ACCEPT_ACT__INIT;
	const char *by = triage->contact_by ? triage->contact_by : TRIAGE_CONTACT_BY;
	const char *responsible;
	const char *date;
	int r;

	responsible = triage_code(
		triage, _("Who answers for it"), CODES_RESPONSIBLE, triage->responsible);
	if (!responsible)
		return 0;
	triage->responsible = responsible;
	date = triage_date(triage, _("Contact by"), by, &triage->contact_by);
	if (!date)
		return 0;
	act.responsible = (char *)responsible;
	act.contact_by_date = (char *)date;
	r = triage_act_accept(triage->client, &triage->on, &act, &triage->said);
	if (triage->client->problem.id == PROBLEM_CONTACT_AFTER_CLOCK)
		return triage_accept_late(triage, &act);
	return r;
}

/* Only what was acknowledged can be asked about. */
static int triage_have_acknowledged(struct triage *triage)
{
	int r;

	if (strcmp(triage->on.seen->referral->status, "requested") != 0)
		return 0;
	r = triage_act_acknowledge(triage->client, &triage->on, &triage->said);
	return r ? r : triage_act_read(triage->client, triage->on.item->referral, &triage->on.seen);
}

int triage_ask_question(struct triage *triage)
{
	Stafett__V1__AskAct act = STAFETT__V1__ASK_ACT__INIT;
	const char *code = triage_code(triage, _("What is missing"), CODES_QUESTION, NULL);
	const char *text;
	int r;

	if (!code)
		return 0;
	text = triage_line(triage, _("In your words"), "");
	if (!text)
		return 0;
	act.question = (char *)code;
	r = triage_have_acknowledged(triage);
	return r ? r : triage_act_ask(triage->client, &triage->on, &act, text, &triage->said);
}

int triage_ask_forward(struct triage *triage)
{
	Stafett__V1__ForwardAct act = STAFETT__V1__FORWARD_ACT__INIT;
	const char *to = triage_unit(triage, _("To which unit"), NULL);
	const char *reason = to ? triage_code(triage, _("Why not here"), CODES_REJECT, NULL) : NULL;
	const char *told =
		reason ? triage_code(triage, _("How the person was told"), CODES_PERSON_TOLD, NULL)
		       : NULL;

	if (!told)
		return 0;
	act.reason = (char *)reason;
	act.person_told = (char *)told;
	return triage_act_forward(triage->client, &triage->on, &act, to, &triage->said);
}

int triage_ask_reject(struct triage *triage)
{
	Stafett__V1__RejectAct act = STAFETT__V1__REJECT_ACT__INIT;
	const char *reason = triage_code(triage, _("Why not here"), CODES_REJECT, NULL);
	const char *other =
		reason ? triage_unit(triage, _("Which unit instead (empty: none is known)"), "")
		       : NULL;
	const char *told =
		other ? triage_code(triage, _("How the person was told"), CODES_PERSON_TOLD, NULL)
		      : NULL;

	if (!told)
		return 0;
	act.reason = (char *)reason;
	act.alternative_unit = (char *)other;
	act.none_known = !*other;
	act.person_told = (char *)told;
	return triage_act_reject(triage->client, &triage->on, &act, &triage->said);
}
