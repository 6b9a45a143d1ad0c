/* SPDX-License-Identifier: Apache-2.0 */
/* Doubts before sending: see the header. */
#include "client/doubt.h"

#include <stdio.h>

#include "client/asking.h"
#include "client/card.h"
#include "client/compose.h"
#include "client/directory.h"
#include "client/same.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/text.h"

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

/* What goes on in a chain that is named is the same again only at the same unit. */
static bool doubt_is_expected(const struct draft *draft, const struct same *same)
{
	return !same->seen || ((draft->chain || draft->replaces) && !same->is_at_unit);
}

static int doubt_decide(struct client *client, const struct same *same, struct draft *draft)
{
	enum same_choice choice;
	struct asking asking;
	int r = asking_begin(client, &asking);

	if (r)
		return r;
	choice = same_ask(&asking, same, draft->chain || draft->replaces);
	asking_end(&asking);
	if (choice == SAME_NOTHING)
		return same_leave(client, same, PROBLEM_NOT_SENT);
	if (choice == SAME_IN_CHAIN)
		draft->chain = same->seen->chain->id;
	return 0;
}

int doubt_same(struct client *client, const char *to, struct draft *draft)
{
	struct same same;
	struct card card;

	card_read(&client->arena, compose_part(client, draft->card), &card);
	same_find(client, card.identifier, to, &same);
	if (doubt_is_expected(draft, &same))
		return 0;
	same_tell(client, &same);
	if (tty_is_there() && !client->is_json)
		return doubt_decide(client, &same, draft);
	client_word(client, "same", format_code_start(&client->arena, same.seen->referral->code));
	return 0;
}

int doubt_unit(struct client *client, const char *to, const struct draft *draft)
{
	const char *doubt = doubt_of_unit(client, to, draft);

	if (!doubt)
		return 0;
	lines_print(stderr, "! ", "  ", doubt);
	return tty_is_there() && !client->is_json ? doubt_ask(client) : 0;
}

int doubt_person(struct client *client, const Stafett__V1__GetResponse *seen, struct bytes card)
{
	const char *code = format_code_start(&client->arena, seen->referral->code);
	struct words words = {0};
	struct card known, sent;

	card_read_of(&client->arena, seen->card, seen->chain, &known);
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
