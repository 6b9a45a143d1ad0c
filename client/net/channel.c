/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The blocking loop around an nghttp2 session: send what it has to say, feed it
 * what came, wait, until the call is over or its time has passed. Flow control is
 * nghttp2's: it asks for the next piece of a request when the server has room for
 * it, and what has arrived is used up before more is read.
 *
 * Invariants: at most one call is under way, and |call| points to it; no stream
 * callback runs outside channel_call; |failed| is final.
 */
#include "client/net/channel.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <nghttp2/nghttp2.h>

#include "client/net/clock.h"
#include "client/net/tcp.h"
#include "codec/grpc_meta.h"
#include "stafett/caps.h"

enum {
	CHANNEL_CHUNK_BYTES = 16384,	/* one TLS record */
	CHANNEL_WINDOW_BYTES = 1 << 20, /* an answer of the usual size needs no update */
};

/* The call under way. */
struct channel_call {
	const struct channel_request *request;
	int32_t stream;
	uint8_t prefix[GRPC_FRAME_PREFIX_BYTES];
	struct bytes message; /* the one that is leaving */
	size_t sent;	      /* of its prefix and itself */
	struct answer *answer;
	int64_t moved_ns; /* when anything of the call left or came */
	uint32_t reset;	  /* the stream's HTTP/2 error code, once it is over */
	bool is_sent;	  /* everything has left */
	bool is_stopped;  /* the source wants no more */
	bool is_over;
};

struct channel {
	int fd;
	char *authority; /* "host:port" */
	SSL *ssl;
	nghttp2_session *session;
	struct channel_call *call; /* NULL between calls */
	/* Output that the socket did not take yet; owned by the session. */
	struct bytes unsent;
	enum tls_need read_need, write_need;
	bool is_leaving; /* the server said GOAWAY */
	bool failed;
};

static struct channel_call *channel_call_of(struct channel *channel, int32_t stream)
{
	return channel->call && channel->call->stream == stream ? channel->call : NULL;
}

static int channel_on_header(nghttp2_session *session, const nghttp2_frame *frame,
	const uint8_t *name, size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
	void *user)
{
	struct channel_call *call = channel_call_of(user, frame->hd.stream_id);

	if (!call)
		return 0;
	call->moved_ns = clock_now_ns();
	answer_header(call->answer, bytes_of(name, name_len), bytes_of(value, value_len));
	return 0;
}

static int channel_on_data(nghttp2_session *session, uint8_t flags, int32_t stream,
	const uint8_t *data, size_t len, void *user)
{
	struct channel_call *call = channel_call_of(user, stream);

	if (!call)
		return 0;
	call->moved_ns = clock_now_ns();
	answer_data(call->answer, bytes_of(data, len));
	return 0;
}

static int channel_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
	struct channel *channel = user;
	const struct channel_call *call = channel_call_of(channel, frame->hd.stream_id);

	if (frame->hd.type == NGHTTP2_GOAWAY)
		channel->is_leaving = true;
	/* A server that has answered wants no more of the request. */
	if (call && !call->is_sent && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) &&
		nghttp2_submit_rst_stream(
			session, NGHTTP2_FLAG_NONE, call->stream, NGHTTP2_NO_ERROR))
		return NGHTTP2_ERR_CALLBACK_FAILURE;
	return 0;
}

static int channel_on_close(nghttp2_session *session, int32_t stream, uint32_t code, void *user)
{
	struct channel_call *call = channel_call_of(user, stream);

	if (call) {
		call->is_over = true;
		call->reset = code;
	}
	return 0;
}

/* Makes |message| the one that is leaving. */
static void channel_take_message(struct channel_call *call, struct bytes message)
{
	assert(message.len <= CAP_MESSAGE_BYTES);
	grpc_frame_put_prefix(call->prefix, (uint32_t)message.len);
	call->message = message;
	call->sent = 0;
}

/* A message has left: the next one, or that was all. */
static void channel_go_on(struct channel_call *call)
{
	const struct channel_source *source = call->request->source;
	enum channel_next next = CHANNEL_NEXT_END;
	struct bytes message = {0};

	if (source)
		next = source->next(source->arg, &message);
	if (next == CHANNEL_NEXT_MESSAGE)
		channel_take_message(call, message);
	call->is_sent = next == CHANNEL_NEXT_END;
	call->is_stopped = next == CHANNEL_NEXT_STOP;
}

