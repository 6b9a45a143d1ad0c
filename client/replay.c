/* SPDX-License-Identifier: Apache-2.0 */
/* The fold of events: see the header. */
#include "client/replay.h"

#include <string.h>

#include "client/memory.h"
#include "client/screen/format.h"

/* The copies that the fold writes into. */
struct replay {
	Stafett__V1__GetResponse response;
	Stafett__V1__Referral referral;
	Stafett__V1__Chain chain;
	Stafett__V1__ExpectedEvent expected;
	bool is_there;
};

static bool replay_is(const Stafett__V1__Event *event, const char *kind)
{
	return strcmp(event->kind, kind) == 0;
}

/* Acts after which something is expected, or nothing is any more. */
static bool replay_sets_expected(const Stafett__V1__Event *event)
{
	static const char *const kinds[] = {"accept", "book", "start", "attend", "pause", "resume",
		"complete", "break-off", "withdraw", "need-gone", "void", "forward"};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (replay_is(event, kinds[i]))
			return true;
	}
	return false;
}

static void replay_fold_expected(struct replay *replay, const Stafett__V1__Event *event)
{
	if (replay_sets_expected(event)) {
		replay->referral.expected_event = NULL;
		if (!event->expected_event)
			return;
		replay->expected = *event->expected_event;
		replay->referral.expected_event = &replay->expected;
	}
	if (replay_is(event, "miss") || (replay_is(event, "note") && event->contact))
		replay->expected.missed = replay_is(event, "miss");
}

/* What the chain is after any of its events. */
static void replay_fold_chain(struct replay *replay, const Stafett__V1__Event *event)
{
	Stafett__V1__Chain *chain = &replay->chain;

	if (event->custodian_changed)
		chain->custodian_since_time = event->create_time;
	chain->custodian = event->custodian;
	if (replay_is(event, "close"))
		chain->status = (char *)"closed";
	if (replay_is(event, "start"))
		chain->intervention_start_date = event->start_date;
}

static void replay_fold(struct replay *replay, const Stafett__V1__Event *event)
{
	Stafett__V1__Referral *referral = &replay->referral;

	replay_fold_chain(replay, event);
	if (strcmp(event->referral, referral->id) != 0)
		return;
	replay->is_there = true;
	/* A chain alone has no other state than its own. */
	referral->status = *referral->id ? event->to_status : replay->chain.status;
	referral->version = event->version;
	referral->update_time = event->create_time;
	replay_fold_expected(replay, event);
}

/* Nothing of what is known only of the present. */
static void replay_forget(struct replay *replay)
{
	Stafett__V1__Referral *referral = &replay->referral;
	Stafett__V1__Chain *chain = &replay->chain;

	referral->next_actor = referral->next_act = referral->business_status = (char *)"";
	referral->assignee = referral->assignee_display_name = (char *)"";
	referral->due_time = referral->question_time = NULL;
	referral->n_allowed_acts = chain->n_allowed_acts = 0;
	referral->proposal = chain->proposal = NULL;
	referral->delivery = NULL;
	referral->expected_event = NULL;
	chain->n_parties = 0;
	chain->status = (char *)"open";
	chain->intervention_start_date = (char *)"";
}

/* Takes back what came later than |us|: the promise of an acceptance, another day
 * of the request. */
static void replay_take_back(struct replay *replay, const Stafett__V1__Event *event)
{
	Stafett__V1__Referral *referral = &replay->referral;
	Stafett__V1__Chain *chain = &replay->chain;

	if (replay_is(event, "correct-clock") || replay_is(event, "merge"))
		chain->help_request_date = chain->intervention_due_date = (char *)"";
	if (strcmp(event->referral, referral->id) != 0 || !replay_is(event, "accept"))
		return;
	referral->responsible = referral->contact_by_date = (char *)"";
	referral->appointment_time = referral->accept_time = NULL;
}

const Stafett__V1__GetResponse *replay_at(
	struct arena *arena, const Stafett__V1__GetResponse *response, int64_t us)
{
	struct replay *replay = memory_alloc(arena, sizeof(*replay));
	size_t count = 0;

	replay->response = *response;
	replay->referral = *response->referral;
	replay->chain = *response->chain;
	replay->response.referral = &replay->referral;
	replay->response.chain = &replay->chain;
	replay_forget(replay);
	for (size_t i = 0; i < response->n_events; i++) {
		const Stafett__V1__Event *event = response->events[i];

		if (format_us(event->create_time) > us) {
			replay_take_back(replay, event);
			continue;
		}
		replay_fold(replay, event);
		count = i + 1;
	}
	replay->response.n_events = count;
	return replay->is_there ? &replay->response : NULL;
}
