/* SPDX-License-Identifier: Apache-2.0 */
/* A stream, and another from where it broke: see the header. */
#include "client/fetch.h"

#include <stdlib.h>

#include "client/call.h"
#include "client/memory.h"
#include "client/net/clock.h"
#include "client/packing.h"
#include "client/screen/progress.h"
#include "client/text.h"
#include "domain/digest.h"
#include "stafett/v1/body_service.pb-c.h"

struct fetch {
	struct client *client;
	const char *referral;
	const Stafett__V1__Content *content;
	uint8_t *data;
	size_t at, size; /* how much is there, of how much */
	struct progress progress;
};

/* Puts a part where it belongs, which can only be behind the last one. */
static bool fetch_take(void *arg, struct bytes message)
{
	const Stafett__V1__FetchResponse *part;
	struct fetch *fetch = arg;
	struct arena arena;
	bool fits;

	arena_init(&arena, CAP_ARENA_BYTES);
	part = packing_unpack(&arena, &stafett__v1__fetch_response__descriptor, message);
	fits = part && part->offset == fetch->at && part->data.len <= fetch->size - fetch->at;
	if (fits && part->data.len) {
		memcpy(fetch->data + fetch->at, part->data.data, part->data.len);
		fetch->at += part->data.len;
	}
	arena_fini(&arena);
	progress_show(&fetch->progress, fetch->at);
	return fits;
}

static int fetch_stream(struct fetch *fetch, struct call_outcome *ret_outcome)
{
	const struct answer_sink sink = {fetch_take, fetch, CAP_UPLOAD_MESSAGE_BYTES};
	Stafett__V1__FetchRequest message = STAFETT__V1__FETCH_REQUEST__INIT;
	struct client *client = fetch->client;
	struct channel_request request = {
		.path = method_path(METHOD_fetch),
		.unit = client->profile->unit,
		.patience_ns = CALL_PATIENCE_MS * CLOCK_NS_PER_MS,
		.sink = &sink,
	};
	int r;

	message.referral = (char *)fetch->referral;
	message.message = fetch->content->message;
	message.from_unit = fetch->content->from_unit;
	message.offset = (uint32_t)fetch->at;
	request.message = packing_pack(&client->arena, &message.base);
	r = call_once(client, &request, ret_outcome);
	if (!r && fetch->at < fetch->size)
		r = client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	return r;
}

/* Tries until it is there, or nothing has moved for the user's time. */
static int fetch_run(struct fetch *fetch)
{
	int64_t deadline_ns = clock_now_ns() + fetch->client->timeout_ns;

	for (unsigned tries = 1;; tries++) {
		size_t before = fetch->at;
		struct call_outcome outcome;
		int r = fetch_stream(fetch, &outcome);

		if (!r || !outcome.may_retry)
			return r;
		if (fetch->at > before) {
			deadline_ns = clock_now_ns() + fetch->client->timeout_ns;
			tries = 1;
		}
		if (!call_pause(fetch->client, tries, &outcome, deadline_ns))
			return r;
	}
}

static int fetch_check(const struct fetch *fetch, const Stafett__V1__UploadClaim *claim)
{
	const struct bytes data = bytes_of(fetch->data, fetch->size);
	uint8_t digest[DIGEST_LEN];

	digest_sha256(&data, 1, digest);
	if (bytes_equal(bytes_of(claim->sha256.data, claim->sha256.len),
		    bytes_of(digest, sizeof(digest))))
		return 0;
	return client_problem(
		fetch->client, PROBLEM_BODY_DIFFERS, "sender", fetch->content->from_unit, NULL);
}

int fetch_body(struct client *client, const char *referral, const Stafett__V1__Content *content,
	uint8_t **ret_data)
{
	const Stafett__V1__UploadClaim *claim = content->body->upload;
	struct fetch fetch = {client, referral, content, NULL, 0, claim->size, {0}};
	int r;

	if (!claim->size || claim->size > CAP_UPLOAD_BYTES)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	fetch.data = memory_need(malloc(claim->size));
	progress_begin(&fetch.progress, _("Fetching"), claim->size);
	r = fetch_run(&fetch);
	progress_end(&fetch.progress);
	if (!r)
		r = fetch_check(&fetch, claim);
	if (r)
		free(fetch.data);
	else
		*ret_data = fetch.data;
	return r;
}
