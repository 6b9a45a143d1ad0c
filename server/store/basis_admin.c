/* SPDX-License-Identifier: Apache-2.0 */
#include "store/basis_admin.h"

#include <errno.h>

#include <jansson.h>

#include "domain/basis.h"
#include "domain/rule_draft.h"
#include "store/admin.h"
#include "store/admin_record.h"
#include "store/fields.h"
#include "store/row_admin.h"

/* A name that the database knows was here before, ended or not: it stays as it is. */
static const char basis_sql_default[] =
	"INSERT INTO stafett.basis_rule (name, version, basis, kind, from_sector, to_sector,"
	" source, valid_from) SELECT $1, 1, $2, $3, $4, $5, $6, '-infinity'"
	" WHERE NOT EXISTS (SELECT FROM stafett.basis_rule r WHERE r.name = $1)";

static const char basis_sql_list[] =
	"SELECT r.name, r.version, r.basis, r.kind, r.from_sector, r.to_sector,"
	" CASE WHEN isfinite(r.valid_from) THEN to_char(r.valid_from, 'YYYY-MM-DD HH24:MI')"
	" ELSE '' END,"
	" CASE WHEN isfinite(r.valid_to) THEN to_char(r.valid_to, 'YYYY-MM-DD HH24:MI')"
	" ELSE '' END, r.source FROM stafett.basis_rule r ORDER BY r.name, r.version";

/* When a row begins must not have passed: what was disclosed keeps its row. */
static const char basis_sql_end_before[] =
	"UPDATE stafett.basis_rule r SET valid_to = greatest(r.valid_from, t.at) FROM (SELECT"
	" greatest(stafett.now(), coalesce(nullif($2, '')::timestamptz, stafett.now())) AS at) t"
	" WHERE r.name = $1 AND r.valid_to > t.at";
static const char basis_sql_add[] =
	"INSERT INTO stafett.basis_rule (name, version, basis, kind, from_sector, to_sector,"
	" source, valid_from)"
	" SELECT $1, 1 + coalesce(max(r.version), 0), $3, $4, $5, $6, $7,"
	" greatest(stafett.now(), coalesce(nullif($2, '')::timestamptz, stafett.now()))"
	" FROM stafett.basis_rule r WHERE r.name = $1 RETURNING version";
static const char basis_sql_end[] =
	"UPDATE stafett.basis_rule SET valid_to = stafett.now() WHERE name = $1"
	" AND valid_from <= stafett.now() AND valid_to > stafett.now() RETURNING version";

int basis_admin_begin(PGconn *conn, char **ret_error)
{
	int r = 0;

	for (size_t i = 0; !r && i < basis_defaults.n; i++) {
		const struct basis_rule *rule = &basis_defaults.rules[i];
		const char *const values[] = {rule->name, basis_code(rule->basis), rule->kind,
			rule->from, rule->to, rule->source};

		r = admin_run(conn, basis_sql_default, values, ARRAY_SIZE(values), NULL, ret_error);
	}
	return r;
}

int basis_admin_list(const char *conninfo, FILE *out, char **ret_error)
{
	return row_admin_list(conninfo,
		"name\tversion\tbasis\tkind\tfrom-sector\tto-sector\tfrom\tto\tsource",
		basis_sql_list, out, ret_error);
}

/* --- a row from a file ------------------------------------------------------------- */

/* The values of basis_sql_add, in its order. */
enum basis_value {
	VALUE_NAME,
	VALUE_FROM,
	VALUE_BASIS,
	VALUE_KIND,
	VALUE_FROM_SECTOR,
	VALUE_TO_SECTOR,
	VALUE_SOURCE,
	BASIS_VALUES,
};

struct basis_row {
	const char *values[BASIS_VALUES]; /* borrowed from the JSON */
	struct fields fields;
};

static const struct {
	const char *key, *fallback; /* NULL: it must be there */
} basis_keys[BASIS_VALUES] = {
	[VALUE_NAME] = {"name", NULL},
	[VALUE_FROM] = {"from", ""},
	[VALUE_BASIS] = {"basis", NULL},
	[VALUE_KIND] = {"kind", ""},
	[VALUE_FROM_SECTOR] = {"from_sector", ""},
	[VALUE_TO_SECTOR] = {"to_sector", ""},
	[VALUE_SOURCE] = {"source", NULL},
};

static bool basis_is_sector(const char *code)
{
	return !*code || sector_from_code(bytes_of_string(code)) >= 0;
}

/* What a reader of the row would have to trust. */
static bool basis_value_fits(enum basis_value value, const char *text)
{
	switch (value) {
	case VALUE_NAME:
		return rule_name_fits(text);
	case VALUE_FROM:
		return row_admin_from_fits(text);
	case VALUE_BASIS:
		return basis_from_code(bytes_of_string(text)) >= 0;
	case VALUE_KIND:
		return !*text || kind_from_code(bytes_of_string(text)) >= 0;
	case VALUE_FROM_SECTOR:
	case VALUE_TO_SECTOR:
		return basis_is_sector(text);
	case VALUE_SOURCE:
	case BASIS_VALUES:
		break;
	}
	return *text;
}

static int basis_read(struct basis_row *row, json_t *object)
{
	const char *keys[BASIS_VALUES + 1] = {NULL};
	int r;

	for (int i = 0; i < BASIS_VALUES; i++)
		keys[i] = basis_keys[i].key;
	r = fields_check_keys(&row->fields, object, keys);
	for (int i = 0; !r && i < BASIS_VALUES; i++) {
		r = fields_text(
			&row->fields, object, keys[i], basis_keys[i].fallback, &row->values[i]);
		if (!r && !basis_value_fits((enum basis_value)i, row->values[i]))
			r = fields_fail(
				&row->fields, "'%s' cannot be '%s'", keys[i], row->values[i]);
	}
	return r;
}

/* --- changes ------------------------------------------------------------------------- */

static int basis_do_add(PGconn *conn, void *arg, char **ret_error)
{
	struct basis_row *row = arg;
	int r = row_admin_use_zone(conn, ret_error);

	if (!r)
		r = admin_run(
			conn, basis_sql_end_before, row->values, VALUE_FROM + 1, NULL, ret_error);
	return r ? r
		 : row_admin_change(conn, LEAF_BASIS, "add", basis_sql_add, row->values,
			   BASIS_VALUES, ret_error);
}

int basis_admin_add(const char *conninfo, const char *file, char **ret_error)
{
	struct basis_row row = {.fields.place = file};
	json_error_t where;
	json_t *object = json_load_file(file, JSON_REJECT_DUPLICATES, &where);
	int r = object ? basis_read(&row, object)
		       : fields_fail(&row.fields, "line %d: %s", where.line, where.text);

	if (r)
		*ret_error = row.fields.error;
	else
		r = admin_record_change(conninfo, basis_do_add, &row, ret_error);
	json_decref(object);
	return r;
}

static int basis_do_end(PGconn *conn, void *arg, char **ret_error)
{
	const char *const name = arg;

	return row_admin_change(conn, LEAF_BASIS, "end", basis_sql_end, &name, 1, ret_error);
}

int basis_admin_end(const char *conninfo, const char *name, char **ret_error)
{
	return admin_record_change(conninfo, basis_do_end, (void *)(uintptr_t)name, ret_error);
}
