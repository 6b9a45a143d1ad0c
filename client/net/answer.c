/* SPDX-License-Identifier: Apache-2.0 */
/* From HTTP/2 to a gRPC status: see the header. */
#include "client/net/answer.h"

#include <errno.h>
#include <stdlib.h>

#include <nghttp2/nghttp2.h>

#include "codec/base64.h"
#include "codec/grpc_meta.h"

void answer_init(struct answer *answer, struct arena *arena, uint32_t cap)
{
	*answer = (struct answer){
		.status = GRPC_UNKNOWN,
		.message = "",
		.call_id = "",
		.pushback_ms = -1,
		.arena = arena,
	};
	grpc_frame_init(&answer->frame, cap);
}

void answer_init_stream(struct answer *answer, struct arena *arena, const struct answer_sink *sink)
{
	answer_init(answer, arena, sink->cap);
	answer->sink = sink;
}

static void answer_blame(struct answer *answer, const char *fault)
{
	if (!answer->fault)
		answer->fault = fault;
}

static void answer_take_text(struct answer *answer, struct bytes value, const char **text)
{
	char *copy = arena_copy(answer->arena, value);

	if (copy)
		*text = copy;
	else
		answer->out_of_memory = true;
}

static void answer_on_http_status(struct answer *answer, struct bytes value)
{
	answer->http_status = value.len == 3
				      ? (value.data[0] - '0') * 100 + (value.data[1] - '0') * 10 +
						(value.data[2] - '0')
				      : 0;
}

static void answer_on_content_type(struct answer *answer, struct bytes value)
{
	answer->is_grpc = grpc_content_type_is_ours(value);
}

static void answer_on_status(struct answer *answer, struct bytes value)
{
	int code;

	/* A code of a newer gRPC means the same as none that we know. */
	answer->status = grpc_status_parse(value, &code) ? GRPC_UNKNOWN : code;
	answer->has_status = true;
}

static void answer_on_message(struct answer *answer, struct bytes value)
{
	char *text = arena_alloc(answer->arena, value.len + 1);

	if (!text) {
		answer->out_of_memory = true;
		return;
	}
	grpc_message_decode(value, text);
	answer->message = text;
}

static void answer_on_details(struct answer *answer, struct bytes value)
{
	uint8_t *data = arena_alloc(answer->arena, BASE64_DECODE_ROOM(value.len));
	size_t len;

	if (!data)
		answer->out_of_memory = true;
	else if (base64_decode(value, data, &len) == 0)
		answer->details = bytes_of(data, len);
	/* Unreadable details are as good as none: the status still counts. */
}

static void answer_on_call_id(struct answer *answer, struct bytes value)
{
	answer_take_text(answer, value, &answer->call_id);
}

static void answer_on_pushback(struct answer *answer, struct bytes value)
{
	const char *text = "";
	char *end;
	long ms;

	answer_take_text(answer, value, &text);
	ms = strtol(text, &end, 10);
	if (end != text && !*end && ms >= 0)
		answer->pushback_ms = ms;
}

static const struct {
	const char *name;
	void (*take)(struct answer *answer, struct bytes value);
} answer_headers[] = {
	{":status", answer_on_http_status},
	{"content-type", answer_on_content_type},
	{"grpc-status", answer_on_status},
	{"grpc-message", answer_on_message},
	{"grpc-status-details-bin", answer_on_details},
	{"grpc-retry-pushback-ms", answer_on_pushback},
	{"stafett-call", answer_on_call_id},
};

void answer_header(struct answer *answer, struct bytes name, struct bytes value)
{
	for (size_t i = 0; i < ARRAY_SIZE(answer_headers); i++) {
		if (bytes_are(name, answer_headers[i].name))
			answer_headers[i].take(answer, value);
	}
}

/* Room for the message that begins. All messages of a stream share one. */
static void answer_on_begin(struct answer *answer)
{
	if (!answer->room)
		answer->room = arena_alloc(answer->arena,
			(size_t)(answer->sink ? answer->sink->cap : answer->frame.length) + 1);
	if (answer->room)
		grpc_frame_give(&answer->frame, answer->room);
	else
		answer->out_of_memory = true;
}

static void answer_on_whole(struct answer *answer)
{
	if (answer->sink) {
		answer->is_stopped = !answer->sink->take(answer->sink->arg, answer->frame.message);
		return;
	}
	answer->has_reply = true;
	answer->reply = answer->frame.message;
}

static void answer_on_frame(struct answer *answer, enum grpc_frame_event event)
{
	switch (event) {
	case GRPC_FRAME_BEGIN:
		if (answer->has_reply)
			answer_blame(answer, "two messages in the answer to a unary call");
		else
			answer_on_begin(answer);
		break;
	case GRPC_FRAME_MESSAGE:
		answer_on_whole(answer);
		break;
	case GRPC_FRAME_COMPRESSED:
	case GRPC_FRAME_BAD_FLAG:
	case GRPC_FRAME_TOO_LARGE:
	case GRPC_FRAME_TRUNCATED:
		answer_blame(answer, grpc_frame_text(event));
		break;
	case GRPC_FRAME_MORE:
		break;
	}
}

void answer_data(struct answer *answer, struct bytes data)
{
	enum grpc_frame_event event;

	while (answer->is_grpc && !answer->fault && !answer->is_stopped && !answer->out_of_memory) {
		event = grpc_frame_next(&answer->frame, &data);
		if (event == GRPC_FRAME_MORE)
			return;
		answer_on_frame(answer, event);
	}
}

static int answer_status_of_reset(uint32_t reset)
{
	switch (reset) {
	case NGHTTP2_REFUSED_STREAM:
		return GRPC_UNAVAILABLE;
	case NGHTTP2_CANCEL:
		return GRPC_CANCELLED;
	case NGHTTP2_ENHANCE_YOUR_CALM:
		return GRPC_RESOURCE_EXHAUSTED;
	case NGHTTP2_INADEQUATE_SECURITY:
		return GRPC_PERMISSION_DENIED;
	default:
		return GRPC_INTERNAL;
	}
}

/* Something before the server answered in plain HTTP: a load balancer, mostly. */
static int answer_finish_http(struct answer *answer, struct net_detail *detail)
{
	net_detail_set(detail, "http status %d", answer->http_status);
	switch (answer->http_status) {
	case 429:
	case 502:
	case 503:
	case 504:
		answer->status = GRPC_UNAVAILABLE;
		answer->message = "the server cannot be reached behind its gateway";
		return 0;
	default:
		return NET_NOT_GRPC;
	}
}

int answer_finish(struct answer *answer, uint32_t reset, struct net_detail *detail)
{
	if (answer->out_of_memory)
		return -ENOMEM;
	if (!answer->has_status && reset) {
		answer->status = answer_status_of_reset(reset);
		answer->message = "the server reset the call";
		return 0;
	}
	if (!answer->has_status && !answer->is_grpc)
		return answer_finish_http(answer, detail);
	if (grpc_frame_end(&answer->frame) != GRPC_FRAME_MORE)
		answer_blame(answer, grpc_frame_text(answer->frame.failed));
	if (!answer->has_status)
		answer_blame(answer, "the answer has no status");
	if (answer->status == GRPC_OK && !answer->has_reply && !answer->sink)
		answer_blame(answer, "the answer says OK and has no message");
	if (!answer->fault)
		return 0;
	net_detail_set(detail, "%s", answer->fault);
	return NET_PROTOCOL;
}
