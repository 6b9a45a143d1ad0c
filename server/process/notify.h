/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service manager wants to know (sd_notify): one datagram a piece of news
 * to the socket that it names. Written out here because it is thirty lines, and
 * libsystemd would bring a compression and a cryptography library into a process
 * that has neither otherwise. Where there is no service manager, nothing happens.
 */
#ifndef PROCESS_NOTIFY_H
#define PROCESS_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	int fd; /* -1: nobody wants to know */
	struct sockaddr_un to;
	socklen_t to_len;
	int64_t watchdog_ns; /* how long silence may last; 0: as long as it likes */
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. */
void notify_open(struct notify *notify);
void notify_close(struct notify *notify);
/* Sends |news|: assignments, one a line. Never waits. */
void notify_send(const struct notify *notify, const char *news);
/* RELOADING=1, which must say when. */
void notify_reloading(const struct notify *notify);

#endif
