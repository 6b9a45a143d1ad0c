/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a referral, and what is checked before any of it leaves. */
#include "client/draft.h"

#include <errno.h>

#include "client/draft_fields.h"
#include "client/memory.h"
#include "client/paths.h"
#include "client/screening.h"
#include "client/text.h"
#include "domain/reserve.h"
#include "stafett/caps.h"

/* The fields of the card that are more than text; the card itself is kept as JSON. */
struct draft_subject {
	const char *identifier, *birth_date;
	const char *text; /* of the fields that are only checked to be texts */
	bool is_on;	  /* likewise, switches */
};

#define SUBJECT(field, type, member, ...) \
	DRAFT_FIELD(draft_subject, field, type, member, __VA_ARGS__)
static const struct draft_field draft_subject_fields[] = {
	SUBJECT("familyName", DRAFT_TEXT, text),
	SUBJECT("givenName", DRAFT_TEXT, text),
	SUBJECT("identifier", DRAFT_TEXT, identifier),
	SUBJECT("birthDate", DRAFT_DATE, birth_date, .side = WHEN_BEHIND),
	SUBJECT("protectedIdentity", DRAFT_SWITCH, is_on),
	SUBJECT("telecom", DRAFT_TEXT, text),
	SUBJECT("contactRule", DRAFT_TEXT, text),
	SUBJECT("language", DRAFT_TEXT, text),
	SUBJECT("interpreter", DRAFT_SWITCH, is_on),
	SUBJECT("reasonText", DRAFT_TEXT, text),
	SUBJECT("livingSituation", DRAFT_CODE, text, .list = CODES_HOUSING),
	SUBJECT("childrenInHousehold", DRAFT_TEXT, text),
	SUBJECT("riskFlag", DRAFT_TEXT, text),
	DRAFT_TAKEN("screening", screening_take),
	DRAFT_END,
};

#define MATTER(field, type, member, ...) DRAFT_FIELD(draft, field, type, member, __VA_ARGS__)
static const struct draft_field draft_basis_fields[] = {
	MATTER("code", DRAFT_CODE, basis_code, .list = CODES_BASIS, .is_required = true),
	MATTER("form", DRAFT_CODE, basis_form, .list = CODES_CONSENT_FORM),
	MATTER("endDate", DRAFT_DATE, basis_end_date, .side = WHEN_AHEAD),
	MATTER("coversMissedEvents", DRAFT_SWITCH, basis_covers_missed_events),
	DRAFT_END,
};

static const struct draft_field draft_dose_fields[] = {
	MATTER("lastTime", DRAFT_TIME, dose_last_us, .side = WHEN_BEHIND),
	MATTER("nextBy", DRAFT_CODE, dose_next_by, .list = CODES_DOSE_GIVER),
	DRAFT_END,
};

static int draft_take_dose(struct draft_reader *reader, const json_t *value)
{
	struct draft_reader inner = {reader->client, "dose.", reader->target};

	if (!json_is_object(value))
		return draft_fields_wrong_type(reader, "dose", _("an object"));
	return draft_fields_read(&inner, value, draft_dose_fields);
}

static int draft_take_needs(struct draft_reader *reader, const json_t *value)
{
	struct draft *draft = reader->target;
	size_t count = json_array_size(value);

	if (!json_is_array(value) || count > DRAFT_NEEDS_MAX)
		return draft_fields_wrong_type(
			reader, "needs", _("a list of at most 16 codes, like [\"alcohol\"]"));
	for (size_t i = 0; i < count; i++) {
		const char *code = json_string_value(json_array_get(value, i));
		int r;

		if (!code)
			return draft_fields_wrong_type(reader, "needs", _("a list of texts"));
		r = draft_fields_check_code(reader, "needs", CODES_NEED, code);
		if (r)
			return r;
		draft->needs[draft->n_needs++] = memory_string(&reader->client->arena, code);
	}
	return 0;
}

