/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope of a write: its sender, its parts, its hash. The acts have a file
 * of their own. */
#include "service/decode_fields.h"

#include "codec/pb_check.h"
#include "stafett/caps.h"

static struct fault decode_message_id(const char *text, struct uuid *ret_uuid)
{
	DECODE_TRY(decode_uuid(text, "id", ret_uuid));
	return uuid_version(ret_uuid) == 7 ? DECODE_OK : decode_fault(REASON_FIELD_INVALID, "id");
}

static struct fault decode_part(
	const Stafett__V1__Part *part, size_t max, const char *field, struct bytes *ret_bytes)
{
	*ret_bytes = bytes_of("", 0);
	if (!part || part->content_case == STAFETT__V1__PART__CONTENT__NOT_SET)
		return DECODE_OK;
	if (part->content_case == STAFETT__V1__PART__CONTENT_UPLOAD)
		return decode_fault(REASON_FIELD_INVALID, field);
	if (part->data.len > max)
		return decode_fault(REASON_PART_TOO_LARGE, field);
	if (part->data.len)
		*ret_bytes = bytes_of(part->data.data, part->data.len);
	return DECODE_OK;
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
	return decode_claim(part->upload, &o->upload) ? DECODE_OK
						      : decode_fault(REASON_UPLOAD_UNKNOWN, "body");
}

bool decode_key(const char *text, struct referral_key *ret_key)
{
	ret_key->has_id = uuid_parse(bytes_of_string(text), &ret_key->id);
	if (ret_key->has_id)
		code_of_uuid(&ret_key->id, ret_key->code);
	return ret_key->has_id || code_normalise(bytes_of_string(text), ret_key->code);
}

/* --- the whole ----------------------------------------------------------------------- */

static struct fault unpack_header(
	struct arena *arena, struct bytes bytes, Stafett__V1__Header **ret_header)
{
	struct pb_check_fault at = {""};
	ProtobufCMessage *message = NULL;
	int verdict;

	if (!bytes.len)
		return decode_fault(REASON_FIELD_MISSING, "header");
	if (bytes.len > CAP_HEADER_BYTES)
		return decode_fault(REASON_PART_TOO_LARGE, "header");
	verdict = pb_check_unpack(&stafett__v1__header__descriptor, bytes, &pb_check_usual_caps,
		arena_allocator(arena), &message, &at);
	if (verdict)
		return decode_fault(pb_check_is_text_fault(verdict) ? REASON_TEXT_INVALID
								    : REASON_HEADER_UNREADABLE,
			*at.field ? arena_copy(arena, bytes_of_string(at.field)) : "header");
	*ret_header = (Stafett__V1__Header *)message;
	return DECODE_OK;
}

/* A header speaks for the one who sends it, and for nobody else. */
static struct fault decode_sender(const Stafett__V1__Header *h, const struct sender *sender)
{
	if (decode_is_empty(h->from_unit))
		return decode_fault(REASON_FIELD_MISSING, "from_unit");
	if (decode_is_empty(h->from_member))
		return decode_fault(REASON_FIELD_MISSING, "from_member");
	if (!bytes_are(sender->unit, h->from_unit))
		return decode_fault(REASON_WRONG_SENDER, "from_unit");
	if (!bytes_are(sender->member, h->from_member))
		return decode_fault(REASON_WRONG_SENDER, "from_member");
	return DECODE_OK;
}

static struct fault decode_header(
	const Stafett__V1__Header *h, const struct sender *sender, struct write *w)
{
	struct order *o = &w->order;

	DECODE_TRY(decode_message_id(h->id, &o->message));
	DECODE_TRY(decode_sender(h, sender));
	o->unit = sender->unit;
	o->member = sender->member;
	if (!h->create_time)
		return decode_fault(REASON_FIELD_MISSING, "create_time");
	DECODE_TRY(decode_time(h->create_time, "create_time", &o->create_us));
	return decode_time(h->occurrence_time, "occurrence_time", &o->occurrence_us);
}

/* A server that is not a trial takes sealed parts only. */
static struct fault decode_suite(const char *suite, bool takes_plain, struct bytes *ret_suite)
{
	if (decode_is_empty(suite))
		return decode_fault(REASON_FIELD_MISSING, "suite");
	*ret_suite = bytes_of_string(suite);
	if (takes_plain && strcmp(suite, "none") == 0)
		return DECODE_OK;
	return decode_fault(REASON_SUITE_REFUSED, "suite");
}

struct fault decode_write(struct arena *arena, const struct envelope *e,
	const struct sender *sender, bool takes_plain, struct write *w)
{
	Stafett__V1__Header *header = NULL;

	DECODE_TRY(decode_suite(e->suite, takes_plain, &w->suite));
	DECODE_TRY(unpack_header(arena, e->header, &header));
	DECODE_TRY(decode_header(header, sender, w));
	DECODE_TRY(decode_part(e->card, CAP_CARD_BYTES, "card", &w->card));
	DECODE_TRY(decode_body(e->body, w));
	DECODE_TRY(decode_act(arena, header, w));
	w->header = e->header;
	if (w->order.has_upload)
		content_hash_of(w->header, w->card, w->order.upload.sha256, w->order.content_hash);
	else
		content_hash(w->header, w->card, w->body, w->order.content_hash);
	return DECODE_OK;
}

struct fault decode_acknowledge(const Stafett__V1__AcknowledgeRequest *r, struct bytes raw,
	const struct sender *sender, struct write *w)
{
	struct order *o = &w->order;

	o->act = ACT_ACKNOWLEDGE;
	o->unit = sender->unit;
	o->member = sender->member;
	DECODE_TRY(decode_message_id(r->id, &o->message));
	DECODE_TRY(decode_target(r->referral, r->chain, r->version, o));
	DECODE_TRY(decode_uuid(r->message, "message", &o->delivered));
	if (r->content_hash.len != sizeof(o->delivered_hash))
		return decode_fault(
			r->content_hash.len ? REASON_FIELD_INVALID : REASON_FIELD_MISSING,
			"content_hash");
	memcpy(o->delivered_hash, r->content_hash.data, sizeof(o->delivered_hash));
	content_hash(raw, bytes_of("", 0), bytes_of("", 0), o->content_hash);
	return DECODE_OK;
}
