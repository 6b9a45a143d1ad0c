/* SPDX-License-Identifier: Apache-2.0 */
/* Asking on a terminal: see the header. */
#include "client/interview.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "client/directory.h"
#include "client/memory.h"
#include "client/recipient.h"
#include "client/review.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/term.h"
#include "client/screen/tty.h"
#include "client/text.h"

struct interview {
	struct client *client;
	struct tty tty;
	const Stafett__V1__Unit *unit; /* NULL where the directory cannot tell */
	struct answers *answers;
	struct review review;
	struct secret line; /* what is being typed */
	bool is_request;    /* only what is about the person is asked */
};

/* What became of one question. */
enum interview_step { INTERVIEW_GOES_ON, INTERVIEW_AGAIN, INTERVIEW_ENDS };

static void interview_say(struct interview *it, const char *text)
{
	lines_print(stderr, "  ", "  ", text);
}

/* Why an answer cannot be taken; the question comes again. */
static void interview_tell_problem(struct interview *it)
{
	bool is_missing = it->client->problem.id == PROBLEM_FIELD_MISSING;

	interview_say(it, is_missing ? _("This needs an answer: ? explains, Ctrl-D gives up.")
				     : it->client->problem.sentence);
	it->client->problem = (struct problem){0};
}

static void interview_list_codes(struct interview *it, enum codes_list list)
{
	for (const struct codes_row *row = NULL; (row = codes_next(list, row));)
		fprintf(stderr, "    %-20s %s\n", row->code, row->text[text_language()]);
}

static void interview_explain(struct interview *it, const struct question *question)
{
	interview_say(it, _(question->explanation));
	if (question->type == QUESTION_IS_CODE || question->type == QUESTION_IS_NEEDS)
		interview_list_codes(it, question->list);
}

/* -- one question -------------------------------------------------------------------- */

/* What an empty answer means; NULL where there must be one. */
static const char *interview_fallback(struct interview *it, enum question_id id)
{
	if (id == QUESTION_NEEDS && it->unit && it->unit->n_needs)
		return it->unit->needs[0];
	return question_get(id)->fallback;
}

/* The fallback as people read it. */
static const char *interview_shown(
	struct interview *it, const struct question *question, const char *fallback)
{
	switch (question->type) {
	case QUESTION_IS_CODE:
	case QUESTION_IS_NEEDS:
		return term_code(it->client, question->list, fallback);
	case QUESTION_IS_SWITCH:
		return text_answer(fallback) == TEXT_YES ? _("Y/n") : _("y/N");
	case QUESTION_IS_LANGUAGE:
		return _("no");
	case QUESTION_IS_TEXT:
	case QUESTION_IS_NUMBER:
	case QUESTION_IS_BODY:
		break;
	}
	return strcmp(fallback, "today") == 0 ? _("today") : fallback;
}

static const char *interview_label(struct interview *it, enum question_id id)
{
	const struct question *question = question_get(id);
	const char *fallback = interview_fallback(it, id);

	if (!fallback || !*fallback)
		return memory_printf(&it->client->arena, "%s: ", _(question->label));
	return memory_printf(&it->client->arena, "%s [%s]: ", _(question->label),
		interview_shown(it, question, fallback));
}

/* Lines up to "." or ^D. */
static enum tty_line interview_read_lines(struct interview *it, const struct question *question)
{
	struct secret one = {0};
	enum tty_line said;

	fprintf(stderr, _("%s (end with a line \".\"):\n"), _(question->label));
	secret_cut(&it->line, 0);
	for (;;) {
		said = tty_line(&it->tty, "", false, &one);
		if (said != TTY_LINE_TYPED || strcmp(secret_text(&one), ".") == 0)
			break;
		if (strcmp(secret_text(&one), "?") == 0) {
			interview_explain(it, question);
			interview_say(
				it, _("The text goes on; a line with nothing but a dot ends it."));
			continue;
		}
		secret_add_text(&it->line, secret_text(&one));
		secret_add_text(&it->line, "\n");
	}
	secret_end(&one);
	if (it->line.len)
		secret_cut(&it->line, it->line.len - 1);
	return said == TTY_LINE_ENDED ? TTY_LINE_TYPED : said;
}

