/* SPDX-License-Identifier: Apache-2.0 */
/* Questions on a terminal: see the header. */
#include "client/asking.h"

#include <errno.h>
#include <stdio.h>

#include "client/memory.h"
#include "client/recipient.h"
#include "client/screen/lines.h"
#include "client/screen/term.h"
#include "client/text.h"

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

void asking_tell_codes(enum codes_list list)
{
	for (const struct codes_row *row = NULL; (row = codes_next(list, row));)
		fprintf(stderr, "    %-20s %s\n", row->code, row->text[text_language()]);
}

/* One line as it is typed, or NULL. */
static const char *asking_type(struct asking *asking, const char *shown)
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
	asking->is_left = !typed;
	return typed;
}

const char *asking_lines(struct asking *asking, const char *label)
{
	struct arena *arena = &asking->client->arena;
	const char *text = "";
	const char *line;

	fprintf(stderr, _("%s (end with a line \".\"):\n"), label);
	while ((line = asking_type(asking, "")) && strcmp(line, ".") != 0)
		text = memory_printf(arena, "%s%s\n", text, line);
	asking->is_left = asking->said == TTY_LINE_STOPPED;
	return asking->is_left ? NULL : text;
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
static void asking_tell_why(struct asking *asking, const struct input *input)
{
	const char *hint = asking->client->problem.hint;

	asking_tell_problem(asking);
	if (input->type == INPUT_IS_CODE)
		asking_tell_codes(input->list);
	else if (input->type != INPUT_IS_UNIT)
		asking_tell(asking, hint);
}

/* A unit, where one is named, must be there and open. */
static int asking_check(struct asking *asking, const struct input *input, const char *typed)
{
	const Stafett__V1__Unit *unit;

	bool is_unit = input->type == INPUT_IS_UNIT ||
		       (input->type == INPUT_IS_WORD && strchr(typed, '/'));

	return is_unit ? recipient_find(asking->client, typed, &unit) : 0;
}

static bool asking_text(struct asking *asking, const struct input *input, const char *fallback,
	struct input_value *ret_value)
{
	const char *text;

	do {
		text = asking_lines(asking, _(input->label));
	} while (text && !*text && !fallback && asking->said == TTY_LINE_TYPED);
	asking->is_left = !text || (!*text && !fallback);
	if (asking->is_left)
		return false;
	*ret_value = (struct input_value){
		.text = *text ? text : NULL,
		.data = bytes_of_string(text),
	};
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

		if (!typed || !*typed) {
			*ret_value = (struct input_value){0};
			return typed != NULL;
		}
		if (typed == shown)
			typed = fallback;
		if (strcmp(typed, "?") == 0)
			asking_explain(asking, input);
		else if (!asking_check(asking, input, typed) &&
			 !input_take(asking->client, id, typed, ret_value))
			return true;
		else
			asking_tell_why(asking, input);
	}
}
