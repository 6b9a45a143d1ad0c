/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The place of one child in the master, a worker's or the clerk's: the process
 * that fills it now, and when the next one may, if that one crashed.
 */
#ifndef PROCESS_SLOT_H
#define PROCESS_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/metrics.h"
#include "process/backoff.h"
#include "process/child.h"

struct slot {
	const char *what; /* for the log: "worker"; static */
	int number;
	struct child process;
	struct metrics *metrics; /* the row of the process; borrowed from the table */
	int ready_fd;		 /* one byte comes when the child serves; -1: it came, or none */
	bool was_ready;		 /* some child of this place has served */
	struct backoff backoff;
	int64_t start_ns;
	int64_t wake_ns; /* when the next child starts; INT64_MAX: not at all */
};

/* What a child does. */
struct slot_program {
	/* Its whole life; gives its exit status. It tells on |ready_fd| that it serves. */
	int (*run)(const void *arg, const struct slot *slot, int ready_fd);
	const void *arg;
	const int *closed; /* descriptors that it must not keep, |n_closed| of them */
	int n_closed;
};

void slot_init(struct slot *slot, const char *what, int number);
int slot_start(struct slot *slot, const struct slot_program *program) WARN_UNUSED;
/* Whether the child said that it serves, since the last call. */
bool slot_became_ready(struct slot *slot) WARN_UNUSED;
/* Whether the child has ended. If so, |ret_end| tells how, and slot->wake_ns
 * when a new one may start. */
bool slot_has_ended(struct slot *slot, struct child_end *ret_end) WARN_UNUSED;

#endif
