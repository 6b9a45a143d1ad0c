/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rule_admin.h"

#include <errno.h>
#include <stdlib.h>

#include <jansson.h>

#include "domain/rule_draft.h"
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

static const char rule_sql_add[] =
	"SELECT outcome, said FROM stafett.add_rule($1, NULL, $2, $3, $4, $5, $6, $7, $8, $9,"
	" $10, $11, $12, nullif($13, '')::timestamptz)";
static const char rule_sql_end[] =
	"SELECT outcome, said FROM stafett.end_rule($2, NULL, NULL, $1, $3)";
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
	VALUE_AUTHOR,
	VALUE_NAME,
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
	VALUE_FROM,
	RULE_VALUES,
};

struct rule_row {
	const char *values[RULE_VALUES]; /* borrowed from the JSON, or of here */
	int amount;
	char amount_text[RULE_NUMBER_BYTES];
	struct fields fields;
};

static const struct {
	const char *key, *fallback; /* NULL: it must be there */
	enum rule_value value;
} rule_keys[] = {
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

static int rule_read_texts(struct rule_row *row, json_t *object)
{
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(rule_keys); i++)
		r = fields_text(&row->fields, object, rule_keys[i].key, rule_keys[i].fallback,
			&row->values[rule_keys[i].value]);
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
	json_t *amount = json_object_get(object, "amount");
	json_int_t value = json_is_integer(amount) ? json_integer_value(amount) : amount ? -1 : 0;

	if (value > INT32_MAX)
		value = -1; /* which is no amount of anything either */
	row->amount = (int)value;
	snprintf(row->amount_text, sizeof(row->amount_text), "%d", row->amount);
	row->values[VALUE_AMOUNT] = row->amount_text;
	return 0;
}

/* What a reader of the row would have to trust. */
static int rule_check(struct rule_row *row)
{
	const char *const *v = row->values;
	const struct rule_draft draft = {v[VALUE_NAME], v[VALUE_DEADLINE], v[VALUE_KIND],
		v[VALUE_PRIORITY], {v[VALUE_ORGANISATION], v[VALUE_OTHER]}, v[VALUE_UNIT],
		row->amount, v[VALUE_CUT_OFF], v[VALUE_STEPS], v[VALUE_SOURCE]};
	const char *fault = rule_draft_fault(&draft);

	row->fields.place = v[VALUE_NAME];
	if (!fault && !row_admin_from_fits(v[VALUE_FROM]))
		fault = "from";
	for (size_t i = 0; fault && i < ARRAY_SIZE(rule_keys); i++)
		if (strcmp(rule_keys[i].key, fault) == 0)
			return fields_fail(
				&row->fields, "'%s' cannot be '%s'", fault, v[rule_keys[i].value]);
	return fault ? fields_fail(&row->fields, "'%s' cannot be so", fault) : 0;
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

/* What keeps a change from being made; NULL where nothing does. */
static const char *rule_complaint(const char *outcome)
{
	static const struct {
		const char *outcome, *complaint;
	} rows[] = {
		{"done", NULL},
		{"name", "is a rule of another deadline, kind, priority or agreement"},
		{"far", "cannot begin more than ten years ahead"},
		{"needed", "is what makes it due: add another rule for all first"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].outcome, outcome) == 0)
			return rows[i].complaint;
	return "there is no such rule or organisation";
}

/* Runs |sql|, which answers with how it came out and what was said of |name|. */
static int rule_change(PGconn *conn, const char *name, const char *sql, const char *const *values,
	int n, char **ret_error)
{
	enum { OUTCOME, SAID };
	CLEANUP(admin_clear) PGresult *done = NULL;
	const char *complaint;
	int r = admin_run(conn, sql, values, n, &done, ret_error);

	if (r)
		return r;
	complaint = rule_complaint(PQgetvalue(done, 0, OUTCOME));
	if (!complaint)
		return admin_record(conn,
			&(struct admin_record){
				LEAF_RULE, AUDIT_RULE, PQgetvalue(done, 0, SAID), NULL},
			ret_error);
	if (asprintf(ret_error, "%s: %s", name, complaint) < 0)
		*ret_error = NULL;
	return -EINVAL;
}

static int rule_do_add(PGconn *conn, void *arg, char **ret_error)
{
	struct rule_row *row = arg;
	int r = row_admin_use_zone(conn, ret_error);

	row->values[VALUE_AUTHOR] = admin_operator();
	return r ? r
		 : rule_change(conn, row->values[VALUE_NAME], rule_sql_add, row->values,
			   RULE_VALUES, ret_error);
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
	const char *const values[] = {admin_operator(), arg, rulebook_needed};

	return rule_change(conn, arg, rule_sql_end, values, ARRAY_SIZE(values), ret_error);
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
