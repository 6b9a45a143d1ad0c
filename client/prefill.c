/* SPDX-License-Identifier: Apache-2.0 */
/* From a chain to answers: see the header. */
#include "client/prefill.h"

#include <jansson.h>

#include "client/memory.h"
#include "client/packing.h"
#include "client/screen/row.h"
#include "stafett/v1/message.pb-c.h"

static const char prefill_subject[] = "subject.";

static int prefill_day(
	struct client *client, const Stafett__V1__GetResponse *seen, struct answers *answers)
{
	struct draft draft;

	if (answers->list[QUESTION_HELP_REQUEST].len)
		return 0;
	return question_take(
		client, QUESTION_HELP_REQUEST, seen->chain->help_request_date, answers, &draft);
}

static int prefill_needs(
	struct client *client, const Stafett__V1__Referral *referral, struct answers *answers)
{
	const char *needs = "";
	struct draft draft;

	for (size_t i = 0; i < referral->n_needs; i++)
		needs = memory_printf(
			&client->arena, "%s%s%s", needs, i ? "," : "", referral->needs[i]);
	if (answers->list[QUESTION_NEEDS].len)
		return 0;
	return *needs ? question_take(client, QUESTION_NEEDS, needs, answers, &draft) : 0;
}

/* As it would be typed; NULL where the card does not say. */
static const char *prefill_value(const json_t *card, const char *path)
{
	const json_t *value = json_object_get(card, path + strlen(prefill_subject));

	if (json_is_boolean(value))
		return json_is_true(value) ? "y" : "n";
	return json_string_value(value);
}

static int prefill_subjects(struct client *client, const json_t *card, struct answers *answers)
{
	struct draft draft;
	int r = 0;

	for (enum question_id id = 0; id < QUESTION_COUNT && !r; id++) {
		const char *path = question_get(id)->path;
		const char *value = NULL;

		if (strncmp(path, prefill_subject, strlen(prefill_subject)) == 0)
			value = prefill_value(card, path);
		if (value && *value && !answers->list[id].len)
			r = question_take(client, id, value, answers, &draft);
	}
	return r;
}

int prefill_person(
	struct client *client, const Stafett__V1__GetResponse *seen, struct answers *answers)
{
	const Stafett__V1__Part *card = seen->card;
	json_t *object = NULL;
	int r = prefill_day(client, seen, answers);

	if (!r)
		r = prefill_needs(client, seen->referral, answers);
	if (!r && card && card->content_case == STAFETT__V1__PART__CONTENT_DATA)
		object = json_loadb((const char *)card->data.data, card->data.len, 0, NULL);
	if (!r && json_is_object(object))
		r = prefill_subjects(client, object, answers);
	json_decref(object);
	return r;
}

/* What cannot be taken any more, like a day that has passed, is not offered. */
static void prefill_offer(
	struct client *client, enum question_id id, const char *value, struct answers *answers)
{
	struct draft draft;

	if (!*value || answers->list[id].len)
		return;
	answers->is_offered[id] = !question_take(client, id, value, answers, &draft);
	client->problem = (struct problem){0};
}

void prefill_terms(
	struct client *client, const Stafett__V1__GetResponse *seen, struct answers *answers)
{
	const Stafett__V1__LegalBasis *basis = seen->referral->legal_basis;

	prefill_offer(client, QUESTION_PRIORITY, seen->referral->priority, answers);
	answers->is_revoked = row_is_unshared(seen->referral);
	if (!basis || answers->is_revoked)
		return;
	prefill_offer(client, QUESTION_BASIS, basis->code, answers);
	if (strcmp(basis->code, "consent") != 0)
		return;
	prefill_offer(client, QUESTION_BASIS_FORM, basis->form, answers);
	prefill_offer(client, QUESTION_BASIS_END, basis->end_date, answers);
	prefill_offer(
		client, QUESTION_BASIS_COVERS, basis->covers_missed_events ? "y" : "n", answers);
}

void prefill_unit(
	struct client *client, const Stafett__V1__GetResponse *seen, struct answers *answers)
{
	for (size_t i = 0; i < seen->n_events; i++) {
		const Stafett__V1__Event *event = seen->events[i];

		if (strcmp(event->kind, "reject") != 0 ||
			strcmp(event->referral, seen->referral->id) != 0)
			continue;
		answers->unit =
			*event->named_unit && strcmp(event->named_unit, client->profile->unit) != 0
				? event->named_unit
				: NULL;
	}
}

/* What the message said that asked for it. */
static const Stafett__V1__Part *prefill_body(
	struct client *client, const Stafett__V1__GetResponse *seen)
{
	for (size_t i = 0; i < seen->n_contents; i++) {
		const Stafett__V1__Content *content = seen->contents[i];
		const Stafett__V1__Header *header =
			packing_unpack(&client->arena, &stafett__v1__header__descriptor,
				bytes_of(content->header.data, content->header.len));

		if (header && header->act_case == STAFETT__V1__HEADER__ACT_SEND)
			return content->body;
	}
	return NULL;
}

int prefill_text(
	struct client *client, const Stafett__V1__GetResponse *seen, struct answers *answers)
{
	const Stafett__V1__Part *body = prefill_body(client, seen);
	struct draft draft;

	if (!body || body->content_case != STAFETT__V1__PART__CONTENT_DATA || !body->data.len)
		return 0;
	return question_take(client, QUESTION_BODY,
		memory_copy(&client->arena, bytes_of(body->data.data, body->data.len)), answers,
		&draft);
}
