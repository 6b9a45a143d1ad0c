/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See h2.h. nghttp2 parses, keeps the windows and stops some attacks by itself;
 * guard.c and the caps here stop those that it does not.
 */
#include "net/h2.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include <openssl/rand.h>

#include "net/call_internal.h"
#include "net/now.h"
#include "stafett/caps.h"

static const uint8_t h2_drain_ping[8] = "stafett:";

int h2_stop(struct h2 *h2, enum stop stop)
{
	if (!h2->cause) {
		h2->cause = stop_words(stop);
		h2->error = stop_error(stop);
		h2->abused = stop_is_abuse(stop);
		stop_count(stop, h2->host->metrics);
	}
	return NGHTTP2_ERR_CALLBACK_FAILURE;
}

/* The session must end for a reason of ours. */
static void h2_fail(struct h2 *h2, const char *cause)
{
	if (h2->cause)
		return;
	h2->cause = cause;
	h2->error = NGHTTP2_INTERNAL_ERROR;
}

void h2_check(struct h2 *h2, int rc)
{
	if (rc < 0)
		h2_fail(h2, nghttp2_strerror(rc));
}

static struct call *h2_call(const struct h2 *h2, int32_t stream_id)
{
	return nghttp2_session_get_stream_user_data(h2->session, stream_id);
}

static int h2_on_begin_headers(
	nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
	struct h2 *h2 = user_data;
	struct call *call;

	/* Beyond the last stream of a GOAWAY on its way nothing is begun: nghttp2 ends it
	 * when that leaves, and the peer may go elsewhere with it. */
	if (frame->headers.cat != NGHTTP2_HCAT_REQUEST || h2->drain_finished)
		return 0;
	call = call_new(h2, frame->hd.stream_id);
	if (!call)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, call);
}

static int h2_on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
	size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags, void *user_data)
{
	struct h2 *h2 = user_data;
	struct call *call = h2_call(h2, frame->hd.stream_id);

	if (!call)
		return 0;
	call_request_header(call, bytes_of(name, name_len), bytes_of(value, value_len));
	if (call->header_bytes > CAP_HEADER_LIST_ABORT_BYTES)
		return h2_stop(h2, STOP_HEADERS);
	return 0;
}

static int h2_on_ping(struct h2 *h2, const nghttp2_ping *ping)
{
	if (ping->hd.flags & NGHTTP2_FLAG_ACK) {
		if (memcmp(ping->opaque_data, h2_drain_ping, sizeof(h2_drain_ping)) == 0)
			h2->drain_answered = true;
		return 0;
	}
	if (!guard_take_ping(&h2->guard, h2->now_ns))
		return h2_stop(h2, STOP_PINGS);
	return 0;
}

/* The peer has changed its windows: some answers may leave now. */
static void h2_on_window(struct h2 *h2)
{
	list_for_each_safe (node, &h2->unread)
		call_request_on_window(container_of(node, struct call, unread));
}

static int h2_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
	struct h2 *h2 = user_data;
	struct call *call;

	switch (frame->hd.type) {
	case NGHTTP2_HEADERS:
	case NGHTTP2_DATA:
		call = h2_call(h2, frame->hd.stream_id);
		if (call && frame->hd.type == NGHTTP2_HEADERS)
			call_request_begin(call);
		if (call && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
			call_request_end(call);
		return 0;
	case NGHTTP2_SETTINGS:
		h2->greeted = true;
		h2_on_window(h2);
		return 0;
	case NGHTTP2_WINDOW_UPDATE:
		h2_on_window(h2);
		return 0;
	case NGHTTP2_PING:
		return h2_on_ping(h2, &frame->ping);
	case NGHTTP2_RST_STREAM:
		return guard_take_cancel(&h2->guard, h2->now_ns) ? 0 : h2_stop(h2, STOP_CANCELS);
	default:
		return 0;
	}
}

static int h2_on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id,
	const uint8_t *data, size_t len, void *user_data)
{
	struct h2 *h2 = user_data;
	struct call *call = h2_call(h2, stream_id);

	if (call)
		call_request_data(call, bytes_of(data, len));
	else
		h2_check(h2, nghttp2_session_consume_connection(session, len));
	return 0;
}

/* A stream that ended in an answer before the peer had said all: it need not go
 * on. Only here has the answer left; an earlier reset would overtake it. */
static void h2_end_early(struct h2 *h2, const nghttp2_frame *frame)
{
	const struct call *call = h2_call(h2, frame->hd.stream_id);

	if (call && !call->input_ended)
		h2_check(h2, nghttp2_submit_rst_stream(h2->session, NGHTTP2_FLAG_NONE,
				     frame->hd.stream_id, NGHTTP2_NO_ERROR));
}

