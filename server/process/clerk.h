/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clerk: a process beside the workers that sees to what time brings, with a
 * database role of its own and no network; it may run the programs that tell units of
 * their alarms. It ends when it has finished what it was at after SIGTERM, or at once
 * when its master is gone.
 */
#ifndef PROCESS_CLERK_H
#define PROCESS_CLERK_H

#include "base/metrics.h"
#include "base/settings.h"

struct clerk_params {
	const char *conninfo; /* of the database; the user in it is replaced */
	const struct settings *settings;
	struct metrics *metrics; /* its row; may be NULL */
	int life_fd;		 /* reads end of file when the master is gone */
	int ready_fd;		 /* one byte is written after the first round; closed then */
};

/* Runs in the clerk's process until its end; gives its exit status. */
int clerk_run(const struct clerk_params *params);

#endif
