/* SPDX-License-Identifier: Apache-2.0 */
#include "store/notice_admin.h"

#include <errno.h>
#include <stdlib.h>

#include <jansson.h>

#include "domain/hours.h"
#include "store/admin.h"
#include "store/admin_record.h"
#include "store/fields.h"
#include "store/notices.h"

static const char notice_sql_list[] =
	"SELECT u.handle, w.mail, w.hook, w.hours FROM stafett.notice_way w"
	" JOIN stafett.unit u ON u.id = w.unit ORDER BY u.handle";
static const char notice_sql_set[] =
	"INSERT INTO stafett.notice_way (unit, mail, hook, hours)"
	" SELECT u.id, $2, $3, $4 FROM stafett.unit u WHERE u.handle = $1"
	" ON CONFLICT (unit) DO UPDATE SET mail = excluded.mail, hook = excluded.hook,"
	" hours = excluded.hours RETURNING 1";
static const char notice_sql_end[] = "DELETE FROM stafett.notice_way w USING stafett.unit u"
				     " WHERE w.unit = u.id AND u.handle = $1 RETURNING 1";

int notice_admin_list(const char *conninfo, FILE *out, char **ret_error)
{
	CLEANUP(admin_close) PGconn *conn = NULL;
	CLEANUP(admin_clear) PGresult *rows = NULL;
	int r = admin_connect(conninfo, &conn, ret_error);

	if (!r)
		r = admin_run(conn, notice_sql_list, NULL, 0, &rows, ret_error);
	if (r)
		return r;
	fputs("unit\tmail\thook\thours\n", out);
	for (int i = 0; i < PQntuples(rows); i++)
		for (int column = 0; column < PQnfields(rows); column++)
			fprintf(out, "%s%s", PQgetvalue(rows, i, column),
				column + 1 < PQnfields(rows) ? "\t" : "\n");
	return 0;
}

/* --- a change ------------------------------------------------------------------------- */

/* The values of notice_sql_set, in its order; of notice_sql_end the first. */
enum notice_value { VALUE_UNIT, VALUE_MAIL, VALUE_HOOK, VALUE_HOURS, NOTICE_VALUES };

struct notice_change {
	const char *values[NOTICE_VALUES]; /* borrowed */
	bool ends;
};

static int notice_check(struct fields *fields, const char *const *v)
{
	fields->place = v[VALUE_UNIT];
	if (!*v[VALUE_MAIL] && !*v[VALUE_HOOK])
		return fields_fail(fields, "neither 'mail' nor 'hook'");
	if (*v[VALUE_MAIL] && !notice_is_address(v[VALUE_MAIL]))
		return fields_fail(fields, "'mail' cannot be '%s'", v[VALUE_MAIL]);
	if (*v[VALUE_HOOK] && !notice_is_hook(v[VALUE_HOOK]))
		return fields_fail(fields, "'hook' cannot be '%s'", v[VALUE_HOOK]);
	if (*v[VALUE_HOURS] && !hours_are_hours(bytes_of_string(v[VALUE_HOURS])))
		return fields_fail(fields, "'hours' cannot be '%s'", v[VALUE_HOURS]);
	return 0;
}

static int notice_read(struct fields *fields, json_t *object, const char **values)
{
	static const char *const keys[] = {"unit", "mail", "hook", "hours", NULL};
	int r = fields_check_keys(fields, object, keys);

	for (int i = 0; !r && i < NOTICE_VALUES; i++)
		r = fields_text(fields, object, keys[i], i == VALUE_UNIT ? NULL : "", &values[i]);
	return r ? r : notice_check(fields, values);
}

/* "mail a@b, hook pager, hours Mon-Fri 8-17": what it is from now on. */
static char *notice_describe(const struct notice_change *change)
{
	const char *const *v = change->values;
	char *what;

	if (change->ends)
		return strdup("end");
	if (asprintf(&what, "mail '%s', hook '%s', hours '%s'", v[VALUE_MAIL], v[VALUE_HOOK],
		    v[VALUE_HOURS]) < 0)
		return NULL;
	return what;
}

static int notice_do_change(PGconn *conn, void *arg, char **ret_error)
{
	const struct notice_change *change = arg;
	const char *unit = change->values[VALUE_UNIT];
	CLEANUP(admin_clear) PGresult *done = NULL;
	char *what;
	int r = admin_run(conn, change->ends ? notice_sql_end : notice_sql_set, change->values,
		change->ends ? 1 : NOTICE_VALUES, &done, ret_error);

	if (r)
		return r;
	if (PQntuples(done) != 1) {
		if (asprintf(ret_error, "there is no unit '%s'%s", unit,
			    change->ends ? " that is told" : "") < 0)
			*ret_error = NULL;
		return -ENOENT;
	}
	what = notice_describe(change);
	r = what ? admin_record(conn, &(struct admin_record){LEAF_NOTICE, AUDIT_NOTICE, what, unit},
			   ret_error)
		 : -ENOMEM;
	free(what);
	return r;
}

int notice_admin_set(const char *conninfo, const char *file, char **ret_error)
{
	struct fields fields = {.place = file};
	struct notice_change change = {0};
	json_error_t where;
	json_t *object = json_load_file(file, JSON_REJECT_DUPLICATES, &where);
	int r = object ? notice_read(&fields, object, change.values)
		       : fields_fail(&fields, "line %d: %s", where.line, where.text);

	if (r)
		*ret_error = fields.error;
	else
		r = admin_record_change(conninfo, notice_do_change, &change, ret_error);
	json_decref(object);
	return r;
}

int notice_admin_end(const char *conninfo, const char *handle, char **ret_error)
{
	struct notice_change change = {.values = {handle}, .ends = true};

	return admin_record_change(conninfo, notice_do_change, &change, ret_error);
}
