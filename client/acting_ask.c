/* SPDX-License-Identifier: Apache-2.0 */
/* Acts that ask: see the header. */
#include "client/acting_ask.h"

#include <stdlib.h>
#include <strings.h>

#include "client/asking.h"
#include "client/card.h"
#include "client/commands/command.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/review.h"
#include "client/roles.h"
#include "client/screen/act.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/row.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"

/* What was asked at the terminal, and the numbered lines of the last review. */
struct acting_answers {
	struct acting *acting;
	bool is_asked[INPUT_COUNT];
	const char *before[INPUT_COUNT]; /* what is to be changed; NULL: nothing */
	enum input_id lines[INPUT_COUNT];
	size_t n_lines;
};

/* Too much cannot be mended by asking. */
static bool acting_has_too_much(const struct acting *acting)
{
	enum command_id command = acting->row->command;

	return input_given(command, INPUT_ONE, acting->values) > 1 ||
	       input_given(command, INPUT_MOST, acting->values) > 1;
}

int acting_ask_whether(struct acting *acting, bool *ret_is_asked)
{
	struct client *client = acting->client;
	bool may_ask = tty_is_there() && !client->is_json;
	int r = input_check(client, acting->row->command, acting->values);

	*ret_is_asked = may_ask && (r || acting->row->is_shown);
	if (!r || !may_ask || acting_has_too_much(acting))
		return r;
	client->problem = (struct problem){0};
	return 0;
}

/* "7K3M-Q9FX  Holm, Anders: care-request, alcohol [accepted]"; of a chain of which
 * nothing more is known its code and state. */
static void acting_show(struct acting *acting)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;
	struct client *client = acting->client;
	struct arena *arena = &client->arena;
	const char *about = "";
	struct card card;

	card_read_of(arena, acting->seen->card, acting->seen->chain, &card);
	if (card.is_there || *referral->kind)
		about = memory_printf(arena, "%s: %s, %s ",
			safe_line(arena, row_person(client, &card)),
			safe_line(arena, term_code(client, CODES_KIND, referral->kind)),
			safe_line(arena, row_matter(client, referral->priority, referral->needs,
						 referral->n_needs, &card)));
	lines_print(stderr, memory_printf(arena, "%s  ", safe_line(arena, referral->code)), "  ",
		memory_printf(arena, "%s[%s]", about,
			safe_line(arena, term_word(client, referral->status))));
}

static bool acting_is_asked(const struct acting *acting, enum input_id id)
{
	const struct input *input = input_get(id);

	if (input->command != acting->row->command || acting->row->takes_nothing ||
		acting_has(acting, id) || input->type == INPUT_IS_SWITCH)
		return false;
	if (acting->row->asks && acting->row->asks(acting, id))
		return true;
	switch (input->need) {
	case INPUT_NEEDED:
	case INPUT_WISH:
		return true;
	case INPUT_THEN:
		return acting_has(acting, id - 1);
	case INPUT_ONE:
	case INPUT_ANY:
		return !input_given(acting->row->command, input->need, acting->values);
	case INPUT_QUIET:
	case INPUT_MOST:
		break;
	}
	return false;
}

/* Where none of the others was chosen, the one that says so is. */
static void acting_choose_rest(struct acting *acting, enum input_id id)
{
	const struct input *input = input_get(id);

	if (input->command == acting->row->command && input->need == INPUT_ONE &&
		input->type == INPUT_IS_SWITCH &&
		!input_given(acting->row->command, INPUT_ONE, acting->values))
		acting->values[id].text = "";
}

/* What is offered: what was answered before it was to be changed, or what the act offers. */
static const char *acting_offered(const struct acting_answers *answers, enum input_id id)
{
	const struct acting *acting = answers->acting;
	enum input_type type = input_get(id)->type;

	if (answers->before[id] &&
		(type == INPUT_IS_CODE || type == INPUT_IS_AHEAD || type == INPUT_IS_BEHIND))
		return answers->before[id];
	return acting->row->offers ? acting->row->offers(acting, id) : NULL;
}

static bool acting_ask_one(struct acting_answers *answers, struct asking *asking, enum input_id id)
{
	struct acting *acting = answers->acting;
	bool is_needed = acting->row->needs && acting->row->needs(acting, id);
	const char *offered = acting_offered(answers, id);

	answers->is_asked[id] = true;
	while (asking_input(asking, id, offered, &acting->values[id])) {
		if (acting_has(acting, id) && acting->row->check &&
			acting->row->check(acting, id)) {
			asking_tell_problem(asking);
			acting->values[id] = (struct input_value){0};
			continue;
		}
		if (!is_needed || acting_has(acting, id))
			return true;
		if (asking->said != TTY_LINE_TYPED)
			break;
		asking_tell_required(asking);
	}
	return false;
}