/* Gives nghttp2 the next piece of the message that is leaving: the prefix, then it. */
static ssize_t channel_on_read(nghttp2_session *session, int32_t stream, uint8_t *buffer,
	size_t room, uint32_t *flags, nghttp2_data_source *source, void *user)
{
	struct channel_call *call = source->ptr;
	const size_t prefix_len = sizeof(call->prefix);
	size_t taken = 0;

	while (taken < room && call->sent < prefix_len)
		buffer[taken++] = call->prefix[call->sent++];
	if (call->sent >= prefix_len && call->message.len) {
		size_t at = call->sent - prefix_len;
		size_t left = call->message.len - at;
		size_t n = left < room - taken ? left : room - taken;

		memcpy(buffer + taken, call->message.data + at, n);
		call->sent += n;
		taken += n;
	}
	call->moved_ns = clock_now_ns();
	if (call->sent == prefix_len + call->message.len)
		channel_go_on(call);
	if (call->is_stopped)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* resets the stream */
	if (call->is_sent)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)taken;
}

static int channel_session_new(struct channel *channel)
{
	const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
		{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, CHANNEL_WINDOW_BYTES},
		{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, CAP_HEADER_LIST_BYTES},
	};
	nghttp2_session_callbacks *callbacks;
	int r;

	if (nghttp2_session_callbacks_new(&callbacks))
		return -ENOMEM;
	nghttp2_session_callbacks_set_on_header_callback(callbacks, channel_on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, channel_on_data);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, channel_on_frame);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, channel_on_close);
	r = nghttp2_session_client_new(&channel->session, callbacks, channel);
	nghttp2_session_callbacks_del(callbacks);
	if (r || nghttp2_submit_settings(
			 channel->session, NGHTTP2_FLAG_NONE, settings, ARRAY_SIZE(settings)))
		return -ENOMEM;
	return 0;
}

int channel_open(SSL_CTX *context, const char *host, const char *port, int64_t deadline_ns,
	struct channel **ret_channel, struct net_detail *detail)
{
	struct channel *channel = calloc(1, sizeof(*channel));
	int r;

	if (!channel)
		return -ENOMEM;
	channel->fd = -1;
	if (asprintf(&channel->authority, "%s:%s", host, port) < 0) {
		free(channel);
		return -ENOMEM;
	}
	r = tcp_connect(host, port, deadline_ns, &channel->fd, detail);
	if (!r)
		r = tls_connect(context, channel->fd, host, deadline_ns, &channel->ssl, detail);
	if (!r)
		r = channel_session_new(channel);
	if (r)
		channel_close(channel);
	else
		*ret_channel = channel;
	return r;
}

struct channel *channel_close(struct channel *channel)
{
	if (!channel)
		return NULL;
	if (channel->ssl && !channel->failed)
		(void)SSL_shutdown(channel->ssl);
	nghttp2_session_del(channel->session);
	SSL_free(channel->ssl);
	if (channel->fd >= 0)
		close(channel->fd);
	free(channel->authority);
	free(channel);
	return NULL;
}

bool channel_is_usable(const struct channel *channel)
{
	return !channel->failed && !channel->is_leaving;
}

const char *channel_cipher(const struct channel *channel)
{
	return SSL_get_cipher_name(channel->ssl);
}

/* Hands the session what has arrived, until there is no more. */
static int channel_receive(struct channel *channel, struct net_detail *detail)
{
	uint8_t buffer[CHANNEL_CHUNK_BYTES];

	for (;;) {
		size_t count = 0;
		ssize_t taken;
		int r = tls_read(
			channel->ssl, buffer, sizeof(buffer), &count, &channel->read_need, detail);

		if (r || !count)
			return r;
		taken = nghttp2_session_mem_recv(channel->session, buffer, count);
		if (taken < 0) {
			net_detail_set(detail, "http/2: %s", nghttp2_strerror((int)taken));
			return taken == NGHTTP2_ERR_NOMEM ? -ENOMEM : NET_PROTOCOL;
		}
	}
}

/* Writes what the session has to say, until the socket takes no more. */
static int channel_send(struct channel *channel, struct net_detail *detail)
{
	channel->write_need = TLS_NEED_NOTHING;
	for (;;) {
		size_t count = 0;
		int r;

		if (!channel->unsent.len) {
			const uint8_t *data;
			ssize_t n = nghttp2_session_mem_send(channel->session, &data);

			if (n < 0)
				return -ENOMEM;
			if (n == 0)
				return 0;
			channel->unsent = bytes_of(data, (size_t)n);
		}
		r = tls_write(channel->ssl, channel->unsent, &count, &channel->write_need, detail);
		if (r || !count)
			return r;
		channel->unsent.data += count;
		channel->unsent.len -= count;
	}
}

/* One turn. A server that refuses our certificate says so and hangs up, perhaps
 * while we still write: its last words are worth more than the write's error. */
static int channel_turn(struct channel *channel, struct net_detail *detail)
{
	int sent = channel_send(channel, detail);
	int r;

	if (sent && sent != NET_BROKEN)
		return sent;
	r = channel_receive(channel, detail);
	return r ? r : sent;
}

