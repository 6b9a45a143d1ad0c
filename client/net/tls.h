/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's side of mutual TLS 1.3: who we are, whom we trust, and the
 * handshake. TLS 1.3 only, ALPN "h2" only, the server's name is always checked.
 *
 * A server refuses a client's certificate after the client's handshake is over
 * (RFC 8446 4.4.2.4: the alert comes with the first read), so that a refusal
 * shows up in tls_read, as NET_REFUSED_US.
 */
#ifndef CLIENT_NET_TLS_H
#define CLIENT_NET_TLS_H

#include <stdint.h>

#include <openssl/ssl.h>

#include "client/net/failure.h"

/* Paths of PEM files. */
struct tls_files {
	const char *ca;		 /* the CA that servers' certificates descend from */
	const char *certificate; /* our chain, leaf first */
	const char *key;
};

/* Reads the files. Gives NET_FILES with the file's name in |detail|, or -ENOMEM.
 * The context is freed with SSL_CTX_free. */
int tls_context_new(const struct tls_files *files, SSL_CTX **ret_context,
	struct net_detail *detail) WARN_UNUSED;

/* Shakes hands over |fd|, which stays the caller's. |host| is the name or the
 * numeric address that the server's certificate must be for. */
int tls_connect(SSL_CTX *context, int fd, const char *host, int64_t deadline_ns, SSL **ret_ssl,
	struct net_detail *detail) WARN_UNUSED;

/* What a read or a write needs before it can go on. */
enum tls_need { TLS_NEED_NOTHING, TLS_NEED_READ, TLS_NEED_WRITE };

/* Reads what is there: 0 with a count, or 0 with a count of 0 and a need; or
 * NET_BROKEN (also at a clean end), NET_REFUSED_US. */
int tls_read(SSL *ssl, void *buffer, size_t room, size_t *ret_count, enum tls_need *ret_need,
	struct net_detail *detail) WARN_UNUSED;
/* Writes what it can, in the same way. */
int tls_write(SSL *ssl, struct bytes data, size_t *ret_count, enum tls_need *ret_need,
	struct net_detail *detail) WARN_UNUSED;

#endif
