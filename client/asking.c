/* SPDX-License-Identifier: Apache-2.0 */
/* Questions on a terminal: see the header. */
#include "client/asking.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "client/code_name.h"
#include "client/memory.h"
#include "client/recipient.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "stafett/caps.h"

int asking_begin(struct client *client, struct asking *ret_asking)
{
	struct asking asking = {.client = client};
	int r = tty_begin(&asking.tty);

	if (r)
		return client_problem(client, PROBLEM_FILE_UNREADABLE, "value", _("the terminal"),
			"detail", strerror(-r), NULL);
	*ret_asking = asking;
	return 0;
}

void asking_end(struct asking *asking)
{
	secret_end(&asking->line);
	tty_end(&asking->tty);
}

void asking_tell(struct asking *asking, const char *text)
{
	(void)asking;
	lines_print(stderr, "  ", "  ", text);
}

void asking_tell_problem(struct asking *asking)
{
	asking_tell(asking, asking->client->problem.sentence);
	asking->client->problem = (struct problem){0};
}

void asking_tell_required(struct asking *asking)
{
	asking_tell(asking, _("This needs an answer: ? explains, Ctrl-D gives up."));
}

void asking_tell_codes(enum codes_list list)
{
	for (const struct codes_row *row = NULL; (row = codes_next(list, row));)
		fprintf(stderr, "    %-20s %s\n", row->code, row->text[text_language()]);
}

const char *asking_type(struct asking *asking, const char *shown)
{
	fputs("\r\033[K", stderr);
	asking->said = tty_line(&asking->tty, shown, false, &asking->line);
	if (asking->said != TTY_LINE_TYPED)
		return NULL;
	return memory_string(&asking->client->arena, secret_text(&asking->line));
}

const char *asking_line(struct asking *asking, const char *label, const char *fallback)
{
	struct arena *arena = &asking->client->arena;
	const char *shown = fallback && *fallback
				    ? memory_printf(arena, "%s [%s]: ", label, fallback)
				    : memory_printf(arena, "%s: ", label);
	const char *typed = asking_type(asking, shown);

	if (typed && !*typed)
		typed = fallback;
	return typed;
}

/* Lines up to a single dot, or ^D; a line "?" is answered with |help|. NULL where the user
 * gave up. */
static const char *asking_lines(struct asking *asking, const char *label, const char *help)
{
	struct arena *arena = &asking->client->arena;
	const char *text = "";
	const char *line;

	fprintf(stderr, _("%s (end with a line \".\"):\n"), label);
	while ((line = asking_type(asking, "")) && strcmp(line, ".") != 0) {
		if (strcmp(line, "?") != 0) {
			text = memory_printf(arena, "%s%s\n", text, line);
			continue;
		}
		asking_tell(asking, help);
		asking_tell(asking, _("The text goes on; a line with nothing but a dot ends it."));
	}
	return asking->said == TTY_LINE_STOPPED ? NULL : text;
}

bool asking_confirm(struct asking *asking, const char *question)
{
	const char *typed;

	do {
		typed = asking_type(asking, question);
		if (!typed || !*typed)
			return false;
	} while (text_answer(typed) == TEXT_UNCLEAR);
	return text_answer(typed) == TEXT_YES;
}

enum asking_answer asking_insist(struct asking *asking, const char *question)
{
	enum text_answer answer = TEXT_UNCLEAR;

	while (answer == TEXT_UNCLEAR) {
		const char *typed = asking_type(asking, question);

		if (!typed)
			return ASKING_STOPPED;
		answer = text_answer(typed);
		if (answer == TEXT_UNCLEAR)
			asking_tell(asking, _("Answer y or n."));
	}
	return answer == TEXT_YES ? ASKING_YES : ASKING_NO;
}

/* -- inputs ------------------------------------------------------------------------ */

/* What an empty answer means, as people read it. */
static const char *asking_shown(
	struct asking *asking, const struct input *input, const char *fallback)
{
	if (!fallback || !*fallback)
		return fallback;
	if (input->type == INPUT_IS_CODE)
		return term_code(asking->client, input->list, fallback);
	return strcmp(fallback, "today") == 0 ? _("today") : fallback;
}

static void asking_explain(struct asking *asking, const struct input *input)
{
	if (input->option != OPTION_COUNT)
		asking_tell(asking, _(option_get(input->option)->help));
	else if (input->type == INPUT_IS_TIME)
		asking_tell(asking, _("Write it like 2026-11-26T10:00:"));
	if (input->type == INPUT_IS_UNIT)
		asking_tell(asking,
			_("A unit's name, like skane/beroende-lund. Find it with: stafett units"));
	if (input->type == INPUT_IS_CODE)
		asking_tell_codes(input->list);
}

