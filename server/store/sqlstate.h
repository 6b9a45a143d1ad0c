/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an error of PostgreSQL means to a caller, by its SQLSTATE
 * (https://www.postgresql.org/docs/15/errcodes-appendix.html).
 */
#ifndef STORE_SQLSTATE_H
#define STORE_SQLSTATE_H

#include <stdbool.h>

#include "domain/reason.h"

/* The reason to give for an operation that failed by itself: temporary where the
 * server has no room or was busy, else a fault of ours. |state| may be NULL. */
enum reason sqlstate_reason(const char *state);
/* Whether the connection is of no more use: the server is going down, or it has
 * become a standby. Another connection may find the one that serves. */
bool sqlstate_ends_connection(const char *state);
/* Whether a key is there already. */
bool sqlstate_is_taken(const char *state);

#endif
