/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a row of the transition table does: to the holder, to the referral, to the
 * chain, and who is told of it.
 */
#include "domain/rules_apply.h"

#include "domain/rules_basis.h"
#include "domain/rules_due.h"

#define DAY_US INT64_C(86400000000)

/* Within how many days moves between organisations are counted. */
enum { RULES_MOVES_DAYS = 30 };

static const struct uuid nobody;

static bool is_report(const struct facts *f)
{
	return rules_kind_row(f->kind)->course == COURSE_REPORT;
}

static void move_custody(struct decision *d, const struct uuid *unit, const struct uuid *by)
{
	d->custodian_moves = !uuid_equal(&d->custodian, unit);
	d->custodian = *unit;
	if (d->custodian_moves)
		d->held_by = *by;
}

/* Whether it is by this referral that somebody holds the chain: that its owner holds
 * it is not enough, who may do so by another one. */
static bool is_held_by_it(const struct order *o, const struct facts *f)
{
	return !uuid_is_nil(&o->referral) && uuid_equal(&f->held_by, &o->referral);
}

/* Whether an owner of this referral, now or before, holds the chain by it. */
static bool owner_held_it(const struct order *o, const struct facts *f)
{
	return is_held_by_it(o, f) &&
	       (uuid_equal(&f->custodian, &f->owner) || uuid_equal(&f->custodian, &f->sender));
}

/* Whether the owner does; or holds it by none, and it has asked itself. */
static bool owner_holds(const struct order *o, const struct facts *f)
{
	bool its_own = uuid_equal(&f->requester, &f->owner) && uuid_is_nil(&f->held_by);

	return uuid_equal(&f->custodian, &f->owner) && (is_held_by_it(o, f) || its_own);
}

/* Whether the chain's holder sent this referral on its way. */
static bool holder_sent_it(const struct facts *f)
{
	return uuid_equal(&f->custodian, &f->sender) || uuid_equal(&f->custodian, &f->requester);
}

static bool goes_to_aftercare(
	const struct act_row *row, const struct order *o, const struct facts *f)
{
	return row->holder == HOLDER_TO_AFTERCARE && f->aftercare_accepted && owner_holds(o, f);
}

/* Whether the owner goes on holding what has ended, until it is taken back. */
bool rules_waits_for_hand_back(
	const struct act_row *row, const struct order *o, const struct facts *f)
{
	bool hands_back = row->holder == HOLDER_HAND_BACK || row->holder == HOLDER_TO_AFTERCARE;

	return hands_back && !goes_to_aftercare(row, o, f) && owner_holds(o, f) &&
	       !uuid_equal(&f->hand_back, &f->owner);
}

/* By accepting it, or with a report by having received it. */
static bool owner_takes_it(const struct act_row *row, const struct facts *f)
{
	bool takes = (row->holder == HOLDER_TO_OWNER && rules_kind_row(f->kind)->transfers) ||
		     (row->holder == HOLDER_RECEIVED && is_report(f));

	return takes && holder_sent_it(f);
}

/* Where the baton goes: only from the one who sent it to the one who takes it. */
static void apply_holder(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	d->custodian = o->opens_chain ? f->unit : f->custodian;
	d->custodian_moves = o->opens_chain;
	if (owner_takes_it(row, f))
		move_custody(d, &f->owner, &o->referral);
	else if (row->holder == HOLDER_TO_REQUESTER && owner_held_it(o, f))
		move_custody(d, &f->requester, &f->requester_held_by);
	else if (row->holder == HOLDER_TO_NOBODY || row->holder == HOLDER_MERGED)
		d->chain_closes = true;
	else if (row->holder == HOLDER_NOTED && is_report(f))
		d->chain_closes = f->chain_at_rest && owner_holds(o, f);
	else if (row->holder == HOLDER_TO_SUCCESSOR)
		move_custody(d, &f->unit, &f->held_by);
	else if (row->holder == HOLDER_TO_HAND_BACK)
		move_custody(d, &f->hand_back, &f->hand_back_held_by);
	else if (goes_to_aftercare(row, o, f))
		move_custody(d, &f->aftercare_owner, &f->progress.aftercare);
}

/* Who asked, who is asked, and through whose hands it went. */
static void apply_sides(const struct order *o, const struct facts *f, struct decision *d)
{
	bool brings = o->act == ACT_SEND || o->act == ACT_FORWARD;

	d->owner = brings ? f->to_unit : f->owner;
	d->sender = f->sender;
	if (o->act == ACT_SEND || (o->act == ACT_FORWARD && uuid_equal(&f->custodian, &f->unit)))
		d->sender = f->unit;
}

