/* SPDX-License-Identifier: Apache-2.0 */
/* Facts, a rule and the text: see the header. */
#include "client/screen/triage_card.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/card.h"
#include "client/directory.h"
#include "client/fetch.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/page.h"
#include "client/screen/referral.h"
#include "client/screen/row.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"

struct triage_card {
	struct client *client;
	const Stafett__V1__GetResponse *seen;
	struct card card;
	FILE *out;
};

/* A sentence of the card; nothing where no word is there to fill it. */
static void triage_card_say(struct triage_card *it, const char *template, const struct words *words)
{
	const char *text = words_fill(&it->client->arena, template, words);

	if (*text)
		lines_print(it->out, "", "  ", text);
}

static void triage_card_person(struct triage_card *it)
{
	const struct card *card = &it->card;
	struct words words = {0};

	words_set(&words, "name", card_list_name(&it->client->arena, card));
	if (!card->is_protected) {
		words_set(&words, "number", card_number(&it->client->arena, card));
		words_set(&words, "birth", *card->identifier ? "" : card->birth_date);
	}
	words_set(&words, "unit", directory_name(it->client, it->seen->referral->requester));
	if (it->seen->n_events)
		words_set(&words, "member", it->seen->events[0]->member_display_name);
	triage_card_say(
		it, _("[{name}][  {number}][, born {birth}].[ From {unit}][, {member}]"), &words);
}

static void triage_card_matter(struct triage_card *it)
{
	const Stafett__V1__Referral *referral = it->seen->referral;
	struct client *client = it->client;
	struct words words = {0};

	words_set(&words, "kind", term_code(client, CODES_KIND, referral->kind));
	words_set(&words, "matter",
		row_matter(
			client, referral->priority, referral->needs, referral->n_needs, &it->card));
	words_set(&words, "status", term_word(client, referral->status));
	words_set(&words, "reason", it->card.reason);
	triage_card_say(it, _("[{reason}  ]({kind}: {matter}, {status})"), &words);
}

/* What is asked of us and by when, and how urgent it is. */
static void triage_card_next(struct triage_card *it)
{
	const Stafett__V1__Referral *referral = it->seen->referral;
	bool is_ours = strcmp(referral->next_actor, it->client->profile->unit) == 0;
	int64_t due_us = is_ours ? format_us(referral->due_time) : 0;
	struct arena *arena = &it->client->arena;
	struct words words = {0};

	words_set(&words, "mark", strcmp(referral->priority, "stat") == 0 ? "!" : "");
	words_set(&words, "act", is_ours ? row_duty(it->client, referral) : "");
	words_set(&words, "due", format_moment(arena, due_us, it->client->today));
	words_set(&words, "call",
		format_moment(arena, format_us(referral->call_time), it->client->today));
	triage_card_say(it,
		row_is_late(it->client, due_us)
			? _("! {act}[, late since {due}][; the sender called {call}]")
			: _("[{mark} ][{act}][ by {due}][; the sender called {call}]"),
		&words);
}

static void triage_card_clock(struct triage_card *it)
{
	const Stafett__V1__Chain *chain = it->seen->chain;
	struct client *client = it->client;
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(&words, "asked", format_day_text(arena, chain->help_request_date, client->today));
	words_set(
		&words, "due", format_day_text(arena, chain->intervention_due_date, client->today));
	words_set(&words, "left",
		format_days_left(arena, chain->intervention_due_date, client->today));
	triage_card_say(it, _("[Asked for help {asked}][, help due {due} ({left})]"), &words);
}

static void triage_card_basis(struct triage_card *it)
{
	const Stafett__V1__LegalBasis *basis = it->seen->referral->legal_basis;
	struct client *client = it->client;
	struct words words = {0};

	if (!basis)
		return;
	words_set(&words, "code", term_code(client, CODES_BASIS, basis->code));
	words_set(&words, "form", term_code(client, CODES_CONSENT_FORM, basis->form));
	words_set(&words, "end", format_day_text(&client->arena, basis->end_date, client->today));
	triage_card_say(it,
		basis->covers_missed_events
			? _("{code}[, {form}][, to {end}]; covers missed events")
			: _("{code}[, {form}][, to {end}]"),
		&words);
}

static void triage_card_contact(struct triage_card *it)
{
	const struct card *card = &it->card;
	struct words words = {0};

	if (card->is_protected)
		return;
	words_set(&words, "phone", card->telecom);
	words_set(&words, "rule", card->contact_rule);
	words_set(&words, "housing", term_code(it->client, CODES_HOUSING, card->housing));
	words_set(&words, "children", card->children);
	words_set(&words, "risk", card->risk);
	triage_card_say(it,
		_("[Phone {phone}. ][{rule} ][Housing: {housing}. ][Children: {children}. ][Risk: "
		  "{risk}.]"),
		&words);
	words_set(&words, "screening", card->screening);
	triage_card_say(it, _("[Screening: {screening}.]"), &words);
}