/* What is wrong with an answer, and how a better one is written. */
static void asking_tell_why(struct asking *asking, const struct input *input, const char *typed)
{
	enum problem_id problem = asking->client->problem.id;
	const char *hint = asking->client->problem.hint;

	/* Who answers a question knows it by its words, and not by the option's. */
	if (problem == PROBLEM_CODE_UNKNOWN || problem == PROBLEM_CODE_UNCLEAR)
		(void)client_problem(asking->client, problem, "field", _(input->label), "choice",
			code_name_choice(&asking->client->arena, input->list, typed), "value",
			typed, NULL);
	asking_tell_problem(asking);
	if (input->type == INPUT_IS_CODE)
		asking_tell_codes(input->list);
	else if (input->type != INPUT_IS_UNIT)
		asking_tell(asking, hint);
}

/* Days and times as they were understood; what lies on the wrong side of now is
 * asked again here, and not refused when all has been answered. */
static int asking_check_when(struct asking *asking, const struct input *input, const char *typed,
	const struct input_value *value)
{
	struct client *client = asking->client;
	struct arena *arena = &client->arena;
	bool is_time = input->type == INPUT_IS_TIME;
	const char *day = is_time ? format_moment(arena, value->us, client->today)
				  : format_day_text(arena, value->text, client->today);
	struct date date = client->today;
	int side;

	if (!is_time && input->type != INPUT_IS_AHEAD && input->type != INPUT_IS_BEHIND)
		return 0;
	if (is_time) {
		date = calendar_date_of(value->us);
		side = value->us < (int64_t)time(NULL) * 1000000 ? -1 : 1;
	} else {
		side = date_parse(bytes_of_string(value->text), &date)
			       ? date_compare(date, client->today)
			       : 0;
	}
	if (side < 0 && input->type != INPUT_IS_BEHIND)
		return client_problem(client, PROBLEM_DAY_PASSED, "value", typed, "day", day, NULL);
	if (side > 0 && input->type == INPUT_IS_BEHIND)
		return client_problem(client, PROBLEM_DAY_AHEAD, "value", typed, "day", day, NULL);
	if (date_is_far(date, client->today, CAP_YEARS_AWAY))
		return client_problem(client, PROBLEM_DAY_FAR, "value", typed, "day", day, NULL);
	asking_tell(asking, day);
	return 0;
}

/* A unit, where one is named, must be there and open; it may be called as people call it. */
static int asking_check(struct asking *asking, const struct input *input, const char **typed)
{
	const Stafett__V1__Unit *unit;
	bool is_unit = input->type == INPUT_IS_UNIT ||
		       (input->type == INPUT_IS_WORD && strchr(*typed, '/'));
	int r = is_unit ? recipient_find(asking->client, *typed, &unit) : 0;

	if (!r && is_unit && unit)
		*typed = unit->handle;
	return r;
}

static bool asking_text(struct asking *asking, const struct input *input, const char *fallback,
	struct input_value *ret_value)
{
	const char *help = _(option_get(input->option)->help);
	const char *text;

	while ((text = asking_lines(asking, _(input->label), help)) && !*text && !fallback &&
		asking->said == TTY_LINE_TYPED)
		asking_tell_required(asking);
	if (!text || (!*text && !fallback))
		return false;
	*ret_value = (struct input_value){
		.text = *text ? text : NULL,
		.data = bytes_of_string(text),
	};
	return true;
}

/* Takes what was typed. False where it has to be asked again; then it was told why. */
static bool asking_take(
	struct asking *asking, enum input_id id, const char *typed, struct input_value *ret_value)
{
	const struct input *input = input_get(id);
	struct input_value value = {0};

	if (strcmp(typed, "?") == 0) {
		asking_explain(asking, input);
		return false;
	}
	if (asking_check(asking, input, &typed) || input_take(asking->client, id, typed, &value) ||
		asking_check_when(asking, input, typed, &value)) {
		asking_tell_why(asking, input, typed);
		return false;
	}
	/* Nothing is taken for another word than was typed without a word of it. */
	if (input->type == INPUT_IS_CODE && strcmp(value.text, typed) != 0)
		asking_tell(
			asking, code_name_whole(&asking->client->arena, input->list, value.text));
	*ret_value = value;
	return true;
}

bool asking_input(struct asking *asking, enum input_id id, const char *fallback,
	struct input_value *ret_value)
{
	const struct input *input = input_get(id);
	const char *shown;

	if (!fallback)
		fallback = input->fallback;
	if (input->type == INPUT_IS_TEXT)
		return asking_text(asking, input, fallback, ret_value);
	shown = asking_shown(asking, input, fallback);
	for (;;) {
		const char *typed = asking_line(asking, _(input->label), shown);

		if (typed && !*typed) {
			*ret_value = (struct input_value){0};
			return true;
		}
		if (!typed && asking->said != TTY_LINE_TYPED)
			return false;
		if (!typed)
			asking_tell_required(asking);
		else if (asking_take(asking, id, typed == shown ? fallback : typed, ret_value))
			return true;
	}
}
