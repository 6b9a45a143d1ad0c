/* SPDX-License-Identifier: Apache-2.0 */
/* See notify.h. */
#include "process/notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/backoff.h"

/* The number that the environment gives for |name|; 0 where there is none. */
static int64_t notify_number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoll(text, NULL, 10) : 0;
}

/* A path, or with '@' in front a name that is no file. */
static int notify_address(struct notify *notify, const char *name)
{
	size_t len = strlen(name);

	if ((*name != '/' && *name != '@') || len >= sizeof(notify->to.sun_path))
		return -1;
	notify->to = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(notify->to.sun_path, name, len);
	if (*name == '@')
		notify->to.sun_path[0] = '\0';
	notify->to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	return 0;
}

void notify_open(struct notify *notify)
{
	const char *name = getenv("NOTIFY_SOCKET");
	int64_t pid = notify_number("WATCHDOG_PID");

	*notify = (struct notify){.fd = -1};
	if (!name || notify_address(notify, name) < 0)
		return;
	notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (pid == 0 || pid == getpid())
		notify->watchdog_ns = notify_number("WATCHDOG_USEC") * 1000;
}

void notify_close(struct notify *notify)
{
	if (notify->fd >= 0)
		close(notify->fd);
	notify->fd = -1;
}

void notify_send(const struct notify *notify, const char *news)
{
	if (notify->fd >= 0)
		(void)!sendto(notify->fd, news, strlen(news), MSG_NOSIGNAL,
			(const struct sockaddr *)&notify->to, notify->to_len);
}

void notify_reloading(const struct notify *notify)
{
	char news[64];

	snprintf(news, sizeof(news), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
		backoff_now_ns() / 1000);
	notify_send(notify, news);
}
