/* SPDX-License-Identifier: Apache-2.0 */
/* The strict reader of JSON objects: see the header. */
#include "client/draft_fields.h"

#include "base/suggest.h"
#include "client/code_name.h"
#include "client/memory.h"
#include "client/misdated.h"
#include "client/text.h"

char *draft_fields_path(struct draft_reader *reader, const char *name)
{
	return memory_printf(&reader->client->arena, "%s%s", reader->path, name);
}

int draft_fields_wrong_type(struct draft_reader *reader, const char *name, const char *wanted)
{
	return client_problem(reader->client, PROBLEM_JSON_FIELD_TYPE, "field",
		draft_fields_path(reader, name), "value", wanted, NULL);
}

static int draft_fields_unknown(
	struct draft_reader *reader, const char *name, const struct draft_field *fields)
{
	struct suggest nearest;

	suggest_begin(&nearest, name);
	for (; fields->name; fields++)
		suggest_offer(&nearest, fields->name);
	return client_problem(reader->client, PROBLEM_JSON_FIELD_UNKNOWN, "field",
		draft_fields_path(reader, name), "near", nearest.best, NULL);
}

int draft_fields_unknown_code(
	struct client *client, const char *field, enum codes_list list, const char *code)
{
	const char *choice = code_name_choice(&client->arena, list, code);
	struct suggest nearest;

	if (*choice)
		return client_problem(client, PROBLEM_CODE_UNCLEAR, "field", field, "value", code,
			"choice", choice, "list", codes_list_name(list), NULL);
	suggest_begin(&nearest, code);
	for (const struct codes_row *row = NULL; (row = codes_next(list, row));)
		suggest_offer(&nearest, row->code);
	return client_problem(client, PROBLEM_CODE_UNKNOWN, "field", field, "value", code, "near",
		nearest.best, "list", codes_list_name(list), NULL);
}

int draft_fields_check_code(
	struct draft_reader *reader, const char *name, enum codes_list list, const char *code)
{
	if (codes_has(list, bytes_of_string(code)))
		return 0;
	return draft_fields_unknown_code(
		reader->client, draft_fields_path(reader, name), list, code);
}

static int draft_fields_text(struct draft_reader *reader, const struct draft_field *field,
	const json_t *value, const char **ret_text)
{
	if (!json_is_string(value))
		return draft_fields_wrong_type(reader, field->name, _("a text"));
	*ret_text = memory_copy(&reader->client->arena,
		bytes_of(json_string_value(value), json_string_length(value)));
	return 0;
}

/* What is wrong with a date or a time. */
static int draft_fields_not_when(struct draft_reader *reader, const struct draft_field *field,
	enum when_result result, const char *text)
{
	return misdated(reader->client, result, field->type != DRAFT_DATE, text,
		draft_fields_path(reader, field->name));
}

static int draft_fields_when(struct draft_reader *reader, const struct draft_field *field,
	const json_t *value, void *target)
{
	struct client *client = reader->client;
	char *iso = memory_alloc(&client->arena, sizeof("2026-11-02"));
	enum when_result result;
	const char *text = "";
	struct date date;
	int r = draft_fields_text(reader, field, value, &text);

	if (r)
		return r;
	if (field->type == DRAFT_TIME)
		result = when_time(bytes_of_string(text), client->today, field->side, target);
	else
		result = when_date(bytes_of_string(text), client->today, field->side, &date);
	if (result != WHEN_OK)
		return draft_fields_not_when(reader, field, result, text);
	if (field->type == DRAFT_DATE) {
		date_format(date, iso);
		*(const char **)target = iso;
	}
	return 0;
}

static int draft_fields_take(
	struct draft_reader *reader, const struct draft_field *field, const json_t *value)
{
	void *target = (char *)reader->target + field->offset;
	int r;

	switch (field->type) {
	case DRAFT_TEXT:
		return draft_fields_text(reader, field, value, target);
	case DRAFT_CODE:
		r = draft_fields_text(reader, field, value, target);
		return r ? r
			 : draft_fields_check_code(
				   reader, field->name, field->list, *(const char **)target);
	case DRAFT_SWITCH:
		if (!json_is_boolean(value))
			return draft_fields_wrong_type(reader, field->name, _("true or false"));
		*(bool *)target = json_is_true(value);
		return 0;
	case DRAFT_DATE:
	case DRAFT_TIME:
		return draft_fields_when(reader, field, value, target);
	case DRAFT_ANY:
		return field->take(reader, value);
	}
	return 0;
}

static const struct draft_field *draft_fields_find(
	const struct draft_field *fields, const char *name)
{
	while (fields->name && strcmp(fields->name, name) != 0)
		fields++;
	return fields->name ? fields : NULL;
}

int draft_fields_read(
	struct draft_reader *reader, const json_t *object, const struct draft_field *fields)
{
	const char *name;
	json_t *value;
	int r = 0;

	json_object_foreach ((json_t *)object, name, value) {
		const struct draft_field *field = draft_fields_find(fields, name);

		r = field ? draft_fields_take(reader, field, value)
			  : draft_fields_unknown(reader, name, fields);
		if (r)
			return r;
	}
	for (; fields->name; fields++) {
		if (fields->is_required && !json_object_get(object, fields->name))
			return client_problem(reader->client, PROBLEM_FIELD_MISSING, "field",
				draft_fields_path(reader, fields->name), NULL);
	}
	return 0;
}
