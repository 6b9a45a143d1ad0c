/* SPDX-License-Identifier: Apache-2.0 */
/* One small function a field, so that every refusal names its field. */
#include "service/decode.h"

#include "codec/pb_check.h"
#include "domain/codes.h"
#include "domain/identifiers.h"
#include "domain/identity.h"
#include "stafett/caps.h"

enum { REFERENCE_MAX = 64 };

#define OK ((struct fault){REASON_NONE, NULL})
/* Leaves the function with the first fault. */
#define TRY(expression)                         \
	do {                                    \
		struct fault f_ = (expression); \
		if (f_.reason)                  \
			return f_;              \
	} while (0)

static struct fault fault(enum reason reason, const char *field)
{
	return (struct fault){reason, field};
}

static bool is_empty(const char *text)
{
	return !text || !*text;
}

/* --- single fields ------------------------------------------------------------- */

struct fault decode_uuid(const char *text, const char *field, struct uuid *ret_uuid)
{
	if (is_empty(text))
		return fault(REASON_FIELD_MISSING, field);
	return uuid_parse(bytes_of_string(text), ret_uuid) ? OK
							   : fault(REASON_FIELD_INVALID, field);
}

static struct fault decode_message_id(const char *text, struct uuid *ret_uuid)
{
	TRY(decode_uuid(text, "id", ret_uuid));
	return uuid_version(ret_uuid) == 7 ? OK : fault(REASON_FIELD_INVALID, "id");
}

static struct fault decode_code(
	const char *text, enum codes_list list, const char *field, struct bytes *ret_code)
{
	if (is_empty(text))
		return fault(REASON_FIELD_MISSING, field);
	*ret_code = bytes_of_string(text);
	return codes_has(list, *ret_code) ? OK : fault(REASON_CODE_UNKNOWN, field);
}

static struct fault decode_optional_code(
	const char *text, enum codes_list list, const char *field, struct bytes *ret_code)
{
	return is_empty(text) ? OK : decode_code(text, list, field, ret_code);
}

static struct fault decode_date(const char *text, const char *field, struct date *ret_date)
{
	if (is_empty(text))
		return fault(REASON_FIELD_MISSING, field);
	return date_parse(bytes_of_string(text), ret_date) ? OK
							   : fault(REASON_FIELD_INVALID, field);
}

static struct fault decode_handle(const char *text, const char *field, struct bytes *ret_handle)
{
	*ret_handle = bytes_of_string(text);
	return identity_is_handle(*ret_handle) ? OK : fault(REASON_FIELD_INVALID, field);
}

/* Whole microseconds of the years 1970 to 9999; 0 for an absent time. */
static struct fault decode_time(
	const Google__Protobuf__Timestamp *time, const char *field, int64_t *ret_us)
{
	*ret_us = 0;
	if (!time)
		return OK;
	if (time->seconds <= 0 || time->seconds > INT64_C(253402300799) || time->nanos < 0 ||
		time->nanos > 999999999)
		return fault(REASON_FIELD_INVALID, field);
	*ret_us = time->seconds * 1000000 + time->nanos / 1000;
	return OK;
}

static struct fault decode_part(
	const Stafett__V1__Part *part, size_t max, const char *field, struct bytes *ret_bytes)
{
	*ret_bytes = bytes_of("", 0);
	if (!part || part->content_case == STAFETT__V1__PART__CONTENT__NOT_SET)
		return OK;
	if (part->content_case == STAFETT__V1__PART__CONTENT_UPLOAD)
		return fault(REASON_FIELD_INVALID, field);
	if (part->data.len > max)
		return fault(REASON_PART_TOO_LARGE, field);
	if (part->data.len)
		*ret_bytes = bytes_of(part->data.data, part->data.len);
	return OK;
}

