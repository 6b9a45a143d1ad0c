/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fork, exec and pidfds. Nothing here waits.
 */
#include "process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void child_reset_signals(void)
{
	static const int changed[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGUSR2};
	sigset_t none;

	for (size_t i = 0; i < ARRAY_SIZE(changed); i++)
		signal(changed[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int child_fork(struct child *ret_child)
{
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		child_reset_signals();
		return 0;
	}
	fd = pidfd_open(pid, 0);
	if (fd < 0) {
		int r = -errno;

		/* Unwatched it would be lost; it has done nothing yet. */
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return r;
	}
	*ret_child = (struct child){.pid = pid, .fd = fd};
	return 1;
}

/* Who is killed before this takes effect is missed by the kernel, not by us. */
static void child_tie(int fd, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	fcntl(fd, F_SETFD, 0);
}

/* What the service manager wants to hear, it wants from the master. */
static void child_forget_manager(void)
{
	static const char *const names[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
		"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}

_Noreturn static void child_exec(const struct child_program *program, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(program->output_fd, STDOUT_FILENO);
	dup2(program->output_fd, STDERR_FILENO);
	if (program->tied_fd >= 0)
		child_tie(program->tied_fd, parent);
	child_forget_manager();
	if (program->folder_fd < 0 || fchdir(program->folder_fd) == 0)
		execvp(program->argv[0], program->argv);
	perror(program->argv[0]);
	_exit(127);
}

int child_start(const struct child_program *program, struct child *ret_child)
{
	pid_t parent = getpid();
	int r = child_fork(ret_child);

	if (r == 0)
		child_exec(program, parent);
	return r < 0 ? r : 0;
}

int child_adopt(pid_t pid, struct child *ret_child)
{
	int fd = pidfd_open(pid, 0);

	if (fd < 0)
		return -errno;
	*ret_child = (struct child){.pid = pid, .fd = fd};
	return 0;
}

bool child_is_some(const struct child *child)
{
	return child->pid != 0;
}

void child_signal(const struct child *child, int signal)
{
	if (child_is_some(child))
		pidfd_send_signal(child->fd, signal, NULL, 0);
}

static struct child_end child_end_of(const siginfo_t *info)
{
	struct child_end end = {.known = true};

	if (info->si_code == CLD_EXITED) {
		end.code = info->si_status;
	} else {
		end.code = -1;
		end.signal = info->si_status;
	}
	return end;
}

bool child_has_ended(struct child *child, struct child_end *ret_end)
{
	struct pollfd ended = {.fd = child->fd, .events = POLLIN};
	siginfo_t info = {0};

	if (!child_is_some(child) || poll(&ended, 1, 0) != 1)
		return false;
	/* ECHILD: somebody else's child; that it ended is all that can be known. */
	if (waitid(P_PIDFD, (id_t)child->fd, &info, WEXITED | WNOHANG) == 0)
		*ret_end = child_end_of(&info);
	else
		*ret_end = (struct child_end){.known = false, .code = -1};
	close(child->fd);
	*child = CHILD_NONE;
	return true;
}
