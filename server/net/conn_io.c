/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a connection. OpenSSL works on the descriptor itself: no BIO of
 * ours, no copy. Frames are gathered into whole TLS records, because records and
 * system calls are what a small call costs. After every event all is decided
 * afresh: what to read, what to write, what to wait for.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "net/conn_internal.h"
#include "net/now.h"

enum {
	/* What one connection may read before the others have their turn. */
	CONN_READ_BUDGET = 65536,
	/* Rounds of "owners produce, we write" before the others have their turn. */
	CONN_ROUNDS = 8,
	/* While the socket is blocked and so many frames wait, nothing is read. */
	CONN_QUEUED_FRAMES = 1000,
	/* What is read and thrown away, unseen, of a peer that we have left. */
	CONN_CLOSING_BYTES = 4194304,
};

/* Throws away what the peer still sends, until it has understood. */
static void conn_io_throw_away(struct conn *c)
{
	struct conn_host *host = c->host;
	ssize_t n = read(c->fd, host->in, sizeof(host->in));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->thrown_away += (size_t)n;
	if (n <= 0 || c->thrown_away > CONN_CLOSING_BYTES)
		conn_enter(c, CONN_CLOSED);
}

int conn_io_wait(struct conn *c, int rc)
{
	switch (SSL_get_error(c->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return 0;
	case SSL_ERROR_WANT_WRITE:
		c->wants_write = true;
		return 0;
	default:
		return -ECONNRESET;
	}
}

/* Keeps output for later, behind what is kept already. */
static int conn_io_keep(struct conn *c, const uint8_t *data, size_t len)
{
	uint8_t *grown = realloc(c->pending, c->pending_len + len);

	if (!grown)
		return -ENOMEM;
	if (c->pending_len == 0)
		c->h2->moved_ns = now_ns();
	memcpy(grown + c->pending_len, data, len);
	c->pending = grown;
	c->pending_len += len;
	return 0;
}

/* Writes as much of |data| as the socket takes; tells how much that was. */
static int conn_io_write_some(struct conn *c, const uint8_t *data, size_t len, size_t *ret_written)
{
	size_t written = 0;
	int rc = 0;

	while (written < len) {
		size_t n = 0;
		int done;

		ERR_clear_error();
		done = SSL_write_ex(c->ssl, data + written, len - written, &n);
		if (done != 1) {
			rc = conn_io_wait(c, done);
			break;
		}
		written += n;
	}
	*ret_written = written;
	return rc;
}

/* Writes what was kept. It is given to OpenSSL again just as it was. */
static int conn_io_write_kept(struct conn *c)
{
	size_t written;
	int rc;

	if (c->pending_len == 0)
		return 0;
	rc = conn_io_write_some(c, c->pending, c->pending_len, &written);
	if (written > 0)
		c->h2->moved_ns = now_ns();
	c->pending_len -= written;
	if (c->pending_len > 0) {
		memmove(c->pending, c->pending + written, c->pending_len);
		return rc;
	}
	free(c->pending);
	c->pending = NULL;
	return rc;
}

/* Writes |data|, or keeps what the socket does not take. */
static int conn_io_write(struct conn *c, const uint8_t *data, size_t len)
{
	size_t written;
	int rc = conn_io_write_some(c, data, len, &written);

	if (rc == 0 && written < len)
		rc = conn_io_keep(c, data + written, len - written);
	return rc;
}

/* Gathers the session's frames into records and writes them, until there are no
 * more or the socket is blocked. */
static int conn_io_flush(struct conn *c)
{
	uint8_t *out = c->host->out;
	struct bytes piece;
	size_t used = 0;
	int rc = conn_io_write_kept(c);

	while (rc == 0 && c->pending_len == 0) {
		rc = h2_next_output(c->h2, &piece);
		if (rc < 0)
			return rc;
		if (used > 0 && (piece.len == 0 || used + piece.len > H2_RECORD_BYTES)) {
			rc = conn_io_write(c, out, used);
			used = 0;
		}
		if (piece.len == 0 || rc < 0)
			return rc;
		if (c->pending_len > 0)
			return conn_io_keep(c, piece.data, piece.len);
		memcpy(out + used, piece.data, piece.len);
		used += piece.len;
	}
	return rc;
}

/* Lets the owners work and writes what they made. Returns 0, or a negative errno
 * when the connection is over. */
static int conn_io_work(struct conn *c)
{
	int rc = 0;

	for (int round = 0; round < CONN_ROUNDS && !c->h2->cause; round++) {
		h2_dispatch(c->h2);
		rc = conn_io_flush(c);
		if (rc < 0 || c->pending_len > 0 || !h2_has_work(c->h2))
			break;
	}
	if (rc == 0 && c->h2->cause) {
		h2_say_goodbye(c->h2);
		conn_io_flush(c);
		rc = -EPROTO;
	}
	return rc;
}

/* Whether the peer must read before we do. */
static bool conn_io_is_choked(const struct conn *c)
{
	return c->pending_len > 0 && h2_queued_frames(c->h2) > CONN_QUEUED_FRAMES;
}

/* SSL_read gave no data, but |rc|. Returns as conn_io_read. */
static int conn_io_read_nothing(struct conn *c, int rc)
{
	rc = conn_io_wait(c, rc);
	if (rc < 0)
		return rc;
	if (c->too_many_keys) {
		h2_stop(c->h2, STOP_KEY_UPDATES);
		return conn_io_work(c);
	}
	/* Having read a message of its own, OpenSSL comes back for a fresh decision. */
	return c->tls_moved;
}

/* Reads one piece and hands it to the session. Returns 1 when more may be at
 * hand, 0 when not, or a negative errno. */
static int conn_io_read(struct conn *c, size_t *budget)
{
	struct conn_host *host = c->host;
	size_t n = 0;
	int rc;

	c->tls_moved = false;
	ERR_clear_error();
	rc = SSL_read_ex(c->ssl, host->in, sizeof(host->in), &n);
	if (rc != 1)
		return conn_io_read_nothing(c, rc);
	*budget -= n < *budget ? n : *budget;
	h2_receive(c->h2, bytes_of(host->in, n));
	c->heard_ns = c->h2->now_ns;
	c->pinged = false;
	rc = conn_io_work(c);
	if (rc < 0)
		return rc;
	/* It reads ahead: had the socket held more, OpenSSL would have some of it. */
	return SSL_has_pending(c->ssl);
}

/* Reads and answers until nothing is left or the others have their turn. */
static int conn_io_exchange(struct conn *c)
{
	size_t budget = CONN_READ_BUDGET;
	int rc;

	c->wants_write = false;
	c->h2->now_ns = now_ns();
	rc = c->h2->cause ? conn_io_work(c) : conn_io_flush(c);
	if (rc < 0)
		return rc;
	while (!conn_io_is_choked(c)) {
		if (budget == 0) {
			/* What OpenSSL holds already raises no event of the socket. */
			event_active(&c->readable, EV_READ, 0);
			return 0;
		}
		rc = conn_io_read(c, &budget);
		if (rc <= 0)
			return rc;
	}
	return 0;
}

void conn_io_wake(void *arg)
{
	struct conn *c = arg;

	if (c->running || !list_is_empty(&c->dirty))
		return;
	list_push(&c->host->dirty, &c->dirty);
	conn_ask_turn(c->host);
}

/* Switches the events to what the connection waits for now. */
static void conn_io_set_events(struct conn *c)
{
	if (c->h2 && conn_io_is_choked(c))
		event_del(&c->readable);
	else
		event_add(&c->readable, NULL);
	if (c->wants_write || c->pending_len > 0)
		event_add(&c->writable, NULL);
	else
		event_del(&c->writable);
}

/* Decides what comes next. |rc| is what the last exchange gave. */
static void conn_io_settle(struct conn *c, int rc)
{
	struct h2 *h2 = c->h2;

	if (rc < 0) {
		conn_leave(c, h2->cause, h2->cause != NULL);
		return;
	}
	if (h2_is_over(h2) && c->pending_len == 0) {
		conn_leave(c, h2->cause, true);
		return;
	}
	if (c->state == CONN_HANDSHAKING && h2->greeted) {
		conn_open(c);
	}
	if (h2_has_work(h2) && c->pending_len == 0)
		conn_io_wake(c);
	conn_io_set_events(c);
}

void conn_io_on_event(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	if (c->state == CONN_CLOSING)
		conn_io_throw_away(c);
	if (c->state >= CONN_CLOSING)
		return;
	if (c->h2)
		conn_io_go_on(c);
	else
		conn_shake_on_event(c);
}

void conn_io_go_on(struct conn *c)
{
	int rc = 0;

	c->running = true;
	if (!c->h2)
		rc = conn_shake_step(c);
	if (c->h2 && rc == 0)
		rc = conn_io_exchange(c);
	c->running = false;
	if (c->h2)
		conn_io_settle(c, rc);
	else if (c->state == CONN_HANDSHAKING)
		conn_io_set_events(c);
}

void conn_io_turn(struct conn *c)
{
	int rc;

	c->running = true;
	rc = conn_io_work(c);
	c->running = false;
	conn_io_settle(c, rc);
}
