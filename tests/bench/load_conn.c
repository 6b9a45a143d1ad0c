/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames are gathered into one TLS record before a write, as the daemon does:
 * a load generator that spends more than the server measures itself.
 */
#include "load_conn.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>

static int load_conn_dial(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	struct addrinfo *found;
	int fd, one = 1;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		return -EINVAL;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) < 0) {
		int error = errno;

		close(fd);
		errno = error;
		fd = -1;
	}
	freeaddrinfo(found);
	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static int load_conn_shake_hands(struct load_conn *conn, SSL_CTX *tls)
{
	static const unsigned char alpn[] = "\x02h2";

	conn->ssl = SSL_new(tls);
	if (!conn->ssl)
		return -ENOMEM;
	(void)SSL_set_alpn_protos(conn->ssl, alpn, sizeof(alpn) - 1);
	if (SSL_set_fd(conn->ssl, conn->fd) != 1 || SSL_connect(conn->ssl) != 1)
		return -EPROTO;
	return 0;
}

static struct load_call *load_conn_call(nghttp2_session *session, int32_t stream)
{
	return nghttp2_session_get_stream_user_data(session, stream);
}

static int load_conn_on_header(nghttp2_session *session, const nghttp2_frame *frame,
	const uint8_t *name, size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
	void *arg)
{
	struct load_call *call = load_conn_call(session, frame->hd.stream_id);
	char text[16] = "";

	if (!call || !bytes_equal(bytes_of(name, name_len), bytes_of_string("grpc-status")) ||
		value_len >= sizeof(text))
		return 0;
	memcpy(text, value, value_len);
	call->status = atoi(text);
	return 0;
}

static int load_conn_on_close(
	nghttp2_session *session, int32_t stream, uint32_t error_code, void *arg)
{
	struct load_conn *conn = arg;
	struct load_call *call = load_conn_call(session, stream);

	if (call)
		conn->ended(call, conn->arg);
	return 0;
}

static int load_conn_on_data(nghttp2_session *session, uint8_t flags, int32_t stream,
	const uint8_t *data, size_t len, void *arg)
{
	struct load_call *call = load_conn_call(session, stream);

	if (call)
		call->received += len;
	return 0;
}

static ssize_t load_conn_on_body(nghttp2_session *session, int32_t stream, uint8_t *buffer,
	size_t room, uint32_t *flags, nghttp2_data_source *source, void *arg)
{
	struct load_call *call = source->ptr;
	size_t n = call->message.len - call->sent;

	if (n > room)
		n = room;
	memcpy(buffer, call->message.data + call->sent, n);
	call->sent += n;
	if (call->sent == call->message.len)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)n;
}

static int load_conn_start_h2(struct load_conn *conn)
{
	static const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
		{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100},
	};
	nghttp2_session_callbacks *callbacks;
	int r;

	if (nghttp2_session_callbacks_new(&callbacks) != 0)
		return -ENOMEM;
	nghttp2_session_callbacks_set_on_header_callback(callbacks, load_conn_on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, load_conn_on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, load_conn_on_close);
	r = nghttp2_session_client_new(&conn->session, callbacks, conn);
	nghttp2_session_callbacks_del(callbacks);
	if (r == 0)
		r = nghttp2_submit_settings(
			conn->session, NGHTTP2_FLAG_NONE, settings, ARRAY_SIZE(settings));
	return r == 0 ? 0 : -ENOMEM;
}

int load_conn_open(struct load_conn *conn, const struct load_conn_params *params)
{
	int r;

	*conn = (struct load_conn){
		.unit = params->unit,
		.path = params->path,
		.ended = params->ended,
		.arg = params->arg,
	};
	conn->fd = load_conn_dial(params->host, params->port);
	if (conn->fd < 0)
		return conn->fd;
	r = load_conn_shake_hands(conn, params->tls);
	if (!r)
		r = load_conn_start_h2(conn);
	if (!r && fcntl(conn->fd, F_SETFL, O_NONBLOCK) < 0)
		r = -errno;
	if (r)
		load_conn_close(conn);
	return r;
}

