/* SPDX-License-Identifier: Apache-2.0 */
/* TCP connections with a deadline: see the header. */
#include "client/net/tcp.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/net/clock.h"

/* Waits until |fd| is connected; gives 0, NET_TIMEOUT or a negative errno. */
static int tcp_finish(int fd, int64_t deadline_ns)
{
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int error = 0;
	int n;

	do
		n = poll(&wait, 1, clock_poll_ms(deadline_ns));
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return NET_TIMEOUT;
	if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -errno;
	return -error;
}

/* One attempt at one address. */
static int tcp_try(const struct addrinfo *address, int64_t deadline_ns, int *ret_fd)
{
	const int on = 1;
	int r = 0;
	int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
		address->ai_protocol);

	if (fd < 0)
		return -errno;
	if (connect(fd, address->ai_addr, address->ai_addrlen) < 0)
		r = errno == EINPROGRESS ? tcp_finish(fd, deadline_ns) : -errno;
	if (r) {
		close(fd);
		return r;
	}
	/* Requests are small and each waits for its answer. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	*ret_fd = fd;
	return 0;
}

int tcp_connect(const char *host, const char *port, int64_t deadline_ns, int *ret_fd,
	struct net_detail *detail)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG,
	};
	struct addrinfo *list = NULL;
	int r = getaddrinfo(host, port, &hints, &list);

	if (r == EAI_MEMORY)
		return -ENOMEM;
	if (r) {
		net_detail_set(detail, "'%s': %s", host, gai_strerror(r));
		return NET_NAME;
	}
	r = NET_UNREACHABLE;
	for (const struct addrinfo *a = list; a && r; a = a->ai_next) {
		r = tcp_try(a, deadline_ns, ret_fd);
		if (r == NET_TIMEOUT)
			break;
	}
	freeaddrinfo(list);
	if (r == NET_TIMEOUT)
		net_detail_set(detail, "'%s' port %s: no answer in time", host, port);
	else if (r < 0)
		net_detail_set(detail, "'%s' port %s: %s", host, port, strerror(-r));
	return r < 0 ? NET_UNREACHABLE : r;
}
