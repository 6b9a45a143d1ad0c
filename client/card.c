/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a card: see the header. */
#include "client/card.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "client/known.h"
#include "client/memory.h"
#include "client/screening.h"
#include "client/text.h"

static const char *card_text(struct arena *arena, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		return "";
	return memory_copy(arena, bytes_of(json_string_value(value), json_string_length(value)));
}

/* Whatever the sender meant by it, if it is not said to be no. */
static bool card_switch(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

static void card_fill(struct arena *arena, const json_t *object, struct card *card)
{
	card->is_readable = true;
	card->is_protected = card_switch(object, "protectedIdentity");
	card->needs_interpreter = card_switch(object, "interpreter");
	card->family_name = card_text(arena, object, "familyName");
	card->given_name = card_text(arena, object, "givenName");
	card->identifier = card_text(arena, object, "identifier");
	card->birth_date = card_text(arena, object, "birthDate");
	card->reason = card_text(arena, object, "reasonText");
	card->language = card_text(arena, object, "language");
	card->telecom = card_text(arena, object, "telecom");
	card->contact_rule = card_text(arena, object, "contactRule");
	card->housing = card_text(arena, object, "livingSituation");
	card->children = card_text(arena, object, "childrenInHousehold");
	card->risk = card_text(arena, object, "riskFlag");
	card->screening = screening_text(arena, json_object_get(object, "screening"));
}

void card_read(struct arena *arena, const Stafett__V1__Part *part, struct card *ret_card)
{
	json_t *object;

	*ret_card = (struct card){
		false, false, false, "", "", "", "", "", "", "", "", "", "", "", "", false};
	if (!part || part->content_case != STAFETT__V1__PART__CONTENT_DATA || !part->data.len)
		return;
	ret_card->is_there = true;
	object = json_loadb((const char *)part->data.data, part->data.len, 0, NULL);
	if (json_is_object(object))
		card_fill(arena, object, ret_card);
	json_decref(object);
}

void card_read_of(struct arena *arena, const Stafett__V1__Part *part,
	const Stafett__V1__Chain *chain, struct card *ret_card)
{
	card_read(arena, part, ret_card);
	ret_card->is_protected |= chain && chain->protected_identity;
}

bool card_is_protected(struct arena *arena, const Stafett__V1__Part *part)
{
	struct card card;

	card_read(arena, part, &card);
	return card.is_protected;
}

void card_remember(struct client *client, const struct card *card, enum card_use use,
	const char *referral, const char *chain)
{
	/* A chain to which nothing was sent yet stands in lists without a referral. */
	if (use == CARD_OPENED || !card->is_protected)
		known_learn(client, card->identifier, *referral ? referral : chain, chain);
}

const char *card_list_name(struct arena *arena, const struct card *card)
{
	if (!card->is_there)
		return "";
	if (!card->is_readable)
		return _("(cannot be read)");
	if (card->is_protected)
		return _("(protected identity)");
	if (!*card->given_name)
		return card->family_name;
	return memory_printf(arena, "%s, %s", card->family_name, card->given_name);
}

const char *card_full_name(struct arena *arena, const struct card *card)
{
	if (card->is_protected || !*card->family_name)
		return "";
	if (!*card->given_name)
		return card->family_name;
	return memory_printf(arena, "%s %s", card->given_name, card->family_name);
}

const char *card_birth_date(struct arena *arena, const struct card *card)
{
	const char *digits = card->identifier;

	if (*card->birth_date || strspn(digits, "0123456789") < 8)
		return card->birth_date;
	return memory_printf(arena, "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
}

/* In its one spelling. */
enum { CARD_NUMBER_DIGITS = 12 };

bool card_has_number(const struct card *card)
{
	return strlen(card->identifier) == CARD_NUMBER_DIGITS;
}

const char *card_number(struct arena *arena, const struct card *card)
{
	const char *digits = card->identifier;

	if (strspn(digits, "0123456789") != CARD_NUMBER_DIGITS || digits[CARD_NUMBER_DIGITS])
		return digits;
	return memory_printf(arena, "%.8s-%s", digits, digits + 8);
}

/* Whether one of |text|'s words is one of |names|. */
static bool card_shares_word(const char *text, const char *names)
{
	static const char gap[] = " -";

	for (text += strspn(text, gap); *text; text += strspn(text, gap)) {
		size_t len = strcspn(text, gap);
		const char *name = names + strspn(names, gap);

		for (; *name; name += strspn(name, gap)) {
			size_t name_len = strcspn(name, gap);

			if (name_len == len && strncasecmp(name, text, len) == 0)
				return true;
			name += name_len;
		}
		text += len;
	}
	return false;
}

bool card_names_differ(const struct card *one, const struct card *other)
{
	if (!*one->family_name || !*other->family_name)
		return false;
	return !card_shares_word(one->family_name, other->family_name) &&
	       !card_shares_word(one->given_name, other->given_name) &&
	       !card_shares_word(one->family_name, other->given_name) &&
	       !card_shares_word(one->given_name, other->family_name);
}
