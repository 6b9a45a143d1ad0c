/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One caller: a member with one connection, who does one thing at a time and
 * does not rest before it is known what became of it. Everything but OK and a
 * refusal is unknown, and the very same bytes go again, on a new connection and,
 * where there is another, to the next server.
 *
 * Each caller is a thread and uses the client's own blocking channel.
 */
#ifndef TESTS_FAULT_CALLER_H
#define TESTS_FAULT_CALLER_H

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdio.h>

#include "client/net/channel.h"
#include "table.h"

enum { CALLER_ACTORS_MAX = 8, CALLER_SERVERS_MAX = 4 };

/* What all callers of a run share. Read-only but for the counters. */
struct run {
	const char *servers[CALLER_SERVERS_MAX]; /* ports of localhost */
	int n_servers;
	struct actor actors[CALLER_ACTORS_MAX];
	SSL_CTX *tls[CALLER_ACTORS_MAX]; /* an actor's */
	int n_actors;
	long deadline_ms; /* of one try */
	long operations;  /* writes to be answered; 0: until the end is asked for */
	struct table *table;
	FILE *history;

	atomic_long answered;	/* writes */
	atomic_long unresolved; /* writes that a caller gave up */
	atomic_bool over;	/* no new tasks */
};

struct caller {
	struct run *run;
	int actor, server; /* by number */
	uint64_t chance;
	struct channel *channel;
	struct arena arena;  /* of the task under way */
	struct arena memory; /* of |last| */
	struct request last; /* the last write that was answered; no path: none */
};

/* Does one task after another until the run is over. */
void caller_work(struct caller *caller);

#endif
