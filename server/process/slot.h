/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The place of one worker in the master: the process that fills it now, and
 * when the next one may, if that one crashed.
 */
#ifndef PROCESS_SLOT_H
#define PROCESS_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "process/backoff.h"
#include "process/child.h"
#include "process/worker.h"

struct slot {
	int number; /* for the log */
	struct child process;
	int ready_fd;	/* one byte comes when the worker serves; -1: it came, or none */
	bool was_ready; /* some worker of this place has served */
	struct backoff backoff;
	int64_t start_ns;
	int64_t wake_ns; /* when the next worker starts; INT64_MAX: not at all */
};

void slot_init(struct slot *slot, int number);
/* Starts a worker. |params| lacks only ready_fd; descriptors that the worker
 * must not keep are in |closed| (|n_closed| of them). */
int slot_start(struct slot *slot, const struct worker_params *params, const int *closed,
	int n_closed) WARN_UNUSED;
/* Whether the worker said that it serves, since the last call. */
bool slot_became_ready(struct slot *slot) WARN_UNUSED;
/* Whether the worker has ended. If so, |ret_end| tells how, and slot->wake_ns
 * when a new one may start. */
bool slot_has_ended(struct slot *slot, struct child_end *ret_end) WARN_UNUSED;

#endif
