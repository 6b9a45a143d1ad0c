/* SPDX-License-Identifier: Apache-2.0 */
/* Why something may be disclosed, and what a person consents to. */
#include "domain/basis.h"
#include "domain/identity.h"
#include "service/decode_acts.h"

/* Of a consent's recipients, with commas between. */
enum { RECIPIENTS_MAX = 1000 };

/* Handles, or their first halves: whole organisations. */
static bool is_recipient(struct bytes text)
{
	return identity_is_handle(text) || identity_is_slug(text);
}

static struct fault decode_recipients(struct arena *arena, char *const *recipients, size_t n,
	const char *field, struct bytes *ret_list)
{
	for (size_t i = 0; i < n; i++)
		if (!is_recipient(bytes_of_string(recipients[i])))
			return decode_fault(REASON_FIELD_INVALID, field);
	*ret_list = bytes_of_string(arena_join(arena, recipients, n));
	if (!ret_list->data)
		return decode_fault(REASON_SERVER_FAULT, NULL);
	return ret_list->len <= RECIPIENTS_MAX ? DECODE_OK
					       : decode_fault(REASON_FIELD_INVALID, field);
}

/* The organisation of a unit: the first half of its handle. */
static struct bytes organisation_of(struct bytes handle)
{
	const uint8_t *slash = memchr(handle.data, '/', handle.len);

	return bytes_of(handle.data, slash ? (size_t)(slash - handle.data) : handle.len);
}

/* A consent that is given with the message: by default to whom this goes. */
static struct fault decode_consent(
	struct arena *arena, const Stafett__V1__LegalBasis *basis, struct write *w)
{
	struct request *r = &w->request;
	struct order *o = &w->order;

	DECODE_TRY(decode_optional_code(
		basis->form, CODES_CONSENT_FORM, "send.legal_basis.form", &r->basis_form));
	DECODE_TRY(decode_optional_code(
		basis->given_by, CODES_GIVEN_BY, "send.legal_basis.given_by", &r->given_by));
	if (!decode_is_empty(basis->end_date))
		DECODE_TRY(
			decode_date(basis->end_date, "send.legal_basis.end_date", &o->basis_end));
	DECODE_TRY(decode_recipients(arena, basis->recipients, basis->n_recipients,
		"send.legal_basis.recipients", &o->recipients));
	if (!o->recipients.len)
		o->recipients = organisation_of(o->to_unit);
	r->basis_covers = basis->covers_missed_events;
	return decode_is_empty(basis->consent)
		       ? DECODE_OK
		       : decode_uuid(basis->consent, "send.legal_basis.consent", &o->consent);
}

struct fault decode_basis(
	struct arena *arena, const Stafett__V1__LegalBasis *basis, struct write *w)
{
	int code;

	if (!basis)
		return decode_fault(REASON_FIELD_MISSING, "send.legal_basis");
	DECODE_TRY(
		decode_code(basis->code, CODES_BASIS, "send.legal_basis.code", &w->request.basis));
	code = basis_from_code(w->request.basis);
	if (code < 0)
		return decode_fault(REASON_CODE_UNKNOWN, "send.legal_basis.code");
	w->order.basis = (enum basis)code;
	return decode_consent(arena, basis, w);
}

struct fault decode_consent_act(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__ConsentAct *act = h->consent;
	struct request *r = &w->request;

	DECODE_TRY(decode_code(act->form, CODES_CONSENT_FORM, "consent.form", &r->basis_form));
	DECODE_TRY(decode_optional_code(
		act->given_by, CODES_GIVEN_BY, "consent.given_by", &r->given_by));
	if (!decode_is_empty(act->end_date))
		DECODE_TRY(decode_date(act->end_date, "consent.end_date", &w->order.basis_end));
	if (!act->n_recipients)
		return decode_fault(REASON_FIELD_MISSING, "consent.recipients");
	r->basis_covers = act->covers_missed_events;
	return decode_recipients(arena, act->recipients, act->n_recipients, "consent.recipients",
		&w->order.recipients);
}