static int draft_take_basis(struct draft_reader *reader, const json_t *value)
{
	struct draft_reader inner = {reader->client, "legalBasis.", reader->target};

	if (!json_is_object(value))
		return draft_fields_wrong_type(reader, "legalBasis", _("an object"));
	return draft_fields_read(&inner, value, draft_basis_fields);
}

/* What a personal number is refused for; PROBLEM_NONE where it is in order. */
enum problem_id draft_number_problem(enum pnr_result result)
{
	switch (result) {
	case PNR_OK:
	case PNR_COORDINATION:
		return PROBLEM_NONE;
	case PNR_SYNTAX:
		return PROBLEM_PNR_SYNTAX;
	case PNR_INTERIM:
		return PROBLEM_PNR_INTERIM;
	case PNR_DATE:
		return PROBLEM_PNR_DATE;
	case PNR_BIRTH_NUMBER:
		return PROBLEM_PNR_BIRTH_NUMBER;
	case PNR_CHECK_DIGIT:
		return PROBLEM_PNR_CHECK_DIGIT;
	}
	return PROBLEM_PNR_SYNTAX;
}

/* Checks the number and writes it in its one spelling, twelve digits. A reserve
 * number of a region stays as it is: it says nothing about age. */
static int draft_check_identifier(
	struct draft_reader *reader, const char *identifier, json_t *subject, struct draft *draft)
{
	struct client *client = reader->client;
	struct bytes text = bytes_of_string(identifier);
	char digits[13];
	enum pnr_result result = pnr_parse(text, client->today, digits);
	enum problem_id id = draft_number_problem(result);

	if (id != PROBLEM_NONE && reserve_root(text))
		return 0;
	if (id != PROBLEM_NONE)
		return client_problem(
			client, id, "field", draft_fields_path(reader, "identifier"), NULL);
	draft->age = pnr_age(digits, client->today);
	if (json_object_set_new(subject, "identifier", json_string(digits)) < 0)
		memory_need(NULL);
	return 0;
}

/* Nobody is called 19121212-1212; it would stand in every list. */
static int draft_check_name(struct draft_reader *reader, const char *field, const json_t *subject)
{
	enum { DRAFT_NAME_DIGITS_MOST = 3 };
	const char *name = json_string_value(json_object_get(subject, field));
	size_t digits = 0;

	for (; name && *name; name++)
		digits += *name >= '0' && *name <= '9';
	if (digits <= DRAFT_NAME_DIGITS_MOST)
		return 0;
	return client_problem(reader->client, PROBLEM_NAME_HAS_NUMBER, "field",
		draft_fields_path(reader, field), NULL);
}

/* Full years between two dates. */
static int draft_years(struct date birth, struct date today)
{
	bool had_birthday =
		today.month > birth.month || (today.month == birth.month && today.day >= birth.day);

	return today.year - birth.year - (had_birthday ? 0 : 1);
}

/* Writes the birth date in its one spelling and compares it with the number. */
static int draft_check_birth_date(
	struct draft_reader *reader, const char *iso, json_t *subject, struct draft *draft)
{
	struct client *client = reader->client;
	struct date birth;
	int age;

	if (!date_parse(bytes_of_string(iso), &birth))
		return 0;
	age = draft_years(birth, client->today);
	if (age < 0)
		return client_problem(client, PROBLEM_BIRTH_DATE_AHEAD, "field",
			draft_fields_path(reader, "birthDate"), NULL);
	if (draft->age >= 0 && draft->age != age)
		return client_problem(client, PROBLEM_BIRTH_DATE_DIFFERS, "field",
			draft_fields_path(reader, "birthDate"), NULL);
	draft->age = age;
	if (json_object_set_new(subject, "birthDate", json_string(iso)) < 0)
		memory_need(NULL);
	return 0;
}

static struct bytes draft_dump(struct client *client, const json_t *value)
{
	char *text = memory_need(json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY));
	struct bytes copy =
		bytes_of(memory_copy(&client->arena, bytes_of_string(text)), strlen(text));

	free(text);
	return copy;
}

