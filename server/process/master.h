/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The master: one process that owns the listening socket, keeps the private
 * PostgreSQL where no other database is named, and keeps the workers alive. It
 * reads no byte of any peer, holds no key and makes no query.
 *
 *   starting (database, schema) -> running -> draining -> stopping (database)
 *
 * SIGTERM and SIGINT drain; a second one ends the workers at once.
 */
#ifndef PROCESS_MASTER_H
#define PROCESS_MASTER_H

#include "base/settings.h"

/* Runs until the daemon has ended; gives its exit status: 0 after a drain that
 * was asked for, 1 when it could not start or lost what it needs. */
int master_run(const struct settings *settings);

#endif
