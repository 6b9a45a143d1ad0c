/* SPDX-License-Identifier: Apache-2.0 */
/* Answers before they leave: see the header. */
#include "client/review.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"

static char *review_age(struct client *client, int age)
{
	if (age < 0)
		return NULL;
	return memory_printf(&client->arena, _n("one year old", "%d years old", age), age);
}

void review_note(struct client *client, enum question_id id, const struct draft *draft,
	struct review *review)
{
	struct arena *arena = &client->arena;
	const char *text = NULL;

	if (id == QUESTION_IDENTIFIER)
		text = review_age(client, draft->age);
	else if (id == QUESTION_HELP_REQUEST)
		text = draft->help_request_date;
	else if (id == QUESTION_BASIS_END)
		text = draft->basis_end_date;
	if (text && id != QUESTION_IDENTIFIER)
		text = format_day_text(arena, text, client->today);
	if (id == QUESTION_CALL_TIME)
		text = format_moment(arena, draft->call_us, client->today);
	review->understood[id] = text;
}

/* "alcohol, housing" of "alcohol,housing", in the user's language. */
static const char *review_needs(struct client *client, const char *codes)
{
	struct arena *arena = &client->arena;
	const char *text = "";

	while (*codes) {
		size_t len = strcspn(codes, ",");

		text = memory_printf(arena, "%s%s%s", text, *text ? ", " : "",
			term_code(client, CODES_NEED, memory_copy(arena, bytes_of(codes, len))));
		codes += len + (codes[len] == ',');
	}
	return text;
}

const char *review_lines(struct client *client, const char *text)
{
	int lines = 1;

	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	return memory_printf(&client->arena, _n("one line", "%d lines", lines), lines);
}

void review_print_text(struct client *client, struct bytes text)
{
	enum { REVIEW_TEXT_LINES = 3 };
	const char *indent = "      ";

	for (int i = 0; text.len && i < REVIEW_TEXT_LINES; i++) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;
		struct bytes line = bytes_of(text.data, len);

		lines_print(
			stderr, indent, indent, safe_text(&client->arena, line, SAFE_TEXT_LINE));
		len += end != NULL;
		text = bytes_of(text.data + len, text.len - len);
	}
	if (text.len)
		lines_print(stderr, indent, indent, "...");
}

const char *review_value(struct client *client, enum question_id id, const struct answers *answers,
	const struct review *review)
{
	const struct question *question = question_get(id);
	const char *answer = secret_text(&answers->list[id]);

	if (review->understood[id])
		return review->understood[id];
	switch (question->type) {
	case QUESTION_IS_CODE:
		return term_code(client, question->list, answer);
	case QUESTION_IS_NEEDS:
		return review_needs(client, answer);
	case QUESTION_IS_SWITCH:
		return strcmp(answer, "true") == 0 ? _("yes") : _("no");
	case QUESTION_IS_BODY:
		return review_lines(client, answer);
	case QUESTION_IS_NUMBER:
		return _("given");
	case QUESTION_IS_LANGUAGE:
	case QUESTION_IS_TEXT:
		break;
	}
	return answer;
}

/* " 7  Asked for help on: Sat 21 Nov"; a label that is a question keeps its mark. */
static void review_print_line(struct client *client, struct review *review, int line,
	const char *label, const char *value)
{
	struct arena *arena = &client->arena;
	const char *gap = label[strlen(label) - 1] == '?' ? " " : ": ";

	label += strspn(label, " ");
	review->lines[review->n_lines++] = line;
	lines_print(stderr, memory_printf(arena, "%3zu  ", review->n_lines), "      ",
		memory_printf(arena, "%s%s%s", label, gap, safe_line(arena, value)));
}

/* A text that is missing is shown, too: it is what is forgotten most easily. */
static bool review_is_shown(enum question_id id, const struct answers *answers)
{
	return question_is_asked(id, answers) &&
	       (answers->list[id].len || question_get(id)->type == QUESTION_IS_BODY);
}

void review_print(
	struct client *client, const char *to, const struct answers *answers, struct review *review)
{
	review->n_lines = 0;
	fprintf(stderr, "\n%s\n",
		to ? _("This is what you send:") : _("This is what you register:"));
	if (to)
		review_print_line(client, review, REVIEW_TO, _("To"), directory_name(client, to));
	for (enum question_id id = 0; id < QUESTION_COUNT; id++) {
		const struct secret *answer = &answers->list[id];

		if (!review_is_shown(id, answers))
			continue;
		review_print_line(client, review, (int)id, _(question_get(id)->label),
			answer->len ? review_value(client, id, answers, review) : _("none"));
		if (question_get(id)->type == QUESTION_IS_BODY)
			review_print_text(client, bytes_of_string(secret_text(answer)));
	}
}

static bool review_begins(const char *label, const char *typed)
{
	return strncasecmp(label + strspn(label, " "), typed, strlen(typed)) == 0;
}

int review_find(const struct review *review, const struct answers *answers, const char *typed)
{
	size_t number = strtoul(typed, NULL, 10);

	if (!*typed)
		return REVIEW_NONE;
	if (strspn(typed, "0123456789") == strlen(typed))
		return number >= 1 && number <= review->n_lines ? review->lines[number - 1]
								: REVIEW_NONE;
	for (enum question_id id = 0; id < QUESTION_COUNT; id++)
		if (question_is_asked(id, answers) &&
			review_begins(_(question_get(id)->label), typed))
			return (int)id;
	return review->lines[0] == REVIEW_TO && review_begins(_("To"), typed) ? REVIEW_TO
									      : REVIEW_NONE;
}
