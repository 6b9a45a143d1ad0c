/* SPDX-License-Identifier: Apache-2.0 */
/* What an operator changes at the machine: all of it, with its audit record, or nothing. */
#ifndef STORE_ADMIN_RECORD_H
#define STORE_ADMIN_RECORD_H

#include <libpq-fe.h>

#include "store/audit.h"

struct admin_record {
	enum leaf_type type;
	enum audit_tag tag;
	const char *what; /* was changed, in one line */
	const char *unit; /* in whose log it stands, by its handle; NULL: in nobody's */
};

/* Who sits at the machine: the account, for this is no member's act. Not to be kept. */
const char *admin_operator(void);
/* Writes the record of a change by the account that sits at the machine. As with all
 * below: 0, or -errno and a line in |ret_error|, to be freed. */
int admin_record(PGconn *conn, const struct admin_record *record, char **ret_error) WARN_UNUSED;
/* Runs |change| in a transaction of its own. */
int admin_record_change(const char *conninfo,
	int (*change)(PGconn *conn, void *arg, char **ret_error), void *arg,
	char **ret_error) WARN_UNUSED;

#endif
