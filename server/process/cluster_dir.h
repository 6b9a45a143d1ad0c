/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state folder of the private PostgreSQL: making it, locking it, and
 * writing the server's files into it. All of it belongs to the daemon's user
 * alone (0700 and 0600).
 */
#ifndef PROCESS_CLUSTER_DIR_H
#define PROCESS_CLUSTER_DIR_H

#include <stdbool.h>
#include <sys/types.h>

#include "process/cluster_text.h"
#include "stafett/base.h"

/* Absolute paths, owned. */
struct cluster_dir {
	char *state;  /* the folder itself */
	char *data;   /* state/pg */
	char *fresh;  /* state/pg.new: where initdb works, renamed when it is done */
	char *socket; /* state/run, or what it is a link to */
	char *output; /* state/startup.log: what initdb and a starting server say */
	int lock_fd;  /* held until the last process of this daemon is gone; -1: none */
};

#define CLUSTER_DIR_NONE ((struct cluster_dir){.lock_fd = -1})

/* Makes the folders and takes the lock, for which it waits a few seconds (the
 * workers of a killed master are about to end); unless |lock_fd| holds it already,
 * which then belongs to |ret_dir|, else is -1. On failure |ret_error| is one line,
 * freed with free. */
int cluster_dir_open(const char *state_dir, int lock_fd, struct cluster_dir *ret_dir,
	char **ret_error) WARN_UNUSED;
/* Only looks: the folders that a daemon made, without its lock. -ENOENT where
 * there are none. */
int cluster_dir_peek(const char *state_dir, struct cluster_dir *ret_dir) WARN_UNUSED;
/* Frees and unlocks. Accepts CLUSTER_DIR_NONE. */
void cluster_dir_close(struct cluster_dir *dir);

/* Whether initdb has done its work, once. */
bool cluster_dir_is_initialised(const struct cluster_dir *dir);
/* Makes an empty dir->fresh, whatever an interrupted initdb left there. */
int cluster_dir_clear_fresh(const struct cluster_dir *dir) WARN_UNUSED;
/* Makes dir->fresh the data folder. */
int cluster_dir_keep_fresh(const struct cluster_dir *dir) WARN_UNUSED;
/* Writes the server's three configuration files, whole or not at all. */
int cluster_dir_write_conf(const struct cluster_dir *dir) WARN_UNUSED;
/* Opens an empty dir->output. Gives the descriptor or -errno. */
int cluster_dir_open_output(const struct cluster_dir *dir) WARN_UNUSED;
/* The last line in dir->output, "" when there is none; cut where |size| ends. */
void cluster_dir_last_words(const struct cluster_dir *dir, char *out, size_t size);
/* Reads postmaster.pid; false where no server of this folder is alive. */
bool cluster_dir_find_server(
	const struct cluster_dir *dir, struct cluster_pidfile *ret_pidfile) WARN_UNUSED;

#endif
