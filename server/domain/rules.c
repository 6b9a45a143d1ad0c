/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transition table, its guards, and the one function that applies a row.
 * Guards read like the policy: each refuses one thing and says which.
 */
#include "domain/rules.h"

#include <assert.h>

#include "domain/authz.h"
#include "domain/deadlines.h"
#include "stafett/caps.h"

/* A guard gives REASON_NONE or the reason of its refusal, and may name a field. */
typedef enum reason guard_fn(const struct order *o, const struct facts *f, struct decision *d);

enum relation { BY_REQUESTER, BY_OWNER, BY_HOLDER, BY_PARTY };
enum holder_effect { HOLDER_SAME, HOLDER_TO_OWNER };
enum next_actor { NEXT_OWNER, NEXT_REQUESTER };

struct act_row {
	const char *message_code;
	mask_t from, roles, not_for;
	int to; /* enum state, or STATE_COUNT for "the same" */
	enum relation by;
	enum holder_effect holder;
	enum next_actor next_actor;
	const char *next_act;
	enum deadline deadline;
	guard_fn *const *guards;
};

struct kind_row {
	bool transfers, holder_only, ready;
};

static enum reason refuse(struct decision *d, enum reason reason, const char *field)
{
	d->field = field;
	return reason;
}

/* --- guards ------------------------------------------------------------- */

static const struct kind_row *kind_row(enum kind kind);

static enum reason guard_unit_exists(
	const struct order *o, const struct facts *f, struct decision *d)
{
	return f->to_known ? REASON_NONE : refuse(d, REASON_UNIT_UNKNOWN, "to_units");
}

static enum reason guard_unit_open(const struct order *o, const struct facts *f, struct decision *d)
{
	if (f->to_open)
		return REASON_NONE;
	d->alternative = f->to_replaced_by;
	return refuse(d, REASON_UNIT_CLOSED, "to_units");
}

static enum reason guard_kind_ready(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (kind_row(o->kind)->ready)
		return REASON_NONE;
	return refuse(d, REASON_KIND_NOT_AVAILABLE, "send.kind");
}

static enum reason guard_unit_takes_kind(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (f->to_kinds & MASK(o->kind))
		return REASON_NONE;
	return refuse(d, REASON_UNIT_DOES_NOT_TAKE, "send.kind");
}

static enum reason guard_hand_back_exists(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (o->hand_back.len == 0 || f->hand_back_known)
		return REASON_NONE;
	return refuse(d, REASON_UNIT_UNKNOWN, "send.hand_back_unit");
}

static enum reason guard_chain_open(
	const struct order *o, const struct facts *f, struct decision *d)
{
	return o->opens_chain || f->chain_open ? REASON_NONE
					       : refuse(d, REASON_CHAIN_CLOSED, "chain");
}

/* Any party may add a referral; a hand-over is the holder's to give. */
static enum reason guard_sender_may_use_chain(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (o->opens_chain || !kind_row(o->kind)->holder_only ||
		uuid_equal(&f->custodian, &f->unit))
		return REASON_NONE;
	return refuse(d, REASON_NOT_HOLDER, "send.kind");
}

static enum reason guard_replaced_is_own(
	const struct order *o, const struct facts *f, struct decision *d)
{
	return !o->has_replaces || f->replaces_own ? REASON_NONE
						   : refuse(d, REASON_NOT_FOUND, "send.replaces");
}

static enum reason guard_clock_not_in_future(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (!o->opens_chain || date_compare(o->help_request_date, calendar_date_of(f->now_us)) <= 0)
		return REASON_NONE;
	return refuse(d, REASON_CLOCK_IN_FUTURE, "send.help_request_date");
}

/* What the person has agreed to ends with the day that was said. */
static enum reason guard_basis_not_expired(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (!o->basis_end.year || date_compare(o->basis_end, calendar_date_of(f->now_us)) >= 0)
		return REASON_NONE;
	return refuse(d, REASON_BASIS_EXPIRED, "send.legal_basis.end_date");
}

/* Danger to life is phoned first; the message only follows. */
static enum reason guard_stat_was_phoned(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (!bytes_equal(o->priority, bytes_of_string("stat")) ||
		(o->call_us > 0 && o->call_us <= f->now_us))
		return REASON_NONE;
	return refuse(d, REASON_CALL_REQUIRED, "send.call_time");
}

/* An acknowledgement says what was received, not that something was. */
static enum reason guard_content_is_the_delivered(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (!f->delivered_known)
		return refuse(d, REASON_NOT_FOUND, "message");
	if (memcmp(f->delivered_hash, o->delivered_hash, sizeof(o->delivered_hash)) != 0)
		return refuse(d, REASON_CONTENT_DIFFERS, "content_hash");
	return REASON_NONE;
}

