/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few connections for readings and the queue before them, served in order: a
 * slow reading holds up no other, and their commits share a flush.
 */
#ifndef STORE_READERS_H
#define STORE_READERS_H

#include "store/read.h"

struct readers;

struct readers_params {
	struct event_base *base;
	const char *conninfo;
	void (*changed)(void *arg); /* a connection came or went */
	void *arg;
};

/* 0 or -errno. */
int readers_new(const struct readers_params *params, struct readers **ret_readers) WARN_UNUSED;
/* Every reading must be done or abandoned. Accepts NULL; returns NULL. */
struct readers *readers_free(struct readers *readers);
/* At least one is connected. */
bool readers_are_ready(const struct readers *readers);
/* Queues the reading. |done| always runs, unless it is abandoned. */
void readers_submit(struct readers *readers, struct read *read);
/* The owner is gone: nothing of |read| is used after this. */
void readers_abandon(struct readers *readers, struct read *read);

#endif
