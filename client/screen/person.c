/* SPDX-License-Identifier: Apache-2.0 */
/* Persons: see the header. */
#include "client/screen/person.h"

#include "client/screen/fact.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"

static void person_print_name(struct client *client, const struct card *card)
{
	const char *given = card->given_name;
	struct words words = {0};

	words_set(&words, "given", given);
	words_set(&words, "family", card->family_name);
	words_set(&words, "number", card_number(&client->arena, card));
	words_set(&words, "birth", *card->identifier ? "" : card->birth_date);
	words_set(&words, "phone", card->telecom);
	words_set(&words, "rule", card->contact_rule);
	words_set(&words, "language", card->needs_interpreter ? card->language : "");
	fact_print_words(client, _("Person"),
		_("[{given} ]{family}[, {number}][, born {birth}][. Phone {phone}][ ({rule})][. "
		  "Interpreter: {language}]"),
		&words);
}

static void person_print_text(struct client *client, const char *label, const char *text)
{
	fact_print(client, label, safe_line(&client->arena, text));
}

/* A card that is no card is no empty person. */
static bool person_is_readable(struct client *client, const struct card *card)
{
	if (card->is_there && !card->is_readable)
		fact_print(client, _("Person"), _("(the card cannot be read)"));
	return card->is_there && card->is_readable;
}

void person_print(struct client *client, const struct card *card)
{
	if (!person_is_readable(client, card))
		return;
	if (card->is_protected) {
		fact_print(client, _("Person"),
			_("! Protected identity: name and number are shown with --body only."));
		return;
	}
	person_print_name(client, card);
	person_print_text(client, _("Reason"), card->reason);
	person_print_text(client, _("Risk"), card->risk);
	person_print_text(client, _("Screening"), card->screening);
}

void person_print_whole(struct client *client, const struct card *card)
{
	if (!person_is_readable(client, card))
		return;
	if (card->is_protected)
		fact_print(client, _("Protected"),
			_("! For named members only; what you read is recorded."));
	person_print_name(client, card);
	person_print_text(client, _("Reason"), card->reason);
	person_print_text(client, _("Risk"), card->risk);
	person_print_text(client, _("Screening"), card->screening);
	person_print_text(client, _("Housing"), term_code(client, CODES_HOUSING, card->housing));
	person_print_text(client, _("Children"), card->children);
}
