/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes out: HEADERS, messages as nghttp2 asks for them, trailers; or one
 * HEADERS that is everything ("Trailers-Only") when no message was sent. A
 * message waits here, counted, until the peer's windows have room for it.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/base64.h"
#include "codec/grpc_meta.h"
#include "net/call_internal.h"
#include "net/now.h"
#include "stafett/caps.h"

enum {
	CALL_NUMBER_CHARS = 24,
	CALL_HEADERS_MAX = 10,
};

/* A message on its way out, its prefix included. */
struct call_chunk {
	struct list node;
	size_t len, taken;
	uint8_t data[];
};

/* A header list that is being put together. Texts are borrowed. */
struct call_nvs {
	nghttp2_nv nv[CALL_HEADERS_MAX];
	size_t n;
	char code[CALL_NUMBER_CHARS], pushback[CALL_NUMBER_CHARS], http[CALL_NUMBER_CHARS];
};

static void call_nvs_add(struct call_nvs *nvs, const char *name, const char *value, int flags)
{
	assert(nvs->n < CALL_HEADERS_MAX);
	nvs->nv[nvs->n++] = (nghttp2_nv){
		.name = (uint8_t *)name,
		.namelen = strlen(name),
		.value = (uint8_t *)value,
		.valuelen = strlen(value),
		.flags = (uint8_t)(NGHTTP2_NV_FLAG_NO_COPY_NAME | flags),
	};
}

/* What every answer begins with. The id is another each time: not for the table. */
static void call_nvs_begin(struct call_nvs *nvs, const struct call *call, const char *http_status)
{
	nvs->n = 0;
	call_nvs_add(nvs, ":status", http_status, 0);
	call_nvs_add(nvs, "stafett-call", call->id, NGHTTP2_NV_FLAG_NO_INDEX);
}

static void call_nvs_begin_grpc(struct call_nvs *nvs, const struct call *call)
{
	call_nvs_begin(nvs, call, "200");
	call_nvs_add(nvs, "content-type", "application/grpc", 0);
	if (call->frame.failed == GRPC_FRAME_COMPRESSED)
		call_nvs_add(nvs, "grpc-accept-encoding", "identity", 0);
}

static void call_nvs_end(struct call_nvs *nvs, const struct call_trailer *trailer)
{
	if (trailer->code != GRPC_OK)
		snprintf(nvs->code, sizeof(nvs->code), "%d", trailer->code);
	call_nvs_add(nvs, "grpc-status", trailer->code == GRPC_OK ? "0" : nvs->code, 0);
	if (trailer->message)
		call_nvs_add(nvs, "grpc-message", trailer->message, 0);
	if (trailer->details)
		call_nvs_add(
			nvs, "grpc-status-details-bin", trailer->details, NGHTTP2_NV_FLAG_NO_INDEX);
	if (trailer->pushback_ms > 0) {
		snprintf(nvs->pushback, sizeof(nvs->pushback), "%lld",
			(long long)trailer->pushback_ms);
		call_nvs_add(nvs, "grpc-retry-pushback-ms", nvs->pushback, 0);
	}
}

/* Takes |n| bytes off the session's account. */
static void call_reply_discharge(struct call *call, size_t n)
{
	call->unsent -= n;
	call->h2->held -= n;
	call->h2->host->held -= n;
}

static void call_reply_free_chunk(struct call *call, struct call_chunk *chunk)
{
	call_reply_discharge(call, chunk->len - chunk->taken);
	list_remove(&chunk->node);
	free(chunk);
}

/* Moves up to |room| bytes of the messages that wait into |buf|. */
static size_t call_reply_take(struct call *call, uint8_t *buf, size_t room)
{
	size_t taken = 0;

	list_for_each_safe (node, &call->chunks) {
		struct call_chunk *chunk = container_of(node, struct call_chunk, node);
		size_t left = chunk->len - chunk->taken;
		size_t n = left < room - taken ? left : room - taken;

		memcpy(buf + taken, chunk->data + chunk->taken, n);
		taken += n;
		chunk->taken += n;
		call_reply_discharge(call, n);
		if (n < left)
			break;
		call_reply_free_chunk(call, chunk);
	}
	return taken;
}

/* All messages are out: the trailers follow. */
static void call_reply_submit_trailer(struct call *call)
{
	struct call_nvs nvs = {.n = 0};

	call_nvs_end(&nvs, &call->trailer);
	h2_check(call->h2,
		nghttp2_submit_trailer(call->h2->session, call->stream_id, nvs.nv, nvs.n));
}

/* nghttp2 has room for |room| bytes of this stream. */
static ssize_t call_reply_read(nghttp2_session *session, int32_t stream_id, uint8_t *buf,
	size_t room, uint32_t *flags, nghttp2_data_source *source, void *user_data)
{
	struct call *call = source->ptr;
	size_t n = call_reply_take(call, buf, room);

	if (!list_is_empty(&call->chunks))
		return (ssize_t)n;
	if (call->ended) {
		*flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
		call_reply_submit_trailer(call);
		return (ssize_t)n;
	}
	if (n == 0) {
		call->deferred = true;
		return NGHTTP2_ERR_DEFERRED;
	}
	call->drained = true;
	call_put_to_work(call);
	return (ssize_t)n;
}

