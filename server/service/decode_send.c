/* SPDX-License-Identifier: Apache-2.0 */
/* What a send must say. */
#include "service/decode_acts.h"

#include "domain/identifiers.h"
#include "domain/rules_table.h"
#include "stafett/caps.h"

enum { REFERENCE_MAX = 64 };

struct fault decode_recipient(const Stafett__V1__Header *h, struct order *o)
{
	if (h->n_to_units != 1)
		return decode_fault(
			h->n_to_units ? REASON_FIELD_INVALID : REASON_FIELD_MISSING, "to_units");
	return decode_handle(h->to_units[0], "to_units", &o->to_unit);
}

struct fault decode_needs(struct arena *arena, char *const *needs, size_t n, const char *field,
	struct bytes *ret_needs)
{
	if (!n)
		return decode_fault(REASON_FIELD_MISSING, field);
	if (n > CAP_CODES)
		return decode_fault(REASON_FIELD_INVALID, field);
	for (size_t i = 0; i < n; i++)
		if (!codes_has(CODES_NEED, bytes_of_string(needs[i])))
			return decode_fault(REASON_CODE_UNKNOWN, field);
	*ret_needs = bytes_of_string(arena_join(arena, needs, n));
	return ret_needs->data ? DECODE_OK : decode_fault(REASON_SERVER_FAULT, NULL);
}

static struct fault decode_reference(const char *text, struct date today, struct bytes *ret_text)
{
	*ret_text = bytes_of_string(text);
	if (ret_text->len > REFERENCE_MAX)
		return decode_fault(REASON_FIELD_INVALID, "send.reference");
	if (pnr_is_within(*ret_text, today))
		return decode_fault(REASON_PERSONAL_DATA_IN_REFERENCE, "send.reference");
	return DECODE_OK;
}

/* What is added to a chain has the day of that, whatever it says. */
static struct fault decode_clock(const Stafett__V1__SendAct *send, struct order *o)
{
	struct date day = {0};

	if (o->opens_chain || !decode_is_empty(send->help_request_date))
		DECODE_TRY(decode_date(send->help_request_date, "send.help_request_date", &day));
	if (o->opens_chain)
		o->help_request_date = day;
	return DECODE_OK;
}

static struct fault decode_kind(const Stafett__V1__SendAct *send, struct order *o)
{
	struct bytes code = {0};
	int kind;

	DECODE_TRY(decode_code(send->kind, CODES_KIND, "send.kind", &code));
	kind = kind_from_code(code);
	if (kind < 0)
		return decode_fault(REASON_KIND_NOT_AVAILABLE, "send.kind");
	o->kind = (enum kind)kind;
	o->priority = bytes_of_string("routine");
	return decode_optional_code(send->priority, CODES_PRIORITY, "send.priority", &o->priority);
}

/* Whoever is given doses is handed over with the last one and the next one named. */
static struct fault decode_dose(const Stafett__V1__Dose *dose, struct write *w)
{
	struct request *r = &w->request;

	if (!dose)
		return DECODE_OK;
	if (w->order.kind != KIND_HANDOVER)
		return decode_fault(REASON_FIELD_INVALID, "send.dose");
	DECODE_TRY(decode_time(dose->last_time, "send.dose.last_time", &r->last_dose_us));
	if (!r->last_dose_us)
		return decode_fault(REASON_FIELD_MISSING, "send.dose.last_time");
	return decode_code(dose->next_by, CODES_DOSE_GIVER, "send.dose.next_by", &r->next_dose_by);
}

/* What a kind must say beyond what all say. */
static struct fault decode_by_kind(const Stafett__V1__SendAct *send, struct write *w)
{
	struct order *o = &w->order;

	DECODE_TRY(decode_dose(send->dose, w));
	if (!decode_is_empty(send->linked_chain)) {
		if (!o->opens_chain)
			return decode_fault(REASON_FIELD_INVALID, "send.linked_chain");
		DECODE_TRY(decode_uuid(send->linked_chain, "send.linked_chain", &o->other_chain));
	}
	if (o->kind == KIND_DISCHARGE)
		return decode_code(
			send->discharge, CODES_DISCHARGE, "send.discharge", &w->request.discharge);
	return decode_is_empty(send->discharge)
		       ? DECODE_OK
		       : decode_fault(REASON_FIELD_INVALID, "send.discharge");
}

struct fault decode_send(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__SendAct *send = h->send;
	struct order *o = &w->order;

	DECODE_TRY(decode_recipient(h, o));
	if (!decode_is_empty(h->referral))
		return decode_fault(REASON_FIELD_INVALID, "referral");
	uuid_derive(o->unit, &o->message, &o->referral, &o->chain);
	o->opens_chain = decode_is_empty(h->chain);
	if (!o->opens_chain)
		DECODE_TRY(decode_uuid(h->chain, "chain", &o->chain));
	DECODE_TRY(decode_kind(send, o));
	DECODE_TRY(
		decode_needs(arena, send->needs, send->n_needs, "send.needs", &w->request.needs));
	DECODE_TRY(decode_clock(send, o));
	DECODE_TRY(decode_basis(arena, send->legal_basis, w));
	DECODE_TRY(decode_optional_handle(
		send->hand_back_unit, "send.hand_back_unit", &o->named_unit));
	if (o->named_unit.len && rules_kind_row(o->kind)->course == COURSE_REPORT)
		return decode_fault(REASON_FIELD_INVALID, "send.hand_back_unit");
	o->has_named_referral = !decode_is_empty(send->replaces);
	if (o->has_named_referral)
		DECODE_TRY(decode_uuid(send->replaces, "send.replaces", &o->named_referral));
	DECODE_TRY(decode_reference(
		send->reference, calendar_date_of(o->create_us), &w->request.reference));
	DECODE_TRY(decode_by_kind(send, w));
	w->request.remains = send->care_responsibility_remains;
	w->request.informed = send->person_informed;
	w->request.protects = send->protected_identity;
	return decode_time(send->call_time, "send.call_time", &o->call_us);
}
