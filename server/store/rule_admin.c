/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rule_admin.h"

#include <errno.h>
#include <stdlib.h>

#include <jansson.h>

#include "domain/codes.h"
#include "domain/deadlines.h"
#include "store/admin.h"
#include "store/admin_record.h"
#include "store/fields.h"
#include "store/row_admin.h"

/* A name that the database knows was here before, ended or not: it stays as it is. */
static const char rule_sql_default[] =
	"INSERT INTO stafett.rule (name, version, deadline, kind, priority, unit, amount,"
	" cut_off, steps, source, valid_from)"
	" SELECT $1, 1, $2, $3, $4, $5, $6, $7, $8, $9, '-infinity'"
	" WHERE NOT EXISTS (SELECT FROM stafett.rule r WHERE r.name = $1)";

static const char rule_sql_list[] =
	"SELECT r.name, r.version, r.deadline, r.kind, r.priority, r.unit, r.amount, r.cut_off,"
	" coalesce(a.slug || ' ' || b.slug, ''), r.steps,"
	" CASE WHEN isfinite(r.valid_from) THEN to_char(r.valid_from, 'YYYY-MM-DD HH24:MI')"
	" ELSE '' END,"
	" CASE WHEN isfinite(r.valid_to) THEN to_char(r.valid_to, 'YYYY-MM-DD HH24:MI')"
	" ELSE '' END, r.source"
	" FROM stafett.rule r LEFT JOIN stafett.organization a ON a.id = r.organization"
	" LEFT JOIN stafett.organization b ON b.id = r.other_organization"
	" ORDER BY r.name, r.version";

/* When a row begins must not have passed: what has been counted stays counted. */
static const char rule_sql_end_before[] =
	"UPDATE stafett.rule r SET valid_to = greatest(r.valid_from, t.at) FROM (SELECT"
	" greatest(stafett.now(), coalesce(nullif($2, '')::timestamptz, stafett.now())) AS at) t"
	" WHERE r.name = $1 AND r.valid_to > t.at";
static const char rule_sql_add[] =
	"INSERT INTO stafett.rule (name, version, deadline, kind, priority, organization,"
	" other_organization, unit, amount, cut_off, steps, source, valid_from)"
	" SELECT $1, 1 + coalesce((SELECT max(r.version) FROM stafett.rule r WHERE r.name = $1), "
	"0),"
	" $3, $4, $5, a.id, b.id, $8, $9, $10, $11, $12,"
	" greatest(stafett.now(), coalesce(nullif($2, '')::timestamptz, stafett.now()))"
	" FROM (SELECT 1) one LEFT JOIN stafett.organization a ON a.slug = $6"
	" LEFT JOIN stafett.organization b ON b.slug = $7"
	" WHERE ($6 = '' OR a.id IS NOT NULL) AND ($7 = '' OR b.id IS NOT NULL)"
	" RETURNING version";
static const char rule_sql_end[] =
	"UPDATE stafett.rule SET valid_to = stafett.now() WHERE name = $1"
	" AND valid_from <= stafett.now() AND valid_to > stafett.now() RETURNING version";
static const char clock_sql_accept[] =
	"DELETE FROM stafett.clerk_clock; SELECT pg_notify('stafett_clock', 'look')";

enum { RULE_NUMBER_BYTES = 12 };

int rule_admin_begin(PGconn *conn, char **ret_error)
{
	int r = 0;

	for (size_t i = 0; !r && i < rulebook_defaults.n; i++) {
		const struct clock_rule *rule = &rulebook_defaults.rules[i];
		char amount[RULE_NUMBER_BYTES];
		const char *const values[] = {rule->name, deadline_code(rule->what), rule->kind,
			rule->priority, clock_unit_code(rule->unit), amount, rule->cut_off,
			rule->steps, rule->source};

		snprintf(amount, sizeof(amount), "%d", rule->amount);
		r = admin_run(conn, rule_sql_default, values, ARRAY_SIZE(values), NULL, ret_error);
	}
	return r;
}

int rule_admin_list(const char *conninfo, FILE *out, char **ret_error)
{
	return row_admin_list(conninfo,
		"name\tversion\tdeadline\tkind\tpriority\tunit\tamount\tcut-off\tbetween\t"
		"steps\tfrom\tto\tsource",
		rule_sql_list, out, ret_error);
}

/* --- a row from a file ------------------------------------------------------------- */

/* The values of rule_sql_add, in its order. */
enum rule_value {
	VALUE_NAME,
	VALUE_FROM,
	VALUE_DEADLINE,
	VALUE_KIND,
	VALUE_PRIORITY,
	VALUE_ORGANISATION,
	VALUE_OTHER,
	VALUE_UNIT,
	VALUE_AMOUNT,
	VALUE_CUT_OFF,
	VALUE_STEPS,
	VALUE_SOURCE,
	RULE_VALUES,
};

struct rule_row {
	const char *values[RULE_VALUES]; /* borrowed from the JSON, or of here */
	char amount[RULE_NUMBER_BYTES];
	struct fields fields;
};

static int rule_read_texts(struct rule_row *row, json_t *object)
{
	static const struct {
		const char *key, *fallback;
		enum rule_value value;
	} texts[] = {
		{"name", NULL, VALUE_NAME},
		{"from", "", VALUE_FROM},
		{"deadline", NULL, VALUE_DEADLINE},
		{"kind", "", VALUE_KIND},
		{"priority", "", VALUE_PRIORITY},
		{"unit", NULL, VALUE_UNIT},
		{"cut_off", "", VALUE_CUT_OFF},
		{"steps", "", VALUE_STEPS},
		{"source", NULL, VALUE_SOURCE},
	};
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(texts); i++)
		r = fields_text(&row->fields, object, texts[i].key, texts[i].fallback,
			&row->values[texts[i].value]);
	return r;
}

