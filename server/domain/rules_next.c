/* SPDX-License-Identifier: Apache-2.0 */
/* Who must act after a row of the transition table, in what way, and by when. */
#include "domain/rules_apply.h"

#include "domain/rules_due.h"

static void next_is(struct decision *d, const struct uuid *unit, const char *act, struct due due)
{
	d->next_actor = *unit;
	d->next_act = act;
	d->due = due;
}

/* What the state asks for. Without a treatment there is nothing to start. */
static void next_as_state(const struct order *o, const struct facts *f, struct decision *d)
{
	const struct state_row *row = rules_state_row(d->to);
	enum kind kind = o->act == ACT_SEND ? o->kind : f->kind;
	const char *act = row->act;

	if (d->to == STATE_ACCEPTED && !rules_kind_row(kind)->treats)
		act = "complete";
	else if (d->to == STATE_RECEIVED && rules_kind_row(kind)->course == COURSE_REPORT)
		act = "noted";
	if (row->actor != ACTOR_NOBODY)
		next_is(d, row->actor == ACTOR_OWNER ? &d->owner : &f->requester, act,
			rules_due_of(row->deadline, o, f));
}

static bool is_busy(const struct facts *f, const struct uuid *unit)
{
	return (f->busy.custodian && uuid_equal(unit, &f->custodian)) ||
	       (f->busy.requester && uuid_equal(unit, &f->requester)) ||
	       (f->busy.owner && uuid_equal(unit, &f->owner)) ||
	       (f->busy.hand_back && uuid_equal(unit, &f->hand_back));
}

/* Whether the unit sees what has ended; who sent it on while it held the chain does
 * so as long as it holds it. */
static bool is_party(const struct facts *f, const struct decision *d, const struct uuid *unit)
{
	return uuid_equal(unit, &f->requester) || uuid_equal(unit, &d->owner) ||
	       uuid_equal(unit, &f->hand_back) || uuid_equal(unit, &d->sender);
}

/* A treatment is over, and how the person is will be asked in its time: nothing else is
 * until then. What has ended meanwhile asks for something sooner only where it failed, or
 * the person comes back from it. */
static bool is_followed(const struct facts *f, const struct decision *d)
{
	bool treated = d->to == STATE_COMPLETED && rules_kind_row(f->kind)->treats;
	bool stayed = d->to != STATE_FAILED && !d->custodian_moves;

	return d->follows || (f->follow_up_waits && (treated || stayed));
}

/* Nobody is forgotten between two referrals: a holder that has nothing else under way
 * in the chain is asked to send the person on, or to close the chain. What others
 * have going on there, and it may not even see, is none of its own. */
static void next_at_rest(const struct order *o, const struct facts *f, struct decision *d)
{
	if (rules_state_row(d->to)->ended && !d->chain_closes && is_party(f, d, &d->custodian) &&
		!is_busy(f, &d->custodian) && !is_followed(f, d))
		next_is(d, &d->custodian, "send", rules_due_of(DEADLINE_HAND_BACK, o, f));
}

/* After a question: the owner goes on by the deadline that it had, and once by a
 * fresh one. */
static void next_resumed(const struct order *o, const struct facts *f, struct decision *d)
{
	bool was_open = f->progress.question_seq != 0;
	bool fresh = was_open && !o->withdraws && !f->progress.restarted && d->to != STATE_ACCEPTED;

	next_as_state(o, f, d);
	if (!fresh)
		d->due = rules_due_as_before(
			&d->due, was_open ? f->progress.owner_due_us : f->due_us);
}

/* In treatment the next thing is what is expected. Nothing is left but the end
 * where the owner said why, and a new event where the last one was called off. */
static void next_expected(const struct order *o, const struct facts *f, struct decision *d)
{
	if (d->to == STATE_ACCEPTED)
		d->next_kept = !f->progress.missed;
	if (d->next_kept)
		return;
	if (d->to == STATE_ACCEPTED)
		next_is(d, &d->owner, rules_kind_row(f->kind)->treats ? "start" : "complete",
			rules_due_of(DEADLINE_BOOK, o, f));
	else if (d->progress.expected)
		next_is(d, &d->owner, "attend",
			rules_due_by(deadline_of_event(o->expected), o, f, o->expected_us));
	else if (o->no_next.len)
		next_is(d, &d->owner, "complete", (struct due){0});
	else
		next_is(d, &d->owner, "book", rules_due_of(DEADLINE_BOOK, o, f));
}

static void next_contact(const struct order *o, const struct facts *f, struct decision *d)
{
	d->next_kept = !o->contact || !f->progress.missed;
	if (!d->next_kept)
		next_is(d, &d->owner, "book", rules_due_of(DEADLINE_BOOK, o, f));
}

/* What is under way in the chain that goes on, and for whom, is seen where it is
 * written (stafett.ask_holder). */
static void next_holder(const struct order *o, const struct facts *f, struct decision *d)
{
	d->next_kept = d->asks_holder = true;
	d->beside =
		rules_due_of(d->act == ACT_REGISTER ? DEADLINE_SEND_ON : DEADLINE_HAND_BACK, o, f);
	d->due = d->beside;
}

void rules_apply_next(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	switch (row->next) {
	case NEXT_AS_STATE:
		next_as_state(o, f, d);
		next_at_rest(o, f, d);
		break;
	case NEXT_KEPT:
		d->next_kept = true;
		break;
	case NEXT_QUESTION:
		if (o->withdraws)
			next_resumed(o, f, d);
		else
			next_is(d, &f->requester, "amend", rules_due_of(DEADLINE_ANSWER, o, f));
		break;
	case NEXT_RESUMED:
		next_resumed(o, f, d);
		break;
	case NEXT_EXPECTED:
		next_expected(o, f, d);
		break;
	case NEXT_REACH:
		next_is(d, &d->owner, "reach", rules_due_of(DEADLINE_REACH, o, f));
		break;
	case NEXT_CONTACT:
		next_contact(o, f, d);
		break;
	case NEXT_HOLDER:
		next_holder(o, f, d);
		break;
	}
	/* For the holder who waited to be asked how the person is (stafett.carry_void). */
	if (d->act == ACT_VOID)
		d->beside = rules_due_of(DEADLINE_HAND_BACK, o, f);
	if (rules_waits_for_hand_back(row, o, f)) {
		next_is(d, &f->hand_back, "take-back", rules_due_of(DEADLINE_HAND_BACK, o, f));
		d->tells.hand_back = NEEDS_ACT;
	}
}
