/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STAFETT_TAKEOVER = "PROCESS LISTEN LIFE LIFE LOCK PID PID ...". The number of the
 * process in front makes sure that it is meant for us, and not for somebody who has
 * only inherited the environment.
 */
#include "process/takeover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "stafett/base.h"

#define TAKEOVER_NAME "STAFETT_TAKEOVER"

enum { TAKEOVER_TEXT_BYTES = 12 * (TAKEOVER_PIDS_MAX + 5) };

static void takeover_set_cloexec(const struct takeover *takeover, int flag)
{
	const int fds[] = {takeover->listen_fd, takeover->life_fds[0], takeover->life_fds[1],
		takeover->lock_fd};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			fcntl(fds[i], F_SETFD, flag);
}

/* Takes the next number off |text|. */
static bool takeover_next(const char **text, int *ret_number)
{
	char *end;
	long number = strtol(*text, &end, 10);

	if (end == *text)
		return false;
	*text = end;
	*ret_number = (int)number;
	return true;
}

static bool takeover_parse(const char *text, struct takeover *takeover)
{
	int process, pid;

	if (!takeover_next(&text, &process) || process != getpid() ||
		!takeover_next(&text, &takeover->listen_fd) ||
		!takeover_next(&text, &takeover->life_fds[0]) ||
		!takeover_next(&text, &takeover->life_fds[1]) ||
		!takeover_next(&text, &takeover->lock_fd))
		return false;
	takeover->n_pids = 0;
	while (takeover->n_pids < TAKEOVER_PIDS_MAX && takeover_next(&text, &pid))
		takeover->pids[takeover->n_pids++] = pid;
	return true;
}

bool takeover_receive(struct takeover *ret_takeover)
{
	const char *text = getenv(TAKEOVER_NAME);
	bool is_ours = text && takeover_parse(text, ret_takeover);

	unsetenv(TAKEOVER_NAME);
	if (is_ours)
		takeover_set_cloexec(ret_takeover, FD_CLOEXEC);
	return is_ours;
}

int takeover_give(const struct takeover *takeover, char *const *argv, int folder_fd)
{
	char text[TAKEOVER_TEXT_BYTES];
	int n = snprintf(text, sizeof(text), "%d %d %d %d %d", getpid(), takeover->listen_fd,
		takeover->life_fds[0], takeover->life_fds[1], takeover->lock_fd);
	int r;

	for (int i = 0; i < takeover->n_pids; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " %d", takeover->pids[i]);
	if (setenv(TAKEOVER_NAME, text, 1) < 0)
		return -errno;
	takeover_set_cloexec(takeover, 0);
	if (fchdir(folder_fd) == 0)
		execvp(argv[0], argv);
	r = -errno;
	(void)!chdir("/");
	takeover_set_cloexec(takeover, FD_CLOEXEC);
	unsetenv(TAKEOVER_NAME);
	return r;
}
