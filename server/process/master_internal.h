/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The master as its own files see it.
 *
 *   master.c   from the start to the end
 *   renewal.c  reloads and upgrades in between
 *
 * Invariant: |current| is there from the start on; |next| only while a reload tries
 * it, and only in MASTER_RUNNING. Whatever is asked to leave hangs in |leaving|.
 */
#ifndef PROCESS_MASTER_INTERNAL_H
#define PROCESS_MASTER_INTERNAL_H

#include "process/crew.h"
#include "process/master.h"
#include "process/notify.h"
#include "process/takeover.h"

enum master_state {
	MASTER_STARTING, /* the private database comes up, then its schema */
	MASTER_RUNNING,
	MASTER_DRAINING, /* children are asked to end */
	MASTER_STOPPING, /* the private database is asked to end */
	MASTER_DONE,
};

struct master {
	const struct master_params *params;
	enum master_state state;
	int exit_code;
	int signal_fd;
	int life_fds[2];	 /* nobody ever writes; the children see the end of file */
	struct cluster *cluster; /* NULL: the database is somebody else's */
	struct child migration;
	struct crew_host host;
	struct crew *current, *next;
	struct list leaving; /* struct crew.node */
	int n_leaving;
	struct notify notify;
	int64_t tick_ns;   /* when pulses are felt next */
	bool is_announced; /* the service manager knows that we are ready */
	bool reload_asked; /* and not begun */
	bool upgrade_asked;
	struct child rehearsal; /* the new program looks at its settings */
};

/* Asks |crew| to leave; it is freed when it has. */
void master_dismiss(struct master *master, struct crew *crew);

/* Takes the steps of a reload or an upgrade that are due. */
void renewal_step(struct master *master);
/* Forgets what is under way. */
void renewal_give_up(struct master *master);

#endif
