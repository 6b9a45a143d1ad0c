/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May it be asked for: who may ask, whether the row of the transition table fits
 * the referral, whether its guards agree. What it then does is in rules_apply.c.
 */
#include "domain/rules.h"

#include <assert.h>

#include "domain/authz.h"
#include "domain/rules_apply.h"
#include "domain/rules_basis.h"
#include "domain/rules_reach.h"
#include "stafett/caps.h"

static enum reason refuse(struct decision *d, enum reason reason, const char *field)
{
	d->field = field;
	return reason;
}

/* --- may it be asked for ------------------------------------------------- */

bool rules_help_is_late(const struct facts *f)
{
	struct date until = f->start_date.year ? f->start_date : calendar_date_of(f->now_us);

	return f->awaits_help && date_compare(until, f->due_date) > 0;
}

static bool relation_holds(enum relation by, const struct facts *f)
{
	bool requests = uuid_equal(&f->requester, &f->unit);
	bool owns = uuid_equal(&f->owner, &f->unit);
	bool holds = uuid_equal(&f->custodian, &f->unit);

	switch (by) {
	case BY_REQUESTER:
		return requests;
	case BY_OWNER:
		return owns;
	case BY_HOLDER:
		return holds;
	case BY_HAND_BACK:
		return uuid_equal(&f->hand_back, &f->unit);
	case BY_PARTY:
		return f->chain_visible;
	case BY_SIDE:
		return requests || owns;
	case BY_ANYBODY:
		return true;
	case BY_EITHER_HOLDER:
		return holds || uuid_equal(&f->other.custodian, &f->unit);
	case BY_SUCCESSOR:
		return f->succeeds;
	case BY_RECIPIENT:
		return f->delivered_known;
	case BY_LATE_HOLDER:
		return holds && rules_help_is_late(f);
	case BY_SHARER:
		return f->chain_visible && (!rules_is_unshared(f) || holds ||
						   uuid_equal(&f->consent.revoker, &f->unit));
	case BY_FOLLOWER:
		return holds && f->follow_up != DEADLINE_NONE;
	}
	return false;
}

/* Why a row is none of the caller's: the holder is only asked when the time has come. */
static enum reason refuse_relation(
	const struct act_row *row, const struct facts *f, struct decision *d)
{
	bool is_asked = row->by == BY_LATE_HOLDER || row->by == BY_FOLLOWER;

	if (row->by == BY_RECIPIENT)
		return refuse(d, REASON_NOT_FOUND, "message");
	if (is_asked && uuid_equal(&f->custodian, &f->unit))
		return refuse(d, REASON_ACT_NOT_POSSIBLE, "chain");
	return REASON_ACT_NOT_YOURS;
}

static bool row_fits(const struct act_row *row, const struct facts *f)
{
	return (row->from & MASK(f->state)) && !(row->not_for & MASK(f->kind));
}

