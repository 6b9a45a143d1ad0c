/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Upload: the first message says which upload and from where on, each other one
 * brings a part. A part goes to the database from where it was received; until it
 * is on disk the call is paused, so that a peer never has more than one in here.
 */
#include "codec/pb_check.h"
#include "codec/pb_wire.h"
#include "service/answer.h"
#include "service/body_call.h"
#include "stafett/caps.h"
#include "stafett/v1/body_service.pb-c.h"

struct upload_call {
	struct body_call body;
	struct claim claim;
	uint32_t offset; /* where the caller takes it up */
	/* The upload as it stands in the database. */
	bool found, same, complete;
	uint32_t received;
	bool has_row;  /* the task did what it was to do */
	uint32_t part; /* bytes of it */
};

/* The questions of the opening, and the columns of the second's row. */
enum { UPLOAD_BEGIN, UPLOAD_FIND };
enum { UPLOAD_SIZE, UPLOAD_SHA256, UPLOAD_RECEIVED, UPLOAD_COMPLETE };

static struct upload_call *upload_of(struct body_call *bc)
{
	return container_of(bc, struct upload_call, body);
}

/* --- the opening ------------------------------------------------------------------ */

static void upload_on_row(
	struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct upload_call *u = upload_of(read->arg);

	if (query != UPLOAD_FIND)
		return;
	u->found = true;
	u->same = (uint32_t)db_row_int(row, UPLOAD_SIZE) == u->claim.size &&
		  bytes_equal(db_row_bytes(row, UPLOAD_SHA256),
			  bytes_of(u->claim.sha256, sizeof(u->claim.sha256)));
	u->received = (uint32_t)db_row_int(row, UPLOAD_RECEIVED);
	u->complete = db_row_bool(row, UPLOAD_COMPLETE);
}

static enum reason upload_judge(struct read *read)
{
	const struct upload_call *u = upload_of(read->arg);

	if (!u->found)
		return REASON_UPLOADS_WAITING; /* or it would have been begun */
	if (!u->same)
		return REASON_KEY_CONTENT_MISMATCH;
	return u->received == u->offset ? REASON_NONE : REASON_UPLOAD_MOVED;
}

/* The next message may come. */
static void upload_go_on(struct body_call *bc)
{
	call_set_patience(bc->call, CAP_BODY_PATIENCE_MS);
	call_resume(bc->call);
}

static void upload_on_task_row(struct body_task *task, const struct db_row *row)
{
	upload_of(task->arg)->has_row = true;
}

/* --- parts -------------------------------------------------------------------------- */

/* The part in |message|, where it lies. */
static enum reason upload_unpack(struct bytes message, struct bytes *ret_data)
{
	struct pb_check_fault at;
	struct pb_wire_field field = {0};

	if (pb_check(&stafett__v1__upload_request__descriptor, message, &pb_check_usual_caps, &at))
		return REASON_MESSAGE_UNREADABLE;
	while (message.len)
		if (pb_wire_next(&message, &field))
			return REASON_MESSAGE_UNREADABLE;
	*ret_data = field.data;
	return field.number == STAFETT__V1__UPLOAD_REQUEST__CONTENT_DATA ? REASON_NONE
									 : REASON_FIELD_MISSING;
}

static void upload_on_part_stored(struct body_call *bc)
{
	struct upload_call *u = upload_of(bc);

	if (!u->has_row) {
		body_call_refuse(bc, REASON_UPLOAD_MOVED, NULL);
		return;
	}
	u->received += u->part;
	upload_go_on(bc);
}

static void upload_on_message(struct under_way *under_way, struct bytes message)
{
	struct body_call *bc = container_of(under_way, struct body_call, under_way);
	struct upload_call *u = upload_of(bc);
	uint32_t left = u->claim.size - u->received;
	struct bytes data;
	struct db_args *args;
	enum reason reason = upload_unpack(message, &data);

	u->part = left < CAP_UPLOAD_PART_BYTES ? left : CAP_UPLOAD_PART_BYTES;
	if (!reason && (data.len != u->part || !u->part))
		reason = REASON_FIELD_INVALID;
	if (reason) {
		body_call_refuse(bc, reason, "data");
		return;
	}
	call_pause(bc->call);
	args = body_call_prepare(bc, BODY_PUT, false);
	db_args_add_bytes(args, uuid_bytes(&bc->read.unit));
	db_args_add_bytes(args, uuid_bytes(&u->claim.id));
	db_args_add_int(args, (int32_t)u->received);
	db_args_add_bytes(args, data);
	u->has_row = false;
	bc->done = upload_on_part_stored;
	body_call_submit(bc);
}

