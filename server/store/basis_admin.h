/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of legal bases that a database begins with. */
#ifndef STORE_BASIS_ADMIN_H
#define STORE_BASIS_ADMIN_H

#include <libpq-fe.h>

#include "stafett/base.h"

/* Writes the rows of tbl/basis.def whose names the database does not know. The error
 * is one line, freed by the caller. */
int basis_admin_begin(PGconn *conn, char **ret_error) WARN_UNUSED;

#endif
