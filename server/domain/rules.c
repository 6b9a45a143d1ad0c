/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applies a row of the transition table: who may ask, whether the row fits the
 * referral, whether its guards agree, and then what it does to the holder, to
 * the next actor and to those who are told.
 */
#include "domain/rules.h"

#include <assert.h>

#include "domain/authz.h"
#include "domain/rules_due.h"
#include "domain/rules_table.h"
#include "stafett/caps.h"

static const struct uuid nobody;

static enum reason refuse(struct decision *d, enum reason reason, const char *field)
{
	d->field = field;
	return reason;
}

/* --- may it be asked for ------------------------------------------------- */

static bool relation_holds(enum relation by, const struct facts *f)
{
	bool requests = uuid_equal(&f->requester, &f->unit);
	bool owns = uuid_equal(&f->owner, &f->unit);

	switch (by) {
	case BY_REQUESTER:
		return requests;
	case BY_OWNER:
		return owns;
	case BY_HOLDER:
		return uuid_equal(&f->custodian, &f->unit);
	case BY_HAND_BACK:
		return uuid_equal(&f->hand_back, &f->unit);
	case BY_PARTY:
		return f->chain_visible;
	case BY_SIDE:
		return requests || owns;
	case BY_RECIPIENT:
		return f->delivered_known;
	}
	return false;
}

static bool row_fits(const struct act_row *row, const struct facts *f)
{
	return (row->from & MASK(f->state)) && !(row->not_for & MASK(f->kind));
}

static bool guards_of_facts_hold(const struct act_row *row, const struct facts *f)
{
	for (int g = 0; g < GUARD_COUNT; g++)
		if ((row->guards & GUARD_MASK(g)) && rules_guards[g].of_facts &&
			!rules_guards[g].holds(NULL, f))
			return false;
	return true;
}

static mask_t allowed_acts(const struct facts *f)
{
	mask_t allowed = 0;

	for (int act = 0; act < ACT_COUNT; act++) {
		const struct act_row *row = rules_act_row((enum act)act);

		if (row_fits(row, f) && (row->roles & f->roles) && row->by != BY_RECIPIENT &&
			relation_holds(row->by, f) && guards_of_facts_hold(row, f))
			allowed |= MASK(act);
	}
	return allowed;
}

mask_t rules_allowed_acts(const struct facts *f)
{
	return f->referral_visible && !f->referral_left ? allowed_acts(f) : 0;
}

mask_t rules_allowed_chain_acts(const struct facts *f)
{
	struct facts of_chain = *f;

	of_chain.state = STATE_NONE;
	return f->chain_visible ? allowed_acts(&of_chain) & ~MASK(ACT_SEND) : 0;
}

bool rules_is_of_chain(const struct order *o)
{
	return o->act != ACT_SEND && uuid_is_nil(&o->referral);
}

/* Clocks differ a little; a message from tomorrow is a wrong clock. */
static enum reason check_clock(const struct order *o, const struct facts *f, struct decision *d)
{
	const int64_t latest = f->now_us + INT64_C(1000) * CAP_CLOCK_SKEW_MS;

	if (o->create_us > latest)
		return refuse(d, REASON_CREATED_IN_FUTURE, "create_time");
	if (o->occurrence_us > latest)
		return refuse(d, REASON_CREATED_IN_FUTURE, "occurrence_time");
	return REASON_NONE;
}

/* An act on a chain names the chain's version. */
static enum reason check_chain(const struct order *o, const struct facts *f, struct decision *d)
{
	if (!f->chain_visible)
		return refuse(d, REASON_NOT_FOUND, "chain");
	d->allowed_acts = rules_allowed_chain_acts(f);
	return o->version == f->chain_version ? REASON_NONE
					      : refuse(d, REASON_VERSION_CONFLICT, "version");
}

/* The referral must be one of the caller's, as the caller saw it last. A unit that
 * has left is told nothing of what came after. */
static enum reason check_referral(const struct order *o, const struct facts *f, struct decision *d)
{
	if (o->act == ACT_SEND)
		return o->opens_chain || f->chain_visible ? REASON_NONE
							  : refuse(d, REASON_NOT_FOUND, "chain");
	if (rules_is_of_chain(o))
		return check_chain(o, f, d);
	if (!f->referral_visible || !f->chain_visible)
		return refuse(d, REASON_NOT_FOUND, "referral");
	if (f->referral_left)
		return REASON_ACT_NOT_YOURS;
	d->state_known = true;
	d->allowed_acts = rules_allowed_acts(f);
	return o->version == f->version ? REASON_NONE
					: refuse(d, REASON_VERSION_CONFLICT, "version");
}

