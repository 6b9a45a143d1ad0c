/* SPDX-License-Identifier: Apache-2.0 */
/* To whom a person is passed on: see the header. */
#include "client/onward.h"

#include <stdio.h>

#include "client/card.h"
#include "client/directory.h"
#include "client/recipient.h"
#include "client/screen/consent.h"
#include "client/screen/lines.h"
#include "client/text.h"

/* In whole years; -1 where the card does not say. */
static int onward_age(const struct acting *acting)
{
	struct client *client = acting->client;
	struct date today = client->today, born;
	struct card card;

	card_read_of(&client->arena, acting->seen->card, acting->seen->chain, &card);
	if (!date_parse(bytes_of_string(card_birth_date(&client->arena, &card)), &born) ||
		date_compare(born, today) > 0)
		return -1;
	return today.year - born.year -
	       (today.month < born.month || (today.month == born.month && today.day < born.day));
}

int onward_check(struct acting *acting, const char *handle)
{
	struct client *client = acting->client;
	const Stafett__V1__Unit *unit;
	const char *warning;
	bool is_asked;

	if (strcmp(handle, client->profile->unit) == 0)
		return client_problem(client, PROBLEM_UNIT_IS_OWN, "office",
			directory_name(client, handle), NULL);
	unit = directory_find(client, handle, &is_asked);
	warning = unit ? recipient_warning(client, unit, onward_age(acting)) : "";
	if (*warning)
		lines_print(stderr, "! ", "  ", warning);
	return 0;
}

/* Whether one of those whom it may be told to is |unit|, or its organisation. */
static bool onward_covers(const Stafett__V1__Consent *consent, const char *unit)
{
	size_t half = strcspn(unit, "/");

	for (size_t i = 0; i < consent->n_recipients; i++) {
		const char *one = consent->recipients[i];

		if (strcmp(one, unit) == 0 ||
			(strlen(one) == half && strncmp(one, unit, half) == 0))
			return true;
	}
	return !consent->n_recipients;
}

int onward_check_told(struct acting *acting, const char *unit)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;
	struct client *client = acting->client;
	struct words words = {0};

	if (!referral->consent || !referral->legal_basis ||
		strcmp(referral->legal_basis->code, "consent") != 0 ||
		onward_covers(referral->consent, unit))
		return onward_check(acting, unit);
	client_word(client, "covered", consent_recipients(client, referral->consent));
	words_set(&words, "unit", directory_name(client, unit));
	words_set(&words, "covered", words_get(&client->words, "covered"));
	lines_print(stderr, "! ", "  ",
		words_fill(&client->arena,
			_("The consent covers {covered}, and not {unit}: ask the person before "
			  "it is told there."),
			&words));
	return onward_check(acting, unit);
}