static enum tty_line interview_read(struct interview *it, enum question_id id)
{
	const struct question *question = question_get(id);

	if (question->type == QUESTION_IS_BODY)
		return interview_read_lines(it, question);
	return tty_line(
		&it->tty, interview_label(it, id), question->type == QUESTION_IS_NUMBER, &it->line);
}

/* What follows from an answer that was taken: told at once, or a reason to ask
 * again. */
static int interview_tell(struct interview *it, enum question_id id, const struct draft *draft)
{
	struct arena *arena = &it->client->arena;
	struct date date;
	int r = 0;

	if ((id == QUESTION_IDENTIFIER || id == QUESTION_BIRTH_DATE) && it->unit)
		r = recipient_check_age(it->client, it->unit, draft->age);
	if (!r && id == QUESTION_IDENTIFIER && draft->age >= 0)
		interview_say(it,
			memory_printf(arena,
				_n("correct, one year old", "correct, %d years old", draft->age),
				draft->age));
	if (id == QUESTION_HELP_REQUEST &&
		date_parse(bytes_of_string(draft->help_request_date), &date))
		interview_say(it,
			memory_printf(arena, _("help due %s"),
				format_day(arena, date_add_months(date, 1), it->client->today)));
	return r;
}

static enum interview_step interview_take(struct interview *it, enum question_id id)
{
	const char *fallback = interview_fallback(it, id);
	const char *typed = it->line.len || !fallback ? secret_text(&it->line) : fallback;
	struct draft draft;
	int r = question_take(it->client, id, typed, it->answers, &draft);

	if (!r)
		r = interview_tell(it, id, &draft);
	if (!r) {
		review_note(it->client, id, &draft, &it->review);
		return INTERVIEW_GOES_ON;
	}
	secret_end(&it->answers->list[id]);
	interview_tell_problem(it);
	return INTERVIEW_AGAIN;
}

static enum interview_step interview_ask(struct interview *it, enum question_id id)
{
	if (interview_read(it, id) != TTY_LINE_TYPED)
		return INTERVIEW_ENDS;
	if (strcmp(secret_text(&it->line), "?") != 0)
		return interview_take(it, id);
	interview_explain(it, question_get(id));
	return INTERVIEW_AGAIN;
}

/* Whether it is about the person and what they ask for, and not about who is told. */
static bool interview_is_of_request(enum question_id id)
{
	const char *path = question_get(id)->path;

	return strncmp(path, "subject.", strlen("subject.")) == 0 || id == QUESTION_NEEDS ||
	       id == QUESTION_HELP_REQUEST || id == QUESTION_BODY;
}

static enum interview_step interview_ask_all(struct interview *it)
{
	enum interview_step step = INTERVIEW_GOES_ON;
	enum question_id id = 0;

	while (id < QUESTION_COUNT && step != INTERVIEW_ENDS) {
		step = INTERVIEW_GOES_ON;
		if (!it->answers->list[id].len && question_is_asked(id, it->answers) &&
			(!it->is_request || interview_is_of_request(id)))
			step = interview_ask(it, id);
		if (step == INTERVIEW_GOES_ON)
			id++;
	}
	return step;
}

/* -- the unit ------------------------------------------------------------------------- */

/* "From Lund Vuxen to Beroende Lund: last read 12 min ago" */
static void interview_tell_unit(struct interview *it, const char *to)
{
	struct client *client = it->client;
	const Stafett__V1__Unit__Inbox *inbox = it->unit ? it->unit->inbox : NULL;
	struct words words = {0};

	words_set(&words, "from", directory_name(client, client->profile->unit));
	words_set(&words, "to", directory_name(client, to));
	if (inbox && inbox->last_read_time)
		words_set(&words, "read",
			format_span(&client->arena,
				(int64_t)time(NULL) - inbox->last_read_time->seconds));
	if (inbox && inbox->median_acknowledge_seconds)
		words_set(&words, "ack",
			format_span(&client->arena, inbox->median_acknowledge_seconds));
	lines_print(stderr, "", "  ",
		words_fill(&client->arena,
			_("From {from} to {to}[: last read {read} ago][, answers in {ack}]"),
			&words));
}

