/* SPDX-License-Identifier: Apache-2.0 */
/* Asking on a terminal: see the header. */
#include "client/interview.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "client/asking.h"
#include "client/code_name.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/prefill.h"
#include "client/recipient.h"
#include "client/review.h"
#include "client/same.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/term.h"
#include "client/screen/tty.h"
#include "client/text.h"

struct interview {
	struct client *client;
	struct asking asking; /* its line: what is being typed */
	const char *to;
	const Stafett__V1__Unit *unit; /* NULL where the directory cannot tell */
	int age;		       /* -1: not known */
	struct answers *answers;
	bool is_answered[QUESTION_COUNT]; /* an empty answer is one, too */
	struct review review;
	bool is_request;  /* only what is about the person is asked */
	bool is_changing; /* what was answered stands in brackets */
	enum interview_for what;
	const char *chain; /* in which the user chose to go on, or NULL */
	struct same same;
	bool has_looked; /* for such a chain */
	bool is_same;	 /* the user leaves it at what is open */
};

/* What became of one question. */
enum interview_step { INTERVIEW_GOES_ON, INTERVIEW_AGAIN, INTERVIEW_ENDS };

static void interview_say(struct interview *it, const char *text)
{
	asking_tell(&it->asking, text);
}

/* Why an answer cannot be taken; the question comes again. */
static void interview_tell_problem(struct interview *it)
{
	bool is_missing = it->client->problem.id == PROBLEM_FIELD_MISSING;

	interview_say(it, is_missing ? _("This needs an answer: ? explains, Ctrl-D gives up.")
				     : it->client->problem.sentence);
	it->client->problem = (struct problem){0};
}

static void interview_explain(struct interview *it, const struct question *question)
{
	interview_say(it, _(question->explanation));
	if (question->type == QUESTION_IS_CODE || question->type == QUESTION_IS_NEEDS)
		asking_tell_codes(question->list);
}

/* -- one question -------------------------------------------------------------------- */

