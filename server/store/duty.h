/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be done when its time has come, whoever asks: the clerk's duties,
 * one after the other, on a connection and with a role of the clerk's own. Any
 * number of clerks may work on one database: a duty takes rows that nobody else
 * has in hand, a few at a time.
 *
 * Between two rounds nothing is asked: the next round comes when the next row is
 * due, and no later than a minute after the last, to show that the clerk is at work.
 */
#ifndef STORE_DUTY_H
#define STORE_DUTY_H

#include <event2/event.h>

#include "base/metrics.h"
#include "stafett/base.h"
#include "store/notices.h"

struct duties;

struct duties_params {
	struct event_base *base;
	const char *conninfo; /* must outlive the duties; its user is replaced */
	/* A round is done: all that was due then has been seen to. */
	void (*rested)(void *arg);
	/* After duties_drain: nothing is under way. */
	void (*drained)(void *arg);
	/* How many notices may be taken to be told now; and one of them. Its end is told
	 * with duties_told. */
	int (*room)(void *arg);
	void (*tell)(void *arg, const struct notice *notice);
	void *arg;
	struct metrics *metrics; /* may be NULL */
};

/* Begins to connect. 0 or -errno; a database that is away is no error. */
int duties_new(const struct duties_params *params, struct duties **ret_duties) WARN_UNUSED;
/* Accepts NULL; returns NULL. */
struct duties *duties_free(struct duties *duties);
/* The notice |id| was told, or could not be; then it comes again. */
void duties_told(struct duties *duties, const struct uuid *id, bool ok);
/* Brings what is under way to its end and begins nothing more; |drained| may run
 * at once. */
void duties_drain(struct duties *duties);

#endif
