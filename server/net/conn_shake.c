/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TLS handshake. A step of it may cost half a millisecond, and whoever comes may
 * ask for one: the steps of all peers queue in one line, of which one is made before
 * the connections that stand have their turn again.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <openssl/err.h>

#include "net/conn_internal.h"
#include "net/now.h"
#include "stafett/caps.h"

/* Of a record of TLS: type, version, length. */
enum { CONN_HEAD_BYTES = 5 };

/* Whether the peer's member has a place for one more connection. Without memory to
 * count it, it has none. */
static bool conn_shake_takes_place(struct conn *c)
{
	c->member = members_enter(c->host->members, c->peer.member);
	return c->member && c->member->connections <= CAP_MEMBER_CONNECTIONS;
}

/* TLS stands: the session begins. Returns as conn_shake_step. */
static int conn_shake_end(struct conn *c)
{
	int rc = tls_identify(c->ssl, &c->peer);

	if (rc < 0) {
		metrics_add(c->host->h2.metrics, METRIC_HANDSHAKE_OTHER, 1);
		conn_leave(c, "no HTTP/2, or no single member in the certificate", true);
		return rc;
	}
	rc = h2_new(&c->host->h2, &c->peer, conn_io_wake, c, &c->h2);
	if (rc < 0)
		conn_leave(c, strerror(-rc), false);
	else if (suspects_is_shut_out(c->host->suspects, c->peer.member, now_ns()))
		h2_stop(c->h2, STOP_SHUT_OUT);
	else if (!conn_shake_takes_place(c))
		h2_stop(c->h2, STOP_CONNECTIONS);
	else
		suspects_note_member(c->host->suspects, c->source, now_ns());
	return rc;
}

/* Ends a handshake that failed. Somebody who only looked whether the port is
 * open is not worth a line. */
static int conn_shake_refuse(struct conn *c)
{
	enum metric metric;
	const char *cause = tls_refusal(c->ssl, &metric);

	metrics_add(c->host->h2.metrics, metric, 1);
	if (BIO_number_read(SSL_get_rbio(c->ssl)) == 0)
		conn_leave(c, NULL, false);
	else
		conn_leave(c, cause, true);
	return -EPROTO;
}

/* OpenSSL's message callback: it has read or written one of its own. */
static void conn_shake_on_message(
	int sent, int version, int content_type, const void *data, size_t len, SSL *ssl, void *arg)
{
	struct conn *c = arg;

	if (sent || content_type != SSL3_RT_HANDSHAKE || len == 0 || !c->h2)
		return;
	c->tls_moved = true;
	if (*(const uint8_t *)data == SSL3_MT_KEY_UPDATE &&
		!guard_take_key_update(&c->h2->guard, now_ns()))
		c->too_many_keys = true;
}

/* The peer has said its first word: from now on it costs memory. */
static int conn_shake_begin(struct conn *c)
{
	c->ssl = tls_session(c->tls, c->fd);
	if (!c->ssl) {
		conn_leave(c, "out of memory", false);
		return -ENOMEM;
	}
	SSL_set_msg_callback(c->ssl, conn_shake_on_message);
	SSL_set_msg_callback_arg(c->ssl, c);
	return 0;
}

/* How much of the peer's first words is worth a look: one record of TLS. */
static size_t conn_shake_hello_bytes(const uint8_t head[CONN_HEAD_BYTES])
{
	size_t len = (size_t)head[3] << 8 | head[4];

	return head[0] == SSL3_RT_HANDSHAKE && len <= SSL3_RT_MAX_PLAIN_LENGTH ? len : 0;
}

static void conn_shake_wake_at(const struct conn *c, size_t bytes)
{
	int n = (int)bytes;

	setsockopt(c->fd, SOL_SOCKET, SO_RCVLOWAT, &n, sizeof(n));
}

void conn_shake_expect(struct conn *c)
{
	conn_shake_wake_at(c, CONN_HEAD_BYTES);
}

static bool conn_shake_has_hung_up(const struct conn *c)
{
	struct pollfd at = {.fd = c->fd, .events = POLLRDHUP};

	return poll(&at, 1, 0) == 1 && at.revents != 0;
}

/* Whether the peer has gone before its first record was whole: then it has cost nothing
 * yet, and takes nobody's turn. */