static bool guards_of_facts_hold(const struct act_row *row, const struct facts *f)
{
	for (int g = 0; g < GUARD_COUNT; g++)
		if (rules_row_asks(row, (enum guard)g) && rules_guards[g].of_facts &&
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
	return f->referral_visible && !f->referral_left && f->chain_open ? allowed_acts(f) : 0;
}

mask_t rules_allowed_chain_acts(const struct facts *f)
{
	struct facts of_chain = *f;

	of_chain.state = STATE_NONE;
	return f->chain_visible ? allowed_acts(&of_chain) & ~(MASK(ACT_SEND) | MASK(ACT_REGISTER))
				: 0;
}

bool rules_is_of_chain(const struct order *o)
{
	return o->act != ACT_SEND && uuid_is_nil(&o->referral);
}

/* Clocks differ a little; a message from tomorrow is a wrong clock, and a year that
 * nobody can mean a slip of the hand. */
static enum reason check_times(const struct order *o, const struct facts *f, struct decision *d)
{
	const int64_t latest = f->now_us + INT64_C(1000) * CAP_CLOCK_SKEW_MS;
	const char *far = rules_too_far(o, f);

	if (o->create_us > latest)
		return refuse(d, REASON_CREATED_IN_FUTURE, "create_time");
	if (o->occurrence_us > latest)
		return refuse(d, REASON_CREATED_IN_FUTURE, "occurrence_time");
	return far ? refuse(d, REASON_TOO_FAR, far) : REASON_NONE;
}

/* As stafett.version_shown has it. */
int rules_chain_version(const struct facts *f)
{
	return f->apart ? 1 : f->chain_version;
}

/* An act on a chain names the chain's version. */
static enum reason check_chain(const struct order *o, const struct facts *f, struct decision *d)
{
	if (!f->chain_visible)
		return refuse(d, REASON_NOT_FOUND, "chain");
	d->chain_known = true;
	d->allowed_acts = rules_allowed_chain_acts(f);
	return o->version == rules_chain_version(f) ? REASON_NONE
						    : refuse(d, REASON_VERSION_CONFLICT, "version");
}

/* Who is told no more sees what it was told last, and may do what was possible then. */
static mask_t allowed_as_shown(const struct facts *f)
{
	struct facts shown = *f;

	if (f->shown.differs)
		shown.state = f->shown.state;
	return rules_allowed_acts(&shown);
}

/* The referral must be one of the caller's, as the caller saw it last. A unit that
 * has left is told nothing of what came after. */
static enum reason check_referral(const struct order *o, const struct facts *f, struct decision *d)
{
	if (o->opens_chain)
		return REASON_NONE;
	if (f->chain_merged)
		return refuse(d, REASON_CHAIN_MERGED, "chain");
	if (o->act == ACT_SEND)
		return f->chain_visible ? REASON_NONE : refuse(d, REASON_NOT_FOUND, "chain");
	if (rules_is_of_chain(o))
		return check_chain(o, f, d);
	if (!f->referral_visible)
		return refuse(d, REASON_NOT_FOUND, "referral");
	if (f->referral_left)
		return REASON_ACT_NOT_YOURS;
	if (!f->chain_visible)
		return refuse(d, REASON_NOT_FOUND, "referral");
	d->state_known = true;
	d->allowed_acts = allowed_as_shown(f);
	return o->version == (f->shown.differs ? f->shown.version : f->version)
		       ? REASON_NONE
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
	reason = check_times(o, f, d);
	return reason ? reason : check_referral(o, f, d);
}

static bool is_of_basis(enum reason reason)
{
	return reason == REASON_BASIS_NOT_ALLOWED || reason == REASON_CONSENT_MISSING ||
	       reason == REASON_CONSENT_EXPIRED;
}

static enum reason check_guards(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	for (int g = 0; g < GUARD_COUNT; g++) {
		const struct guard_row *guard = &rules_guards[g];

		if (!rules_row_asks(row, (enum guard)g) || guard->holds(o, f))
			continue;
		if (guard->reason == REASON_UNIT_CLOSED && g != GUARD_own_unit_open)
			d->alternative = f->to_open ? f->named_unit_replaced_by : f->to_replaced_by;
		d->reason = guard->reason;
		if (is_of_basis(guard->reason))
			rules_explain_basis(o, f, d);
		return refuse(d, guard->reason, guard->field);
	}
	return REASON_NONE;
}

/* Of two chains that become one, the one holder proposed it and the other confirms;
 * where one unit holds both, another member of it. */
static enum reason check_holders(const struct facts *f, struct decision *d)
{
	bool ours = uuid_equal(&f->custodian, &f->unit);
	const struct uuid *other = ours ? &f->other.custodian : &f->custodian;

	if (uuid_equal(&f->custodian, &f->other.custodian))
		other = &f->unit;
	else if (uuid_equal(&f->proposal.unit, &f->unit))
		return REASON_ACT_NOT_YOURS;
	return uuid_equal(&f->proposal.unit, other)
		       ? REASON_NONE
		       : refuse(d, REASON_ACT_NOT_POSSIBLE, "proposal");
}

/* What was proposed was asked of every guard then; now another member must agree, and
 * the unit must not have closed since. */
static enum reason check_confirmation(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	enum reason reason = check_guards(rules_act_row(ACT_CONFIRM), o, f, d);

	if (reason)
		return reason;
	if (rules_row_asks(row, GUARD_own_unit_open) && !f->unit_open)
		return refuse(d, REASON_UNIT_CLOSED, "from_unit");
	if (uuid_equal(&f->proposal.member, &f->member))
		return refuse(d, REASON_SECOND_MEMBER_REQUIRED, "confirm.proposal");
	if (row->signatures == SIGNED_OTHER_HOLDER)
		return check_holders(f, d);
	return row->signatures == SIGNED_MANAGER && !(f->roles & MASK(ROLE_MANAGER))
		       ? REASON_ROLE_REQUIRED
		       : REASON_NONE;
}

/* Does the row fit the referral, does every guard agree, is the body there, whole. */
static enum reason check_row(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	enum reason reason;

	if (!f->chain_open && d->state_known && d->act != ACT_SEEN)
		return refuse(d, REASON_CHAIN_CLOSED, "chain");
	if (!o->opens_chain && o->act != ACT_SEND) {
		if (!row_fits(row, f)) {
			d->allowed_acts &= ~MASK(d->act);
			return REASON_ACT_NOT_POSSIBLE;
		}
		if (!relation_holds(row->by, f))
			return refuse_relation(row, f, d);
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
		rules_apply(row, o, f, d);
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
