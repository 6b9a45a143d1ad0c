/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One socket: '*' is a dual-stack IPv6 one, or IPv4 where there is no IPv6.
 */
#include "process/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LISTEN_TRIES = 40,
	LISTEN_PAUSE_MS = 50,
	LISTEN_BACKLOG = 1024,
	LISTEN_FD_FIRST = 3, /* by the agreement with service managers */
};

static int listen_set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) < 0 ? -errno : 0;
}

static int listen_bind_once(const struct addrinfo *at, int *ret_fd)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	r = listen_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!r && at->ai_family == AF_INET6)
		r = listen_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	if (!r && bind(fd, at->ai_addr, at->ai_addrlen) < 0)
		r = -errno;
	if (r)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

static int listen_bind(const struct addrinfo *at, int *ret_fd)
{
	int r = -EADDRINUSE;

	for (int i = 0; i < LISTEN_TRIES && r == -EADDRINUSE; i++) {
		if (i > 0)
			poll(NULL, 0, LISTEN_PAUSE_MS);
		r = listen_bind_once(at, ret_fd);
	}
	return r;
}

/* Binds to the first address of |list| that this machine has. */
static int listen_bind_any(const struct addrinfo *list, int *ret_fd)
{
	int r = -EADDRNOTAVAIL;

	for (const struct addrinfo *at = list; at && r; at = at->ai_next)
		r = listen_bind(at, ret_fd);
	return r;
}

static int listen_resolve(const char *address, const char *port, int *ret_fd, const char **ret_why)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	bool every = strcmp(address, "*") == 0;
	struct addrinfo *list;
	int r;

	hints.ai_family = every ? AF_INET6 : AF_UNSPEC;
	r = getaddrinfo(every ? NULL : address, port, &hints, &list);
	if (r) {
		*ret_why = gai_strerror(r);
		return -EINVAL;
	}
	r = listen_bind_any(list, ret_fd);
	freeaddrinfo(list);
	*ret_why = strerror(-r);
	return r;
}

int listen_open(const char *address, int port, int *ret_fd, char **ret_error)
{
	char service[16];
	const char *why;
	int r;

	snprintf(service, sizeof(service), "%d", port);
	r = listen_resolve(address, service, ret_fd, &why);
	if (r == -EAFNOSUPPORT && strcmp(address, "*") == 0)
		r = listen_resolve("0.0.0.0", service, ret_fd, &why);
	if (r && asprintf(ret_error, "cannot listen on address '%s', port %d: %s", address, port,
			 why) < 0)
		*ret_error = NULL;
	return r;
}

/* Whether |fd| is a TCP socket on which peers can already connect. */
static bool listen_is_listening(int fd)
{
	struct sockaddr_storage at;
	socklen_t at_len = sizeof(at), len = sizeof(int);
	int listening = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening &&
	       getsockname(fd, (struct sockaddr *)&at, &at_len) == 0 &&
	       (at.ss_family == AF_INET || at.ss_family == AF_INET6);
}

int listen_inherit(int *ret_fd, char **ret_error)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	const char *wrong = NULL;

	if (!pid || !n || strtol(pid, NULL, 10) != getpid() || strtol(n, NULL, 10) <= 0)
		return -ENOENT;
	if (strcmp(n, "1") != 0)
		wrong = "more than one socket was handed down; stafettd listens on one";
	else if (!listen_is_listening(LISTEN_FD_FIRST))
		wrong = "what was handed down is no TCP socket that listens";
	if (wrong) {
		*ret_error = strdup(wrong);
		return -EINVAL;
	}
	fcntl(LISTEN_FD_FIRST, F_SETFD, FD_CLOEXEC);
	fcntl(LISTEN_FD_FIRST, F_SETFL, fcntl(LISTEN_FD_FIRST, F_GETFL) | O_NONBLOCK);
	*ret_fd = LISTEN_FD_FIRST;
	return 0;
}

int listen_begin(int fd)
{
	return listen(fd, LISTEN_BACKLOG) < 0 ? -errno : 0;
}
