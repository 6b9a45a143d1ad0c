/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Brings a database's schema up to what this program carries: each file in one
 * transaction together with its row in stafett.schema_version, all of it under
 * one lock, so that any number of daemons may try at once. Blocks: for a
 * process of its own.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "stafett/base.h"

struct migrate_params {
	const char *conninfo; /* a role that may create schemas, roles and functions */
	/* Where to make the database 'stafett' if there is none yet; NULL: it exists. */
	const char *maintenance;
};

/* Logs each file that it applies. Refuses (-ESTALE) a database that is newer
 * than this program, or in which an applied file was other than ours; then, and
 * on every failure, |ret_error| is one line, freed by the caller with free. */
int migrate_run(const struct migrate_params *params, char **ret_error) WARN_UNUSED;

#endif
