/* SPDX-License-Identifier: Apache-2.0 */
/* Asks, streams, asks again: see the header. */
#include "client/upload.h"

#include "client/memory.h"
#include "client/net/clock.h"
#include "client/packing.h"
#include "client/screen/progress.h"
#include "client/text.h"
#include "stafett/v1/body_service.pb-c.h"

struct upload {
	struct client *client;
	const struct outbox_entry *entry;
	char id[UUID_TEXT_LEN + 1];
	size_t at; /* how far it has come, or left */
	bool is_complete;
	uint8_t *packed; /* the part that is leaving */
	struct progress progress;
};

static void upload_take_progress(struct upload *upload, const Stafett__V1__UploadProgress *progress)
{
	upload->at = progress ? progress->received : 0;
	upload->is_complete = progress && progress->complete;
}

/* How far it has come. An upload that the server does not know begins. */
static int upload_ask(struct upload *upload, int64_t deadline_ns, struct call_outcome *ret_outcome)
{
	Stafett__V1__GetUploadRequest request = STAFETT__V1__GET_UPLOAD_REQUEST__INIT;
	const Stafett__V1__GetUploadResponse *response;
	struct client *client = upload->client;
	int r;

	request.id = upload->id;
	r = call_bytes(client, method_path(METHOD_get_upload), upload->entry->unit,
		packing_pack(&client->arena, &request.base), deadline_ns, ret_outcome);
	if (r && client->problem.id == PROBLEM_NOT_FOUND) {
		client->problem = (struct problem){0};
		upload_take_progress(upload, NULL);
		return 0;
	}
	if (r)
		return r;
	response = packing_unpack(
		&client->arena, &stafett__v1__get_upload_response__descriptor, ret_outcome->reply);
	*ret_outcome = (struct call_outcome){0};
	if (!response || !response->progress ||
		response->progress->received > upload->entry->body.len)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	upload_take_progress(upload, response->progress);
	return 0;
}

static enum channel_next upload_next(void *arg, struct bytes *ret_message)
{
	Stafett__V1__UploadRequest request = STAFETT__V1__UPLOAD_REQUEST__INIT;
	struct upload *upload = arg;
	struct bytes body = upload->entry->body;
	size_t left = body.len - upload->at;

	if (!left)
		return CHANNEL_NEXT_END;
	request.content_case = STAFETT__V1__UPLOAD_REQUEST__CONTENT_DATA;
	request.data.data = (uint8_t *)(uintptr_t)body.data + upload->at;
	request.data.len = left < CAP_UPLOAD_PART_BYTES ? left : CAP_UPLOAD_PART_BYTES;
	upload->at += request.data.len;
	*ret_message = bytes_of(
		upload->packed, stafett__v1__upload_request__pack(&request, upload->packed));
	progress_show(&upload->progress, upload->at);
	return CHANNEL_NEXT_MESSAGE;
}

/* The first message: which upload, and where it goes on. */
static struct bytes upload_start(struct upload *upload)
{
	Stafett__V1__UploadRequest request = STAFETT__V1__UPLOAD_REQUEST__INIT;
	Stafett__V1__UploadStart start = STAFETT__V1__UPLOAD_START__INIT;
	Stafett__V1__UploadClaim claim = STAFETT__V1__UPLOAD_CLAIM__INIT;
	const struct outbox_entry *entry = upload->entry;

	claim.id = upload->id;
	claim.sha256.data = (uint8_t *)entry->body_sha256;
	claim.sha256.len = sizeof(entry->body_sha256);
	claim.size = (uint32_t)entry->body.len;
	start.upload = &claim;
	start.offset = (uint32_t)upload->at;
	request.content_case = STAFETT__V1__UPLOAD_REQUEST__CONTENT_START;
	request.start = &start;
	return packing_pack(&upload->client->arena, &request.base);
}

/* One stream, from where it stands to the end. */
static int upload_stream(struct upload *upload, struct call_outcome *ret_outcome)
{
	const struct channel_source source = {upload_next, upload};
	struct client *client = upload->client;
	struct channel_request request = {
		.path = method_path(METHOD_upload),
		.unit = upload->entry->unit,
		.message = upload_start(upload),
		.patience_ns = CALL_PATIENCE_MS * CLOCK_NS_PER_MS,
		.source = &source,
	};
	const Stafett__V1__UploadResponse *response;
	int r = call_once(client, &request, ret_outcome);

	if (r)
		return r;
	response = packing_unpack(
		&client->arena, &stafett__v1__upload_response__descriptor, ret_outcome->reply);
	*ret_outcome = (struct call_outcome){0};
	if (!response || !response->progress || !response->progress->complete)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	upload_take_progress(upload, response->progress);
	return 0;
}

static int upload_go_on(
	struct upload *upload, int64_t *deadline_ns, struct call_outcome *ret_outcome)
{
	size_t before = 0;

	for (unsigned tries = 1;; tries++) {
		int r = upload_ask(upload, *deadline_ns, ret_outcome);

		if (r || upload->is_complete)
			return r;
		if (upload->at > before) {
			*deadline_ns = clock_now_ns() + upload->client->timeout_ns;
			tries = 1;
		}
		before = upload->at;
		r = upload_stream(upload, ret_outcome);
		if (!r || !ret_outcome->may_retry ||
			!call_pause(upload->client, tries, ret_outcome, *deadline_ns))
			return r;
	}
}

int upload_run(struct client *client, const struct outbox_entry *entry, int64_t *deadline_ns,
	struct call_outcome *ret_outcome)
{
	struct upload upload = {
		.client = client,
		.entry = entry,
		.packed = memory_alloc(&client->arena, CAP_UPLOAD_MESSAGE_BYTES),
	};
	int r;

	uuid_format(&entry->id, upload.id);
	progress_begin(&upload.progress, _("Uploading"), entry->body.len);
	r = upload_go_on(&upload, deadline_ns, ret_outcome);
	progress_end(&upload.progress);
	if (!r)
		*deadline_ns = clock_now_ns() + client->timeout_ns;
	return r;
}
