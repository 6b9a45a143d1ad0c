/* SPDX-License-Identifier: Apache-2.0 */
/* Codes, ids and rows: see the header. */
#include "client/ref.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/suggest.h"
#include "client/call.h"
#include "client/card.h"
#include "client/last_list.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/text.h"
#include "domain/code.h"

/* Codes have four letters or more, so fewer digits can only be a row. */
static bool ref_is_row(const char *typed)
{
	size_t len = strlen(typed);

	return len > 0 && len < CODE_PREFIX_MIN && strspn(typed, "0123456789") == len;
}

bool ref_look(
	struct client *client, const char *name, const Stafett__V1__GetResponse **ret_response)
{
	Stafett__V1__GetRequest request = STAFETT__V1__GET_REQUEST__INIT;
	const Stafett__V1__GetResponse *response;

	request.id = (char *)name;
	request.look = true;
	if (!call_aside(client, METHOD_get, &request.base, &stafett__v1__get_response__descriptor,
		    &response) ||
		!response->referral || !response->chain)
		return false;
	*ret_response = response;
	return true;
}

/* The person in a row, to be recognised; "" where it cannot be learnt. */
static const char *ref_person(struct client *client, const char *id)
{
	const Stafett__V1__GetResponse *response;
	struct card card;

	if (!ref_look(client, id, &response))
		return "";
	card_read_of(&client->arena, response->card, response->chain, &card);
	return card_full_name(&client->arena, &card);
}

/* A list may have changed since it was printed, so an act on a row is confirmed
 * once, with the name; who cannot be asked is refused. */
static int ref_confirm_row(
	struct client *client, const char *typed, const struct last_list_row *row)
{
	const char *code = format_code_start(&client->arena, row->code);
	const char *person = ref_person(client, row->id);
	char answer[8] = "";

	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
		struct words words = {0};

		words_set(&words, "row", typed);
		words_set(&words, "code", code);
		words_set(&words, "person", person);
		fprintf(stderr, "%s %s",
			words_fill(&client->arena, _("Row {row} is {code}[, {person}]."), &words),
			_("Do it? [y/N] "));
		if (fgets(answer, sizeof(answer), stdin))
			answer[strcspn(answer, "\n")] = '\0';
		if (text_answer(answer) == TEXT_YES)
			return 0;
		return client_problem(client, PROBLEM_ROW_NOT_MEANT, "value", typed, "near", code,
			"person", person, NULL);
	}
	return client_problem(
		client, PROBLEM_ROW_FOR_ACT, "value", typed, "near", code, "person", person, NULL);
}

static int ref_resolve_row(
	struct client *client, const char *typed, enum ref_use use, const char **ret_name)
{
	const struct last_list_row *rows = NULL;
	size_t count = last_list_load(client, &rows);
	size_t row = strtoul(typed, NULL, 10);
	int r;

	if (row < 1 || row > count)
		return client_problem(client, PROBLEM_ROW_UNKNOWN, "value", typed, NULL);
	r = use == REF_FOR_ACTING ? ref_confirm_row(client, typed, &rows[row - 1]) : 0;
	if (r)
		return r;
	client_word(client, "ref", rows[row - 1].code);
	*ret_name = rows[row - 1].id;
	return 0;
}

int ref_resolve(struct client *client, const char *typed, enum ref_use use, const char **ret_name)
{
	struct bytes text = bytes_of_string(typed);
	char letters[CODE_LETTERS + 1];
	struct uuid uuid;

	if (ref_is_row(typed))
		return ref_resolve_row(client, typed, use, ret_name);
	if (uuid_parse(text, &uuid)) {
		char *id = memory_alloc(&client->arena, UUID_TEXT_LEN + 1);

		uuid_format(&uuid, id);
		client_word(client, "ref", format_code_of_id(&client->arena, id));
		*ret_name = id;
		return 0;
	}
	if (!code_normalise(text, letters))
		return client_problem(client, PROBLEM_REF_INVALID, "value", typed, NULL);
	*ret_name = memory_string(&client->arena, letters);
	/* As it was typed: "Holm" is known again, and "H01M" would not be. */
	client_word(client, "ref", typed);
	return 0;
}

bool ref_is(const char *name, const char *id)
{
	char letters[CODE_LETTERS + 1];
	struct uuid uuid;

	if (strcmp(name, id) == 0)
		return true;
	if (!uuid_parse(bytes_of_string(id), &uuid))
		return false;
	code_of_uuid(&uuid, letters);
	return strncmp(name, letters, strlen(name)) == 0;
}

/* "Did you mean 7K3M?": the word "near" from the last list. */
static void ref_suggest(struct client *client, const char *name)
{
	const struct last_list_row *rows = NULL;
	size_t count = last_list_load(client, &rows);
	struct suggest nearest = {0};

	suggest_begin(&nearest, name);
	for (size_t i = 0; i < count; i++) {
		const char *start = format_code_start(&client->arena, rows[i].code);

		suggest_offer(&nearest, start);
	}
	client_word(client, "near", nearest.best);
}

int ref_get(struct client *client, const char *typed, enum ref_use use,
	const Stafett__V1__GetResponse **ret_response)
{
	Stafett__V1__GetRequest request = STAFETT__V1__GET_REQUEST__INIT;
	const Stafett__V1__GetResponse *response;
	const char *name = "";
	int r = ref_resolve(client, typed, use, &name);

	if (r)
		return r;
	ref_suggest(client, name);
	request.id = (char *)name;
	request.include_contents = use == REF_FOR_TEXTS;
	request.include_readings = use == REF_FOR_READERS;
	request.look = use >= REF_FOR_LOOKING;
	r = call_message(client, METHOD_get, &request.base, &stafett__v1__get_response__descriptor,
		&response);
	if (r)
		return r;
	if (!response->referral || !response->chain)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	client_word(client, "ref", format_code_start(&client->arena, response->referral->code));
	client_word(client, "near", NULL);
	*ret_response = response;
	return 0;
}