static bool acting_ask_all(struct acting_answers *answers, struct asking *asking)
{
	for (enum input_id id = 0; id < INPUT_COUNT; id++) {
		if (!answers->is_asked[id] && acting_is_asked(answers->acting, id) &&
			!acting_ask_one(answers, asking, id))
			return false;
		acting_choose_rest(answers->acting, id);
	}
	return true;
}

/* -- the end ---------------------------------------------------------------------------- */

/* An answer as people read it. */
static const char *acting_value(const struct acting *acting, enum input_id id)
{
	const struct input_value *value = &acting->values[id];
	const struct input *input = input_get(id);
	struct client *client = acting->client;

	if (!value->text)
		return _("none");
	switch (input->type) {
	case INPUT_IS_CODE:
		return term_code(client, input->list, value->text);
	case INPUT_IS_AHEAD:
	case INPUT_IS_BEHIND:
		return format_day_text(&client->arena, value->text, client->today);
	case INPUT_IS_TIME:
		return format_moment(&client->arena, value->us, client->today);
	case INPUT_IS_UNIT:
		return directory_name(client, value->text);
	case INPUT_IS_TEXT:
		return review_lines(client, value->text);
	case INPUT_IS_WORD:
	case INPUT_IS_SWITCH:
		break;
	}
	return value->text;
}

/* Without what it says about an empty answer. */
static const char *acting_label(const struct acting *acting, const struct input *input)
{
	const char *label = _(input->label);
	size_t len = strcspn(label, "(");

	while (len && label[len - 1] == ' ')
		len--;
	return memory_copy(&acting->client->arena, bytes_of(label, len));
}

/* All that was answered or given, numbered. */
static void acting_review(struct acting_answers *answers)
{
	struct acting *acting = answers->acting;
	struct arena *arena = &acting->client->arena;

	answers->n_lines = 0;
	for (enum input_id id = 0; id < INPUT_COUNT; id++) {
		const struct input *input = input_get(id);

		if (input->command != acting->row->command || acting->row->takes_nothing ||
			input->type == INPUT_IS_SWITCH ||
			(!answers->is_asked[id] && !acting_has(acting, id)))
			continue;
		answers->lines[answers->n_lines++] = id;
		lines_print(stderr, memory_printf(arena, "%3zu  ", answers->n_lines), "      ",
			memory_printf(arena, "%s: %s", acting_label(acting, input),
				safe_line(arena, acting_value(acting, id))));
		if (input->type == INPUT_IS_TEXT && acting_has(acting, id))
			review_print_text(acting->client, acting->values[id].data);
	}
}

/* The input that its number or the beginning of its name means; INPUT_COUNT: none. */
static enum input_id acting_find(const struct acting_answers *answers, const char *typed)
{
	size_t number = strtoul(typed, NULL, 10);

	for (size_t i = 0; i < answers->n_lines && *typed; i++) {
		const char *label = _(input_get(answers->lines[i])->label);

		if (number == i + 1 || strncasecmp(label, typed, strlen(typed)) == 0)
			return answers->lines[i];
	}
	return INPUT_COUNT;
}

/* Whether what is answered to |id| stands or falls with the answer to |changed|. */
static bool acting_depends(const struct acting *acting, enum input_id id, enum input_id changed)
{
	const struct input *input = input_get(id), *other = input_get(changed);

	if (input->command != acting->row->command)
		return false;
	return id == changed || input->need == INPUT_QUIET ||
	       (input->need == INPUT_THEN && id == changed + 1) ||
	       (input->need == other->need &&
		       (input->need == INPUT_ONE || input->need == INPUT_ANY));
}

/* Whether it was left empty, which another answer no longer allows. */
static bool acting_is_lacking(const struct acting_answers *answers, enum input_id id)
{
	const struct input *input = input_get(id);

	return input->need == INPUT_WISH && !input->fallback && !acting_has(answers->acting, id) &&
	       !acting_offered(answers, id);
}

/* Asks once more, and for what depends on it; what the command line gave stays. */
static bool acting_change(
	struct acting_answers *answers, struct asking *asking, enum input_id changed)
{
	for (enum input_id id = 0; id < INPUT_COUNT; id++) {
		bool is_ours = answers->is_asked[id] || id == changed ||
			       input_get(id)->type == INPUT_IS_SWITCH;

		if (!is_ours || !acting_depends(answers->acting, id, changed))
			continue;
		answers->before[id] = answers->acting->values[id].text;
		answers->acting->values[id] = (struct input_value){0};
		answers->is_asked[id] = false;
	}
	if (!acting_ask_all(answers, asking))
		return false;
	for (enum input_id id = 0; id < INPUT_COUNT; id++)
		if (acting_is_lacking(answers, id))
			answers->is_asked[id] = false;
	return acting_ask_all(answers, asking);
}

