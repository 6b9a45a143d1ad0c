/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listening socket, which the master opens and all its workers accept on.
 */
#ifndef PROCESS_LISTEN_H
#define PROCESS_LISTEN_H

#include "stafett/base.h"

/* Opens a non-blocking socket bound to |address| ('*': every address, IPv6 and
 * IPv4) and |port|. It does not listen yet, so that peers are refused, rather
 * than kept waiting, until somebody can answer them. A port that is in use is
 * tried for two seconds: the workers of a killed master are about to end. On
 * failure |ret_error| is one line, freed by the caller with free. */
int listen_open(const char *address, int port, int *ret_fd, char **ret_error) WARN_UNUSED;
/* The socket that a service manager has opened and handed down (socket activation:
 * LISTEN_FDS, LISTEN_PID), made non-blocking. -ENOENT when there is none; else
 * -EINVAL, with |ret_error| as above, when it is not one listening TCP socket. */
int listen_inherit(int *ret_fd, char **ret_error) WARN_UNUSED;
/* Lets peers connect. */
int listen_begin(int fd) WARN_UNUSED;

#endif
