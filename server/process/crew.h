/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A crew: the children that work with one set of settings, that is the workers, the
 * clerk, and the teller of the metrics. A reload musters a second one, which takes
 * over when all of its workers serve and is dismissed when any child of it fails;
 * what leaves is asked politely and ended when it takes too long.
 *
 *   trying -> serving -> leaving
 *
 * Nothing here waits: the owner polls what crew_poll gives it and calls crew_step.
 */
#ifndef PROCESS_CREW_H
#define PROCESS_CREW_H

#include <poll.h>

#include "base/metrics.h"
#include "base/settings.h"
#include "process/slot.h"
#include "stafett/list.h"

/* What the master shares with all crews. */
struct crew_host {
	const char *conninfo; /* of the private database; NULL: the settings name one */
	struct metrics_table *metrics;
	int listen_fd;
	int page_fd; /* the socket of the metrics; -1: none */
	int life_fd; /* reads end of file when the master is gone */
	int lock_fd; /* children keep it open, so that the next master waits for them; -1 */
};

enum crew_state { CREW_TRYING, CREW_SERVING, CREW_LEAVING };

/* The most children of a crew: the workers, the clerk, the teller. */
enum { CREW_SLOTS_MAX = 64 + 2 };

struct crew {
	struct list node; /* in a list of the owner's */
	const struct crew_host *host;
	struct settings *settings; /* owned; NULL for a crew that was taken over */
	/* As they were when the crew was made: a worker that is replaced later does not
	 * meet files that are being replaced. Owned; NULL like the settings. */
	struct tls_files *files;
	enum crew_state state;
	bool relieves;	 /* another crew serves until this one does; set by the owner */
	bool unusable;	 /* a worker that never served cannot use the settings */
	bool crashed;	 /* a child has ended other than it should, in this state */
	int64_t kill_ns; /* when those that still leave are ended; INT64_MAX: never */
	int n_workers;
	int n_slots;
	struct slot slots[]; /* the workers come first */
};

/* Takes over |settings| when it succeeds. Else -errno, and what is wrong with its
 * files, or NULL, in |ret_error|, freed by the caller. Nobody is started yet. */
int crew_new(const struct crew_host *host, struct settings *settings, struct crew **ret_crew,
	char **ret_error) WARN_UNUSED;
/* The |n| children |pids| of the program before this one, which are to leave. */
int crew_take_over(
	const struct crew_host *host, const pid_t *pids, int n, struct crew **ret_crew) WARN_UNUSED;
/* Every child must have ended. Accepts NULL; returns NULL. */
struct crew *crew_free(struct crew *crew);

void crew_start(struct crew *crew);
/* Every worker serves. */
bool crew_is_ready(const struct crew *crew);
/* From now on it counts. */
void crew_serve(struct crew *crew);
/* Asks all to finish what they are at and go. */
void crew_leave(struct crew *crew);
void crew_kill(struct crew *crew);
bool crew_is_gone(const struct crew *crew);

/* Sees to what has happened and what is due. */
void crew_step(struct crew *crew);
/* Once a second: ends the children whose loops have stopped. False when none of
 * those that should serve is alive. */
bool crew_feel_pulse(struct crew *crew);
/* Fills in what to poll, as far as there is |room|; gives how many. */
nfds_t crew_poll(const struct crew *crew, struct pollfd *fds, nfds_t room);
/* When crew_step must run at the latest; INT64_MAX: never. */
int64_t crew_wake_ns(const struct crew *crew);

#endif