static enum reason guard_contact_not_passed(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (date_compare(o->contact_by, calendar_date_of(f->now_us)) >= 0)
		return REASON_NONE;
	return refuse(d, REASON_CONTACT_PASSED, "accept.contact_by_date");
}

static enum reason guard_contact_within_clock(
	const struct order *o, const struct facts *f, struct decision *d)
{
	if (date_compare(o->contact_by, f->due_date) <= 0 || o->clock_reason.len > 0)
		return REASON_NONE;
	return refuse(d, REASON_CONTACT_AFTER_CLOCK, "accept.contact_by_date");
}

/* --- the table ---------------------------------------------------------- */

/* Ors up to six bits of one enum: MASK_OF(STATE_, REQUESTED, RECEIVED). */
#define MASK_1(p, a)			       MASK(p##a)
#define MASK_2(p, a, ...)		       (MASK(p##a) | MASK_1(p, __VA_ARGS__))
#define MASK_3(p, a, ...)		       (MASK(p##a) | MASK_2(p, __VA_ARGS__))
#define MASK_4(p, a, ...)		       (MASK(p##a) | MASK_3(p, __VA_ARGS__))
#define MASK_5(p, a, ...)		       (MASK(p##a) | MASK_4(p, __VA_ARGS__))
#define MASK_6(p, a, ...)		       (MASK(p##a) | MASK_5(p, __VA_ARGS__))
#define MASK_PICK(a, b, c, d, e, f, name, ...) name
#define MASK_OF(p, ...)                                                        \
	MASK_PICK(__VA_ARGS__, MASK_6, MASK_5, MASK_4, MASK_3, MASK_2, MASK_1) \
	(p, __VA_ARGS__)
#define KIND_NONE KIND_COUNT /* the bit of no kind */

#define GUARD_LIST_1(a)					       guard_##a
#define GUARD_LIST_2(a, ...)				       guard_##a, GUARD_LIST_1(__VA_ARGS__)
#define GUARD_LIST_3(a, ...)				       guard_##a, GUARD_LIST_2(__VA_ARGS__)
#define GUARD_LIST_4(a, ...)				       guard_##a, GUARD_LIST_3(__VA_ARGS__)
#define GUARD_LIST_5(a, ...)				       guard_##a, GUARD_LIST_4(__VA_ARGS__)
#define GUARD_LIST_6(a, ...)				       guard_##a, GUARD_LIST_5(__VA_ARGS__)
#define GUARD_LIST_7(a, ...)				       guard_##a, GUARD_LIST_6(__VA_ARGS__)
#define GUARD_LIST_8(a, ...)				       guard_##a, GUARD_LIST_7(__VA_ARGS__)
#define GUARD_LIST_9(a, ...)				       guard_##a, GUARD_LIST_8(__VA_ARGS__)
#define GUARD_LIST_10(a, ...)				       guard_##a, GUARD_LIST_9(__VA_ARGS__)
#define GUARD_LIST_11(a, ...)				       guard_##a, GUARD_LIST_10(__VA_ARGS__)
#define GUARD_PICK(a, b, c, d, e, f, g, h, i, j, k, name, ...) name
#define GUARDS(...)                                                                       \
	GUARD_PICK(__VA_ARGS__, GUARD_LIST_11, GUARD_LIST_10, GUARD_LIST_9, GUARD_LIST_8, \
		GUARD_LIST_7, GUARD_LIST_6, GUARD_LIST_5, GUARD_LIST_4, GUARD_LIST_3,     \
		GUARD_LIST_2, GUARD_LIST_1)                                               \
	(__VA_ARGS__)

#define FROM(...)    MASK_OF(STATE_, __VA_ARGS__)
#define TO(state)    TO_##state
#define ROLES(...)   MASK_OF(ROLE_, __VA_ARGS__)
#define NOT_FOR(...) MASK_OF(KIND_, __VA_ARGS__)
#define TO_SAME	     STATE_COUNT
#define TO_REQUESTED STATE_REQUESTED
#define TO_RECEIVED  STATE_RECEIVED
#define TO_ACCEPTED  STATE_ACCEPTED

