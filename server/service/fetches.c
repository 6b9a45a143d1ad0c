/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetch: once the reading is recorded, one part after the other. The next is read
 * when the last is on its way, so that a peer that does not read costs one part.
 */
#include <stdlib.h>

#include "service/answer.h"
#include "service/body_call.h"
#include "stafett/caps.h"
#include "stafett/v1/body_service.pb-c.h"

struct fetch_call {
	struct body_call body;
	struct referral_key key;
	struct bytes from;
	struct uuid message;
	uint32_t offset, size; /* what comes next, of how much */
	bool found, shared;
	uint32_t part; /* bytes of the part that is on its way */
	/* A packed FetchResponse, between the row and the end of its task. Not in the
	 * arena, which would keep every part. */
	uint8_t *packed;
	size_t packed_len;
};

/* The columns of the opening's row. */
enum { FETCH_REFERRAL, FETCH_SIZE, FETCH_BASIS };

static struct fetch_call *fetch_of(struct body_call *bc)
{
	return container_of(bc, struct fetch_call, body);
}

/* --- the opening ------------------------------------------------------------------- */

static void fetch_on_row(
	struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct fetch_call *f = fetch_of(read->arg);

	f->found = true;
	f->shared = db_row_has(row, FETCH_SIZE);
	f->size = (uint32_t)db_row_int(row, FETCH_SIZE);
	read->object = db_row_uuid(row, FETCH_REFERRAL);
	audit_add(audit, AUDIT_REFERRAL, uuid_bytes(&read->object));
	if (db_row_has(row, FETCH_BASIS))
		audit_add(audit, AUDIT_BASIS, db_row_bytes(row, FETCH_BASIS));
}

static enum reason fetch_judge(struct read *read)
{
	const struct fetch_call *f = fetch_of(read->arg);

	if (!f->found)
		return REASON_NOT_FOUND;
	if (!f->shared)
		return REASON_NO_LONGER_SHARED;
	return f->offset <= f->size ? REASON_NONE : REASON_FIELD_INVALID;
}

/* --- parts --------------------------------------------------------------------------- */

static void fetch_add_key(const struct fetch_call *f, struct db_args *args)
{
	db_args_add_bytes(args, f->key.has_id ? uuid_bytes(&f->key.id) : bytes_of(NULL, 0));
	db_args_add_text(args, f->key.code);
	db_args_add_bytes(args, f->from);
	db_args_add_bytes(args, uuid_bytes(&f->message));
}

static void fetch_next(struct body_call *bc)
{
	struct fetch_call *f = fetch_of(bc);
	struct db_args *args;

	if (f->offset >= f->size) {
		body_call_leave(bc);
		call_finish(bc->call, NULL);
		return;
	}
	call_set_patience(bc->call, CAP_BODY_PATIENCE_MS);
	args = body_call_prepare(bc, BODY_PART, true);
	fetch_add_key(f, args);
	db_args_add_int(args, (int32_t)(f->offset - f->offset % CAP_UPLOAD_PART_BYTES));
	f->part = 0;
	body_call_submit(bc);
}

static void fetch_on_part(struct body_task *task, const struct db_row *row)
{
	struct fetch_call *f = fetch_of(task->arg);
	struct bytes data = db_row_bytes(row, 0);
	size_t skip = f->offset % CAP_UPLOAD_PART_BYTES;
	Stafett__V1__FetchResponse response = STAFETT__V1__FETCH_RESPONSE__INIT;

	if (data.len <= skip)
		return;
	response.offset = f->offset;
	response.data.data = (uint8_t *)(uintptr_t)data.data + skip;
	response.data.len = data.len - skip;
	f->packed_len = stafett__v1__fetch_response__get_packed_size(&response);
	f->packed = malloc(f->packed_len);
	if (!f->packed)
		return;
	stafett__v1__fetch_response__pack(&response, f->packed);
	f->part = (uint32_t)response.data.len;
}

static void fetch_gone(struct body_call *bc)
{
	free(TAKE(fetch_of(bc)->packed));
}

/* A part that is not there any more: the unit has lost its right meanwhile. */
static void fetch_on_read(struct body_call *bc)
{
	struct fetch_call *f = fetch_of(bc);

	if (!f->part) {
		body_call_refuse(bc, REASON_NOT_FOUND, NULL);
		return;
	}
	f->offset += f->part;
	call_send(bc->call, bytes_of(f->packed, f->packed_len));
	free(TAKE(f->packed));
}

static void fetch_on_drained(struct under_way *under_way)
{
	struct body_call *bc = container_of(under_way, struct body_call, under_way);

	if (bc->step == BODY_IDLE)
		fetch_next(bc);
}

/* --- the beginning ------------------------------------------------------------------- */

static struct fault fetch_decode(
	const Stafett__V1__FetchRequest *r, struct referral_key *ret_key, struct uuid *ret_message)
{
	if (!decode_key(r->referral, ret_key))
		return (struct fault){REASON_FIELD_INVALID, "referral"};
	return decode_uuid(r->message, "message", ret_message);
}

static void fetch_start(struct fetch_call *f, const Stafett__V1__FetchRequest *r)
{
	struct body_call *bc = &f->body;

	f->from = bytes_of_string(r->from_unit);
	f->offset = r->offset;
	bc->under_way.drained = fetch_on_drained;
	bc->opened = fetch_next;
	bc->done = fetch_on_read;
	bc->gone = fetch_gone;
	bc->task.row = fetch_on_part;
	bc->read.row = fetch_on_row;
	bc->read.judge = fetch_judge;
	bc->read.object = f->message;
	fetch_add_key(f, read_add_query(&bc->read, READ_BODY));
	body_call_open(bc);
}

void method_fetch(const struct incoming *in)
{
	const Stafett__V1__FetchRequest *r = (const Stafett__V1__FetchRequest *)in->request;
	struct referral_key key;
	struct uuid message;
	struct fetch_call *f;
	struct fault fault = fetch_decode(r, &key, &message);

	if (fault.reason) {
		answer_refusal(in->call, fault.reason, fault.field);
		return;
	}
	f = body_call_new(in, sizeof(*f));
	if (!f)
		return;
	f->key = key;
	f->message = message;
	fetch_start(f, r);
}
