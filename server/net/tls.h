/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's side of TLS 1.3: a certificate of its own, a required client
 * certificate under one CA, ALPN h2, no resumption (a resumed session would
 * skip the check of the certificate), no early data.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "base/metrics.h"
#include "net/call.h"
#include "net/tls_files.h"
#include "stafett/base.h"

struct tls;

/* Checks that the three files, which are needed no longer afterwards, belong together.
 * On failure gives -EINVAL or -ENOMEM and, in |ret_error| (freed by the caller with
 * free; may be NULL), one line that says which file is wrong and how. */
int tls_new(const struct tls_files *files, struct tls **ret_tls, char **ret_error) WARN_UNUSED;
struct tls *tls_ref(struct tls *tls);
/* Drops one reference. Accepts NULL; returns NULL. */
struct tls *tls_unref(struct tls *tls);

/* A new server-side session on |fd|. NULL when out of memory. */
SSL *tls_session(struct tls *tls, int fd);
/* Copies the member's name out of |cert| into |text|: the only SAN URI, where it is
 * one. Else gives false and "". */
bool tls_read_member(const X509 *cert, char *text, size_t size);
/* After the handshake: ALPN must be h2 and the certificate must hold exactly
 * one SAN URI that is a member's. Fills |peer|'s member and fingerprint and
 * returns 0; else -EPROTO (no h2) or -EACCES (no member). A peer that lacks
 * either has met its alert during the handshake already; this is the proof. */
int tls_identify(SSL *ssl, struct peer *peer) WARN_UNUSED;
/* Why the handshake on |ssl| failed, in words for the log, and what it counts as;
 * reads the thread's error queue, so it comes right after the call that failed.
 * Static text. */
const char *tls_refusal(const SSL *ssl, enum metric *ret_metric);

#endif
