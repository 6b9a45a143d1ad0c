/* SPDX-License-Identifier: Apache-2.0 */
/* The acts on a chain as a whole, and what each act is about. */
#include "service/decode_acts.h"

static bool is_only_for_chain(enum act act)
{
	return act == ACT_CLOSE || act == ACT_CORRECT_CLOCK || act == ACT_MERGE ||
	       act == ACT_TAKE_OVER || act == ACT_DELAY || act == ACT_FOLLOW_UP;
}

static bool is_for_chain(enum act act)
{
	return is_only_for_chain(act) || act == ACT_CONFIRM;
}

struct fault decode_target(const char *referral, const char *chain, int version, struct order *o)
{
	if (is_only_for_chain(o->act) && !decode_is_empty(referral))
		return decode_fault(REASON_FIELD_INVALID, "referral");
	if (!is_for_chain(o->act) || !decode_is_empty(referral))
		DECODE_TRY(decode_uuid(referral, "referral", &o->referral));
	DECODE_TRY(decode_uuid(chain, "chain", &o->chain));
	if (version <= 0)
		return decode_fault(
			version ? REASON_FIELD_INVALID : REASON_FIELD_MISSING, "version");
	o->version = version;
	return DECODE_OK;
}

/* A chain without a referral: who holds it will send the first. */
struct fault decode_register(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__RegisterAct *r = h->register_;
	struct order *o = &w->order;
	struct bytes code = bytes_of_string(kind_code(KIND_SELF_REQUEST));
	struct uuid unused;
	int kind;

	if (!decode_is_empty(h->referral) || !decode_is_empty(h->chain))
		return decode_fault(
			REASON_FIELD_INVALID, decode_is_empty(h->chain) ? "referral" : "chain");
	o->opens_chain = true;
	uuid_derive(o->unit, &o->message, &unused, &o->chain);
	DECODE_TRY(decode_optional_code(r->kind, CODES_KIND, "register.kind", &code));
	kind = kind_from_code(code);
	if (kind < 0)
		return decode_fault(REASON_KIND_NOT_AVAILABLE, "register.kind");
	o->kind = (enum kind)kind;
	w->request.protects = r->protected_identity;
	DECODE_TRY(decode_needs(arena, r->needs, r->n_needs, "register.needs", &w->request.needs));
	return decode_date(
		r->help_request_date, "register.help_request_date", &o->help_request_date);
}

struct fault decode_merge(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	return decode_uuid(h->merge->into, "merge.into", &w->order.other_chain);
}

struct fault decode_close(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	struct order *o = &w->order;

	DECODE_TRY(decode_code(h->close->reason, CODES_CLOSE, "close.reason", &o->reason));
	return decode_code(
		h->close->person_told, CODES_PERSON_TOLD, "close.person_told", &o->person_told);
}

struct fault decode_correct_clock(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	DECODE_TRY(decode_date(h->correct_clock->help_request_date,
		"correct_clock.help_request_date", &w->order.help_request_date));
	return decode_words(w);
}

/* It is the last word on it for the figures, and the event's own for its readers. */
struct fault decode_delay(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	struct order *o = &w->order;

	DECODE_TRY(decode_code(
		h->delay->reason, CODES_CLOCK_REASON, "delay.reason", &o->clock_reason));
	o->reason = o->clock_reason;
	return DECODE_OK;
}

struct fault decode_follow_up(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	return decode_code(
		h->follow_up->outcome, CODES_FOLLOW_UP, "follow_up.outcome", &w->order.reason);
}

struct fault decode_confirm(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	w->order.drops = h->confirm->drop;
	if (!decode_is_empty(h->confirm->into))
		DECODE_TRY(decode_uuid(h->confirm->into, "confirm.into", &w->order.other_chain));
	return decode_uuid(h->confirm->proposal, "confirm.proposal", &w->order.proposal);
}
