/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rows of rules have in common in an administrator's hands, whatever they are
 * about: names, days, versions, and the audit record of a change in the transaction of
 * that change. Errors come as one line, freed by the caller.
 */
#ifndef STORE_ROW_ADMIN_H
#define STORE_ROW_ADMIN_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>

#include "domain/leaf.h"
#include "stafett/base.h"

/* A day, or a day and a time of it, at Stockholm; "" for now. */
bool row_admin_from_fits(const char *from);
/* Prints |heading| and what |sql| selects, a line each with tabs between; times are
 * Stockholm's. */
int row_admin_list(const char *conninfo, const char *heading, const char *sql, FILE *out,
	char **ret_error) WARN_UNUSED;
/* From now on times without a zone are Stockholm's, whatever the database's own is. */
int row_admin_use_zone(PGconn *conn, char **ret_error) WARN_UNUSED;
/* Runs |sql|, which answers with the one version that it touched of |values|[0], and
 * records it: "add NAME 2". -ENOENT: it touched none. */
int row_admin_change(PGconn *conn, enum leaf_type type, const char *verb, const char *sql,
	const char *const *values, int n, char **ret_error) WARN_UNUSED;

#endif