/* A unit that has handed over what it had from another has left, unless it waits
 * to take it back. */
static void apply_leaver(const struct order *o, const struct facts *f, struct decision *d)
{
	const struct uuid *unit = &nobody;

	if (o->act == ACT_FORWARD && !uuid_equal(&f->custodian, &f->unit))
		unit = &f->unit;
	else if (o->act == ACT_ACCEPT && d->custodian_moves)
		unit = &f->custodian;
	if (!uuid_equal(unit, &f->requester) && !uuid_equal(unit, &f->hand_back))
		d->leaver = *unit;
	/* Who reported learns that it was received, and no more; so does who passed it on.
	 * Who reported to itself has it. */
	if (is_report(f) && d->act == ACT_ACKNOWLEDGE)
		d->leaver = d->custodian_moves ? f->custodian : f->requester;
	if (uuid_equal(&d->leaver, &d->owner))
		d->leaver = nobody;
}

/* Nobody owns an answer to a question that was taken back, answered or left. */
static void apply_question(const struct order *o, const struct facts *f, struct progress *p)
{
	bool asks = o->act == ACT_ASK && !o->withdraws;

	p->restarted |= o->act == ACT_AMEND && p->question_seq != 0;
	p->question_seq = asks ? f->event_seq + 1 : 0;
	p->owner_due_us = asks ? f->due_us : 0;
}

static void apply_assignment(const struct order *o, const struct facts *f, struct progress *p)
{
	bool of_owner = uuid_equal(&f->unit, &f->owner);

	*(of_owner ? &p->assignee_of_owner : &p->assignee_of_requester) =
		o->assignee.len ? f->assignee : nobody;
}

/* What is expected from now on: what the act says, or nothing. */
static void apply_expected(const struct order *o, const struct facts *f, struct progress *p)
{
	p->missed = false;
	p->expected = o->expected;
	p->expected_us = o->expected_us;
	p->alarm_us = rules_due_by(deadline_of_event(o->expected), o, f, o->expected_us).us;
}

/* The miss is answered; what did not happen then is not missed a second time. */
static void apply_contact(struct progress *p)
{
	p->missed = false;
	p->alarm_us = 0;
}

static void apply_treatment(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	struct progress *p = &d->progress;
	bool over = rules_state_row(d->to)->ended || d->to == STATE_ON_HOLD;

	if (over || row->next == NEXT_EXPECTED || o->act == ACT_ACCEPT)
		apply_expected(o, f, p);
	else if (o->act == ACT_MISS)
		p->missed = true;
	else if (o->act == ACT_NOTE && o->contact && p->missed)
		apply_contact(p);
	if (o->act == ACT_PLAN_HOME) {
		p->home_planned = true;
		p->aftercare = o->has_named_referral ? o->named_referral : nobody;
	}
	if (d->from != d->to || o->act == ACT_TAKE_BACK)
		p->hand_back_seq = rules_waits_for_hand_back(row, o, f) ? f->custody_seq : 0;
	d->clock_stops = o->act == ACT_START && rules_kind_row(f->kind)->transfers;
}

/* From hand to hand: the third time within a month that it moves to another
 * organisation, all of them are called to plan together. */
static void apply_move(const struct order *o, const struct facts *f, struct decision *d)
{
	int64_t since_us = f->now_us - RULES_MOVES_DAYS * DAY_US;
	const struct progress *before = &f->progress;

	d->progress = (struct progress){
		.assignee_of_requester = before->assignee_of_requester,
		.moved_us = before->moved_us,
		.moved_before_us = before->moved_before_us,
	};
	if (uuid_equal(&f->organisation, &f->to_organisation))
		return;
	d->calls = before->moved_before_us && before->moved_before_us >= since_us;
	d->progress.moved_before_us = d->calls ? 0 : before->moved_us;
	d->progress.moved_us = d->calls ? 0 : f->now_us;
	if (!d->calls)
		return;
	d->beside = rules_due_of(DEADLINE_PLAN, o, f);
	d->tells.parties = NEEDS_ACT;
}

static void apply_progress(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	d->progress = f->progress;
	if (o->act == ACT_ASK || o->act == ACT_AMEND || rules_state_row(d->to)->ended)
		apply_question(o, f, &d->progress);
	else if (o->act == ACT_FORWARD)
		apply_move(o, f, d);
	else if (o->act == ACT_ASSIGN)
		apply_assignment(o, f, &d->progress);
	apply_treatment(row, o, f, d);
}