/* Nothing that was answered goes by an Enter too many; any of it may be changed. */
static bool acting_is_wanted(struct acting_answers *answers, struct asking *asking)
{
	bool is_answered = true;

	while (is_answered) {
		enum input_id changed = INPUT_COUNT;
		const char *typed;

		acting_review(answers);
		if (!answers->n_lines)
			return asking_confirm(asking, _("Do it? [y/N] "));
		asking_tell(
			asking, _("y does it, n throws it all away; to change an answer, type its "
				  "number or its name."));
		while (changed == INPUT_COUNT) {
			typed = asking_type(asking, _("Do it? [y/n] "));
			if (!typed || text_answer(typed) != TEXT_UNCLEAR)
				return typed && text_answer(typed) == TEXT_YES;
			changed = acting_find(answers, typed);
			if (changed == INPUT_COUNT)
				asking_tell(asking,
					_("Answer y or n, or with the number of an answer: with n "
					  "all your answers are thrown away."));
		}
		is_answered = acting_change(answers, asking, changed);
	}
	return false;
}

/* What goes to the others, and so is not done while nothing is shared with them. */
static bool acting_is_stopped(const struct acting *acting)
{
	static const char *const acts[] = {"accept", "forward", "amend", "ask", "answer", "note"};

	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		if (strcmp(acting->row->act, acts[i]) == 0)
			return row_is_unshared(acting->seen->referral);
	return false;
}

/* Why it cannot be done, as the server would say. */
static enum problem_id acting_problem(const struct acting *acting)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;

	if (acting_is_stopped(acting))
		return PROBLEM_SHARED_NO_LONGER;
	if (strcmp(acting->row->act, "complete") == 0 && acting_may(acting, "start"))
		return PROBLEM_TREATMENT_NOT_BEGUN;
	if (strcmp(acting->row->act, "complete") != 0 || !acting_may(acting, "plan-home"))
		return PROBLEM_ACT_NOT_POSSIBLE;
	if (strcmp(referral->business_status, "homecoming-planned") == 0)
		return PROBLEM_AFTERCARE_NOT_ACCEPTED;
	return PROBLEM_HOME_PLAN_MISSING;
}

/* What cannot be done is not asked about: nobody writes a text for nothing. */
static int acting_check_possible(struct acting *acting)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;
	const Stafett__V1__Chain *chain = acting->seen->chain;
	struct client *client = acting->client;
	const char *contact = act_contact(client, referral, chain, NULL);
	struct act_commands commands = {0};
	int r;

	if (!acting->row->act || acting_may(acting, acting->row->act))
		return 0;
	client_word(client, "status", term_word(client, referral->status));
	r = client_problem(client, acting_problem(acting), NULL);
	act_commands_add(client, &commands, referral->allowed_acts, referral->n_allowed_acts,
		words_get(&client->words, "ref"), contact);
	act_commands_add(client, &commands, chain->allowed_acts, chain->n_allowed_acts,
		words_get(&client->words, "ref"), contact);
	client->problem.commands = commands.list;
	client->problem.n_commands = commands.count;
	return r;
}

/* "stafett consent give 7K3M": how it is begun again. */
static int acting_not_done(const struct acting *acting)
{
	struct client *client = acting->client;
	const char *command = command_called(command_get(acting->row->command));

	if (acting->row->verb)
		command = memory_printf(&client->arena, "%s %s", command, _(acting->row->verb));
	return client_problem(client, PROBLEM_NOT_DONE, "command", command, NULL);
}

int acting_ask(struct acting *acting)
{
	struct acting_answers answers = {.acting = acting};
	struct client *client = acting->client;
	struct asking asking;
	bool is_wanted;
	int r = roles_check(client, acting->row->act);

	if (!r)
		r = acting_check_possible(acting);
	if (!r)
		r = asking_begin(client, &asking);
	if (r)
		return r;
	acting_show(acting);
	r = acting->row->show ? acting->row->show(acting) : 0;
	if (r) {
		asking_end(&asking);
		return r;
	}
	asking_tell(
		&asking, _("Enter takes what stands in [brackets], ? explains, Ctrl-D gives up."));
	is_wanted = acting_ask_all(&answers, &asking) && acting_is_wanted(&answers, &asking);
	asking_end(&asking);
	return is_wanted ? 0 : acting_not_done(acting);
}