/* May this caller ask for this at all: who, with which key. */
static enum reason check_access(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	enum reason reason = authz_may(f->unit_known && f->member_known ? f->roles : 0, row->roles);

	if (reason)
		return reason;
	if (f->key_known) {
		if (memcmp(f->key_hash, o->content_hash, sizeof(o->content_hash)) != 0)
			return refuse(d, REASON_KEY_CONTENT_MISMATCH, "id");
		d->kind = DECISION_DUPLICATE;
		return REASON_NONE;
	}
	reason = check_clock(o, f, d);
	return reason ? reason : check_referral(o, f, d);
}

static enum reason check_guards(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	for (int g = 0; g < GUARD_COUNT; g++) {
		const struct guard_row *guard = &rules_guards[g];

		if (!(row->guards & GUARD_MASK(g)) || guard->holds(o, f))
			continue;
		if (guard->reason == REASON_UNIT_CLOSED)
			d->alternative = f->to_open ? f->named_unit_replaced_by : f->to_replaced_by;
		return refuse(d, guard->reason, guard->field);
	}
	return REASON_NONE;
}

/* What was proposed was asked of every guard then; now another member must agree. */
static enum reason check_confirmation(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	enum reason reason = check_guards(rules_act_row(ACT_CONFIRM), o, f, d);

	if (reason)
		return reason;
	if (uuid_equal(&f->proposal.member, &f->member))
		return refuse(d, REASON_SECOND_MEMBER_REQUIRED, "confirm.proposal");
	return row->signatures == SIGNED_MANAGER && !(f->roles & MASK(ROLE_MANAGER))
		       ? REASON_ROLE_REQUIRED
		       : REASON_NONE;
}

/* Does the row fit the referral, does every guard agree, is the body there, whole. */
static enum reason check_row(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	enum reason reason;

	if (o->act != ACT_SEND) {
		if (!row_fits(row, f))
			return REASON_ACT_NOT_POSSIBLE;
		if (!relation_holds(row->by, f))
			return row->by == BY_RECIPIENT ? refuse(d, REASON_NOT_FOUND, "message")
						       : REASON_ACT_NOT_YOURS;
	}
	if (o->act == d->act || d->act == ACT_SEEN)
		reason = check_guards(row, o, f, d);
	else
		reason = check_confirmation(row, o, f, d);
	if (reason)
		return reason;
	return !o->has_upload || f->upload_ready ? REASON_NONE
						 : refuse(d, REASON_UPLOAD_UNKNOWN, "body");
}

/* --- what it does ---------------------------------------------------------- */

static void move_custody(struct decision *d, const struct uuid *unit)
{
	d->custodian_moves = !uuid_equal(&d->custodian, unit);
	d->custodian = *unit;
}

/* Whether an owner of this referral, now or before, holds the chain by it. */
static bool owner_holds(const struct facts *f)
{
	return uuid_equal(&f->custodian, &f->owner) ||
	       (uuid_equal(&f->custodian, &f->sender) && !uuid_equal(&f->sender, &f->requester));
}

/* Whether the chain's holder sent this referral on its way. */
static bool holder_sent_it(const struct facts *f)
{
	return uuid_equal(&f->custodian, &f->sender) || uuid_equal(&f->custodian, &f->requester);
}

static bool goes_to_aftercare(const struct act_row *row, const struct facts *f)
{
	return row->holder == HOLDER_TO_AFTERCARE && f->aftercare_accepted &&
	       uuid_equal(&f->custodian, &f->owner);
}

/* Whether the owner goes on holding what has ended, until it is taken back. */
static bool waits_for_hand_back(const struct act_row *row, const struct facts *f)
{
	bool hands_back = row->holder == HOLDER_HAND_BACK || row->holder == HOLDER_TO_AFTERCARE;

	return hands_back && !goes_to_aftercare(row, f) && uuid_equal(&f->custodian, &f->owner) &&
	       !uuid_equal(&f->hand_back, &f->owner);
}