/* --- who is told, and the chain ------------------------------------------------ */

/* Each unit once, with the most that is asked of it; who acts is not told, unless it
 * sends to itself. */
static void apply_tells(const struct order *o, const struct facts *f, struct decision *d)
{
	const struct uuid *units[] = {&f->requester, &d->owner, &f->hand_back};
	enum needs *needs[] = {&d->tells.requester, &d->tells.owner, &d->tells.hand_back};

	if (is_report(f) && o->act != ACT_SEND)
		d->tells.requester = NEEDS_NOT;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (uuid_equal(units[i], &f->unit) && o->act != ACT_SEND)
			*needs[i] = NEEDS_NOT;
		for (size_t j = 0; j < i; j++)
			if (uuid_equal(units[i], units[j])) {
				if (*needs[j] < *needs[i])
					*needs[j] = *needs[i];
				*needs[i] = NEEDS_NOT;
			}
	}
}

/* Two hands: nothing has happened before the second. */
static void apply_proposal(const struct facts *f, struct decision *d)
{
	d->proposes = d->has_event = true;
	d->from = d->to = f->state;
	d->version = f->version;
	d->owner = f->owner;
	d->sender = f->sender;
	d->progress = f->progress;
	d->custodian = f->custodian;
	d->chain_version = f->chain_version;
	d->message_code = "";
	d->next_kept = true;
	if (d->act == ACT_MERGE)
		d->confirmer =
			uuid_equal(&f->custodian, &f->unit) ? f->other.custodian : f->custodian;
}

/* The person has waited since the earlier of the two days; what was in the chain
 * comes behind what is in the other. */
static void apply_merge(const struct facts *f, struct decision *d)
{
	bool ours = date_compare(f->help_request_date, f->other.help_request_date) < 0;
	bool started =
		f->start_date.year &&
		(!f->other.start_date.year || date_compare(f->start_date, f->other.start_date) < 0);

	d->merges = true;
	d->other.version = f->other.version + 1;
	d->other.event_seq = f->other.event_seq + f->event_seq + 1;
	d->other.help_request_date = ours ? f->help_request_date : f->other.help_request_date;
	d->other.due_date = ours ? f->due_date : f->other.due_date;
	d->other.start_date = started ? f->start_date : f->other.start_date;
}

/* What an act on the chain changes of it. */
static void apply_chain(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	d->of_chain = rules_is_of_chain(o);
	if (d->of_chain)
		d->version = f->version;
	if (d->act == ACT_MERGE)
		apply_merge(f, d);
	d->ends_all = d->act == ACT_CLOSE && !f->chain_at_rest;
	if (d->act == ACT_TAKE_OVER)
		d->takes_over = f->custodian;
	if (d->act == ACT_CORRECT_CLOCK) {
		d->help_request_date = f->proposal.help_request_date;
		rules_apply_clock(d->help_request_date, o, f, d);
	}
	d->chain_version =
		f->chain_version +
		(d->custodian_moves || d->chain_closes || (d->of_chain && row->raises) ? 1 : 0);
}

void rules_apply(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	bool is_send = o->act == ACT_SEND;

	if (row->signatures != SIGNED_ALONE && o->act != ACT_CONFIRM) {
		apply_proposal(f, d);
		d->of_chain = rules_is_of_chain(o);
		return;
	}
	d->decides = o->act == ACT_CONFIRM;
	d->from = is_send ? STATE_NONE : f->state;
	d->to = row->to == STATE_COUNT ? d->from : (enum state)row->to;
	d->version = is_send ? 1 : f->version + (row->raises ? 1 : 0);
	d->has_event = d->act != ACT_SEEN;
	d->message_code = o->preliminary ? "PSV" : row->message_code;
	d->due_date = f->due_date;
	if (o->opens_chain)
		rules_apply_clock(o->help_request_date, o, f, d);
	d->settles = row->raises || d->act == ACT_SEEN;
	d->tells = row->tells;
	d->replies = d->act == ACT_REPLY;
	d->waives = d->act == ACT_WAIVE;
	d->explains = o->clock_reason.len && rules_help_is_late(f);
	d->follows = d->act == ACT_COMPLETE && rules_kind_row(f->kind)->comes_home;
	apply_sides(o, f, d);
	apply_holder(row, o, f, d);
	apply_leaver(o, f, d);
	apply_progress(row, o, f, d);
	rules_apply_next(row, o, f, d);
	apply_tells(o, f, d);
	rules_apply_basis(o, f, d);
	apply_chain(row, o, f, d);
}
