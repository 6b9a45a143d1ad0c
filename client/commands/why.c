/* SPDX-License-Identifier: Apache-2.0 */
/* stafett why REF: every deadline with its rule, its inputs and how it was counted. */
#include <stdio.h>
#include <time.h>

#include "client/call.h"
#include "client/client.h"
#include "client/compose.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/misdated.h"
#include "client/ref.h"
#include "client/screen/format.h"
#include "client/screen/heartbeat.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/row.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "client/when.h"
#include "stafett/v1/clock_service.pb-c.h"

enum { WHY_LABEL_COLUMNS = 11 };

/* "  rule     HELP-1-MONTH v1": nothing where there is no text. */
static void why_print_fact(struct client *client, const char *label, const char *text)
{
	struct arena *arena = &client->arena;
	int gap = WHY_LABEL_COLUMNS - 2 - (int)lines_columns(label);

	if (*text)
		lines_print(stdout, memory_printf(arena, "  %s%*s", label, gap > 1 ? gap : 1, ""),
			memory_printf(arena, "%*s", WHY_LABEL_COLUMNS, ""), safe_line(arena, text));
}

static const char *why_how(struct client *client, const Stafett__V1__DeadlineRule *rule)
{
	static const struct {
		const char *unit, *text, *one;
	} rows[] = {
		{"working-days",
			N_("{n} working days later, 17:00: no weekends, holidays and eves"),
			N_("a working day later, 17:00: no weekends, holidays and eves")},
		{"working-minutes", N_("{n} minutes, counted from 08 to 17 of working days"), NULL},
		{"minutes", N_("{n} minutes later"), NULL},
		{"days", N_("{n} days of the calendar later[; past {cut} it is a day more]"),
			N_("a day of the calendar later[; past {cut} it is a day more]")},
		{"months",
			N_("{n} months from that day, never restarted; where the month has no such "
			   "day, its last"),
			N_("a month from that day, never restarted; where the month has no such "
			   "day, its last")},
		{"day-end", N_("when that day is over"), NULL},
		{"promised", N_("17:00 of the day that was promised"), NULL},
	};
	struct words words = {0};

	words_set(&words, "n", memory_printf(&client->arena, "%d", rule->amount));
	words_set(&words, "cut", rule->cut_off);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].unit, rule->unit) == 0)
			return words_fill(&client->arena,
				rule->amount == 1 && rows[i].one ? _(rows[i].one) : _(rows[i].text),
				&words);
	}
	return rule->unit;
}

/* "actor+requester" as people say it. */
static const char *why_whom(struct client *client, const char *names)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{"actor", N_("who must act")},
		{"requester", N_("the requester")},
		{"owner", N_("who was asked")},
		{"holder", N_("the holder")},
		{"parties", N_("the parties whom the consent covers")},
		{"managers", N_("the managers of both")},
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
static const char *why_when(struct client *client, const char *when)
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
static const char *why_told(struct client *client, const char *steps)
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
			why_when(client, step), whom ? why_whom(client, whom) : "");
		steps += len;
	}
	return text;
}

static void why_print_rule(struct client *client, const Stafett__V1__Deadline *deadline)
{
	const Stafett__V1__DeadlineRule *rule = deadline->rule;
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(&words, "name", rule->name);
	words_set(&words, "version", memory_printf(arena, "%d", rule->version));
	words_set(&words, "since",
		format_moment(arena, format_us(rule->valid_from_time), client->today));
	words_set(&words, "source",
		strcmp(rule->source, "default") == 0 ? _("the common rule") : rule->source);
	why_print_fact(client, _("rule"),
		words_fill(arena, _("{name} v{version}[, valid from {since}], {source}"), &words));
	words_set(&words, "anchor", term_word(client, rule->anchor));
	words_set(&words, "when",
		*deadline->anchor_date
			? format_day_text(arena, deadline->anchor_date, client->today)
			: format_moment(arena, format_us(deadline->anchor_time), client->today));
	why_print_fact(client, _("from"), words_fill(arena, "{anchor} {when}", &words));
	why_print_fact(client, _("how"), why_how(client, rule));
	why_print_fact(client, _("told"), why_told(client, rule->steps));
}

/* Whether the day of the person's clock has passed before help came. */
static bool why_is_broken(const struct client *client, const Stafett__V1__Deadline *deadline)
{
	const char *end = deadline->stop_date;
	char today[DATE_TEXT_LEN + 1];

	date_format(client->today, today);
	return *deadline->due_date && strcmp(deadline->due_date, *end ? end : today) < 0;
}

static void why_print_deadline(struct client *client, const Stafett__V1__Deadline *deadline)
{
	struct arena *arena = &client->arena;
	int64_t due_us = format_us(deadline->due_time);
	bool is_help = strcmp(deadline->what, "help") == 0;
	bool is_late = is_help ? why_is_broken(client, deadline) : row_is_late(client, due_us);
	struct words words = {0};

	words_set(&words, "act", term_next(client, deadline->what));
	words_set(&words, "unit", *deadline->actor ? directory_name(client, deadline->actor) : "");
	words_set(&words, "due",
		is_help ? format_day_text(arena, deadline->due_date, client->today)
			: format_moment(arena, due_us, client->today));
	if (is_late)
		lines_begin_alarm(stdout);
	lines_print(stdout, is_late ? "! " : "", "  ",
		words_fill(arena, is_help ? _("Help due {due}") : _("{unit}: {act}[ by {due}]"),
			&words));
	if (is_late)
		lines_end_alarm(stdout);
	if (deadline->rule)
		why_print_rule(client, deadline);
	why_print_fact(
		client, _("stopped"), format_day_text(arena, deadline->stop_date, client->today));
}

/* The time of --as-of, or none. */
static int why_read_time(struct client *client, const char *text, int64_t *ret_us)
{
	enum when_result result;

	*ret_us = 0;
	if (!text)
		return 0;
	result = when_time(bytes_of_string(text), client->today, WHEN_BEHIND, ret_us);
	if (result == WHEN_OK)
		return 0;
	return misdated(client, result, true, text, "as-of");
}

static int why_read(struct client *client, const char *typed, int64_t as_of_us,
	Stafett__V1__WhyResponse **ret_why)
{
	Stafett__V1__WhyRequest request = STAFETT__V1__WHY_REQUEST__INIT;
	const char *name;
	int r = ref_resolve(client, typed, REF_FOR_READING, &name);

	if (r)
		return r;
	request.id = (char *)name;
	if (as_of_us)
		request.as_of_time = compose_time(client, as_of_us);
	return call_message(
		client, METHOD_why, &request.base, &stafett__v1__why_response__descriptor, ret_why);
}

int command_why(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__WhyResponse *why;
	int64_t as_of_us;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = why_read_time(client, arguments_get(arguments, OPTION_why_as_of), &as_of_us);
	if (!r)
		r = client_open(client);
	if (!r)
		r = why_read(client, arguments->rest[0], as_of_us, &why);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &why->base);
	heartbeat_take_time(client, why->heartbeat);
	for (size_t i = 0; i < why->n_deadlines; i++)
		why_print_deadline(client, why->deadlines[i]);
	output_next(client, "show %s", arguments->rest[0]);
	return 0;
}
