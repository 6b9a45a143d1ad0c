/* SPDX-License-Identifier: Apache-2.0 */
/* A template, and what the user made of it: see the header. */
#include "client/edit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "client/edit_file.h"
#include "client/memory.h"
#include "client/screen/lines.h"
#include "client/screen/tty.h"
#include "client/text.h"

/* What stands above the text. */
static const char edit_rule[] = "----";

/* -- the template -------------------------------------------------------------------------- */

static void edit_comment(struct client *client, struct secret *template, const char *text)
{
	char *lines = NULL;
	size_t len = 0;
	FILE *out = memory_need(open_memstream(&lines, &len));

	lines_print(out, "# ", "# ", text);
	if (fclose(out) != 0)
		memory_need(NULL);
	secret_add(template, bytes_of(lines, len));
	free(lines);
}

static const char *edit_codes(struct client *client, const struct question *question)
{
	const char *codes = "";

	if (question->type != QUESTION_IS_CODE && question->type != QUESTION_IS_NEEDS)
		return "";
	for (const struct codes_row *row = NULL; (row = codes_next(question->list, row));)
		codes = memory_printf(
			&client->arena, "%s%s%s", codes, *codes ? ", " : "", row->code);
	return memory_printf(&client->arena, " (%s)", codes);
}

/* An answer as it is typed. */
static const char *edit_value(const struct question *question, const char *answer)
{
	const char *value = *answer ? answer : question->fallback ? question->fallback : "";

	if (question->type == QUESTION_IS_SWITCH)
		return strcmp(value, "true") == 0 || strcmp(value, "y") == 0 ? _("yes") : _("no");
	if (question->type == QUESTION_IS_LANGUAGE && strcmp(value, "n") == 0)
		return _("no");
	return strcmp(value, "today") == 0 ? _("today") : value;
}

static void edit_write_field(struct client *client, struct secret *template, enum question_id id,
	const struct secret *answer)
{
	const struct question *question = question_get(id);

	secret_add_text(template, "\n");
	edit_comment(client, template,
		memory_printf(&client->arena, "%s%s", _(question->explanation),
			edit_codes(client, question)));
	if (question->type == QUESTION_IS_BODY) {
		secret_add_text(template, edit_rule);
		secret_add_text(template, "\n");
		secret_add_text(template, secret_text(answer));
		return;
	}
	secret_add_text(template, question->path);
	secret_add_text(template, ": ");
	secret_add_text(template, edit_value(question, secret_text(answer)));
	secret_add_text(template, "\n");
}

static void edit_write_template(struct client *client, const char *to,
	const struct answers *answers, struct secret *template)
{
	edit_comment(client, template,
		memory_printf(&client->arena,
			_("To %s. Lines that begin with # are for you only. Save and close to go "
			  "on; empty the file to send nothing."),
			to));
	for (enum question_id id = 0; id < QUESTION_COUNT; id++)
		edit_write_field(client, template, id, &answers->list[id]);
}

/* -- what came back ------------------------------------------------------------------------- */

/* What was typed for each question, borrowed from the text; NULL: nothing. */
struct edit_typed {
	const char *list[QUESTION_COUNT];
};

static char *edit_trim(char *text)
{
	size_t len = strlen(text);

	while (len && strchr(" \t\r", text[len - 1]))
		text[--len] = '\0';
	return text + strspn(text, " \t");
}

/* Editors end the last line; that is none of the text. */
static char *edit_trim_lines(char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == '\n')
		text[--len] = '\0';
	return text;
}

static int edit_take_line(struct client *client, char *line, struct edit_typed *typed)
{
	char *colon = strchr(line, ':');
	enum question_id id;

	line = edit_trim(line);
	if (!*line || *line == '#')
		return 0;
	if (colon)
		*colon = '\0';
	id = question_of_path(edit_trim(line));
	if (!colon || id == QUESTION_COUNT)
		return client_problem(client, PROBLEM_JSON_FIELD_UNKNOWN, "field", line, NULL);
	typed->list[id] = edit_trim(colon + 1);
	return 0;
}

/* Splits |text|, in place. */
static int edit_split(struct client *client, char *text, struct edit_typed *typed)
{
	char *next;

	for (char *line = text; line && *line; line = next) {
		int r;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, edit_rule, sizeof(edit_rule) - 1) == 0) {
			typed->list[QUESTION_BODY] = next ? edit_trim_lines(next) : NULL;
			return 0;
		}
		r = edit_take_line(client, line, typed);
		if (r)
			return r;
	}
	return 0;
}

static bool edit_is_empty(const struct edit_typed *typed)
{
	for (size_t i = 0; i < QUESTION_COUNT; i++) {
		if (typed->list[i] && *typed->list[i])
			return false;
	}
	return true;
}

static int edit_take(struct client *client, struct secret *text, struct answers *answers)
{
	struct edit_typed typed = {{NULL}};
	struct draft draft;
	int r = text->len ? edit_split(client, text->text, &typed) : 0;

	if (!r && edit_is_empty(&typed))
		return client_problem(client, PROBLEM_NOT_SENT, NULL);
	for (enum question_id id = 0; id < QUESTION_COUNT && !r; id++) {
		if (question_is_asked(id, answers))
			r = question_take(
				client, id, typed.list[id] ? typed.list[id] : "", answers, &draft);
	}
	return r;
}

/* -- again and again --------------------------------------------------------------------------- */

/* Tells what is the matter, and whether the user wants to mend it. */
static bool edit_is_wanted_again(struct client *client)
{
	struct secret line = {0};
	enum tty_line said;
	struct tty tty;
	bool again;

	if (client->problem.id == PROBLEM_NOT_SENT || !tty_is_there() || tty_begin(&tty))
		return false;
	lines_print(stderr, "", "  ", client->problem.sentence);
	said = tty_line(&tty, _("Edit again? [Y/n] "), false, &line);
	again = said == TTY_LINE_TYPED && (!line.len || text_answer(line.text) == TEXT_YES);
	secret_end(&line);
	tty_end(&tty);
	return again;
}

static int edit_not_run(struct client *client, int r)
{
	return client_problem(client, PROBLEM_EDITOR_FAILED, "detail",
		r == -ECANCELED ? NULL : strerror(-r), NULL);
}

static int edit_once(
	struct client *client, struct edit_file *file, struct secret *text, struct answers *answers)
{
	int r = edit_file_run(&client->arena, file);

	if (!r)
		r = edit_file_read(file, text);
	return r ? edit_not_run(client, r) : edit_take(client, text, answers);
}

/* With the signals that end a program held back. */
static int edit_guarded(struct client *client, const char *to, struct answers *answers)
{
	struct secret text = {0};
	struct edit_file file;
	int r;

	edit_write_template(client, to, answers, &text);
	r = edit_file_begin(&client->arena, &text, &file);
	if (r) {
		secret_end(&text);
		return edit_not_run(client, r);
	}
	do {
		r = edit_once(client, &file, &text, answers);
	} while (r && edit_is_wanted_again(client));
	edit_file_end(&client->arena, &file);
	secret_end(&text);
	return r;
}

int edit_run(struct client *client, const char *to, struct answers *answers)
{
	sigset_t signals;
	sigset_t before;
	int r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGQUIT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &signals, &before);
	r = edit_guarded(client, to, answers);
	if (r)
		question_end(answers);
	/* A signal that waited takes its effect when nothing is left to wipe. */
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}