static int draft_check_size(
	struct draft_reader *reader, const char *name, struct bytes data, size_t most)
{
	if (data.len <= most)
		return 0;
	return client_problem(reader->client, PROBLEM_PART_TOO_LARGE, "field",
		draft_fields_path(reader, name), "most",
		memory_printf(&reader->client->arena, "%zu", most), NULL);
}

static int draft_take_subject(struct draft_reader *reader, const json_t *value)
{
	struct draft_subject subject = {0};
	struct draft_reader inner = {reader->client, "subject.", &subject};
	struct draft *draft = reader->target;
	json_t *card;
	int r;

	if (!json_is_object(value))
		return draft_fields_wrong_type(reader, "subject", _("an object"));
	r = draft_fields_read(&inner, value, draft_subject_fields);
	if (!r)
		r = draft_check_name(&inner, "givenName", value);
	if (!r)
		r = draft_check_name(&inner, "familyName", value);
	if (r)
		return r;
	card = memory_need(json_copy((json_t *)value));
	if (subject.identifier)
		r = draft_check_identifier(&inner, subject.identifier, card, draft);
	if (!r && subject.birth_date)
		r = draft_check_birth_date(&inner, subject.birth_date, card, draft);
	draft->card = draft_dump(reader->client, card);
	json_decref(card);
	return r ? r : draft_check_size(reader, "subject", draft->card, CAP_CARD_BYTES);
}

/* Decimals would come out of this program as other digits than they went in. */
static bool draft_has_decimals(const json_t *value)
{
	const char *name;
	json_t *inner;
	size_t i;

	json_object_foreach ((json_t *)value, name, inner) {
		if (draft_has_decimals(inner))
			return true;
	}
	json_array_foreach (value, i, inner) {
		if (draft_has_decimals(inner))
			return true;
	}
	return json_is_real(value);
}

static int draft_take_body(struct draft_reader *reader, const json_t *value)
{
	struct client *client = reader->client;
	struct draft *draft = reader->target;

	if (json_is_string(value)) {
		draft->body = bytes_of(
			memory_copy(&client->arena,
				bytes_of(json_string_value(value), json_string_length(value))),
			json_string_length(value));
		return 0;
	}
	if (!json_is_object(value))
		return draft_fields_wrong_type(reader, "body", _("a text or an object"));
	if (draft_has_decimals(value))
		return client_problem(client, PROBLEM_JSON_DECIMALS, "field", "body", NULL);
	draft->body = draft_dump(client, value);
	return 0;
}

static const struct draft_field draft_fields[] = {
	MATTER("kind", DRAFT_CODE, kind, .list = CODES_KIND, .is_required = true),
	MATTER("priority", DRAFT_CODE, priority, .list = CODES_PRIORITY),
	DRAFT_TAKEN("needs", draft_take_needs, .is_required = true),
	MATTER("helpRequestDate", DRAFT_DATE, help_request_date, .side = WHEN_BEHIND),
	DRAFT_TAKEN("legalBasis", draft_take_basis, .is_required = true),
	MATTER("personInformed", DRAFT_SWITCH, person_informed),
	MATTER("reference", DRAFT_TEXT, reference),
	MATTER("handBackUnit", DRAFT_TEXT, hand_back_unit),
	MATTER("replaces", DRAFT_TEXT, replaces),
	MATTER("chain", DRAFT_TEXT, chain),
	MATTER("careResponsibilityRemains", DRAFT_SWITCH, care_responsibility_remains),
	MATTER("callTime", DRAFT_TIME, call_us, .side = WHEN_BEHIND),
	MATTER("discharge", DRAFT_CODE, discharge, .list = CODES_DISCHARGE),
	MATTER("linkedChain", DRAFT_TEXT, linked_chain),
	DRAFT_TAKEN("dose", draft_take_dose),
	DRAFT_TAKEN("subject", draft_take_subject, .is_required = true),
	DRAFT_TAKEN("body", draft_take_body),
	MATTER("bodyFile", DRAFT_TEXT, body_file),
	DRAFT_END,
};

