/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How units are told of alarms outside the program, in an administrator's hands. Each
 * change is an audit record of the same transaction, in the unit's own log. Errors come
 * as one line, freed by the caller.
 */
#ifndef STORE_NOTICE_ADMIN_H
#define STORE_NOTICE_ADMIN_H

#include <stdio.h>

#include "stafett/base.h"

/* Prints a line a unit with tabs between. */
int notice_admin_list(const char *conninfo, FILE *out, char **ret_error) WARN_UNUSED;
/* From now on a unit is told as a JSON file says. */
int notice_admin_set(const char *conninfo, const char *file, char **ret_error) WARN_UNUSED;
/* The unit |handle| is told no more. */
int notice_admin_end(const char *conninfo, const char *handle, char **ret_error) WARN_UNUSED;

#endif
