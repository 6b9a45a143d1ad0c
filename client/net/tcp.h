/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a TCP connection to a name or a numeric address, within a deadline. */
#ifndef CLIENT_NET_TCP_H
#define CLIENT_NET_TCP_H

#include <stdint.h>

#include "client/net/failure.h"

/* Tries the addresses of |host| one after the other. Gives a non-blocking,
 * close-on-exec descriptor; or NET_NAME, NET_UNREACHABLE, NET_TIMEOUT. The
 * look-up of a name is libc's, which keeps its own time limits. */
int tcp_connect(const char *host, const char *port, int64_t deadline_ns, int *ret_fd,
	struct net_detail *detail) WARN_UNUSED;

#endif
