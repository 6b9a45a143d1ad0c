/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The place of one child in the master: the process that fills it now, whether it
 * serves and lives, and when the next one may start, if that one crashed.
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
	bool is_ready;		 /* the child serves */
	bool was_ready;		 /* some child of this place has served */
	uint64_t beats;		 /* of its pulse, when it was last felt */
	int missed;		 /* how often in a row it was not */
	struct backoff backoff;
	int64_t start_ns;
	int64_t wake_ns; /* when the next child starts; INT64_MAX: not at all */
};

/* What a child does. */
struct slot_program {
	/* Its whole life; gives its exit status. It tells on |ready_fd| that it serves. */
	int (*run)(const void *arg, const struct slot *slot, int ready_fd);
	const void *arg;
	const int *kept; /* descriptors that stay open besides the standard ones; may hold -1 */
	int n_kept;
};

void slot_init(struct slot *slot, const char *what, int number);
int slot_start(struct slot *slot, const struct slot_program *program) WARN_UNUSED;
/* Whether the child said that it serves, since the last call. */
bool slot_became_ready(struct slot *slot) WARN_UNUSED;
/* Whether the child has ended. If so, |ret_end| tells how, and slot->wake_ns
 * when a new one may start. */
bool slot_has_ended(struct slot *slot, struct child_end *ret_end) WARN_UNUSED;
/* Feels the pulse of a child that serves, once a second: how many times in a row it
 * has not been there. */
int slot_feel_pulse(struct slot *slot);

#endif