/* Our GOAWAY with an error: ours by h2_say_goodbye, or nghttp2's own, which knows
 * two causes besides broken rules. */
static void h2_note_goaway(struct h2 *h2, const nghttp2_goaway *goaway)
{
	if (goaway->error_code == NGHTTP2_NO_ERROR)
		return;
	h2->goaway_sent = true;
	if (goaway->error_code == NGHTTP2_ENHANCE_YOUR_CALM)
		h2_stop(h2, STOP_SETTINGS);
	else if (goaway->error_code == NGHTTP2_INTERNAL_ERROR)
		h2_fail(h2, nghttp2_http2_strerror(goaway->error_code));
	else
		h2_stop(h2, STOP_PROTOCOL);
}

static int h2_on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
	struct h2 *h2 = user_data;

	switch (frame->hd.type) {
	case NGHTTP2_HEADERS:
	case NGHTTP2_DATA:
		guard_give_answer(&h2->guard);
		h2->answered = true;
		h2->moved_ns = h2->now_ns;
		if (frame->hd.type == NGHTTP2_HEADERS &&
			(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
			h2_end_early(h2, frame);
		break;
	case NGHTTP2_RST_STREAM:
		if (frame->rst_stream.error_code != NGHTTP2_NO_ERROR &&
			!guard_take_reset(&h2->guard, h2->now_ns))
			h2_stop(h2, STOP_RESETS);
		break;
	case NGHTTP2_GOAWAY:
		h2_note_goaway(h2, &frame->goaway);
		break;
	default:
		break;
	}
	return 0;
}

static int h2_on_stream_close(
	nghttp2_session *session, int32_t stream_id, uint32_t error_code, void *user_data)
{
	struct call *call = h2_call(user_data, stream_id);

	if (call)
		call_close_stream(call);
	return 0; /* anything else leaks in nghttp2 1.52 (CVE-2023-35945) */
}

/* A DATA frame fills one TLS record and not a byte of the next. */
static ssize_t h2_data_length(nghttp2_session *session, uint8_t frame_type, int32_t stream_id,
	int32_t session_window, int32_t stream_window, uint32_t max_frame_size, void *user_data)
{
	return H2_RECORD_BYTES - H2_FRAME_HEADER_BYTES;
}

static int h2_host_set(struct h2_host *host)
{
	nghttp2_session_callbacks *callbacks;

	if (nghttp2_session_callbacks_new(&host->callbacks) || nghttp2_option_new(&host->options))
		return -ENOMEM;
	callbacks = host->callbacks;
	nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, h2_on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(callbacks, h2_on_header);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, h2_on_frame);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, h2_on_data);
	nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, h2_on_sent);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, h2_on_stream_close);
	nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks, h2_data_length);
	nghttp2_option_set_no_auto_window_update(host->options, 1);
	nghttp2_option_set_no_closed_streams(host->options, 1);
	/* guard.c is the first to count; this one ends without a word. */
	nghttp2_option_set_stream_reset_rate_limit(host->options, 2 * CAP_RESETS, 2 * CAP_RESETS_S);
	nghttp2_option_set_max_continuations(host->options, CAP_CONTINUATIONS);
	nghttp2_option_set_max_outbound_ack(host->options, CAP_UNREAD_ACKS);
	return 0;
}

int h2_host_init(struct h2_host *host)
{
	int rc = h2_host_set(host);

	if (rc == 0 && RAND_bytes((uint8_t *)&host->next_call, sizeof(host->next_call)) != 1)
		rc = -ENOMEM;
	if (rc < 0)
		h2_host_fini(host);
	return rc;
}

void h2_host_fini(struct h2_host *host)
{
	nghttp2_session_callbacks_del(host->callbacks);
	nghttp2_option_del(host->options);
	host->callbacks = NULL;
	host->options = NULL;
}

static int h2_submit_settings(nghttp2_session *session)
{
	static const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, CAP_CONCURRENT_STREAMS},
		{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, CAP_STREAM_WINDOW},
		{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, CAP_HEADER_LIST_BYTES},
		{NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
	};

	if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, ARRAY_SIZE(settings)) ||
		nghttp2_session_set_local_window_size(
			session, NGHTTP2_FLAG_NONE, 0, CAP_SESSION_WINDOW))
		return -ENOMEM;
	return 0;
}

int h2_new(struct h2_host *host, const struct peer *peer, void (*wake)(void *arg), void *wake_arg,
	struct h2 **ret_h2)
{
	struct h2 *h2 = calloc(1, sizeof(*h2));