static enum interview_step interview_find_unit(struct interview *it, const char *to)
{
	if (!recipient_find(it->client, to, &it->unit)) {
		interview_tell_unit(it, to);
		return INTERVIEW_GOES_ON;
	}
	interview_tell_problem(it);
	return INTERVIEW_AGAIN;
}

static enum interview_step interview_ask_unit(struct interview *it, const char **ret_to)
{
	const char *typed;

	if (tty_line(&it->tty, _("To which unit: "), false, &it->line) != TTY_LINE_TYPED)
		return INTERVIEW_ENDS;
	typed = memory_string(&it->client->arena, secret_text(&it->line));
	*ret_to = typed;
	if (strcmp(typed, "?") != 0)
		return interview_find_unit(it, typed);
	interview_say(
		it, _("A unit's name, like skane/beroende-lund. Find it with: stafett units"));
	return INTERVIEW_AGAIN;
}

static enum interview_step interview_choose_unit(
	struct interview *it, const char *to, const char **ret_to)
{
	enum interview_step step = INTERVIEW_AGAIN;

	*ret_to = to;
	if (to)
		step = interview_find_unit(it, to);
	while (step == INTERVIEW_AGAIN)
		step = interview_ask_unit(it, ret_to);
	return step;
}

/* -- the end ---------------------------------------------------------------------------- */

/* An Enter too many does not throw twenty answers away: only a word does. */
static bool interview_is_wanted(struct interview *it, const char *question)
{
	enum text_answer answer = TEXT_UNCLEAR;

	while (answer == TEXT_UNCLEAR) {
		if (tty_line(&it->tty, question, false, &it->line) != TTY_LINE_TYPED)
			return false;
		answer = it->line.len ? text_answer(it->line.text) : TEXT_UNCLEAR;
		if (answer == TEXT_UNCLEAR)
			interview_say(
				it, _("Answer y or n: with n all your answers are thrown away."));
	}
	return answer == TEXT_YES;
}

static void interview_tell_how(struct interview *it)
{
	interview_say(it, _("Enter takes what stands in [brackets], ? explains, Ctrl-D gives up."));
}

static int interview_begin(struct interview *it)
{
	int r = tty_begin(&it->tty);

	if (!r)
		return 0;
	return client_problem(it->client, PROBLEM_FILE_UNREADABLE, "value", _("the terminal"),
		"detail", strerror(-r), NULL);
}

static int interview_end(struct interview *it, bool is_wanted, enum problem_id otherwise)
{
	secret_end(&it->line);
	if (!is_wanted)
		question_end(it->answers);
	tty_end(&it->tty);
	return is_wanted ? 0 : client_problem(it->client, otherwise, NULL);
}

int interview_run(
	struct client *client, const char *to, struct answers *answers, const char **ret_to)
{
	struct interview it = {.client = client, .answers = answers};
	enum interview_step step;
	int r = interview_begin(&it);

	if (r)
		return r;
	interview_tell_how(&it);
	step = interview_choose_unit(&it, to, ret_to);
	if (step == INTERVIEW_GOES_ON)
		step = interview_ask_all(&it);
	if (step == INTERVIEW_GOES_ON)
		review_print(client, *ret_to, answers, &it.review);
	return interview_end(&it,
		step == INTERVIEW_GOES_ON && interview_is_wanted(&it, _("Send? [y/n] ")),
		PROBLEM_NOT_SENT);
}

int interview_request(struct client *client, struct answers *answers)
{
	struct interview it = {.client = client, .answers = answers, .is_request = true};
	enum interview_step step;
	int r = interview_begin(&it);

	if (r)
		return r;
	interview_tell_how(&it);
	step = interview_ask_all(&it);
	if (step == INTERVIEW_GOES_ON)
		review_print(client, NULL, answers, &it.review);
	return interview_end(&it,
		step == INTERVIEW_GOES_ON && interview_is_wanted(&it, _("Register? [y/n] ")),
		PROBLEM_NOT_REGISTERED);
}