/* Two slugs, or nothing. */
static int rule_read_between(struct rule_row *row, json_t *object)
{
	json_t *between = json_object_get(object, "between");
	const char *one = json_string_value(json_array_get(between, 0));
	const char *other = json_string_value(json_array_get(between, 1));

	row->values[VALUE_ORGANISATION] = one ? one : "";
	row->values[VALUE_OTHER] = other ? other : "";
	if (between && (json_array_size(between) != 2 || !one || !other || !*one || !*other))
		return fields_fail(&row->fields, "'between' must name two organisations");
	return 0;
}

static int rule_read_amount(struct rule_row *row, json_t *object)
{
	enum { AMOUNT_MOST = 100000 };
	json_t *amount = json_object_get(object, "amount");
	json_int_t value = json_is_integer(amount) ? json_integer_value(amount) : amount ? -1 : 0;

	if (value < 0 || value > AMOUNT_MOST)
		return fields_fail(
			&row->fields, "'amount' must be a number of at most %d", AMOUNT_MOST);
	snprintf(row->amount, sizeof(row->amount), "%d", (int)value);
	row->values[VALUE_AMOUNT] = row->amount;
	return 0;
}

static bool rule_has(const struct rule_row *row, enum rule_value value)
{
	return *row->values[value] != '\0';
}

/* What a reader of the row would have to trust. */
static int rule_check(struct rule_row *row)
{
	const char *const *v = row->values;
	struct clock_step steps[CLOCK_STEPS];
	struct clock_time time;
	const struct {
		bool ok;
		const char *key, *value;
	} checks[] = {
		{row_admin_name_fits(v[VALUE_NAME]), "name", v[VALUE_NAME]},
		{row_admin_from_fits(v[VALUE_FROM]), "from", v[VALUE_FROM]},
		{deadline_from_code(bytes_of_string(v[VALUE_DEADLINE])) > 0, "deadline",
			v[VALUE_DEADLINE]},
		{!rule_has(row, VALUE_KIND) || kind_from_code(bytes_of_string(v[VALUE_KIND])) >= 0,
			"kind", v[VALUE_KIND]},
		{!rule_has(row, VALUE_PRIORITY) ||
				codes_has(CODES_PRIORITY, bytes_of_string(v[VALUE_PRIORITY])),
			"priority", v[VALUE_PRIORITY]},
		{clock_unit_from_code(bytes_of_string(v[VALUE_UNIT])) >= 0, "unit", v[VALUE_UNIT]},
		{!rule_has(row, VALUE_CUT_OFF) ||
				clock_time_read(bytes_of_string(v[VALUE_CUT_OFF]), &time),
			"cut_off", v[VALUE_CUT_OFF]},
		{clock_steps_read(bytes_of_string(v[VALUE_STEPS]), steps) >= 0, "steps",
			v[VALUE_STEPS]},
	};

	row->fields.place = v[VALUE_NAME];
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (!checks[i].ok)
			return fields_fail(&row->fields, "'%s' cannot be '%s'", checks[i].key,
				checks[i].value);
	return 0;
}

static int rule_read(struct rule_row *row, json_t *object)
{
	static const char *const keys[] = {"name", "from", "deadline", "kind", "priority",
		"between", "unit", "amount", "cut_off", "steps", "source", NULL};
	int r = fields_check_keys(&row->fields, object, keys);

	if (!r)
		r = rule_read_texts(row, object);
	if (!r)
		r = rule_read_between(row, object);
	if (!r)
		r = rule_read_amount(row, object);
	return r ? r : rule_check(row);
}

/* --- changes ------------------------------------------------------------------------- */

static int rule_do_add(PGconn *conn, void *arg, char **ret_error)
{
	struct rule_row *row = arg;
	int r = row_admin_use_zone(conn, ret_error);

	if (!r)
		r = admin_run(
			conn, rule_sql_end_before, row->values, VALUE_FROM + 1, NULL, ret_error);
	return r ? r
		 : row_admin_change(conn, LEAF_RULE, "add", rule_sql_add, row->values, RULE_VALUES,
			   ret_error);
}

int rule_admin_add(const char *conninfo, const char *file, char **ret_error)
{
	struct rule_row row = {.fields.place = file};
	json_error_t where;
	json_t *object = json_load_file(file, JSON_REJECT_DUPLICATES, &where);
	int r = object ? rule_read(&row, object)
		       : fields_fail(&row.fields, "line %d: %s", where.line, where.text);

	if (r)
		*ret_error = row.fields.error;
	else
		r = admin_record_change(conninfo, rule_do_add, &row, ret_error);
	json_decref(object);
	return r;
}

static int rule_do_end(PGconn *conn, void *arg, char **ret_error)
{
	const char *const name = arg;

	return row_admin_change(conn, LEAF_RULE, "end", rule_sql_end, &name, 1, ret_error);
}

int rule_admin_end(const char *conninfo, const char *name, char **ret_error)
{
	return admin_record_change(conninfo, rule_do_end, (void *)(uintptr_t)name, ret_error);
}

static int clock_do_accept(PGconn *conn, void *arg, char **ret_error)
{
	int r = admin_run(conn, clock_sql_accept, NULL, 0, NULL, ret_error);

	const struct admin_record record = {LEAF_CLOCK, AUDIT_RULE, "accept", NULL};

	return r ? r : admin_record(conn, &record, ret_error);
}

int clock_admin_accept(const char *conninfo, char **ret_error)
{
	return admin_record_change(conninfo, clock_do_accept, NULL, ret_error);
}