static void triage_card_taken(struct triage_card *it)
{
	const Stafett__V1__Referral *referral = it->seen->referral;
	struct words words = {0};

	words_set(&words, "member",
		*referral->assignee_display_name ? referral->assignee_display_name
						 : referral->assignee);
	triage_card_say(it, _("[! Taken by {member}.]"), &words);
}

/* The last text that came with a message and is in it. */
static struct bytes triage_card_last_text(const Stafett__V1__GetResponse *seen)
{
	for (size_t i = seen->n_contents; i; i--) {
		const Stafett__V1__Part *body = seen->contents[i - 1]->body;

		if (body && body->content_case == STAFETT__V1__PART__CONTENT_DATA && body->data.len)
			return bytes_of(body->data.data, body->data.len);
	}
	return (struct bytes){0};
}

static bool triage_card_has_upload(const Stafett__V1__GetResponse *seen)
{
	for (size_t i = 0; i < seen->n_contents; i++) {
		const Stafett__V1__Part *body = seen->contents[i]->body;

		if (body && body->content_case == STAFETT__V1__PART__CONTENT_UPLOAD)
			return true;
	}
	return false;
}

static void triage_card_body(struct triage_card *it)
{
	struct arena *arena = &it->client->arena;

	if (it->card.is_protected) {
		lines_print(it->out, "", "  ", _("(Open it to see who this is, and the text.)"));
		return;
	}
	fputs(safe_text(arena, triage_card_last_text(it->seen), SAFE_TEXT_PAGE), it->out);
	fputc('\n', it->out);
	if (triage_card_has_upload(it->seen))
		lines_print(it->out, "", "  ", _("(There is a longer text: open it.)"));
}

char *triage_card_text(struct client *client, const struct triage_item *on, size_t columns)
{
	static void (*const parts[])(struct triage_card *) = {
		triage_card_person,
		triage_card_matter,
		triage_card_next,
		triage_card_clock,
		triage_card_basis,
		triage_card_contact,
		triage_card_taken,
	};
	struct triage_card it = {.client = client, .seen = on->seen};
	char *text = NULL;
	size_t len = 0;
	char *copy;

	card_read_of(&client->arena, on->seen->card ? on->seen->card : on->item->card,
		on->seen->chain, &it.card);
	card_remember(client, &it.card, CARD_OPENED, on->item->referral, on->item->chain);
	it.out = memory_need(open_memstream(&text, &len));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		parts[i](&it);
	for (size_t i = 0; i + 1 < columns; i++)
		fputc('-', it.out);
	fputc('\n', it.out);
	triage_card_body(&it);
	if (fclose(it.out) != 0)
		memory_need(NULL);
	copy = memory_copy(&client->arena, bytes_of(text, len));
	free(text);
	return copy;
}

/* -- all of it ----------------------------------------------------------------------- */

static void triage_card_print_part(struct client *client, struct bytes data)
{
	if (data.len) {
		puts(safe_text(&client->arena, data, SAFE_TEXT_PAGE));
		putchar('\n');
	}
}

/* An upload that cannot be had says why, where its text would be. */
static void triage_card_print_body(
	struct client *client, const char *referral, const Stafett__V1__Content *content)
{
	const Stafett__V1__Part *body = content->body;
	uint8_t *fetched = NULL;

	if (body && body->content_case == STAFETT__V1__PART__CONTENT_DATA)
		triage_card_print_part(client, bytes_of(body->data.data, body->data.len));
	if (!body || body->content_case != STAFETT__V1__PART__CONTENT_UPLOAD)
		return;
	if (fetch_body(client, referral, content, &fetched)) {
		puts(client->problem.sentence);
		client->problem = (struct problem){0};
		return;
	}
	triage_card_print_part(client, bytes_of(fetched, body->upload->size));
	free(fetched);
}

struct triage_card_whole {
	struct client *client;
	const struct triage_item *on;
};

static void triage_card_print_whole(void *user)
{
	const struct triage_card_whole *it = user;
	const Stafett__V1__GetResponse *seen = it->on->seen;
	struct card card;

	referral_print(it->client, seen, false);
	card_read_of(&it->client->arena, seen->card, seen->chain, &card);
	for (size_t i = 0; i < seen->n_contents; i++) {
		const Stafett__V1__Part *part = seen->contents[i]->card;

		printf("\n-- %s\n", safe_line(&it->client->arena, seen->contents[i]->from_unit));
		if (card.is_protected && part &&
			part->content_case == STAFETT__V1__PART__CONTENT_DATA)
			triage_card_print_part(
				it->client, bytes_of(part->data.data, part->data.len));
		triage_card_print_body(it->client, seen->referral->id, seen->contents[i]);
	}
}

char *triage_card_whole(struct client *client, const struct triage_item *on)
{
	struct triage_card_whole it = {client, on};

	return page_capture(&client->arena, triage_card_print_whole, &it);
}