#define ACT(number, name, code, message, from, to, by, roles, guards, holder, next, what, due,    \
	not_for)                                                                                  \
	[ACT_##name] = {message, from, roles, not_for, to, BY_##by, HOLDER_##holder, NEXT_##next, \
		what, DEADLINE_##due, (guard_fn *const[]){guards, NULL}},
static const struct act_row act_rows[ACT_COUNT] = {
#include "stafett/tbl/acts.def"
};
#undef ACT

#define ALWAYS					   true
#define NEVER					   false
#define HOLDER					   true
#define ANY					   false
#define READY					   true
#define LATER					   false
#define KIND(name, code, transfers, sender, rules) [KIND_##name] = {transfers, sender, rules},
static const struct kind_row kind_rows[KIND_COUNT] = {
#include "stafett/tbl/kinds.def"
};
#undef KIND
#undef ALWAYS
#undef NEVER
#undef HOLDER
#undef ANY
#undef READY
#undef LATER

static const struct kind_row *kind_row(enum kind kind)
{
	assert(kind < KIND_COUNT);
	return &kind_rows[kind];
}

/* --- applying a row ------------------------------------------------------ */

static bool relation_holds(enum relation by, const struct facts *f)
{
	switch (by) {
	case BY_REQUESTER:
		return uuid_equal(&f->requester, &f->unit);
	case BY_OWNER:
		return uuid_equal(&f->owner, &f->unit);
	case BY_HOLDER:
		return uuid_equal(&f->custodian, &f->unit);
	case BY_PARTY:
		return f->referral_visible;
	}
	return false;
}

mask_t rules_allowed_acts(const struct facts *f)
{
	mask_t allowed = 0;

	if (!f->referral_visible)
		return 0;
	for (int act = 0; act < ACT_COUNT; act++) {
		const struct act_row *row = &act_rows[act];

		if ((row->from & MASK(f->state)) && (row->roles & f->roles) &&
			!(row->not_for & MASK(f->kind)) && relation_holds(row->by, f))
			allowed |= MASK(act);
	}
	return allowed;
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

/* The referral must be one of the caller's, as the caller saw it last. */
static enum reason check_referral(const struct order *o, const struct facts *f, struct decision *d)
{
	if (o->act == ACT_SEND)
		return o->opens_chain || f->chain_visible ? REASON_NONE
							  : refuse(d, REASON_NOT_FOUND, "chain");
	if (!f->referral_visible || !f->chain_visible)
		return refuse(d, REASON_NOT_FOUND, "referral");
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

/* What is sent is there, whole. */
static enum reason check_body(const struct order *o, const struct facts *f, struct decision *d)
{
	return !o->has_upload || f->upload_ready ? REASON_NONE
						 : refuse(d, REASON_UPLOAD_UNKNOWN, "body");
}

/* Does the row fit the referral, and does every guard agree. */
static enum reason check_row(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	if (o->act != ACT_SEND) {
		if (!(row->from & MASK(f->state)) || (row->not_for & MASK(f->kind)))
			return REASON_ACT_NOT_POSSIBLE;
		if (!relation_holds(row->by, f))
			return REASON_ACT_NOT_YOURS;
	}
	for (guard_fn *const *guard = row->guards; *guard; guard++) {
		enum reason reason = (*guard)(o, f, d);

		if (reason)
			return reason;
	}
	return check_body(o, f, d);
}

/* Where the baton goes: only from the one who sent it to the one who takes it. */
static void apply_holder(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	d->custodian = o->opens_chain ? f->unit : f->custodian;
	d->custodian_moves = o->opens_chain;
	if (row->holder == HOLDER_TO_OWNER && kind_row(f->kind)->transfers &&
		uuid_equal(&f->sender, &f->custodian) && !uuid_equal(&f->owner, &f->custodian)) {
		d->custodian = f->owner;
		d->custodian_moves = true;
	}
}

static void apply_row(
	const struct act_row *row, const struct order *o, const struct facts *f, struct decision *d)
{
	bool is_send = o->act == ACT_SEND;

	d->from = is_send ? STATE_NONE : f->state;
	d->to = row->to == STATE_COUNT ? d->from : (enum state)row->to;
	d->version = is_send ? 1 : f->version + 1;
	d->owner = is_send ? f->to_unit : f->owner;
	d->due_date = o->opens_chain ? rules_due_date(o->help_request_date) : f->due_date;
	d->settles_delivery = row->by == BY_OWNER;
	apply_holder(row, o, f, d);
	d->next_act = row->next_act;
	d->next_actor = row->next_actor == NEXT_OWNER ? d->owner : f->requester;
	d->due_us = deadline_due(
		row->deadline, is_send ? o->priority : f->priority, f->now_us, o->contact_by);
}

void rules_decide(const struct order *o, const struct facts *f, struct decision *d)
{
	const struct act_row *row = &act_rows[o->act];

	*d = (struct decision){.kind = DECISION_DO};
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
	assert(act < ACT_COUNT);
	return act_rows[act].roles;
}

const char *rules_message_code(enum act act)
{
	assert(act < ACT_COUNT);
	return act_rows[act].message_code;
}

struct date rules_due_date(struct date help_request_date)
{
	return date_add_months(help_request_date, 1);
}
