/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of deadlines in words: see the header. */
#include "client/screen/rule.h"

#include <stdio.h>

#include "client/memory.h"
#include "client/screen/lines.h"
#include "client/screen/safe_text.h"
#include "client/text.h"

enum { RULE_LABEL_COLUMNS = 11 };

/* "  rule     HELP-1-MONTH v1": nothing where there is no text. */
void rule_print_fact(struct client *client, const char *label, const char *text)
{
	struct arena *arena = &client->arena;
	int gap = RULE_LABEL_COLUMNS - 2 - (int)lines_columns(label);

	if (*text)
		lines_print(stdout, memory_printf(arena, "  %s%*s", label, gap > 1 ? gap : 1, ""),
			memory_printf(arena, "%*s", RULE_LABEL_COLUMNS, ""),
			safe_line(arena, text));
}

const char *rule_what(const char *deadline)
{
	static const struct {
		const char *deadline, *text;
	} rows[] = {
		{"acknowledge", N_("acknowledge it")},
		{"assess", N_("accept or not")},
		{"answer", N_("answer a question")},
		{"contact", N_("promised contact")},
		{"reach", N_("reach the person")},
		{"book", N_("book again")},
		{"hand-back", N_("take it back")},
		{"plan-together", N_("plan together")},
		{"send-on", N_("send on")},
		{"help", N_("help begins")},
		{"visit", N_("visit confirmed")},
		{"call", N_("call confirmed")},
		{"dose", N_("dose confirmed")},
		{"lab", N_("lab confirmed")},
		{"meeting", N_("meeting confirmed")},
		{"follow-up-3", N_("first follow-up")},
		{"follow-up-6", N_("second follow-up")},
		{"follow-up-12", N_("third follow-up")},
		{"admission-notice", N_("tell of admission")},
		{"planning-call", N_("call to plan")},
		{"discharge-information", N_("tell at discharge")},
		{"payment", N_("payment begins")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].deadline, deadline) == 0)
			return _(rows[i].text);
	return deadline;
}

/* Each twice: as a sentence and in short, of many and of one. */
static const struct rule_words {
	const char *unit, *how, *how_one, *brief, *brief_one;
} rule_rows[] = {
	{"working-days", N_("{n} working days later, 17:00: no weekends, holidays and eves"),
		N_("a working day later, 17:00: no weekends, holidays and eves"),
		N_("{n} working days"), N_("1 working day")},
	{"working-minutes", N_("{n} minutes, counted from 08 to 17 of working days"), NULL,
		N_("{n} min of 08-17"), NULL},
	{"minutes", N_("{n} minutes later"), NULL, N_("{n} min"), NULL},
	{"days", N_("{n} days of the calendar later[; past {cut} it is a day more]"),
		N_("a day of the calendar later[; past {cut} it is a day more]"),
		N_("{n} days[, past {cut} one more]"), N_("1 day[, past {cut} one more]")},
	{"months",
		N_("{n} months from that day, never restarted; where the month has no such "
		   "day, its last"),
		N_("a month from that day, never restarted; where the month has no such "
		   "day, its last"),
		N_("{n} months"), N_("1 month")},
	{"day-end", N_("when that day is over"), NULL, N_("end of the day"), NULL},
	{"promised", N_("17:00 of the day that was promised"), NULL, N_("the promised day"), NULL},
};

static char *rule_fill(struct client *client, const char *template, int amount, const char *cut_off)
{
	struct words words = {0};

	words_set(&words, "n", memory_printf(&client->arena, "%d", amount));
	words_set(&words, "cut", cut_off);
	return words_fill(&client->arena, _(template), &words);
}

const char *rule_how(struct client *client, const char *unit, int amount, const char *cut_off)
{
	for (const struct rule_words *row = rule_rows; row < rule_rows + ARRAY_SIZE(rule_rows);
		row++)
		if (strcmp(row->unit, unit) == 0)
			return rule_fill(client,
				amount == 1 && row->how_one ? row->how_one : row->how, amount,
				cut_off);
	return unit;
}

const char *rule_brief(struct client *client, const char *unit, int amount, const char *cut_off)
{
	for (const struct rule_words *row = rule_rows; row < rule_rows + ARRAY_SIZE(rule_rows);
		row++)
		if (strcmp(row->unit, unit) == 0)
			return rule_fill(client,
				amount == 1 && row->brief_one ? row->brief_one : row->brief, amount,
				cut_off);
	return unit;
}

const char *rule_source(const char *source)
{
	if (strcmp(source, "default") == 0)
		return _("the common rule");
	return strcmp(source, "need 1") == 0 ? _("the promise of help within a month") : source;
}

/* "actor+requester" as people say it. */
static const char *rule_whom(struct client *client, const char *names)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{"actor", N_("the unit that must act")},
		{"requester", N_("the unit that sent it")},
		{"owner", N_("the unit that was asked")},
		{"holder", N_("the unit that holds the chain")},
		{"parties", N_("the parties whom the consent covers")},
		{"managers", N_("managers of the unit that sent it and of the one that was asked")},
	};
	struct arena *arena = &client->arena;
	const char *text = "";

	while (*names) {
		size_t len = strcspn(names, "+");
		const char *one = memory_copy(arena, bytes_of(names, len));

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			if (strcmp(rows[i].name, one) == 0)
				one = _(rows[i].text);
		}
		text = memory_printf(arena, "%s%s%s", text, *text ? ", " : "", one);
		names += len + (names[len] == '+');
	}
	return text;
}

/* When a step is: "due", "due+1" (working days after), "morning". */
static const char *rule_when(struct client *client, const char *when)
{
	struct words words = {0};

	if (strcmp(when, "due") == 0)
		return _("when it is due");
	if (strcmp(when, "morning") == 0)
		return _("the next working morning");
	if (strncmp(when, "due+", 4) != 0)
		return when;
	words_set(&words, "n", when + 4);
	return words_fill(&client->arena,
		strcmp(when + 4, "1") == 0 ? _("the working day after")
					   : _("{n} working days after"),
		&words);
}

/* "due:actor+requester due+3:managers" as "when it is due: ...; 3 working days after:
 * ..." */
const char *rule_told(struct client *client, const char *steps)
{
	struct arena *arena = &client->arena;
	const char *text = "";

	while (*(steps += strspn(steps, " ")) != '\0') {
		size_t len = strcspn(steps, " ");
		char *step = memory_copy(arena, bytes_of(steps, len));
		char *whom = strchr(step, ':');

		if (whom)
			*whom++ = '\0';
		text = memory_printf(arena, "%s%s%s: %s", text, *text ? "; " : "",
			rule_when(client, step), whom ? rule_whom(client, whom) : "");
		steps += len;
	}
	return text;
}