bool decode_claim(const Stafett__V1__UploadClaim *claim, struct claim *ret_claim)
{
	if (!claim || !uuid_parse(bytes_of_string(claim->id), &ret_claim->id) ||
		uuid_version(&ret_claim->id) != 7 ||
		claim->sha256.len != sizeof(ret_claim->sha256) || claim->size == 0 ||
		claim->size > CAP_UPLOAD_BYTES)
		return false;
	memcpy(ret_claim->sha256, claim->sha256.data, sizeof(ret_claim->sha256));
	ret_claim->size = claim->size;
	return true;
}

/* The body travels here, or it was uploaded before. */
static struct fault decode_body(const Stafett__V1__Part *part, struct write *w)
{
	struct order *o = &w->order;

	o->has_upload = part && part->content_case == STAFETT__V1__PART__CONTENT_UPLOAD;
	if (!o->has_upload)
		return decode_part(part, CAP_INLINE_PART_BYTES, "body", &w->body);
	w->body = bytes_of("", 0);
	return decode_claim(part->upload, &o->upload) ? OK : fault(REASON_UPLOAD_UNKNOWN, "body");
}

bool decode_key(const char *text, struct referral_key *ret_key)
{
	ret_key->has_id = uuid_parse(bytes_of_string(text), &ret_key->id);
	if (ret_key->has_id)
		code_of_uuid(&ret_key->id, ret_key->code);
	return ret_key->has_id || code_normalise(bytes_of_string(text), ret_key->code);
}

/* --- the acts --------------------------------------------------------------------- */

/* The needs as the store keeps them: codes with commas between. */
static struct fault decode_needs(
	struct arena *arena, const Stafett__V1__SendAct *send, struct bytes *ret_needs)
{
	char *list = NULL;

	if (!send->n_needs)
		return fault(REASON_FIELD_MISSING, "send.needs");
	if (send->n_needs > CAP_CODES)
		return fault(REASON_FIELD_INVALID, "send.needs");
	for (size_t i = 0; i < send->n_needs; i++) {
		if (!codes_has(CODES_NEED, bytes_of_string(send->needs[i])))
			return fault(REASON_CODE_UNKNOWN, "send.needs");
		list = arena_printf(
			arena, "%s%s%s", list ? list : "", list ? "," : "", send->needs[i]);
		if (!list)
			return fault(REASON_SERVER_FAULT, NULL);
	}
	*ret_needs = bytes_of_string(list);
	return OK;
}

static struct fault decode_basis(const Stafett__V1__LegalBasis *basis, struct write *w)
{
	struct request *r = &w->request;

	if (!basis)
		return fault(REASON_FIELD_MISSING, "send.legal_basis");
	TRY(decode_code(basis->code, CODES_BASIS, "send.legal_basis.code", &r->basis));
	TRY(decode_optional_code(
		basis->form, CODES_CONSENT_FORM, "send.legal_basis.form", &r->basis_form));
	if (!is_empty(basis->end_date))
		TRY(decode_date(basis->end_date, "send.legal_basis.end_date", &w->order.basis_end));
	r->basis_covers = basis->covers_missed_events;
	return OK;
}

static struct fault decode_reference(const char *text, struct date today, struct bytes *ret_text)
{
	*ret_text = bytes_of_string(text);
	if (ret_text->len > REFERENCE_MAX)
		return fault(REASON_FIELD_INVALID, "send.reference");
	if (pnr_is_within(*ret_text, today))
		return fault(REASON_PERSONAL_DATA_IN_REFERENCE, "send.reference");
	return OK;
}

static struct fault decode_clock(const Stafett__V1__SendAct *send, struct order *o)
{
	if (o->opens_chain || !is_empty(send->help_request_date))
		return decode_date(
			send->help_request_date, "send.help_request_date", &o->help_request_date);
	return OK;
}

static struct fault decode_kind(const Stafett__V1__SendAct *send, struct order *o)
{
	struct bytes code = {0};
	int kind;