/* Where the baton goes: only from the one who sent it to the one who takes it. */
static void apply_holder(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	d->custodian = o->opens_chain ? f->unit : f->custodian;
	d->custodian_moves = o->opens_chain;
	if (row->holder == HOLDER_TO_OWNER && rules_kind_row(f->kind)->transfers &&
		holder_sent_it(f))
		move_custody(d, &f->owner);
	else if (row->holder == HOLDER_TO_REQUESTER && owner_holds(f))
		move_custody(d, &f->requester);
	else if (row->holder == HOLDER_TO_NOBODY)
		d->chain_closes = true;
	else if (row->holder == HOLDER_TO_HAND_BACK)
		move_custody(d, &f->hand_back);
	else if (goes_to_aftercare(row, f))
		move_custody(d, &f->aftercare_owner);
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

static void apply_treatment(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	struct progress *p = &d->progress;
	bool over = rules_state_row(d->to)->ended || d->to == STATE_ON_HOLD;

	if (over || row->next == NEXT_EXPECTED || o->act == ACT_ACCEPT)
		apply_expected(o, f, p);
	else if (o->act == ACT_MISS)
		p->missed = true;
	else if (o->act == ACT_NOTE && o->contact)
		p->missed = false;
	if (o->act == ACT_PLAN_HOME) {
		p->home_planned = true;
		p->aftercare = o->has_named_referral ? o->named_referral : nobody;
	}
	if (d->from != d->to || o->act == ACT_TAKE_BACK)
		p->hand_back_seq = waits_for_hand_back(row, f) ? f->custody_seq : 0;
	d->clock_stops = o->act == ACT_START && rules_kind_row(f->kind)->transfers;
}

static void apply_progress(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	d->progress = f->progress;
	if (o->act == ACT_ASK || o->act == ACT_AMEND || rules_state_row(d->to)->ended)
		apply_question(o, f, &d->progress);
	else if (o->act == ACT_FORWARD)
		d->progress = (struct progress){
			.assignee_of_requester = f->progress.assignee_of_requester};
	else if (o->act == ACT_ASSIGN)
		apply_assignment(o, f, &d->progress);
	apply_treatment(row, o, f, d);
}

/* --- who must act now -------------------------------------------------------- */

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
	const char *act =
		d->to == STATE_ACCEPTED && !rules_kind_row(kind)->treats ? "complete" : row->act;

	if (row->actor != ACTOR_NOBODY)
		next_is(d, row->actor == ACTOR_OWNER ? &d->owner : &f->requester, act,
			rules_due_of(row->deadline, o, f));
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
			rules_due_of(DEADLINE_REACH, o, f));
	else if (d->progress.expected)
		next_is(d, &d->owner, "attend",
			rules_due_by(deadline_of_event(o->expected), o, f, o->expected_us));
	else if (o->no_next.len)
		next_is(d, &d->owner, "complete", (struct due){0});
	else
		next_is(d, &d->owner, "book", rules_due_of(DEADLINE_REACH, o, f));
}

static void next_contact(const struct order *o, const struct facts *f, struct decision *d)
{
	d->next_kept = !o->contact || !f->progress.missed;
	if (!d->next_kept)
		next_is(d, &d->owner, "book", rules_due_of(DEADLINE_REACH, o, f));
}

static void apply_next(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	switch (row->next) {
	case NEXT_AS_STATE:
		next_as_state(o, f, d);
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
	}
	if (waits_for_hand_back(row, f)) {
		next_is(d, &f->hand_back, "take-back", rules_due_of(DEADLINE_HAND_BACK, o, f));
		d->tells.hand_back = NEEDS_ACT;
	}
}

/* --- who is told --------------------------------------------------------------- */

/* Each unit once, with the most that is asked of it; who acts is not told, unless it
 * sends to itself. */
static void apply_tells(const struct order *o, const struct facts *f, struct decision *d)
{
	const struct uuid *units[] = {&f->requester, &d->owner, &f->hand_back};
	enum needs *needs[] = {&d->tells.requester, &d->tells.owner, &d->tells.hand_back};

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
}

/* What an act on the chain changes of it. */
static void apply_chain(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	d->of_chain = rules_is_of_chain(o);
	if (d->of_chain)
		d->version = f->version;
	if (d->act == ACT_CORRECT_CLOCK) {
		d->help_request_date = f->proposal.help_request_date;
		rules_apply_clock(d->help_request_date, o, f, d);
	}
	d->chain_version =
		f->chain_version + (d->custodian_moves || (d->of_chain && row->raises) ? 1 : 0);
}

static void apply_row(
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
	apply_sides(o, f, d);
	apply_holder(row, o, f, d);
	apply_leaver(o, f, d);
	apply_progress(row, o, f, d);
	apply_next(row, o, f, d);
	apply_tells(o, f, d);
	apply_chain(row, o, f, d);
}

/* One call says that a message came; only for the one that asks it is event 2. And
 * who confirms does what was proposed. */
static enum act act_of(const struct order *o, const struct facts *f)
{
	if (o->act == ACT_CONFIRM && f->proposal.open && !o->drops)
		return f->proposal.act;
	return o->act == ACT_ACKNOWLEDGE && f->delivered_known && !f->delivered_asks ? ACT_SEEN
										     : o->act;
}

void rules_decide(const struct order *o, const struct facts *f, struct decision *d)
{
	const struct act_row *row;

	*d = (struct decision){.kind = DECISION_DO, .act = act_of(o, f)};
	row = rules_act_row(d->act);
	d->reason = check_access(row, o, f, d);
	if (!d->reason && d->kind == DECISION_DO)
		d->reason = check_row(row, o, f, d);
	if (d->reason)
		d->kind = DECISION_REFUSE;
	else if (d->kind == DECISION_DO)
		apply_row(row, o, f, d);
}

mask_t rules_act_roles(enum act act)
{
	return rules_act_row(act)->roles;
}

const char *rules_needs_code(enum needs needs)
{
	static const char *const codes[] = {NULL, "none", "ack", "act"};

	return codes[needs];
}