/* What an empty answer means; NULL where there must be one. */
static const char *interview_fallback(struct interview *it, enum question_id id)
{
	if (id == QUESTION_BASIS && it->answers->is_revoked)
		return NULL;
	if (id == QUESTION_BASIS && question_basis(it->answers))
		return question_basis(it->answers);
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

/* Whether an empty answer leaves what is there, which stands in brackets. */
static bool interview_may_keep(const struct interview *it, enum question_id id)
{
	return it->answers->list[id].len && (it->is_changing || it->answers->is_offered[id]);
}

static const char *interview_label(struct interview *it, enum question_id id)
{
	const struct question *question = question_get(id);
	const char *fallback = interview_fallback(it, id);

	if (interview_may_keep(it, id))
		return memory_printf(&it->client->arena, "%s [%s]: ", _(question->label),
			review_value(it->client, id, it->answers, &it->review));
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
	secret_cut(&it->asking.line, 0);
	for (;;) {
		said = tty_line(&it->asking.tty, "", false, &one);
		if (said != TTY_LINE_TYPED || strcmp(secret_text(&one), ".") == 0)
			break;
		if (strcmp(secret_text(&one), "?") == 0) {
			interview_explain(it, question);
			interview_say(
				it, _("The text goes on; a line with nothing but a dot ends it."));
			continue;
		}
		secret_add_text(&it->asking.line, secret_text(&one));
		secret_add_text(&it->asking.line, "\n");
	}
	secret_end(&one);
	if (it->asking.line.len)
		secret_cut(&it->asking.line, it->asking.line.len - 1);
	return said == TTY_LINE_ENDED ? TTY_LINE_TYPED : said;
}

static enum tty_line interview_read(struct interview *it, enum question_id id)
{
	const struct question *question = question_get(id);

	if (question->type == QUESTION_IS_BODY)
		return interview_read_lines(it, question);
	return tty_line(&it->asking.tty, interview_label(it, id),
		question->type == QUESTION_IS_NUMBER, &it->asking.line);
}

/* Codes as they were understood, where that is not what was typed. */
static void interview_tell_code(struct interview *it, enum question_id id)
{
	const struct question *question = question_get(id);
	const char *answer = secret_text(&it->answers->list[id]);

	if (!it->asking.line.len || strcmp(answer, secret_text(&it->asking.line)) == 0)
		return;
	if (question->type == QUESTION_IS_CODE)
		interview_say(it, code_name_whole(&it->client->arena, question->list, answer));
	else if (question->type == QUESTION_IS_NEEDS)
		interview_say(it, review_value(it->client, id, it->answers, &it->review));
}

/* What follows from an answer that was taken: told at once, or a reason to ask
 * again. */
static int interview_tell(struct interview *it, enum question_id id, const struct draft *draft)
{
	struct arena *arena = &it->client->arena;
	struct date date;
	int r = 0;

	interview_tell_code(it, id);
	if (id == QUESTION_IDENTIFIER || id == QUESTION_BIRTH_DATE)
		it->age = draft->age;
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

/* Answers that are known are read like typed ones, to be shown as they are understood. */
static void interview_note_known(struct interview *it)
{
	for (enum question_id id = 0; id < QUESTION_COUNT; id++) {
		struct draft draft;

		if (it->is_answered[id] || !it->answers->list[id].len ||
			question_read(it->client, id, it->answers, &draft))
			continue;
		it->is_answered[id] = !it->answers->is_offered[id];
		if (id == QUESTION_IDENTIFIER || id == QUESTION_BIRTH_DATE)
			it->age = draft.age;
		review_note(it->client, id, &draft, &it->review);
	}
	it->client->problem = (struct problem){0};
}

/* It goes on in the chain of |it->same|, of which the person is known. */
static enum interview_step interview_go_on_in_chain(struct interview *it)
{
	it->chain = it->same.seen->chain->id;
	if (prefill_person(it->client, it->same.seen, it->answers)) {
		interview_tell_problem(it);
		return INTERVIEW_ENDS;
	}
	interview_note_known(it);
	return INTERVIEW_GOES_ON;
}

/* The person may have an open chain already, which has a clock of its own. */
static enum interview_step interview_meet_same(struct interview *it)
{
	struct client *client = it->client;

	if (it->chain)
		return INTERVIEW_GOES_ON;
	it->has_looked = true;
	same_find(client, secret_text(&it->answers->list[QUESTION_IDENTIFIER]),
		it->to ? it->to : "", &it->same);
	if (!it->same.seen || (it->what != INTERVIEW_ANEW && !it->same.is_at_unit))
		return INTERVIEW_GOES_ON;
	same_tell(client, &it->same);
	switch (same_ask(&it->asking, &it->same, it->is_request || it->what != INTERVIEW_ANEW)) {
	case SAME_IN_CHAIN:
		return interview_go_on_in_chain(it);
	case SAME_ANEW:
		return INTERVIEW_GOES_ON;
	case SAME_NOTHING:
		break;
	}
	it->is_same = true;
	return INTERVIEW_ENDS;
}

static enum interview_step interview_taken(
	struct interview *it, enum question_id id, const struct draft *draft)
{
	it->is_answered[id] = true;
	review_note(it->client, id, draft, &it->review);
	return id == QUESTION_IDENTIFIER ? interview_meet_same(it) : INTERVIEW_GOES_ON;
}

static enum interview_step interview_find_unit(struct interview *it, const char *to);

/* The unit does not take people of that age: either the unit or the number is another. */
static enum interview_step interview_take_elsewhere(
	struct interview *it, enum question_id id, const struct draft *draft)
{
	const struct problem problem = it->client->problem;
	const char *typed;

	interview_tell_problem(it);
	/* "Try Beroende Lund, from 18 years: skane/beroende-lund" */
	if (problem.id == PROBLEM_ANOTHER_TAKES_IT)
		interview_say(it, memory_printf(&it->client->arena, "%s%s", problem.hint,
					  strrchr(problem.command, ' ')));
	do {
		typed = asking_line(&it->asking,
			_("To which unit instead (empty: the answer was wrong)"), NULL);
		if (!typed && it->asking.said != TTY_LINE_TYPED)
			return INTERVIEW_ENDS;
	} while (typed && interview_find_unit(it, typed) == INTERVIEW_AGAIN);
	if (typed)
		return interview_taken(it, id, draft);
	it->age = -1;
	secret_end(&it->answers->list[id]);
	return INTERVIEW_AGAIN;
}

static enum interview_step interview_take(struct interview *it, enum question_id id)
{
	const char *fallback = interview_fallback(it, id);
	const char *typed =
		it->asking.line.len || !fallback ? secret_text(&it->asking.line) : fallback;
	struct draft draft;
	int r;

	if (interview_may_keep(it, id) && !it->asking.line.len) {
		it->is_answered[id] = true;
		return INTERVIEW_GOES_ON;
	}
	if (id == QUESTION_BASIS && it->answers->is_revoked && !it->asking.line.len)
		r = client_problem(it->client, PROBLEM_FIELD_MISSING, NULL);
	else
		r = question_take(it->client, id, typed, it->answers, &draft);
	if (!r)
		r = interview_tell(it, id, &draft);
	if (!r)
		return interview_taken(it, id, &draft);
	if (it->client->problem.id == PROBLEM_UNIT_DOES_NOT_TAKE ||
		it->client->problem.id == PROBLEM_ANOTHER_TAKES_IT)
		return interview_take_elsewhere(it, id, &draft);
	secret_end(&it->answers->list[id]);
	interview_tell_problem(it);
	return INTERVIEW_AGAIN;
}

static enum interview_step interview_ask(struct interview *it, enum question_id id)
{
	if (interview_read(it, id) != TTY_LINE_TYPED)
		return INTERVIEW_ENDS;
	if (strcmp(secret_text(&it->asking.line), "?") != 0)
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
		if (!it->is_answered[id] && question_is_asked(id, it->answers) &&
			(!it->is_request || interview_is_of_request(id)))
			step = interview_ask(it, id);
		if (step == INTERVIEW_GOES_ON)
			id++;
	}
	return step;
}

/* What was left empty about the person where it was sent before is not asked again; it can
 * be added at the end. */
static void interview_skip_known(struct interview *it)
{
	for (enum question_id id = 0; id < QUESTION_COUNT; id++) {
		const struct question *question = question_get(id);

		if (question->fallback &&
			strncmp(question->path, "subject.", strlen("subject.")) == 0)
			it->is_answered[id] = true;
	}
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
	struct client *client = it->client;
	const Stafett__V1__Unit *unit;

	if (recipient_find(client, to, &unit) ||
		(unit && recipient_check_age(client, unit, it->age))) {
		interview_tell_problem(it);
		return INTERVIEW_AGAIN;
	}
	it->unit = unit;
	it->to = unit ? unit->handle : to;
	interview_tell_unit(it, it->to);
	return INTERVIEW_GOES_ON;
}

static const char *interview_unit_label(struct interview *it)
{
	const char *offered = it->is_changing ? it->to : it->answers->unit;

	if (!offered)
		return _("To which unit: ");
	return memory_printf(&it->client->arena, _("To which unit [%s]: "), offered);
}

static enum interview_step interview_ask_unit(struct interview *it)
{
	const char *typed;

	if (tty_line(&it->asking.tty, interview_unit_label(it), false, &it->asking.line) !=
		TTY_LINE_TYPED)
		return INTERVIEW_ENDS;
	typed = memory_string(&it->client->arena, secret_text(&it->asking.line));
	if (!*typed && it->is_changing)
		return INTERVIEW_GOES_ON;
	if (!*typed && it->answers->unit)
		typed = it->answers->unit;
	if (*typed && strcmp(typed, "?") != 0)
		return interview_find_unit(it, typed);
	interview_say(it, _("A unit's name, like skane/beroende-lund or Beroende Lund. Ctrl-D "
			    "gives up; find it with: stafett units"));
	return INTERVIEW_AGAIN;
}

static enum interview_step interview_choose_unit(struct interview *it, const char *to)
{
	enum interview_step step = to ? interview_find_unit(it, to) : INTERVIEW_AGAIN;

	while (step == INTERVIEW_AGAIN)
		step = interview_ask_unit(it);
	return step;
}

/* -- the end ---------------------------------------------------------------------------- */

/* One answer once more; those that are asked only now follow. */
static enum interview_step interview_change(struct interview *it, int line)
{
	enum interview_step step = INTERVIEW_AGAIN;

	it->is_changing = true;
	while (step == INTERVIEW_AGAIN)
		step = line == REVIEW_TO ? interview_ask_unit(it)
					 : interview_ask(it, (enum question_id)line);
	it->is_changing = false;
	return step == INTERVIEW_GOES_ON ? interview_ask_all(it) : step;
}

/* All answers are shown, and any may be changed, until the user says yes or no: an Enter
 * too many throws nothing away. */
static bool interview_is_wanted(struct interview *it, const char *question)
{
	enum interview_step step = INTERVIEW_GOES_ON;
	enum text_answer answer = TEXT_UNCLEAR;

	while (step == INTERVIEW_GOES_ON && answer == TEXT_UNCLEAR) {
		int line = REVIEW_NONE;

		review_print(it->client, it->to, it->answers, &it->review);
		interview_say(it,
			_("y does it, n throws it all away; to change an answer, type its number "
			  "or its name."));
		while (answer == TEXT_UNCLEAR && line == REVIEW_NONE) {
			const char *typed = asking_type(&it->asking, question);

			if (!typed)
				return false;
			answer = text_answer(typed);
			line = review_find(&it->review, it->answers, typed);
			if (answer == TEXT_UNCLEAR && line == REVIEW_NONE)
				interview_say(it,
					_("Answer y or n, or with the number of an answer: with n "
					  "all your answers are thrown away."));
		}
		if (answer == TEXT_UNCLEAR)
			step = interview_change(it, line);
	}
	return step == INTERVIEW_GOES_ON && answer == TEXT_YES;
}

static int interview_begin(struct interview *it)
{
	int r = asking_begin(it->client, &it->asking);

	if (r)
		return r;
	it->age = -1;
	interview_say(it, _("Enter takes what stands in [brackets], ? explains, Ctrl-D gives up."));
	return 0;
}

static int interview_end(struct interview *it, bool is_wanted, enum problem_id otherwise)
{
	if (!is_wanted)
		question_end(it->answers);
	/* The program ends there. */
	if (it->asking.said == TTY_LINE_STOPPED || it->asking.tty.is_wanted_to_stop)
		fprintf(stderr, "\n%s\n",
			it->is_request ? _("Nothing was registered.") : _("Nothing was sent."));
	asking_end(&it->asking);
	if (it->is_same)
		return same_leave(it->client, &it->same, otherwise);
	return is_wanted ? 0 : client_problem(it->client, otherwise, NULL);
}

int interview_run(struct client *client, const char *to, enum interview_for what,
	struct answers *answers, struct interview_result *ret_result)
{
	struct interview it = {.client = client, .answers = answers, .what = what};
	enum interview_step step;
	int r = interview_begin(&it);

	if (r)
		return r;
	interview_note_known(&it);
	if (what == INTERVIEW_IN_PLACE)
		interview_skip_known(&it);
	step = interview_choose_unit(&it, to);
	if (step == INTERVIEW_GOES_ON && answers->list[QUESTION_IDENTIFIER].len)
		step = interview_meet_same(&it);
	if (step == INTERVIEW_GOES_ON)
		step = interview_ask_all(&it);
	r = interview_end(&it,
		step == INTERVIEW_GOES_ON && interview_is_wanted(&it, _("Send? [y/n] ")),
		PROBLEM_NOT_SENT);
	if (!r)
		*ret_result = (struct interview_result){it.to, it.chain, it.has_looked};
	return r;
}

int interview_request(struct client *client, struct answers *answers)
{
	struct interview it = {.client = client, .answers = answers, .is_request = true};
	enum interview_step step;
	int r = interview_begin(&it);

	if (r)
		return r;
	step = interview_ask_all(&it);
	return interview_end(&it,
		step == INTERVIEW_GOES_ON && interview_is_wanted(&it, _("Register? [y/n] ")),
		PROBLEM_NOT_REGISTERED);
}
