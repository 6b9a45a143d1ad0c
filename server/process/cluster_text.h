/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts that the private PostgreSQL is configured by and speaks through:
 * pure functions, so that a table can test them.
 */
#ifndef PROCESS_CLUSTER_TEXT_H
#define PROCESS_CLUSTER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "stafett/base.h"

/* Logins and the database of the private cluster. */
#define CLUSTER_ADMIN	 "stafett_admin"
#define CLUSTER_APP	 "stafett_app"
#define CLUSTER_CLERK	 "stafett_clerk"
#define CLUSTER_DATABASE "stafett"

/* A Unix socket's path holds this many bytes beside its NUL. */
enum { CLUSTER_SOCKET_PATH_MAX = 107 };

/* What postmaster.pid says of the running server. */
enum cluster_status {
	CLUSTER_STATUS_UNKNOWN, /* not written yet, or not understood */
	CLUSTER_STATUS_STARTING,
	CLUSTER_STATUS_READY,
	CLUSTER_STATUS_STOPPING,
};

struct cluster_pidfile {
	pid_t pid;
	enum cluster_status status;
};

/* postgresql.conf for a server that listens only in |socket_dir|. To be freed;
 * NULL when out of memory, as all below. */
char *cluster_text_conf(const char *socket_dir);
/* tuning.conf, as it is before the operator has written into it. */
char *cluster_text_tuning(void);
/* pg_hba.conf: only the three logins, by the map of the next function. */
char *cluster_text_hba(void);
/* pg_ident.conf: |os_user| may log in as each of them. */
char *cluster_text_ident(const char *os_user);
/* A connection string for |user| to |database|, quoted for libpq. */
char *cluster_text_conninfo(const char *socket_dir, const char *user, const char *database);
/* Whether the server's socket fits into |socket_dir|. */
bool cluster_text_fits_socket(const char *socket_dir);
/* Reads the lines of a postmaster.pid. False where not even the first is whole. */
bool cluster_text_read_pidfile(struct bytes text, struct cluster_pidfile *ret_pidfile) WARN_UNUSED;

#endif
