/* SPDX-License-Identifier: Apache-2.0 */
/* Answers, checked and written as JSON: see the header. */
#include "client/question.h"

#include <stdio.h>
#include <time.h>

#include "client/code_name.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/text.h"
#include "domain/basis.h"
#include "stafett/caps.h"

static bool question_always(const struct secret *answers)
{
	(void)answers;
	return true;
}

static bool question_no_number(const struct secret *answers)
{
	return !answers[QUESTION_IDENTIFIER].len;
}

static bool question_stat(const struct secret *answers)
{
	return strcmp(secret_text(&answers[QUESTION_PRIORITY]), "stat") == 0;
}

static bool question_consent(const struct secret *answers)
{
	return strcmp(secret_text(&answers[QUESTION_BASIS]), "consent") == 0;
}

static bool question_is_kind(const struct secret *answers, const char *kind)
{
	return strcmp(secret_text(&answers[QUESTION_KIND]), kind) == 0;
}

static bool question_discharge(const struct secret *answers)
{
	return question_is_kind(answers, "discharge");
}

static bool question_next_of_kin(const struct secret *answers)
{
	return question_is_kind(answers, "next-of-kin");
}

static bool question_handover(const struct secret *answers)
{
	return question_is_kind(answers, "handover");
}

static bool question_dose(const struct secret *answers)
{
	return question_handover(answers) && answers[QUESTION_DOSE_TIME].len;
}

#define QUESTION_WHEN_ALWAYS	  question_always
#define QUESTION_WHEN_NO_NUMBER	  question_no_number
#define QUESTION_WHEN_STAT	  question_stat
#define QUESTION_WHEN_CONSENT	  question_consent
#define QUESTION_WHEN_DISCHARGE	  question_discharge
#define QUESTION_WHEN_NEXT_OF_KIN question_next_of_kin
#define QUESTION_WHEN_HANDOVER	  question_handover
#define QUESTION_WHEN_DOSE	  question_dose

static const struct question question_rows[QUESTION_COUNT] = {
#define QUESTION(id, path, type, list, when, fallback, filler, label, explanation)                 \
	[QUESTION_##id] = {path, QUESTION_IS_##type, CODES_##list, QUESTION_WHEN_##when, fallback, \
		filler, label, explanation},
#include "stafett/tbl/questions.def"
};

const struct question *question_get(enum question_id id)
{
	return &question_rows[id];
}

enum question_id question_of_path(const char *path)
{
	enum question_id id = 0;

	while (id < QUESTION_COUNT && strcmp(question_rows[id].path, path) != 0)
		id++;
	return id;
}

bool question_is_asked(enum question_id id, const struct answers *answers)
{
	return question_rows[id].is_asked(answers->list);
}

/* A kind that rows of the table name has those alone. */
const char *question_basis(const struct answers *answers)
{
	static const struct {
		const char *kind;
		enum basis basis;
	} rows[] = {
#define BASIS_RULE(name, basis, kind, ...) {kind, BASIS_##basis},
#include "stafett/tbl/basis.def"
	};
	const char *kind = secret_text(&answers->list[QUESTION_KIND]);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (*rows[i].kind && strcmp(rows[i].kind, kind) == 0)
			return basis_code(rows[i].basis);
	return NULL;
}

void question_end(struct answers *answers)
{
	for (size_t i = 0; i < QUESTION_COUNT; i++)
		secret_end(&answers->list[i]);
}

/* -- JSON ------------------------------------------------------------------------ */

static void question_write_string(struct secret *json, struct bytes text)
{
	static const char hex[] = "0123456789abcdef";

	secret_add_text(json, "\"");
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		const char escape[] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};

		if (byte < ' ' || byte == '"' || byte == '\\')
			secret_add(json, bytes_of(escape, sizeof(escape)));
		else
			secret_add(json, bytes_of(&byte, 1));
	}
	secret_add_text(json, "\"");
}

static void question_write_needs(struct secret *json, const char *needs)
{
	const char *gap = "[";

	while (*needs) {
		size_t len = strcspn(needs, ",");

		secret_add_text(json, gap);
		question_write_string(json, bytes_of(needs, len));
		needs += len + (needs[len] == ',');
		gap = ",";
	}
	secret_add_text(json, "]");
}