	if (!h2)
		return -ENOMEM;
	*h2 = (struct h2){
		.host = host,
		.peer = peer,
		.wake = wake,
		.wake_arg = wake_arg,
		.now_ns = now_ns(),
	};
	h2->moved_ns = h2->idle_ns = h2->now_ns;
	guard_init(&h2->guard, h2->now_ns);
	list_init(&h2->calls);
	list_init(&h2->work);
	list_init(&h2->unread);
	if (nghttp2_session_server_new2(&h2->session, host->callbacks, h2, host->options) ||
		h2_submit_settings(h2->session) < 0) {
		h2_free(h2);
		return -ENOMEM;
	}
	*ret_h2 = h2;
	return 0;
}

struct h2 *h2_free(struct h2 *h2)
{
	if (!h2)
		return NULL;
	/* nghttp2 does not tell of streams that end with the session. */
	while (!list_is_empty(&h2->calls))
		call_vanish(list_first(&h2->calls, struct call, node));
	nghttp2_session_del(h2->session);
	free(h2);
	return NULL;
}

void h2_receive(struct h2 *h2, struct bytes input)
{
	ssize_t n;

	h2->now_ns = now_ns();
	if (!guard_take_input(&h2->guard, input, h2->now_ns)) {
		h2_stop(h2, STOP_FRAMES);
		return;
	}
	n = nghttp2_session_mem_recv(h2->session, input.data, input.len);
	if (n == NGHTTP2_ERR_FLOODED)
		h2_stop(h2, STOP_UNREAD_ACKS);
	else if (n == NGHTTP2_ERR_BAD_CLIENT_MAGIC)
		h2_stop(h2, STOP_NO_HTTP2);
	else if (n == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS)
		h2_stop(h2, STOP_CONTINUATIONS);
	else if (n < 0)
		h2_check(h2, (int)n);
	/* Clients acknowledge before they put the calls on the wire that they had begun
	 * when our ping came: those are in the same piece. */
	if (h2->drain_answered)
		h2_drain_finish(h2);
}

void h2_dispatch(struct h2 *h2)
{
	struct list batch, *node;

	/* What comes to life meanwhile waits for the next round: output first. */
	h2->now_ns = now_ns();
	list_init(&batch);
	list_insert_before(&h2->work, &batch);
	list_remove(&h2->work);
	while ((node = list_pop(&batch)))
		call_run(container_of(node, struct call, work));
}

bool h2_has_work(const struct h2 *h2)
{
	return !list_is_empty(&h2->work);
}

int h2_next_output(struct h2 *h2, struct bytes *ret_output)
{
	const uint8_t *data = NULL;
	ssize_t n = nghttp2_session_mem_send(h2->session, &data);

	if (n < 0) {
		h2_check(h2, (int)n);
		return -ENOMEM;
	}
	*ret_output = bytes_of(data, (size_t)n);
	return 0;
}

bool h2_is_waiting(const struct h2 *h2)
{
	return h2->held > 0 || h2->lingering > 0 || !list_is_empty(&h2->unread);
}

bool h2_is_over(const struct h2 *h2)
{
	return !nghttp2_session_want_read(h2->session) && !nghttp2_session_want_write(h2->session);
}

size_t h2_queued_frames(const struct h2 *h2)
{
	return nghttp2_session_get_outbound_queue_size(h2->session);
}

void h2_drain_begin(struct h2 *h2, const char *why)
{
	if (h2->drain_begun)
		return;
	h2->drain_begun = true;
	h2->farewell = why;
	h2_check(h2, nghttp2_submit_shutdown_notice(h2->session));
	h2_check(h2, nghttp2_submit_ping(h2->session, NGHTTP2_FLAG_NONE, h2_drain_ping));
}

void h2_drain_finish(struct h2 *h2)
{
	if (!h2->drain_begun || h2->drain_finished)
		return;
	h2->drain_finished = true;
	h2_check(h2, nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE,
			     nghttp2_session_get_last_proc_stream_id(h2->session), NGHTTP2_NO_ERROR,
			     (const uint8_t *)h2->farewell, strlen(h2->farewell)));
}

void h2_drain_end(struct h2 *h2)
{
	list_for_each_safe (node, &h2->calls)
		call_expel(container_of(node, struct call, node));
}

void h2_say_goodbye(struct h2 *h2)
{
	assert(h2->cause);
	if (h2->goaway_sent)
		return;
	h2_check(h2, nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE,
			     nghttp2_session_get_last_proc_stream_id(h2->session), h2->error,
			     (const uint8_t *)h2->cause, strlen(h2->cause)));
}

void h2_ping(struct h2 *h2)
{
	h2_check(h2, nghttp2_submit_ping(h2->session, NGHTTP2_FLAG_NONE, NULL));
}
