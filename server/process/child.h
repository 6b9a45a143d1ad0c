/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that the master watches. Each is held by a pidfd, so that neither
 * a signal nor a wait can ever hit a stranger who got the same number, and so
 * that its end is one more readable descriptor in the master's poll. A process
 * that somebody else started (the PostgreSQL of a master that was killed) is
 * watched the same way.
 */
#ifndef PROCESS_CHILD_H
#define PROCESS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "stafett/base.h"

struct child {
	pid_t pid; /* 0: none */
	int fd;	   /* its pidfd; -1: none */
};

#define CHILD_NONE ((struct child){.pid = 0, .fd = -1})

/* How a process ended. */
struct child_end {
	bool known; /* false for an adopted one: only its parent learns how */
	int code;   /* exit status; -1 when a signal ended it */
	int signal; /* 0 when it exited */
};

/* Forks. Gives 1 in the parent, with the child in |ret_child|; 0 in the child,
 * whose signals are as a new program expects them; or -errno. */
int child_fork(struct child *ret_child) WARN_UNUSED;
/* A program to be started. */
struct child_program {
	char *const *argv; /* NULL-terminated; argv[0] is found as a shell does */
	int output_fd;	   /* where what it says goes */
	/* Left open in it, so that what it locks stays locked for as long as the
	 * program runs; the program is then asked to end when we are killed. -1: it
	 * outlives us. */
	int tied_fd;
	int folder_fd; /* where it begins to work; -1: here */
};

/* Starts |program| in a session of its own, so that a terminal's ^C does not
 * reach it, and without standard input. Where it cannot be run, the child says so
 * in its output and ends with 127. */
int child_start(const struct child_program *program, struct child *ret_child) WARN_UNUSED;
/* Watches process |pid|, which somebody else started. */
int child_adopt(pid_t pid, struct child *ret_child) WARN_UNUSED;
/* Whether there is a process to watch; it may have ended a moment ago. */
bool child_is_some(const struct child *child);
/* Sends |signal|; to nobody, when there is none. */
void child_signal(const struct child *child, int signal);
/* Whether the process has ended. If so it is reaped, |child| becomes
 * CHILD_NONE, and |ret_end| tells how. Never waits. */
bool child_has_ended(struct child *child, struct child_end *ret_end) WARN_UNUSED;

#endif
