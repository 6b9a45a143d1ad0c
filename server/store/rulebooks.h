/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of deadlines as the database has them, read into a book of their own.
 * Whoever decides by them keeps one book and reads it anew when a notification says
 * RULEBOOKS_HINT; between the two, a change is a moment late, and never half.
 */
#ifndef STORE_RULEBOOKS_H
#define STORE_RULEBOOKS_H

#include <libpq-fe.h>

#include "domain/rulebook.h"

/* The payload of a notification that they have changed. */
#define RULEBOOKS_HINT "rules"

/* The rows of api.rules as a book without units; NULL: no memory. Rows with a code that
 * this program does not know (a newer one wrote them) are left out. */
struct rulebook *rulebooks_read(const PGresult *rules) WARN_UNUSED;
/* Adds the rows of api.rule_units. 0 or -ENOMEM. */
int rulebooks_read_units(struct rulebook *book, const PGresult *units) WARN_UNUSED;
/* Adds the rows of api.basis_rules, the legal bases. 0 or -ENOMEM. */
int rulebooks_read_bases(struct rulebook *book, const PGresult *bases) WARN_UNUSED;
/* Accepts NULL; returns NULL. */
struct rulebook *rulebooks_free(struct rulebook *book);

#endif
