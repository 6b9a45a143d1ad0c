/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP/2 connection of the load generator: mutual TLS 1.3, non-blocking,
 * any number of unary gRPC calls at once. It knows nothing of what is sent.
 *
 * Invariants: a call ends exactly once, by |ended|; nghttp2 is never entered
 * from inside one of its own callbacks (answers only mark; load_conn_step
 * writes).
 */
#ifndef BENCH_LOAD_CONN_H
#define BENCH_LOAD_CONN_H

#include <stdbool.h>

#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>

#include "stafett/base.h"

/* One unary call. Embedded in whoever waits for it; the bytes stay until it ends. */
struct load_call {
	struct bytes message;  /* the framed request: prefix and message */
	size_t sent, received; /* bytes, of what is framed too */
	int status;	       /* gRPC status, -1 before it is known */
};

struct load_conn {
	int fd;
	SSL *ssl;
	nghttp2_session *session;
	const char *unit, *path;
	uint8_t pending[16384]; /* written to TLS next; never more than one record */
	size_t pending_len, pending_done;
	bool greeted; /* the peer has said something: it has accepted our certificate */
	void (*ended)(struct load_call *call, void *arg);
	void *arg;
};

struct load_conn_params {
	const char *host, *port, *path, *unit;
	SSL_CTX *tls;
	void (*ended)(struct load_call *call, void *arg);
	void *arg;
};

/* Connects and shakes hands, blocking; from then on the socket does not block.
 * Returns 0 or -errno; -EPROTO where TLS or ALPN failed. */
int load_conn_open(struct load_conn *conn, const struct load_conn_params *params) WARN_UNUSED;
void load_conn_close(struct load_conn *conn);
/* Forgets everything but the socket, which is the caller's; the peer notices nothing. */
int load_conn_abandon(struct load_conn *conn) WARN_UNUSED;
/* Begins a call; load_conn_flush or load_conn_step sends it. */
int load_conn_begin(struct load_conn *conn, struct load_call *call) WARN_UNUSED;
/* Reads what has come and writes what can go. -ECONNRESET where the peer left. */
int load_conn_step(struct load_conn *conn) WARN_UNUSED;
/* Writes only, where there is something to write. */
int load_conn_flush(struct load_conn *conn) WARN_UNUSED;
/* Whether bytes wait for the socket to become writable. */
bool load_conn_wants_write(const struct load_conn *conn);

#endif
