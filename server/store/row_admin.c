/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of rules, whatever they are about: see the header. */
#include "store/row_admin.h"

#include <errno.h>
#include <stdlib.h>

#include "domain/calendar.h"
#include "store/admin.h"
#include "store/admin_record.h"

/* Times without a zone are Stockholm's, whatever the database's own is. */
static const char row_sql_zone[] = "SET TimeZone = 'Europe/Stockholm'";

bool row_admin_from_fits(const char *from)
{
	struct date date;
	struct clock_time time;
	size_t len = strlen(from);

	if (!len)
		return true;
	if (len < DATE_TEXT_LEN || !date_parse(bytes_of(from, DATE_TEXT_LEN), &date))
		return false;
	return len == DATE_TEXT_LEN ||
	       (from[DATE_TEXT_LEN] == ' ' &&
		       clock_time_read(bytes_of_string(from + DATE_TEXT_LEN + 1), &time));
}

int row_admin_list(
	const char *conninfo, const char *heading, const char *sql, FILE *out, char **ret_error)
{
	CLEANUP(admin_close) PGconn *conn = NULL;
	CLEANUP(admin_clear) PGresult *rows = NULL;
	int r = admin_connect(conninfo, &conn, ret_error);

	if (!r)
		r = admin_run(conn, row_sql_zone, NULL, 0, NULL, ret_error);
	if (!r)
		r = admin_run(conn, sql, NULL, 0, &rows, ret_error);
	if (r)
		return r;
	fprintf(out, "%s\n", heading);
	for (int i = 0; i < PQntuples(rows); i++)
		for (int column = 0; column < PQnfields(rows); column++)
			fprintf(out, "%s%s", PQgetvalue(rows, i, column),
				column + 1 < PQnfields(rows) ? "\t" : "\n");
	return 0;
}

int row_admin_use_zone(PGconn *conn, char **ret_error)
{
	return admin_run(conn, row_sql_zone, NULL, 0, NULL, ret_error);
}

int row_admin_change(PGconn *conn, enum leaf_type type, const char *verb, const char *sql,
	const char *const *values, int n, char **ret_error)
{
	CLEANUP(admin_clear) PGresult *done = NULL;
	char *what = NULL;
	int r = admin_run(conn, sql, values, n, &done, ret_error);

	if (r)
		return r;
	if (PQntuples(done) != 1) {
		if (asprintf(ret_error, "%s: there is no such rule or organisation", values[0]) < 0)
			*ret_error = NULL;
		return -ENOENT;
	}
	if (asprintf(&what, "%s %s %s", verb, values[0], PQgetvalue(done, 0, 0)) < 0)
		return -ENOMEM;
	r = admin_record(conn, &(struct admin_record){type, AUDIT_RULE, what, NULL}, ret_error);
	free(what);
	return r;
}
