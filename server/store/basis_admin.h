/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of legal bases in an administrator's hands: what a new database begins with,
 * and listing, adding and ending rows. Each change is an audit record of the same
 * transaction. Errors come as one line, freed by the caller.
 */
#ifndef STORE_BASIS_ADMIN_H
#define STORE_BASIS_ADMIN_H

#include <libpq-fe.h>
#include <stdio.h>

#include "stafett/base.h"

/* Writes the rows of tbl/basis.def whose names the database does not know. */
int basis_admin_begin(PGconn *conn, char **ret_error) WARN_UNUSED;
/* Prints all rows, a line each with tabs between. */
int basis_admin_list(const char *conninfo, FILE *out, char **ret_error) WARN_UNUSED;
/* Adds the row of a JSON file: the first version of a new name, or the next one, which
 * ends the one before. */
int basis_admin_add(const char *conninfo, const char *file, char **ret_error) WARN_UNUSED;
/* Ends the version that counts now. */
int basis_admin_end(const char *conninfo, const char *name, char **ret_error) WARN_UNUSED;

#endif
