/* SPDX-License-Identifier: Apache-2.0 */
/* Doubts before sending: see the header. */
#include "client/doubt.h"

#include <stdio.h>

#include "client/asking.h"
#include "client/call.h"
#include "client/card.h"
#include "client/compose.h"
#include "client/directory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "stafett/caps.h"

/* A person's own request goes to the unit that took it up; all else goes elsewhere. */
static const char *doubt_of_unit(struct client *client, const char *to, const struct draft *draft)
{
	struct words words = {0};

	if (strcmp(to, client->profile->unit) != 0 || strcmp(draft->kind, "self-request") == 0)
		return NULL;
	words_set(&words, "office", directory_name(client, to));
	return words_fill(&client->arena,
		_("{office} is your own unit: nobody else is asked by this."), &words);
}

/* An open referral of the same number, rather one to the same unit; NULL where there is
 * none, or nobody can say. */
static const Stafett__V1__Referral *doubt_find_open(
	struct client *client, const char *to, const struct card *card)
{
	Stafett__V1__ReferralServiceListRequest request =
		STAFETT__V1__REFERRAL_SERVICE_LIST_REQUEST__INIT;
	const Stafett__V1__ReferralServiceListResponse *response;
	const Stafett__V1__Referral *open, *found = NULL;
	struct card other;

	request.direction = (char *)"sent";
	request.open_only = true;
	request.page_size = CAP_PAGE_SIZE;
	if (!*card->identifier ||
		!call_aside(client, METHOD_list, &request.base,
			&stafett__v1__referral_service_list_response__descriptor, &response))
		return NULL;
	for (size_t i = 0; i < response->n_referrals; i++) {
		card_read(&client->arena, response->referrals[i]->card, &other);
		open = response->referrals[i]->referral;
		/* What has ended is listed while its holder must send the person on. */
		if (open && strcmp(open->next_act, "send") != 0 &&
			strcmp(other.identifier, card->identifier) == 0 &&
			(!found || strcmp(open->owner, to) == 0))
			found = open;
	}
	return found;
}

static const char *doubt_of_person(struct client *client, const char *to, const struct draft *draft)
{
	const Stafett__V1__Referral *open;
	struct words words = {0};
	struct card card;

	card_read(&client->arena, compose_part(client, draft->card), &card);
	open = doubt_find_open(client, to, &card);
	/* What goes on in a chain that is named is not the same again. */
	if (!open || ((draft->chain || draft->replaces) && strcmp(open->owner, to) != 0))
		return NULL;
	words_set(&words, "code", format_code_start(&client->arena, open->code));
	words_set(&words, "office", directory_name(client, open->owner));
	words_set(&words, "status", term_word(client, open->status));
	return words_fill(&client->arena,
		_("{code} for the same person to {office} is open already ({status})."), &words);
}

static int doubt_ask(struct client *client)
{
	struct asking asking;
	bool is_wanted;
	int r = asking_begin(client, &asking);

	if (r)
		return r;
	is_wanted = asking_confirm(&asking, _("Send all the same? [y/N] "));
	asking_end(&asking);
	return is_wanted ? 0 : client_problem(client, PROBLEM_NOT_SENT, NULL);
}

int doubt_send(struct client *client, const char *to, const struct draft *draft)
{
	bool may_ask = tty_is_there() && !client->is_json;
	const char *doubt = doubt_of_unit(client, to, draft);

	/* Who sends by a program knows what is open; it is not read for that. */
	if (!doubt && may_ask)
		doubt = doubt_of_person(client, to, draft);
	if (!doubt)
		return 0;
	lines_print(stderr, "! ", "  ", doubt);
	return may_ask ? doubt_ask(client) : 0;
}

int doubt_person(struct client *client, const Stafett__V1__GetResponse *seen, struct bytes card)
{
	const char *code = format_code_start(&client->arena, seen->referral->code);
	struct words words = {0};
	struct card known, sent;

	card_read(&client->arena, seen->card, &known);
	card_read(&client->arena, compose_part(client, card), &sent);
	if ((card_has_number(&known) && card_has_number(&sent)) ||
		!card_names_differ(&known, &sent))
		return 0;
	if (!tty_is_there() || client->is_json)
		return client_problem(client, PROBLEM_REPLACES_ANOTHER_PERSON, "code", code, NULL);
	words_set(&words, "code", code);
	words_set(&words, "person", card_full_name(&client->arena, &known));
	words_set(&words, "other", card_full_name(&client->arena, &sent));
	lines_print(stderr, "! ", "  ",
		words_fill(&client->arena,
			_("Not the same name as in {code}[: there {person}][, here {other}]."),
			&words));
	return doubt_ask(client);
}