/* Submits the answer's HEADERS, or tells nghttp2 that there is more of it. */
static void call_reply_start(struct call *call)
{
	nghttp2_session *session = call->h2->session;
	const nghttp2_data_provider provider = {
		.source.ptr = call, .read_callback = call_reply_read};
	struct call_nvs nvs;

	if (call->deferred) {
		call->deferred = false;
		h2_check(call->h2, nghttp2_session_resume_data(session, call->stream_id));
	} else if (!call->answering) {
		call->answering = true;
		call_nvs_begin_grpc(&nvs, call);
		h2_check(call->h2, nghttp2_submit_response(
					   session, call->stream_id, nvs.nv, nvs.n, &provider));
	}
}

/* Queues |message| behind its prefix; false when that would be over a cap. */
static bool call_reply_queue(struct call *call, struct bytes message)
{
	struct h2 *h2 = call->h2;
	size_t len = GRPC_FRAME_PREFIX_BYTES + message.len;
	struct call_chunk *chunk;

	if (message.len > CAP_REPLY_BYTES || len > CAP_REPLY_BYTES - h2->held ||
		len > CAP_REPLY_TOTAL_BYTES - h2->host->held)
		return false;
	chunk = malloc(sizeof(*chunk) + len);
	if (!chunk)
		return false;
	if (!h2_is_waiting(h2))
		h2->moved_ns = now_ns();
	chunk->len = len;
	chunk->taken = 0;
	grpc_frame_put_prefix(chunk->data, (uint32_t)message.len);
	if (message.len > 0)
		memcpy(chunk->data + GRPC_FRAME_PREFIX_BYTES, message.data, message.len);
	list_push(&call->chunks, &chunk->node);
	call->unsent += len;
	h2->held += len;
	h2->host->held += len;
	return true;
}

void call_send(struct call *call, struct bytes message)
{
	assert(!call->ended);
	if (call->closed || call_is_refused(call))
		return; /* its owner is about to hear */
	if (call_reply_queue(call, message)) {
		call_reply_start(call);
	} else {
		metrics_add(call->h2->host->metrics, METRIC_ATTACK_REPLY, 1);
		call_refuse(call, GRPC_RESOURCE_EXHAUSTED, "too many answers wait to be read");
	}
	call->h2->wake(call->h2->wake_arg);
}

/* |text| as grpc-message wants it; NULL for nothing. */
static char *call_reply_encode_message(const char *text)
{
	char *out;

	if (!text || !*text)
		return NULL;
	out = malloc(GRPC_MESSAGE_ROOM(strlen(text)));
	if (out)
		grpc_message_encode(bytes_of_string(text), out);
	return out;
}

static char *call_reply_encode_details(struct bytes details)
{
	char *out;

	if (details.len == 0)
		return NULL;
	out = malloc(BASE64_ENCODE_ROOM(details.len));
	if (out)
		base64_encode(details, false, out);
	return out;
}

/* This was no gRPC call; so says HTTP. */
static void call_reply_http(struct call *call)
{
	struct call_nvs nvs;

	snprintf(nvs.http, sizeof(nvs.http), "%d", call->refusal.http_status);
	call_nvs_begin(&nvs, call, nvs.http);
	if (call->refusal.http_status == CALL_HTTP_BAD_METHOD)
		call_nvs_add(&nvs, "allow", "POST", 0);
	h2_check(call->h2,
		nghttp2_submit_response(call->h2->session, call->stream_id, nvs.nv, nvs.n, NULL));
}

/* One HEADERS that is the whole answer. */
static void call_reply_trailers_only(struct call *call)
{
	struct call_nvs nvs;

	call_nvs_begin_grpc(&nvs, call);
	call_nvs_end(&nvs, &call->trailer);
	h2_check(call->h2,
		nghttp2_submit_response(call->h2->session, call->stream_id, nvs.nv, nvs.n, NULL));
}

/* Whether the peer must read before anything more of this answer can leave: its
 * window is used up, or a message is cut in two. */
static bool call_reply_is_stuck(const struct call *call)
{
	return call->answering && !call->deferred &&
	       (!list_is_empty(&call->chunks) || nghttp2_session_get_stream_remote_window_size(
							 call->h2->session, call->stream_id) <= 0);
}

/* What HTTP/2 says instead of a status that cannot get through. */
static uint32_t call_reply_reset_code(int code)
{
	switch (code) {
	case GRPC_DEADLINE_EXCEEDED:
		return NGHTTP2_CANCEL;
	case GRPC_RESOURCE_EXHAUSTED:
		return NGHTTP2_ENHANCE_YOUR_CALM;
	default:
		return NGHTTP2_INTERNAL_ERROR;
	}
}

void call_reply_break(struct call *call, int code)
{
	list_for_each_safe (node, &call->chunks) {
		struct call_chunk *chunk = container_of(node, struct call_chunk, node);

		if (chunk->taken == 0)
			call_reply_free_chunk(call, chunk);
	}
	if (!call->closed && call_reply_is_stuck(call))
		h2_check(call->h2, nghttp2_submit_rst_stream(call->h2->session, NGHTTP2_FLAG_NONE,
					   call->stream_id, call_reply_reset_code(code)));
}

void call_reply_end(struct call *call, const struct call_status *status)
{
	if (call->refusal.http_status) {
		call_reply_http(call);
		return;
	}
	/* Without memory for its words a status still arrives. */
	call->trailer = (struct call_trailer){
		.code = status->code,
		.message = call_reply_encode_message(status->message),
		.details = call_reply_encode_details(status->details),
		.pushback_ms = status->pushback_ms,
	};
	if (call->answering)
		call_reply_start(call);
	else
		call_reply_trailers_only(call);
}

void call_reply_fini(struct call *call)
{
	list_for_each_safe (node, &call->chunks)
		call_reply_free_chunk(call, container_of(node, struct call_chunk, node));
	free(call->trailer.message);
	free(call->trailer.details);
}
