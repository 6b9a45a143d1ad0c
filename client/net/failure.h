/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a server could not be talked to. These are failures of the line, not
 * answers: whoever sees one after a request has left knows nothing about what
 * the server did with it.
 *
 * Functions of client/net return 0, a negative errno (out of memory: forward
 * it), or one of these, with a few technical words in struct net_detail.
 */
#ifndef CLIENT_NET_FAILURE_H
#define CLIENT_NET_FAILURE_H

#include <stdbool.h>

#include "stafett/base.h"

enum net_failure {
	NET_OK,
	NET_NAME,	 /* the server's name cannot be looked up */
	NET_UNREACHABLE, /* nobody answers at that address */
	NET_TIMEOUT,	 /* the deadline passed */
	NET_FILES,	 /* our certificate, key or CA file cannot be used */
	NET_UNTRUSTED,	 /* the server's certificate does not descend from our CA */
	NET_WRONG_NAME,	 /* the server's certificate is for another name */
	NET_REFUSED_US,	 /* the server does not accept our certificate */
	NET_NOT_GRPC,	 /* somebody answers, but not in gRPC over HTTP/2 */
	NET_BROKEN,	 /* the line broke */
	NET_PROTOCOL,	 /* the answer breaks the rules of HTTP/2 or gRPC */
	NET_STOPPED,	 /* we ended the call: its sink, its source or the user wanted it */
};

/* For a log or a support call: lower case, no final stop, no personal data. */
struct net_detail {
	char text[200];
};

void net_detail_set(struct net_detail *detail, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same, with the newest error of OpenSSL's queue at the end; empties the queue. */
void net_detail_set_tls(struct net_detail *detail, const char *what);

#endif
