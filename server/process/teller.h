/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The teller: a process that tells the metrics to whoever asks on a Unix socket of
 * this machine (GET /metrics, the text format of Prometheus). It reads the memory
 * that the others write and knows nothing else: no database, no keys, no network.
 */
#ifndef PROCESS_TELLER_H
#define PROCESS_TELLER_H

#include "base/metrics.h"

struct teller_params {
	const struct metrics_table *all_metrics;
	struct metrics *metrics; /* its own row; may be NULL */
	int page_fd;		 /* listening, non-blocking */
	int life_fd;		 /* reads end of file when the master is gone */
	int ready_fd;		 /* one byte is written when it answers; closed then */
};

/* Opens the socket |name|, in |folder| unless it begins with '/', and puts it in the
 * place of one that is there. Whoever may enter its folder and is in the daemon's
 * group may ask. On failure |ret_error| is one line, freed with free. */
int teller_open(const char *folder, const char *name, int *ret_fd, char **ret_error) WARN_UNUSED;
/* Runs in the teller's process until its end; gives its exit status. */
int teller_run(const struct teller_params *params);

#endif
