/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one program hands everything that runs to the next one: SIGUSR2 makes the
 * master execute the program that its command line names, in its own process, with
 * its sockets open and its children alive. Nobody who connects is refused, the
 * process number stays, and the private PostgreSQL notices nothing.
 *
 * What is handed over stands in one variable of the environment.
 */
#ifndef PROCESS_TAKEOVER_H
#define PROCESS_TAKEOVER_H

#include <stdbool.h>
#include <sys/types.h>

enum { TAKEOVER_PIDS_MAX = 512 };

struct takeover {
	int listen_fd;
	int life_fds[2];
	int lock_fd; /* -1: the database is somebody else's */
	int n_pids;
	pid_t pids[TAKEOVER_PIDS_MAX]; /* of the children that must be asked to leave */
};

/* What the program before this one left to this process; the descriptors are closed
 * on exec again. False when there is nothing. */
bool takeover_receive(struct takeover *ret_takeover);
/* Executes argv[0], found as a shell does, in |folder_fd|. Returns only when that
 * fails: -errno, and all is as before. */
int takeover_give(const struct takeover *takeover, char *const *argv, int folder_fd);

#endif