/* --- the end -------------------------------------------------------------------------- */

static void upload_answer(struct upload_call *u)
{
	Stafett__V1__UploadResponse response = STAFETT__V1__UPLOAD_RESPONSE__INIT;
	Stafett__V1__UploadProgress progress = STAFETT__V1__UPLOAD_PROGRESS__INIT;

	progress.received = u->received;
	progress.complete = u->complete;
	response.progress = &progress;
	body_call_leave(&u->body);
	answer_message(u->body.call, &response.base);
}

static void upload_on_finished(struct body_call *bc)
{
	struct upload_call *u = upload_of(bc);

	if (!u->has_row) {
		body_call_refuse(bc, REASON_UPLOAD_DIFFERS, NULL);
		return;
	}
	u->complete = true;
	upload_answer(u);
}

/* All parts that come in this stream are on disk. */
static void upload_on_half_close(struct under_way *under_way)
{
	struct body_call *bc = container_of(under_way, struct body_call, under_way);
	struct upload_call *u = upload_of(bc);
	struct db_args *args;

	if (u->complete || u->received < u->claim.size) {
		upload_answer(u);
		return;
	}
	call_set_patience(bc->call, CAP_BODY_PATIENCE_MS);
	args = body_call_prepare(bc, BODY_FINISH, true);
	db_args_add_bytes(args, uuid_bytes(&bc->read.unit));
	db_args_add_bytes(args, uuid_bytes(&u->claim.id));
	u->has_row = false;
	bc->done = upload_on_finished;
	body_call_submit(bc);
}

/* --- the beginning -------------------------------------------------------------------- */

static struct fault upload_decode(
	const Stafett__V1__UploadRequest *r, struct claim *ret_claim, uint32_t *ret_offset)
{
	const Stafett__V1__UploadStart *start = r->start;

	if (r->content_case != STAFETT__V1__UPLOAD_REQUEST__CONTENT_START)
		return (struct fault){REASON_FIELD_MISSING, "start"};
	if (start->upload && start->upload->size > CAP_UPLOAD_BYTES)
		return (struct fault){REASON_PART_TOO_LARGE, "start.upload.size"};
	if (!decode_claim(start->upload, ret_claim))
		return (struct fault){REASON_FIELD_INVALID, "start.upload"};
	*ret_offset = start->offset;
	return (struct fault){REASON_NONE, NULL};
}

static void upload_add_questions(struct upload_call *u)
{
	struct read *read = &u->body.read;
	struct bytes id = uuid_bytes(&u->claim.id);
	struct db_args *args = read_add_query(read, READ_BEGIN_UPLOAD);

	db_args_add_bytes(args, id);
	db_args_add_int(args, (int32_t)u->claim.size);
	db_args_add_bytes(args, bytes_of(u->claim.sha256, sizeof(u->claim.sha256)));
	db_args_add_int(args, CAP_UPLOADS_WAITING);
	db_args_add_bytes(read_add_query(read, READ_UPLOAD), id);
	read->object = u->claim.id;
	read->row = upload_on_row;
	read->judge = upload_judge;
}

void method_upload(const struct incoming *in)
{
	struct claim claim;
	uint32_t offset;
	struct upload_call *u;
	struct fault fault =
		upload_decode((const Stafett__V1__UploadRequest *)in->request, &claim, &offset);

	if (fault.reason) {
		answer_refusal(in->call, fault.reason, fault.field);
		return;
	}
	u = body_call_new(in, sizeof(*u));
	if (!u)
		return;
	u->claim = claim;
	u->offset = offset;
	u->body.under_way.message = upload_on_message;
	u->body.under_way.half_close = upload_on_half_close;
	u->body.opened = upload_go_on;
	u->body.task.row = upload_on_task_row;
	upload_add_questions(u);
	call_set_patience(in->call, CAP_BODY_PATIENCE_MS);
	call_pause(in->call);
	body_call_open(&u->body);
}