static void question_write_value(
	struct secret *json, const struct question *question, const char *name, const char *value)
{
	question_write_string(json, bytes_of_string(name));
	secret_add_text(json, ":");
	if (question->type == QUESTION_IS_SWITCH)
		secret_add_text(json, value);
	else if (question->type == QUESTION_IS_NEEDS)
		question_write_needs(json, value);
	else
		question_write_string(json, bytes_of_string(value));
	if (question->type == QUESTION_IS_LANGUAGE)
		secret_add_text(json, ",\"interpreter\":true");
}

/* The fields below |group| ("subject.", or "" for the others). */
static void question_write_group(
	struct secret *json, const char *group, const char *const values[QUESTION_COUNT])
{
	size_t len = strlen(group);
	const char *gap = "";

	for (size_t i = 0; i < QUESTION_COUNT; i++) {
		const char *path = question_rows[i].path;
		const char *name = path + len;

		if (!*values[i] || strncmp(path, group, len) != 0 || strchr(name, '.'))
			continue;
		secret_add_text(json, gap);
		question_write_value(json, &question_rows[i], name, values[i]);
		gap = ",";
	}
}

static void question_write_values(struct secret *json, const char *const values[QUESTION_COUNT])
{
	secret_cut(json, 0);
	secret_add_text(json, "{");
	/* Who only asks for help is told of to nobody. */
	if (*values[QUESTION_BASIS]) {
		secret_add_text(json, "\"legalBasis\":{");
		question_write_group(json, "legalBasis.", values);
		secret_add_text(json, "},");
	}
	if (*values[QUESTION_DOSE_TIME] || *values[QUESTION_DOSE_BY]) {
		secret_add_text(json, "\"dose\":{");
		question_write_group(json, "dose.", values);
		secret_add_text(json, "},");
	}
	secret_add_text(json, "\"subject\":{");
	question_write_group(json, "subject.", values);
	secret_add_text(json, "},");
	question_write_group(json, "", values);
	secret_add_text(json, "}");
}

void question_write(const struct answers *answers, struct secret *ret_json)
{
	const char *values[QUESTION_COUNT];

	for (enum question_id id = 0; id < QUESTION_COUNT; id++)
		values[id] = question_is_asked(id, answers) ? secret_text(&answers->list[id]) : "";
	question_write_values(ret_json, values);
}

/* -- what was typed ---------------------------------------------------------------- */

/* "alk, boende" -> "alcohol,housing". */
static void question_take_needs(struct client *client, const char *typed, struct secret *answer)
{
	while (*(typed += strspn(typed, ", ")) != '\0') {
		size_t len = strcspn(typed, ",");
		size_t letters = len;
		char *one;

		while (letters && typed[letters - 1] == ' ')
			letters--;
		one = memory_copy(&client->arena, bytes_of(typed, letters));
		if (answer->len)
			secret_add_text(answer, ",");
		secret_add_text(answer, code_name_find(CODES_NEED, one));
		typed += len;
	}
}

static int question_take_switch(struct client *client, const struct question *question,
	const char *typed, struct secret *answer)
{
	enum text_answer said = text_answer(typed);

	if (said == TEXT_UNCLEAR)
		return client_problem(client, PROBLEM_JSON_FIELD_TYPE, "field", _(question->label),
			"value", _("yes or no"), NULL);
	secret_add_text(answer, said == TEXT_YES ? "true" : "false");
	return 0;
}

static int question_take_language(struct client *client, const struct question *question,
	const char *typed, struct secret *answer)
{
	enum text_answer said = text_answer(typed);

	if (said == TEXT_YES)
		return client_problem(client, PROBLEM_JSON_FIELD_TYPE, "field", _(question->label),
			"value", _("a language, or no"), NULL);
	if (said == TEXT_UNCLEAR)
		secret_add_text(answer, typed);
	return 0;
}