static bool conn_shake_is_gone(const struct conn *c)
{
	uint8_t head[CONN_HEAD_BYTES];
	int there = 0;

	return recv(c->fd, head, sizeof(head), MSG_PEEK | MSG_DONTWAIT) == sizeof(head) &&
	       ioctl(c->fd, FIONREAD, &there) == 0 &&
	       (size_t)there < sizeof(head) + conn_shake_hello_bytes(head) &&
	       conn_shake_has_hung_up(c);
}

/* Whether the peer has gone without a word, or in the middle of its first. */
static bool conn_shake_has_left(const struct conn *c)
{
	char word;

	return recv(c->fd, &word, sizeof(word), MSG_PEEK | MSG_DONTWAIT) == 0 ||
	       (c->slow && conn_shake_is_gone(c));
}

/* Whether the rest of the peer's first record must be waited for. It stays in the
 * kernel until it is whole, so that whoever sends it byte by byte costs no memory of
 * OpenSSL's and no turn of the loop. */
static bool conn_shake_is_slow(struct conn *c)
{
	uint8_t head[CONN_HEAD_BYTES];
	ssize_t n = recv(c->fd, head, sizeof(head), MSG_PEEK | MSG_DONTWAIT);
	int there = 0;

	if (n < 0 && errno == EAGAIN)
		return true;
	if (n == (ssize_t)sizeof(head) && !c->slow) {
		size_t whole = sizeof(head) + conn_shake_hello_bytes(head);

		if (ioctl(c->fd, FIONREAD, &there) == 0 && (size_t)there < whole) {
			conn_shake_wake_at(c, whole);
			c->slow = true; /* whatever comes next is for OpenSSL to judge */
			return true;
		}
	}
	conn_shake_wake_at(c, 1);
	return false;
}

static void conn_shake_queue(struct conn *c)
{
	if (list_is_empty(&c->chore))
		list_push(&c->host->shaking, &c->chore);
	conn_ask_chores(c->host);
}

void conn_shake_on_turn(struct conn *c)
{
	event_del(&c->readable);
	conn_shake_wake_at(c, 1);
	conn_enter(c, CONN_HANDSHAKING);
	c->begun_ns = c->since_ns;
	conn_shake_queue(c);
}

/* While the peer waits it is woken by more than it has said already, or by its end. */
static void conn_shake_expect_end(struct conn *c)
{
	int there = 0;

	if (ioctl(c->fd, FIONREAD, &there) == 0)
		conn_shake_wake_at(c, (size_t)there + 1);
}

/* Something has come of a peer that waits: its end, or what can wait as well. */
static void conn_shake_on_waiting(struct conn *c)
{
	event_del(&c->readable);
	if (!conn_shake_has_hung_up(c))
		return;
	metrics_add(c->host->h2.metrics, METRIC_HANDSHAKE_OTHER, 1);
	conn_leave(c, NULL, false);
}

/* The socket of a peer that has not begun its handshake is ready for something.
 * Whether it begins now. */
static bool conn_shake_is_due(struct conn *c)
{
	if (conn_shake_has_left(c)) {
		metrics_add(c->host->h2.metrics, METRIC_HANDSHAKE_OTHER, 1);
		conn_leave(
			c, c->slow ? "the peer left in the middle of its first word" : NULL, false);
		return false;
	}
	if (conn_shake_is_slow(c))
		return false;
	if (!conn_line_join(c))
		return true;
	if (c->state == CONN_WAITING)
		conn_shake_expect_end(c);
	return false;
}

void conn_shake_on_event(struct conn *c)
{
	if (c->state == CONN_WAITING) {
		conn_shake_on_waiting(c);
		return;
	}
	if (!c->ssl && !conn_shake_is_due(c))
		return;
	event_del(&c->readable);
	event_del(&c->writable);
	conn_shake_queue(c);
}

int conn_shake_step(struct conn *c)
{
	int rc;

	if (!c->ssl && conn_shake_begin(c) < 0)
		return -ENOMEM;
	c->wants_write = false;
	ERR_clear_error();
	rc = SSL_do_handshake(c->ssl);
	if (rc == 1)
		return conn_shake_end(c);
	return conn_io_wait(c, rc) == 0 ? -EAGAIN : conn_shake_refuse(c);
}
