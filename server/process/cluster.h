/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private PostgreSQL, which the master keeps where no database is named.
 *
 *   down -> initialising (initdb, first start only) -> starting -> ready
 *        -> stopping -> down;  failed when it cannot be started at all
 *
 * Everything lies in the state folder, which belongs to the daemon's user
 * alone: pg/ (the data), run/ (the socket; a link into /var/tmp where the path
 * would be too long), lock. There is no TCP, and only the daemon's own
 * operating system user may log in.
 *
 * A server that a killed master left behind is adopted, not started again. One
 * that ends by itself is started again. No queries are made here: that the
 * server is ready is read from its postmaster.pid, as pg_ctl does.
 *
 * Nothing waits, but cluster_open for the lock: the owner polls cluster_fd,
 * and calls cluster_step when it is readable or cluster_wake_ns has come.
 */
#ifndef PROCESS_CLUSTER_H
#define PROCESS_CLUSTER_H

#include <stdint.h>

#include "stafett/base.h"

enum cluster_state {
	CLUSTER_DOWN,
	CLUSTER_INITIALISING,
	CLUSTER_STARTING,
	CLUSTER_READY,
	CLUSTER_STOPPING,
	CLUSTER_FAILED,
};

struct cluster;

/* Whether PostgreSQL's programs in |bin_dir| can be run by this user. As with
 * cluster_open, |ret_error| is one line, freed by the caller with free. */
int cluster_check(const char *bin_dir, char **ret_error) WARN_UNUSED;
/* Makes the state folder where it is missing and takes its lock; a second
 * daemon on the same folder gets -EBUSY. |lock_fd| is the lock itself where the
 * program before this one has handed it down, else -1. On failure |ret_error| is
 * one line, freed by the caller with free. Nothing is started yet. */
int cluster_open(const char *state_dir, const char *bin_dir, int lock_fd,
	struct cluster **ret_cluster, char **ret_error) WARN_UNUSED;
/* Forgets the cluster; a running server goes on. Accepts NULL; returns NULL. */
struct cluster *cluster_free(struct cluster *cluster);

/* Begins: adopts the running server, or starts one. */
void cluster_start(struct cluster *cluster);
/* Begins to end it: open transactions are rolled back, nothing that was
 * committed is lost. */
void cluster_stop(struct cluster *cluster);
/* Takes the steps that are due. */
void cluster_step(struct cluster *cluster);

/* Holds the lock for as long as any process has it open. */
int cluster_lock_fd(const struct cluster *cluster);
enum cluster_state cluster_state(const struct cluster *cluster);
/* Readable when the process that is waited for has ended; -1 when there is none. */
int cluster_fd(const struct cluster *cluster);
/* When cluster_step must run at the latest (CLOCK_MONOTONIC); INT64_MAX: never. */
int64_t cluster_wake_ns(const struct cluster *cluster);

/* Connection strings; they live as long as |cluster|, and lead somewhere while
 * it is ready. The first is the administrator's in the daemon's database, the
 * second in the one that every cluster has, the third the workers'. */
const char *cluster_conninfo_admin(const struct cluster *cluster);
const char *cluster_conninfo_maintenance(const struct cluster *cluster);
const char *cluster_conninfo_app(const struct cluster *cluster);

/* For the administrator's commands, which run beside the daemon: the
 * administrator's connection string of the server that is ready in |state_dir|,
 * to be freed; -ESRCH where there is none. Takes no lock, changes nothing. */
int cluster_find_running(const char *state_dir, char **ret_conninfo) WARN_UNUSED;

#endif