int load_conn_abandon(struct load_conn *conn)
{
	int fd = conn->fd;

	nghttp2_session_del(conn->session);
	SSL_free(conn->ssl);
	conn->session = NULL;
	conn->ssl = NULL;
	conn->fd = -1;
	return fd;
}

void load_conn_close(struct load_conn *conn)
{
	close(load_conn_abandon(conn));
}

static nghttp2_nv load_conn_field(const char *name, const char *value)
{
	return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
		NGHTTP2_NV_FLAG_NONE};
}

int load_conn_begin(struct load_conn *conn, struct load_call *call)
{
	const nghttp2_nv fields[] = {
		load_conn_field(":method", "POST"),
		load_conn_field(":scheme", "https"),
		load_conn_field(":authority", "localhost"),
		load_conn_field(":path", conn->path),
		load_conn_field("te", "trailers"),
		load_conn_field("content-type", "application/grpc"),
		load_conn_field("stafett-unit", conn->unit),
	};
	nghttp2_data_provider body = {.source.ptr = call, .read_callback = load_conn_on_body};

	call->sent = call->received = 0;
	call->status = -1;
	return nghttp2_submit_request(
		       conn->session, NULL, fields, ARRAY_SIZE(fields), &body, call) < 0
		       ? -ENOMEM
		       : 0;
}

/* What a TLS call that did not go through means: 0 for "later". */
static int load_conn_tls_error(struct load_conn *conn, int result)
{
	int error = SSL_get_error(conn->ssl, result);

	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -ECONNRESET;
}

static int load_conn_read(struct load_conn *conn)
{
	uint8_t buffer[16384];
	int n;

	for (;;) {
		ERR_clear_error();
		n = SSL_read(conn->ssl, buffer, sizeof(buffer));
		if (n <= 0)
			return load_conn_tls_error(conn, n);
		conn->greeted = true;
		if (nghttp2_session_mem_recv(conn->session, buffer, (size_t)n) < 0)
			return -EPROTO;
	}
}

/* Fills the record with frames; a frame that does not fit waits in nghttp2 only
 * if it was not taken yet, so room for the largest is kept. */
static int load_conn_gather(struct load_conn *conn)
{
	enum { LARGEST_SMALL_FRAME = 4096 };

	while (conn->pending_len + LARGEST_SMALL_FRAME <= sizeof(conn->pending)) {
		const uint8_t *data;
		ssize_t n = nghttp2_session_mem_send(conn->session, &data);

		if (n < 0 || (size_t)n > sizeof(conn->pending) - conn->pending_len)
			return -EPROTO;
		if (n == 0)
			break;
		memcpy(conn->pending + conn->pending_len, data, (size_t)n);
		conn->pending_len += (size_t)n;
	}
	return 0;
}

static int load_conn_write(struct load_conn *conn)
{
	for (;;) {
		int n, r = conn->pending_len ? 0 : load_conn_gather(conn);

		if (r || conn->pending_len == 0)
			return r;
		ERR_clear_error();
		n = SSL_write(conn->ssl, conn->pending + conn->pending_done,
			(int)(conn->pending_len - conn->pending_done));
		if (n <= 0)
			return load_conn_tls_error(conn, n);
		conn->pending_done += (size_t)n;
		if (conn->pending_done == conn->pending_len)
			conn->pending_len = conn->pending_done = 0;
	}
}

int load_conn_step(struct load_conn *conn)
{
	int r = load_conn_read(conn);

	return r ? r : load_conn_write(conn);
}

int load_conn_flush(struct load_conn *conn)
{
	return nghttp2_session_want_write(conn->session) ? load_conn_write(conn) : 0;
}

bool load_conn_wants_write(const struct load_conn *conn)
{
	return conn->pending_len > 0;
}