static int draft_read_body_file(struct client *client, const char *folder, struct draft *draft)
{
	const char *path = draft->body_file;
	int r;

	if (draft->body.len)
		return client_problem(client, PROBLEM_BODY_TWICE, NULL);
	if (*path != '/')
		path = memory_printf(&client->arena, "%s/%s", folder, path);
	r = paths_read(&client->arena, path, CAP_UPLOAD_BYTES, &draft->body);
	if (r == -EFBIG)
		return client_problem(client, PROBLEM_PART_TOO_LARGE, "field", "bodyFile", "most",
			memory_printf(&client->arena, "%d", CAP_UPLOAD_BYTES), NULL);
	if (r)
		return client_problem(client, PROBLEM_FILE_UNREADABLE, "value", path, "detail",
			strerror(-r), NULL);
	return 0;
}

/* What can only be checked when every field is known. */
static int draft_check(struct draft_reader *reader, const char *folder, struct draft *draft)
{
	struct client *client = reader->client;
	int r = 0;

	if (draft->body_file)
		r = draft_read_body_file(client, folder, draft);
	if (!r)
		r = draft_check_size(reader, "body", draft->body, CAP_UPLOAD_BYTES);
	if (!r && draft->reference &&
		pnr_is_within(bytes_of_string(draft->reference), client->today))
		r = client_problem(
			client, PROBLEM_PERSONAL_DATA_IN_REFERENCE, "field", "reference", NULL);
	if (!r && draft->hand_back_unit &&
		!identity_is_handle(bytes_of_string(draft->hand_back_unit)))
		r = client_problem(client, PROBLEM_UNIT_NAME_INVALID, "value",
			draft->hand_back_unit, "field", "handBackUnit", NULL);
	if (!r && !draft->help_request_date && !draft->chain)
		r = client_problem(client, PROBLEM_FIELD_MISSING, "field", "helpRequestDate", NULL);
	return r;
}

/* Of somebody who asks for help, before anybody is asked to give it. */
static const struct draft_field draft_request_fields[] = {
	MATTER("kind", DRAFT_CODE, kind, .list = CODES_KIND),
	DRAFT_TAKEN("needs", draft_take_needs, .is_required = true),
	MATTER("helpRequestDate", DRAFT_DATE, help_request_date, .side = WHEN_BEHIND,
		.is_required = true),
	DRAFT_TAKEN("subject", draft_take_subject, .is_required = true),
	DRAFT_TAKEN("body", draft_take_body),
	DRAFT_END,
};

/* Reads one object by |fields|; |reader|'s target is a draft. */
static int draft_read_by(
	struct draft_reader *reader, struct bytes text, const struct draft_field *fields)
{
	struct client *client = reader->client;
	json_error_t error;
	json_t *object =
		json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	int r;

	if (!object)
		return client_problem(client, PROBLEM_JSON_INVALID, "detail",
			memory_printf(&client->arena, _("line %d: %s"), error.line, error.text),
			NULL);
	if (json_is_object(object))
		r = draft_fields_read(reader, object, fields);
	else
		r = draft_fields_wrong_type(reader, _("(the file)"), _("an object"));
	json_decref(object);
	return r;
}

int draft_read_request(struct client *client, struct bytes text, struct draft *ret_draft)
{
	struct draft draft = {.age = -1};
	struct draft_reader reader = {client, "", &draft};
	int r = draft_read_by(&reader, text, draft_request_fields);

	if (!r)
		r = draft_check_size(&reader, "body", draft.body, CAP_INLINE_PART_BYTES);
	if (!r)
		*ret_draft = draft;
	return r;
}

int draft_read(
	struct client *client, struct bytes text, const char *folder, struct draft *ret_draft)
{
	struct draft draft = {.age = -1};
	struct draft_reader reader = {client, "", &draft};
	int r = draft_read_by(&reader, text, draft_fields);

	if (!r)
		r = draft_check(&reader, folder, &draft);
	if (!r)
		*ret_draft = draft;
	return r;
}
