/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store of one worker: lanes by chain, two write connections that take turns
 * with batches, a connection for reading, one for the parts of large bodies, and
 * two for those who watch.
 *
 * While a commit is under way, what arrives collects; the moment it returns, it
 * goes as the next batch. There is no timer: at low load a batch is one
 * operation, at high load it grows by itself.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <event2/event.h>

#include "base/metrics.h"
#include "store/body.h"
#include "store/feed.h"
#include "store/read.h"
#include "store/write.h"

struct store;

struct store_params {
	struct event_base *base;
	const char *conninfo; /* must outlive the store */
	/* The database came or went: see store_is_ready. */
	void (*changed)(void *arg);
	void *arg;
	struct metrics *metrics; /* may be NULL */
};

/* Begins to connect. 0 or -errno; a database that is away is no error. */
int store_new(const struct store_params *params, struct store **ret_store) WARN_UNUSED;
/* Every operation must be done or abandoned. Accepts NULL; returns NULL. */
struct store *store_free(struct store *store);
/* Whether writes and reads can be served now. */
bool store_is_ready(const struct store *store);

/* Queues a write. |done| runs after its commit; at once with DATABASE_AWAY or
 * OVERLOADED; or shortly before its deadline, with DEADLINE where nothing was
 * begun, and else with OUTCOME_UNKNOWN. */
void store_write(struct store *store, struct write *write);
/* The owner is gone: |done| will not run, nothing of |write| is used after this.
 * What is already on its way to the database may still be committed. */
void store_abandon_write(struct store *store, struct write *write);
/* Queues a reading; see read.h. */
void store_read(struct store *store, struct read *read);
void store_abandon_read(struct store *store, struct read *read);
/* The way of large bodies; see body.h. */
struct bodies *store_bodies(struct store *store);
/* Of those who watch an inbox; see feed.h. */
struct feeds *store_feeds(struct store *store);

#endif