/* When it has taken too long. */
static int64_t channel_call_until(const struct channel_call *call)
{
	const struct channel_request *request = call->request;

	return request->patience_ns ? call->moved_ns + request->patience_ns : request->deadline_ns;
}

static int channel_wait(
	struct channel *channel, const struct channel_call *call, struct net_detail *detail)
{
	const struct cancel *cancel = call->request->cancel;
	struct pollfd wait[] = {
		{.fd = channel->fd, .events = POLLIN},
		{.fd = cancel ? cancel->fd : -1, .events = POLLIN},
	};
	int n;

	if (channel->write_need == TLS_NEED_WRITE || channel->read_need == TLS_NEED_WRITE)
		wait[0].events |= POLLOUT;
	n = poll(wait, ARRAY_SIZE(wait), clock_poll_ms(channel_call_until(call)));
	if (n > 0 && wait[1].revents)
		return NET_STOPPED;
	if (n > 0 || (n < 0 && errno == EINTR))
		return 0;
	net_detail_set(detail, "no answer in time");
	return n == 0 ? NET_TIMEOUT : -errno;
}

static nghttp2_nv channel_pair(const char *name, const char *value)
{
	return (nghttp2_nv){
		.name = (uint8_t *)name,
		.namelen = strlen(name),
		.value = (uint8_t *)value,
		.valuelen = strlen(value),
		.flags = NGHTTP2_NV_FLAG_NONE,
	};
}

static int channel_submit(struct channel *channel, struct channel_call *call)
{
	const struct channel_request *request = call->request;
	nghttp2_data_provider body = {.source.ptr = call, .read_callback = channel_on_read};
	nghttp2_nv headers[] = {
		channel_pair(":method", "POST"), channel_pair(":scheme", "https"),
		channel_pair(":path", request->path),
		channel_pair(":authority", channel->authority), channel_pair("te", "trailers"),
		channel_pair("content-type", "application/grpc+proto"),
		channel_pair("user-agent", "stafett/" STAFETT_VERSION),
		channel_pair("stafett-unit", request->unit),
		{0}, /* room for the deadline, which streams do not have */
	};
	size_t count = ARRAY_SIZE(headers) - 1;
	char timeout[GRPC_TIMEOUT_CHARS];

	if (!request->patience_ns) {
		grpc_timeout_format(request->deadline_ns - clock_now_ns(), timeout);
		headers[count++] = channel_pair("grpc-timeout", timeout);
	}
	call->stream = nghttp2_submit_request(channel->session, NULL, headers, count, &body, NULL);
	return call->stream < 0 ? -ENOMEM : 0;
}

/* Whether what has arrived, such as room for more of the request, lets us write on. */
static bool channel_may_send(const struct channel *channel)
{
	return channel->write_need == TLS_NEED_NOTHING &&
	       nghttp2_session_want_write(channel->session);
}

/* Runs the loop until the call is over, or somebody wants it to be. */
static int channel_run(
	struct channel *channel, struct channel_call *call, struct net_detail *detail)
{
	for (;;) {
		int r = channel_turn(channel, detail);

		if (call->is_stopped || call->answer->is_stopped)
			return NET_STOPPED;
		if (call->is_over)
			return 0;
		if (!r && !channel_may_send(channel))
			r = channel_wait(channel, call, detail);
		if (r)
			return r;
	}
}

/* Tells the server, as far as the socket takes it at once. */
static void channel_cancel(struct channel *channel, const struct channel_call *call)
{
	struct net_detail detail;

	if (!call->is_over && nghttp2_submit_rst_stream(channel->session, NGHTTP2_FLAG_NONE,
				      call->stream, NGHTTP2_CANCEL) == 0)
		(void)channel_send(channel, &detail);
}

int channel_call(struct channel *channel, const struct channel_request *request,
	struct arena *arena, struct answer *ret_answer, struct net_detail *detail)
{
	struct channel_call call = {
		.request = request, .answer = ret_answer, .moved_ns = clock_now_ns()};
	int r;

	if (request->sink)
		answer_init_stream(ret_answer, arena, request->sink);
	else
		answer_init(ret_answer, arena, CAP_REPLY_BYTES);
	channel_take_message(&call, request->message);
	r = channel_submit(channel, &call);
	if (!r) {
		channel->call = &call;
		r = channel_run(channel, &call, detail);
		if (r == NET_STOPPED)
			channel_cancel(channel, &call);
		channel->call = NULL;
	}
	if (r) {
		/* The session may still point at |call|: it must not run again. */
		channel->failed = true;
		return r;
	}
	return answer_finish(ret_answer, call.reset, detail);
}
