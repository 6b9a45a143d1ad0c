/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One worker: TLS, HTTP/2, rules and store on one event loop, sharing nothing
 * with the others but the listening socket. It ends when it has drained after
 * SIGTERM, or at once when its master is gone.
 */
#ifndef PROCESS_WORKER_H
#define PROCESS_WORKER_H

#include "base/metrics.h"
#include "base/settings.h"
#include "net/tls_files.h"
#include "stafett/base.h"

/* How a worker's process ends. */
enum worker_exit {
	WORKER_EXIT_DONE = 0,
	WORKER_EXIT_FAILED = 1,
	/* It cannot work with these settings; another try would end the same way. */
	WORKER_EXIT_SETTINGS = 78,
};

struct worker_params {
	const struct settings *settings;
	const struct tls_files *files;
	const char *conninfo;			 /* of the database, as the daemon's own role */
	struct metrics *metrics;		 /* its row; may be NULL */
	const struct metrics_table *all_metrics; /* to see how busy the others are */
	int patience_s; /* with the database, before peers are accepted without it */
	int listen_fd;	/* non-blocking; closed when the drain begins */
	int life_fd;	/* reads end of file when the master is gone */
	int ready_fd;	/* one byte is written when peers are accepted; closed then */
};

/* Runs in the worker's process until its end. */
enum worker_exit worker_run(const struct worker_params *params);

/* The certificate files of |settings|. As tls_files_read. */
int worker_read_files(const struct settings *settings, struct tls_files **ret_files,
	char **ret_error) WARN_UNUSED;
/* Whether the certificate files of |settings| can be served with. Else gives
 * -errno and one line in |ret_error|, freed by the caller with free. */
int worker_check(const struct settings *settings, char **ret_error) WARN_UNUSED;

#endif
