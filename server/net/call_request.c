/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes in: a call's headers and messages, judged before they are kept.
 * A unary request is put together as its bytes arrive. The bytes of a client's
 * stream wait raw in the inbox until its owner may hear them, and only then is
 * their window given back: a peer that does not read its answers is not heard.
 */
#include <assert.h>
#include <stdlib.h>

#include "codec/grpc_meta.h"
#include "net/call_internal.h"
#include "net/now.h"
#include "stafett/caps.h"

enum {
	CALL_FIELD_OVERHEAD = 32, /* RFC 9113 10.5.1 */
	/* A stream's owner hears no more messages while so much is unsent. */
	CALL_UNSENT_BRAKE = 65536,
	CALL_INBOX_LEAST = 1024,
};

static void call_request_take_method(struct call *call, struct bytes value)
{
	call->headers.is_post = bytes_are(value, "POST");
}

static void call_request_take_path(struct call *call, struct bytes value)
{
	const struct call_router *router = call->h2->host->router;

	/* nghttp2 ends every value with a NUL and lets none stand inside. */
	call->method = router->find(router->arg, (const char *)value.data);
}

static void call_request_take_type(struct call *call, struct bytes value)
{
	call->headers.is_grpc = grpc_content_type_is_ours(value);
}

static void call_request_take_te(struct call *call, struct bytes value)
{
	call->headers.takes_trailers = bytes_are(value, "trailers");
}

static void call_request_take_timeout(struct call *call, struct bytes value)
{
	if (grpc_timeout_parse(value, &call->headers.timeout_ns) < 0)
		call->headers.timeout_is_bad = true;
}

static void call_request_take_encoding(struct call *call, struct bytes value)
{
	call->headers.encoded = !bytes_are(value, "identity");
}

/* The headers that the engine itself understands. */
static const struct {
	const char *name;
	void (*take)(struct call *call, struct bytes value);
} call_request_headers[] = {
	{":method", call_request_take_method},
	{":path", call_request_take_path},
	{"content-type", call_request_take_type},
	{"te", call_request_take_te},
	{"grpc-timeout", call_request_take_timeout},
	{"grpc-encoding", call_request_take_encoding},
};

/* Keeps a header for the owner. */
static void call_request_keep(struct call *call, struct bytes name, struct bytes value)
{
	struct call_field *field = arena_alloc(&call->arena, sizeof(*field));
	struct call_field **end = &call->headers.fields;

	if (!field)
		return;
	field->name = arena_copy(&call->arena, name);
	field->value = arena_copy(&call->arena, value);
	if (!field->name || !field->value)
		return;
	while (*end)
		end = &(*end)->next;
	*end = field;
}

static bool call_request_has_prefix(struct bytes name, const char *prefix)
{
	size_t len = strlen(prefix);

	return name.len >= len && memcmp(name.data, prefix, len) == 0;
}

void call_request_header(struct call *call, struct bytes name, struct bytes value)
{
	call->header_bytes += name.len + value.len + CALL_FIELD_OVERHEAD;
	if (call->begun || call->header_bytes > CAP_HEADER_LIST_BYTES)
		return; /* a request's trailers say nothing; too many are refused */
	for (size_t i = 0; i < ARRAY_SIZE(call_request_headers); i++) {
		if (bytes_are(name, call_request_headers[i].name)) {
			call_request_headers[i].take(call, value);
			return;
		}
	}
	if (!call_request_has_prefix(name, ":") && !call_request_has_prefix(name, "grpc-"))
		call_request_keep(call, name, value);
}

/* Refuses what is not a call that we can serve. */
static void call_request_judge(struct call *call)
{
	const struct call_headers *headers = &call->headers;

	if (call->header_bytes > CAP_HEADER_LIST_BYTES)
		call_refuse(call, GRPC_RESOURCE_EXHAUSTED,
			"the request's headers are larger than the limit");
	else if (!headers->is_post)
		call->refusal.http_status = CALL_HTTP_BAD_METHOD;
	else if (!headers->is_grpc)
		call->refusal.http_status = CALL_HTTP_BAD_TYPE;
	else if (!headers->takes_trailers)
		call_refuse(call, GRPC_INTERNAL, "the header 'te: trailers' is missing");
	else if (headers->timeout_is_bad)
		call_refuse(call, GRPC_INTERNAL, "the header 'grpc-timeout' is malformed");
	else if (!call->method)
		call_refuse(call, GRPC_UNIMPLEMENTED, "there is no such method");
	else if (call->arena.overflowed)
		call_put_off(call, "out of memory");
}

/* When the caller stops waiting. */
static int64_t call_request_asked(const struct call *call)
{
	int64_t timeout_ns = call->headers.timeout_ns;

	return timeout_ns < INT64_MAX - call->begun_ns ? call->begun_ns + timeout_ns : INT64_MAX;
}