/* What was typed, as a referral file has it. */
static int question_spell(struct client *client, const struct question *question, const char *typed,
	struct secret *answer)
{
	if (!*typed)
		typed = question->fallback;
	if (!typed)
		return client_problem(
			client, PROBLEM_FIELD_MISSING, "field", _(question->label), NULL);
	switch (question->type) {
	case QUESTION_IS_NEEDS:
		question_take_needs(client, typed, answer);
		return 0;
	case QUESTION_IS_SWITCH:
		return question_take_switch(client, question, typed, answer);
	case QUESTION_IS_LANGUAGE:
		return question_take_language(client, question, typed, answer);
	case QUESTION_IS_CODE:
		secret_add_text(answer, code_name_find(question->list, typed));
		return 0;
	case QUESTION_IS_TEXT:
	case QUESTION_IS_NUMBER:
	case QUESTION_IS_BODY:
		break;
	}
	secret_add_text(answer, typed);
	return 0;
}

/* Reads a referral file that has only this answer, and what every one must have. */
static int question_check(struct client *client, enum question_id id, const struct secret *answer,
	struct draft *ret_draft)
{
	const char *values[QUESTION_COUNT];
	struct secret json = {0};
	int r;

	for (size_t i = 0; i < QUESTION_COUNT; i++)
		values[i] = question_rows[i].filler ? question_rows[i].filler : "";
	values[id] = secret_text(answer);
	question_write_values(&json, values);
	r = draft_read(client, bytes_of_string(secret_text(&json)), ".", ret_draft);
	secret_end(&json);
	return r;
}

int question_read(struct client *client, enum question_id id, const struct answers *answers,
	struct draft *ret_draft)
{
	return question_check(client, id, &answers->list[id], ret_draft);
}

/* Puts a label in place of the file's word in what is told about it. */
static void question_name_field(struct client *client, const char *label)
{
	struct problem *problem = &client->problem;
	const char *at = strstr(problem->sentence, problem->field);

	if (!at)
		return;
	problem->sentence = memory_printf(&client->arena, "%.*s%s%s", (int)(at - problem->sentence),
		problem->sentence, label + strspn(label, " "), at + strlen(problem->field));
}

/* Which day an answer names; none where it is about something else. */
static struct date question_day(enum question_id id, const struct draft *draft)
{
	struct date date = {0};
	const char *text = id == QUESTION_HELP_REQUEST ? draft->help_request_date
			   : id == QUESTION_BASIS_END  ? draft->basis_end_date
						       : NULL;

	if (id == QUESTION_CALL_TIME && draft->call_us)
		return calendar_date_of(draft->call_us);
	return text && date_parse(bytes_of_string(text), &date) ? date : (struct date){0};
}

/* A day on the wrong side of today is asked again while it can be mended, and one that
 * nobody can mean. */
static int question_check_day(
	struct client *client, enum question_id id, const char *typed, const struct draft *draft)
{
	struct arena *arena = &client->arena;
	struct date date = question_day(id, draft);
	bool is_call = id == QUESTION_CALL_TIME;
	enum problem_id problem = PROBLEM_NONE;

	if (!date.year)
		return 0;
	if (is_call ? draft->call_us > (int64_t)time(NULL) * 1000000
		    : id == QUESTION_HELP_REQUEST && date_compare(date, client->today) > 0)
		problem = PROBLEM_DAY_AHEAD;
	else if (id == QUESTION_BASIS_END && date_compare(date, client->today) < 0)
		problem = PROBLEM_DAY_PASSED;
	else if (date_is_far(date, client->today, CAP_YEARS_AWAY))
		problem = PROBLEM_DAY_FAR;
	if (problem == PROBLEM_NONE)
		return 0;
	return client_problem(client, problem, "value", typed, "day",
		is_call ? format_moment(arena, draft->call_us, client->today)
			: format_day(arena, date, client->today),
		NULL);
}

int question_take(struct client *client, enum question_id id, const char *typed,
	struct answers *answers, struct draft *ret_draft)
{
	struct secret answer = {0};
	int r = question_spell(client, &question_rows[id], typed, &answer);

	/* Who answers a question knows it by its words, and not by the file's. */
	if (!r && (r = question_check(client, id, &answer, ret_draft)) &&
		strcmp(client->problem.field, question_rows[id].path) == 0)
		question_name_field(client, _(question_rows[id].label));
	if (!r)
		r = question_check_day(client, id, typed, ret_draft);
	if (r) {
		secret_end(&answer);
		return r;
	}
	secret_end(&answers->list[id]);
	answers->list[id] = answer;
	return 0;
}