	TRY(decode_code(send->kind, CODES_KIND, "send.kind", &code));
	kind = kind_from_code(code);
	if (kind < 0)
		return fault(REASON_KIND_NOT_AVAILABLE, "send.kind");
	o->kind = (enum kind)kind;
	o->priority = bytes_of_string("routine");
	return decode_optional_code(send->priority, CODES_PRIORITY, "send.priority", &o->priority);
}

static struct fault decode_send(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__SendAct *send = h->send;
	struct order *o = &w->order;

	o->act = ACT_SEND;
	if (h->n_to_units != 1)
		return fault(
			h->n_to_units ? REASON_FIELD_INVALID : REASON_FIELD_MISSING, "to_units");
	TRY(decode_handle(h->to_units[0], "to_units", &o->to_unit));
	if (!is_empty(h->referral))
		return fault(REASON_FIELD_INVALID, "referral");
	uuid_derive(o->unit, &o->message, &o->referral, &o->chain);
	o->opens_chain = is_empty(h->chain);
	if (!o->opens_chain)
		TRY(decode_uuid(h->chain, "chain", &o->chain));
	TRY(decode_kind(send, o));
	TRY(decode_needs(arena, send, &w->request.needs));
	TRY(decode_clock(send, o));
	TRY(decode_basis(send->legal_basis, w));
	if (!is_empty(send->hand_back_unit))
		TRY(decode_handle(send->hand_back_unit, "send.hand_back_unit", &o->hand_back));
	o->has_replaces = !is_empty(send->replaces);
	if (o->has_replaces)
		TRY(decode_uuid(send->replaces, "send.replaces", &o->replaces));
	TRY(decode_reference(
		send->reference, calendar_date_of(o->create_us), &w->request.reference));
	w->request.remains = send->care_responsibility_remains;
	w->request.informed = send->person_informed;
	return decode_time(send->call_time, "send.call_time", &o->call_us);
}

/* The referral that an act is about, and the version that its author saw. */
static struct fault decode_target(
	const char *referral, const char *chain, int version, struct order *o)
{
	TRY(decode_uuid(referral, "referral", &o->referral));
	TRY(decode_uuid(chain, "chain", &o->chain));
	if (version <= 0)
		return fault(version ? REASON_FIELD_INVALID : REASON_FIELD_MISSING, "version");
	o->version = version;
	return OK;
}

static struct fault decode_accept(const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__AcceptAct *accept = h->accept;
	struct order *o = &w->order;

	o->act = ACT_ACCEPT;
	TRY(decode_target(h->referral, h->chain, h->version, o));
	TRY(decode_code(accept->responsible, CODES_RESPONSIBLE, "accept.responsible",
		&w->promise.responsible));
	TRY(decode_date(accept->contact_by_date, "accept.contact_by_date", &o->contact_by));
	TRY(decode_optional_code(
		accept->clock_reason, CODES_CLOCK_REASON, "accept.clock_reason", &o->clock_reason));
	return decode_time(
		accept->appointment_time, "accept.appointment_time", &w->promise.appointment_us);
}

/* --- the whole ----------------------------------------------------------------------- */

static struct fault unpack_header(
	struct arena *arena, struct bytes bytes, Stafett__V1__Header **ret_header)
{
	struct pb_check_fault at = {""};
	ProtobufCMessage *message = NULL;
	int verdict;

	if (!bytes.len)
		return fault(REASON_FIELD_MISSING, "header");
	if (bytes.len > CAP_HEADER_BYTES)
		return fault(REASON_PART_TOO_LARGE, "header");
	verdict = pb_check_unpack(&stafett__v1__header__descriptor, bytes, &pb_check_usual_caps,
		arena_allocator(arena), &message, &at);
	if (verdict)
		return fault(pb_check_is_text_fault(verdict) ? REASON_TEXT_INVALID
							     : REASON_HEADER_UNREADABLE,
			*at.field ? arena_copy(arena, bytes_of_string(at.field)) : "header");
	*ret_header = (Stafett__V1__Header *)message;
	return OK;
}