int64_t call_request_within(const struct call *call, int64_t from_ns, int64_t cap_ms)
{
	int64_t asked = call_request_asked(call);
	int64_t cap = from_ns + cap_ms * NOW_NS_PER_MS;

	return asked < cap ? asked : cap;
}

/* The cap is for unary calls: a stream lasts as long as its caller wants. */
static int64_t call_request_deadline(const struct call *call, int64_t from_ns, int64_t cap_ms)
{
	if (call->method->client_streams || call->method->server_streams)
		return call_request_asked(call);
	return call_request_within(call, from_ns, cap_ms);
}

void call_request_begin(struct call *call)
{
	if (call->begun)
		return; /* a request's trailers */
	call->begun = true;
	call_request_judge(call);
	if (call->refusal.http_status)
		call_blame(call, CALL_NO_GOOD);
	if (!call_is_refused(call)) {
		call->deadline_ns = call_request_deadline(call, call->begun_ns, CAP_BODY_MS);
		if (call->method->message_max)
			grpc_frame_init(&call->frame, call->method->message_max);
	}
	call_put_to_work(call);
}

/* The bytes of the inbox that are charged to the session. */
static size_t call_request_charged(const struct call *call)
{
	return call->method->paced ? 0 : call->inbox.len;
}

static void call_request_refuse_room(struct call *call)
{
	metrics_add(call->h2->host->metrics, METRIC_ATTACK_RETAINED, 1);
	call_put_off(call, "too many requests are under way on this connection");
}

/* Makes room for the message that begins. */
static void call_request_make_room(struct call *call)
{
	size_t len = call->frame.length;

	if (call->has_message) {
		call_refuse(call, GRPC_UNIMPLEMENTED, "the method takes one message, not more");
		return;
	}
	call_release(call, call->retained - call_request_charged(call));
	free(call->body);
	call->body = call_retain(call, len) ? malloc(len ? len : 1) : NULL;
	if (call->body)
		grpc_frame_give(&call->frame, call->body);
	else
		call_request_refuse_room(call);
}

/* Takes from |input| up to the end of the next message; true when one is whole. */
static bool call_request_next(struct call *call, struct bytes *input)
{
	while (!call_is_refused(call)) {
		enum grpc_frame_event event = grpc_frame_next(&call->frame, input);

		if (event == GRPC_FRAME_MORE)
			return false;
		if (event == GRPC_FRAME_MESSAGE)
			return true;
		if (event == GRPC_FRAME_BEGIN)
			call_request_make_room(call);
		else
			call_refuse(call,
				grpc_frame_status(event, call->headers.encoded ? "other" : NULL),
				grpc_frame_text(event));
	}
	return false;
}

static void call_request_give_window(struct call *call, size_t len)
{
	h2_check(call->h2, nghttp2_session_consume_stream(call->h2->session, call->stream_id, len));
}

/* The session's window is given back at once, or half-received messages could
 * lock each other out; what is kept is counted instead. Only whole messages of
 * a paced stream hold it, and its owner will take them. */
static void call_request_give_session_window(struct call *call, size_t len)
{
	h2_check(call->h2, nghttp2_session_consume_connection(call->h2->session, len));
}

static bool call_request_retain(struct call *call, size_t len)
{
	return call->method->paced ? call_retain_paced(call, len) : call_retain(call, len);
}

/* Keeps raw bytes of a client's stream. */
static void call_request_store(struct call *call, struct bytes data)
{
	struct call_inbox *inbox = &call->inbox;
	size_t room = inbox->room ? inbox->room : CALL_INBOX_LEAST;
	uint8_t *grown;

	while (room - inbox->len < data.len)
		room *= 2;
	grown = room > inbox->room ? realloc(inbox->data, room) : inbox->data;
	if (grown) {
		inbox->data = grown;
		inbox->room = room;
	}
	if (!grown || !call_request_retain(call, data.len)) {
		call_request_refuse_room(call);
		if (call->method->paced)
			call_request_give_session_window(call, data.len);
		return;
	}
	memcpy(inbox->data + inbox->len, data.data, data.len);
	inbox->len += data.len;
}

void call_request_data(struct call *call, struct bytes data)
{
	bool heard = call->begun && !call->ended && !call_is_refused(call);
	struct bytes rest = data;

	if (!heard || !call->method->paced)
		call_request_give_session_window(call, data.len);
	if (heard && call->method->client_streams) {
		call_request_store(call, data);
		call_put_to_work(call);
		return;
	}
	while (heard && call_request_next(call, &rest))
		call->has_message = true;
	call_request_give_window(call, data.len);
}

