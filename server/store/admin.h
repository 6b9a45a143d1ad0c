/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blocking connection for the administrator's jobs (the schema, the
 * directory), which run in processes of their own. Errors come as one line,
 * freed by the caller with free: SQL state and message, never a row's content.
 */
#ifndef STORE_ADMIN_H
#define STORE_ADMIN_H

#include <libpq-fe.h>

#include "stafett/base.h"

/* Connects within ten seconds. The connection is closed with admin_close. */
int admin_connect(const char *conninfo, PGconn **ret_conn, char **ret_error) WARN_UNUSED;
/* Closes; accepts NULL. For CLEANUP. */
void admin_close(PGconn **conn);
/* Runs |sql|: one statement with the |n| text |values| (NULL entries are SQL's
 * NULL), or, where |n| is 0, a script of several without any result. |ret_result|
 * may be NULL; else it is cleared by the caller (admin_clear). */
int admin_run(PGconn *conn, const char *sql, const char *const *values, int n,
	PGresult **ret_result, char **ret_error) WARN_UNUSED;
/* Clears; accepts NULL. For CLEANUP. */
void admin_clear(PGresult **result);

#endif
