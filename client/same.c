/* SPDX-License-Identifier: Apache-2.0 */
/* The same person once more: see the header. */
#include "client/same.h"

#include <stdio.h>

#include "client/call.h"
#include "client/card.h"
#include "client/chain.h"
#include "client/directory.h"
#include "client/known.h"
#include "client/memory.h"
#include "client/ref.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/row.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "domain/words.h"
#include "stafett/caps.h"

/* How many of a person's referrals are looked at, the last opened first. */
enum { SAME_LOOKS_MOST = 8 };

static bool same_is_open(const Stafett__V1__Referral *referral)
{
	int state = state_from_code(bytes_of_string(referral->status));

	return state >= 0 && !state_is_ended((enum state)state);
}

/* Takes it if it is better than what was found before. */
static void same_offer(const Stafett__V1__GetResponse *seen, const char *to, struct same *same)
{
	bool is_at_unit = !chain_is_alone(seen) && same_is_open(seen->referral) &&
			  strcmp(seen->referral->owner, to) == 0;

	if (strcmp(seen->chain->status, "open") != 0 ||
		(same->seen && (same->is_at_unit || !is_at_unit)))
		return;
	*same = (struct same){seen, is_at_unit};
}

static void same_look_at_known(
	struct client *client, const char *number, const char *to, struct same *same)
{
	const struct known_row *rows = NULL;
	size_t count = known_find(client, number, &rows);

	for (size_t i = 0; i < count && i < SAME_LOOKS_MOST && !same->is_at_unit; i++) {
		const Stafett__V1__GetResponse *seen;

		if (!ref_look(client, rows[i].referral, &seen))
			seen = chain_read(client, rows[i].chain, REF_FOR_ACTING);
		if (seen)
			same_offer(seen, to, same);
	}
}

/* A row of a list as an answer about its referral. */
static const Stafett__V1__GetResponse *same_of_row(
	struct client *client, const Stafett__V1__ReferralSummary *row)
{
	Stafett__V1__GetResponse *seen = memory_alloc(&client->arena, sizeof(*seen));

	stafett__v1__get_response__init(seen);
	seen->referral = row->referral;
	seen->chain = row->chain;
	seen->card = row->card;
	return seen;
}

/* What colleagues have sent. */
static void same_look_at_list(
	struct client *client, const char *identifier, const char *to, struct same *same)
{
	Stafett__V1__ReferralServiceListRequest request =
		STAFETT__V1__REFERRAL_SERVICE_LIST_REQUEST__INIT;
	const Stafett__V1__ReferralServiceListResponse *response;
	struct card card;

	request.direction = (char *)"sent";
	request.open_only = true;
	request.page_size = CAP_PAGE_SIZE;
	if (!call_aside(client, METHOD_list, &request.base,
		    &stafett__v1__referral_service_list_response__descriptor, &response))
		return;
	for (size_t i = 0; i < response->n_referrals; i++) {
		const Stafett__V1__ReferralSummary *row = response->referrals[i];

		card_read(&client->arena, row->card, &card);
		if (row->referral && row->chain && strcmp(card.identifier, identifier) == 0)
			same_offer(same_of_row(client, row), to, same);
	}
}

void same_find(struct client *client, const char *identifier, const char *to, struct same *ret_same)
{
	char number[KNOWN_NUMBER_MAX];

	*ret_same = (struct same){0};
	if (!*identifier || !known_normalise(identifier, client->today, number))
		return;
	same_look_at_known(client, number, to, ret_same);
	if (!ret_same->is_at_unit && tty_is_there())
		same_look_at_list(client, number, to, ret_same);
	explicit_bzero(number, sizeof(number));
}

static const char *same_template(const struct same *same)
{
	if (same->is_at_unit)
		return N_("{code} for the same person to {office} is open already ({status}).");
	return N_("The same person has an open chain already: {code}[, with {office}] ({status}), "
		  "held by {holder}. What is sent anew begins a second one, with a clock of its "
		  "own.");
}

void same_tell(struct client *client, const struct same *same)
{
	const Stafett__V1__Referral *referral = same->seen->referral;
	struct words words = {0};

	words_set(&words, "code", format_code_start(&client->arena, referral->code));
	words_set(&words, "office",
		chain_is_alone(same->seen) ? "" : directory_name(client, referral->owner));
	words_set(&words, "status", term_word(client, referral->status));
	words_set(&words, "holder", row_unit(client, same->seen->chain->custodian));
	lines_print(stderr, "! ", "  ", words_fill(&client->arena, _(same_template(same)), &words));
}

enum same_choice same_ask(struct asking *asking, const struct same *same, bool is_chosen)
{
	enum asking_answer answer = ASKING_YES;

	if (same->is_at_unit || is_chosen)
		answer = asking_insist(asking, _("Go on all the same? [y/n] "));
	if (answer != ASKING_YES || is_chosen)
		return answer == ASKING_YES ? SAME_ANEW : SAME_NOTHING;
	answer = asking_insist(asking, _("Shall it go on in that chain, with its clock? [y/n] "));
	if (answer == ASKING_STOPPED)
		return SAME_NOTHING;
	return answer == ASKING_YES ? SAME_IN_CHAIN : SAME_ANEW;
}

int same_leave(struct client *client, const struct same *same, enum problem_id problem)
{
	int r = client_problem(client, problem, NULL);

	client->problem.hint = _("See what is open:");
	client->problem.command = client_next(
		client, "show %s", format_code_start(&client->arena, same->seen->referral->code));
	return r;
}
