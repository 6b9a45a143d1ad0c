/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS 1.3 handshake with certificates on both sides as OpenSSL does it alone:
 * two sessions and a pair of buffers in one thread, no sockets, no HTTP/2.
 */
#ifndef BENCH_WIRE_REFERENCE_H
#define BENCH_WIRE_REFERENCE_H

#include <openssl/ssl.h>

#include "stafett/base.h"

struct wire_reference_params {
	const char *ca, *client, *server; /* the latter two without ".pem" and ".key" */
	int64_t ns;			  /* how long it goes on */
};

/* A client's context with |identity|; NULL where a file is wrong. */
SSL_CTX *wire_reference_client(const char *ca, const char *identity);
/* Shakes hands until the time is over; prints how often, and the CPU time that
 * either side spent on one. 0 or a negative errno. */
int wire_reference_run(const struct wire_reference_params *params) WARN_UNUSED;

#endif
