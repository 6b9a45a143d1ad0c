/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the database keeps what it has committed. */
#ifndef STORE_DURABILITY_H
#define STORE_DURABILITY_H

#include <libpq-fe.h>
#include <stdbool.h>

/* How often a connection for writing asks while it has work: a setting can change
 * under it, by a reload. */
enum { DURABILITY_CHECK_MS = 5000 };

/* |result|: of api.durability(), a name and a value a row. Whether none of them
 * lets an acknowledged message be lost; the others are logged. */
bool durability_is_enough(const PGresult *result);

#endif