void call_request_end(struct call *call)
{
	call->input_ended = true;
	if (call->begun && !call_is_refused(call) && !call->method->client_streams)
		call->deadline_ns = call_request_deadline(call, call->h2->now_ns, CAP_DEADLINE_MS);
	call_put_to_work(call);
}

/* Whether the peer takes so much as a byte of an answer's message. */
static bool call_request_has_reader(const struct call *call)
{
	nghttp2_session *session = call->h2->session;

	return nghttp2_session_get_remote_window_size(session) > 0 &&
	       nghttp2_session_get_stream_remote_window_size(session, call->stream_id) > 0;
}

/* No work is begun for answers that cannot leave: the call waits, by its deadline at most. */
static void call_request_await_reader(struct call *call)
{
	struct h2 *h2 = call->h2;

	if (!h2_is_waiting(h2))
		h2->moved_ns = h2->now_ns;
	list_push(&h2->unread, &call->unread);
}

void call_request_on_window(struct call *call)
{
	if (!call_request_has_reader(call))
		return;
	list_remove(&call->unread);
	call_put_to_work(call);
}

/* The request of a unary call is whole: it is handed over or refused. */
static void call_request_run_unary(struct call *call)
{
	const struct call_router *router = call->h2->host->router;
	enum grpc_frame_event end = grpc_frame_end(&call->frame);

	if (end != GRPC_FRAME_MORE)
		call_refuse(call, GRPC_INTERNAL, grpc_frame_text(end));
	else if (!call->has_message)
		call_refuse(call, GRPC_UNIMPLEMENTED, "the method takes one message, none came");
	else if (call->deadline_ns <= call->h2->now_ns)
		call_refuse(call, GRPC_DEADLINE_EXCEEDED, "the deadline passed");
	if (call_is_refused(call))
		return;
	if (!call_request_has_reader(call)) {
		call_request_await_reader(call);
		return;
	}
	call->told = true;
	call->method->ops->message(router->arg, call, call->frame.message);
}

/* |len| bytes of the inbox are no longer kept. */
static void call_request_release(struct call *call, size_t len)
{
	if (call->method->paced) {
		call_release_paced(call, len);
		call_request_give_session_window(call, len);
	} else {
		call_release(call, len);
	}
}

/* Forgets the first |len| bytes of the inbox. That of a paced stream was large
 * while its owner paused; it need not stay so. */
static void call_request_drop(struct call *call, size_t len)
{
	struct call_inbox *inbox = &call->inbox;

	inbox->len -= len;
	call_request_release(call, len);
	call_request_give_window(call, len);
	if (inbox->len == 0 && call->method->paced) {
		free(inbox->data);
		*inbox = (struct call_inbox){0};
	} else {
		memmove(inbox->data, inbox->data + len, inbox->len);
	}
}

/* Tells the owner that its client has no more to say. */
static void call_request_half_close(struct call *call)
{
	const struct call_router *router = call->h2->host->router;
	enum grpc_frame_event end = grpc_frame_end(&call->frame);

	call->half_closed = true;
	if (end != GRPC_FRAME_MORE) {
		call_refuse(call, GRPC_INTERNAL, grpc_frame_text(end));
		return;
	}
	call->told = true;
	if (call->method->ops->half_close)
		call->method->ops->half_close(router->arg, call);
}

/* Hands over messages of a client's stream, as far as its answers are read. */
static void call_request_run_stream(struct call *call)
{
	const struct call_router *router = call->h2->host->router;
	struct bytes input = bytes_of(call->inbox.data, call->inbox.len);

	while (!call->ended && !call->paused && call->unsent < CALL_UNSENT_BRAKE &&
		call_request_next(call, &input)) {
		call->told = true;
		guard_give_message(&call->h2->guard);
		call->method->ops->message(router->arg, call, call->frame.message);
	}
	if (call->ended)
		return;
	if (call->inbox.len > input.len)
		call_request_drop(call, call->inbox.len - input.len);
	if (call->input_ended && !call->half_closed && !call->paused && call->inbox.len == 0 &&
		!call_is_refused(call))
		call_request_half_close(call);
}

void call_request_run(struct call *call)
{
	if (call->method->client_streams)
		call_request_run_stream(call);
	else if (call->input_ended && !call->told && list_is_empty(&call->unread))
		call_request_run_unary(call);
}

void call_request_fini(struct call *call)
{
	list_remove(&call->unread);
	if (call->inbox.len > 0)
		call_request_release(call, call->inbox.len);
	call_release(call, call->retained);
	free(call->body);
	free(call->inbox.data);
	call->body = NULL;
	call->inbox = (struct call_inbox){0};
	call->headers.fields = NULL;
}