/* A header speaks for the one who sends it, and for nobody else. */
static struct fault decode_sender(const Stafett__V1__Header *h, const struct sender *sender)
{
	if (is_empty(h->from_unit))
		return fault(REASON_FIELD_MISSING, "from_unit");
	if (is_empty(h->from_member))
		return fault(REASON_FIELD_MISSING, "from_member");
	if (!bytes_equal(bytes_of_string(h->from_unit), sender->unit))
		return fault(REASON_WRONG_SENDER, "from_unit");
	if (!bytes_equal(bytes_of_string(h->from_member), sender->member))
		return fault(REASON_WRONG_SENDER, "from_member");
	return OK;
}

static struct fault decode_header(struct arena *arena, const Stafett__V1__Header *h,
	const struct sender *sender, struct write *w)
{
	struct order *o = &w->order;

	TRY(decode_message_id(h->id, &o->message));
	TRY(decode_sender(h, sender));
	o->unit = sender->unit;
	o->member = sender->member;
	if (!h->create_time)
		return fault(REASON_FIELD_MISSING, "create_time");
	TRY(decode_time(h->create_time, "create_time", &o->create_us));
	TRY(decode_time(h->occurrence_time, "occurrence_time", &o->occurrence_us));
	switch (h->act_case) {
	case STAFETT__V1__HEADER__ACT_SEND:
		return decode_send(arena, h, w);
	case STAFETT__V1__HEADER__ACT_ACCEPT:
		return decode_accept(h, w);
	case STAFETT__V1__HEADER__ACT__NOT_SET:
	case _STAFETT__V1__HEADER__ACT__CASE_IS_INT_SIZE:
		break;
	}
	return fault(REASON_FIELD_MISSING, "act");
}

/* A server that is not a trial takes sealed parts only. */
static struct fault decode_suite(const char *suite, bool takes_plain, struct bytes *ret_suite)
{
	if (is_empty(suite))
		return fault(REASON_FIELD_MISSING, "suite");
	*ret_suite = bytes_of_string(suite);
	if (takes_plain && strcmp(suite, "none") == 0)
		return OK;
	return fault(REASON_SUITE_REFUSED, "suite");
}

struct fault decode_write(struct arena *arena, const struct envelope *e,
	const struct sender *sender, bool takes_plain, struct write *w)
{
	Stafett__V1__Header *header = NULL;

	TRY(decode_suite(e->suite, takes_plain, &w->suite));
	TRY(unpack_header(arena, e->header, &header));
	TRY(decode_header(arena, header, sender, w));
	TRY(decode_part(e->card, CAP_CARD_BYTES, "card", &w->card));
	TRY(decode_body(e->body, w));
	w->header = e->header;
	if (w->order.has_upload)
		content_hash_of(w->header, w->card, w->order.upload.sha256, w->order.content_hash);
	else
		content_hash(w->header, w->card, w->body, w->order.content_hash);
	return OK;
}

struct fault decode_acknowledge(const Stafett__V1__AcknowledgeRequest *r, struct bytes raw,
	const struct sender *sender, struct write *w)
{
	struct order *o = &w->order;

	o->act = ACT_ACKNOWLEDGE;
	o->unit = sender->unit;
	o->member = sender->member;
	TRY(decode_message_id(r->id, &o->message));
	TRY(decode_target(r->referral, r->chain, r->version, o));
	TRY(decode_uuid(r->message, "message", &o->delivered));
	if (r->content_hash.len != sizeof(o->delivered_hash))
		return fault(r->content_hash.len ? REASON_FIELD_INVALID : REASON_FIELD_MISSING,
			"content_hash");
	memcpy(o->delivered_hash, r->content_hash.data, sizeof(o->delivered_hash));
	content_hash(raw, bytes_of("", 0), bytes_of("", 0), o->content_hash);
	return OK;
}
