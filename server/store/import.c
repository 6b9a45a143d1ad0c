/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One transaction, one statement a row: a directory is small and rarely read.
 * The first fault ends it; its place is told by the names around it.
 */
#include "store/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include <jansson.h>

#include "domain/identifiers.h"
#include "domain/identity.h"
#include "domain/uuid.h"
#include "domain/words.h"
#include "store/admin.h"
#include "store/fields.h"

struct import {
	PGconn *conn;
	struct import_counts counts;
	struct fields fields; /* the place is the organisation, unit or member */
};

/* The organisation whose units and members are being read. */
struct import_owner {
	const char *slug;
	char number[IDENTITY_ORGNR_LEN + 1];
};

typedef int (*import_visit_fn)(
	struct import *import, json_t *object, const struct import_owner *owner);

static const char import_sql_organization[] =
	"INSERT INTO stafett.organization (id, number, slug, name, kind) "
	"VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number) DO UPDATE "
	"SET slug = excluded.slug, name = excluded.name, kind = excluded.kind";

/* A unit does not close here: see import_sql_seat. */
static const char import_sql_unit[] =
	"INSERT INTO stafett.unit (id, organization, handle, display_name, status, hsa_id, "
	"service_area, needs, kinds, age_min, age_max, opening_hours, phone, on_call_phone) "
	"SELECT $1, o.id, $3, $4, $5, nullif($6, ''), string_to_array($7, ','), "
	"string_to_array($8, ','), string_to_array($9, ','), $10, $11, $12, $13, $14 "
	"FROM stafett.organization o WHERE o.slug = $2 "
	"ON CONFLICT (handle) DO UPDATE SET display_name = excluded.display_name, "
	"status = CASE excluded.status WHEN 'closed' THEN unit.status ELSE excluded.status END, "
	"replaced_by = NULL, hsa_id = excluded.hsa_id, "
	"service_area = excluded.service_area, needs = excluded.needs, "
	"kinds = excluded.kinds, age_min = excluded.age_min, age_max = excluded.age_max, "
	"opening_hours = excluded.opening_hours, phone = excluded.phone, "
	"on_call_phone = excluded.on_call_phone";

/* Who sits where the unit sat. */
static const char import_sql_seat[] =
	"UPDATE stafett.unit u SET status = $2, "
	"replaced_by = (SELECT s.id FROM stafett.unit s WHERE s.handle = $3) "
	"WHERE u.handle = $1 AND ($3 = '' OR EXISTS (SELECT FROM stafett.unit s "
	"WHERE s.handle = $3))";

static const char import_sql_member[] =
	"INSERT INTO stafett.member (id, organization, urn, display_name) "
	"SELECT $1, o.id, $3, $4 FROM stafett.organization o WHERE o.slug = $2 "
	"ON CONFLICT (urn) DO UPDATE SET display_name = excluded.display_name";

/* What a member whom the file names has no more: |$2| are its roles as in the file. */
static const char import_sql_end_roles[] =
	"UPDATE stafett.membership ms SET valid_to = stafett.now() "
	"FROM stafett.member m, stafett.unit u "
	"WHERE m.urn = $1 AND ms.member = m.id AND u.id = ms.unit AND ms.valid_to > stafett.now() "
	"AND NOT EXISTS (SELECT FROM jsonb_each($2::jsonb) f WHERE f.value ? ms.role "
	"AND (u.handle = f.key OR (split_part(u.handle, '/', 1) || '/*' = f.key "
	"AND u.organization = m.organization)))";

/* A role that had ended is given back. No row means no unit. "lund/x" is that unit,
 * "lund/" with an asterisk every unit of the own organisation. */
static const char import_sql_role[] =
	"INSERT INTO stafett.membership (member, unit, role) "
	"SELECT m.id, u.id, $3 FROM stafett.member m, stafett.unit u "
	"WHERE m.urn = $1 AND (u.handle = $2 "
	"OR (split_part(u.handle, '/', 1) || '/*' = $2 AND u.organization = m.organization)) "
	"ON CONFLICT (member, unit, role, valid_from) DO UPDATE SET valid_to = 'infinity'";

static int import_run(struct import *import, const char *sql, const char *const *values, int n,
	PGresult **ret_result)
{
	char *error;
	int r = admin_run(import->conn, sql, values, n, ret_result, &error);

	if (r) {
		fields_fail(&import->fields, "%s", error ? error : strerror(-r));
		free(error);
	}
	return r;
}

/* Runs a statement that must touch a row; where it does not, what it refers to,
 * |missing|, does not exist. */
static int import_row(struct import *import, const char *sql, const char *const *values, int n,
	const char *missing)
{
	CLEANUP(admin_clear) PGresult *result = NULL;
	int r = import_run(import, sql, values, n, &result);

	if (r)
		return r;
	if (strcmp(PQcmdTuples(result), "0") == 0)
		return fields_fail(&import->fields, "there is no '%s'", missing);
	return 0;
}

/* A new id for a row that may turn out to exist; then it is not used. */
static int import_new_id(char out[UUID_TEXT_LEN + 1])
{
	struct timespec now;
	uint8_t random[10];
	struct uuid id;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -EIO;
	clock_gettime(CLOCK_REALTIME, &now);
	id = uuid_make((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, random);
	uuid_format(&id, out);
	return 0;
}

/* The columns of a unit beside its id; borrowed from the JSON, but for the lists. */
struct import_unit {
	const char *handle, *display_name, *status, *hours, *phone, *on_call;
	char hsa_id[HSAID_MAX + 1];
	char area[FIELDS_LIST_BYTES], needs[FIELDS_LIST_BYTES], kinds[FIELDS_LIST_BYTES];
	char age_min[FIELDS_NUMBER_BYTES], age_max[FIELDS_NUMBER_BYTES];
};

static int import_read_unit_texts(struct import *import, json_t *object, struct import_unit *unit)
{
	const struct {
		const char *key, *fallback, **to;
	} texts[] = {
		{"display_name", NULL, &unit->display_name},
		{"status", "active", &unit->status},
		{"opening_hours", "", &unit->hours},
		{"phone", "", &unit->phone},
		{"on_call_phone", "", &unit->on_call},
	};
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(texts); i++)
		r = fields_text(
			&import->fields, object, texts[i].key, texts[i].fallback, texts[i].to);
	return r;
}

/* In the one spelling by which other registers know the unit; empty where it has none. */
static int import_read_unit_hsa_id(struct import *import, json_t *object, struct import_unit *unit)
{
	const char *text;
	int r = fields_text(&import->fields, object, "hsa_id", "", &text);

	if (r)
		return r;
	unit->hsa_id[0] = '\0';
	if (*text && !hsaid_parse(bytes_of_string(text), unit->hsa_id))
		return fields_fail(&import->fields, "'%s' is not an HSA-id", text);
	return 0;
}

static int import_read_unit_codes(struct import *import, json_t *object, struct import_unit *unit)
{
	int r = fields_codes(&import->fields, object, "service_area", CODES_LISTS, unit->area);

	if (!r)
		r = fields_codes(&import->fields, object, "needs", CODES_NEED, unit->needs);
	if (!r)
		r = fields_codes(&import->fields, object, "kinds", CODES_KIND, unit->kinds);
	if (!r)
		r = fields_years(&import->fields, object, "age_min", unit->age_min);
	if (!r)
		r = fields_years(&import->fields, object, "age_max", unit->age_max);
	return r;
}

/* A handle begins with its organisation's slug. */
static bool import_handle_fits(const char *handle, const char *slug)
{
	size_t len = strlen(slug);

	return identity_is_handle(bytes_of_string(handle)) && strncmp(handle, slug, len) == 0 &&
	       handle[len] == '/';
}

static int import_unit_row(struct import *import, const struct import_unit *unit, const char *slug)
{
	char id[UUID_TEXT_LEN + 1];
	const char *const values[] = {id, slug, unit->handle, unit->display_name, unit->status,
		unit->hsa_id, unit->area, unit->needs, unit->kinds, unit->age_min, unit->age_max,
		unit->hours, unit->phone, unit->on_call};
	int r = import_new_id(id);

	if (r)
		return r;
	import->counts.units++;
	return import_row(import, import_sql_unit, values, ARRAY_SIZE(values), slug);
}

static int import_unit(struct import *import, json_t *object, const struct import_owner *owner)
{
	static const char *const keys[] = {"handle", "display_name", "status", "replaced_by",
		"hsa_id", "service_area", "needs", "kinds", "age_min", "age_max", "opening_hours",
		"phone", "on_call_phone", NULL};
	struct import_unit unit;
	int r = fields_text(&import->fields, object, "handle", NULL, &unit.handle);

	if (r)
		return r;
	import->fields.place = unit.handle;
	if (!import_handle_fits(unit.handle, owner->slug))
		return fields_fail(
			&import->fields, "the handle must be '%s/' and a name", owner->slug);
	r = fields_check_keys(&import->fields, object, keys);
	if (!r)
		r = import_read_unit_texts(import, object, &unit);
	if (!r)
		r = import_read_unit_hsa_id(import, object, &unit);
	if (!r)
		r = import_read_unit_codes(import, object, &unit);
	return r ? r : import_unit_row(import, &unit, owner->slug);
}

static int import_role(struct import *import, const char *urn, const char *handle, json_t *name)
{
	const char *role = json_is_string(name) ? json_string_value(name) : "";
	const char *const values[] = {urn, handle, role};

	if (role_from_code(bytes_of_string(role)) < 0)
		return fields_fail(&import->fields, "'%s' is not a role", role);
	import->counts.roles++;
	return import_row(import, import_sql_role, values, ARRAY_SIZE(values), handle);
}

/* The file is the whole truth of the members that it names. */
static int import_end_roles(struct import *import, json_t *units, const char *urn)
{
	char *text = units ? json_dumps(units, JSON_COMPACT) : strdup("{}");
	const char *const values[] = {urn, text};
	int r = text ? import_run(import, import_sql_end_roles, values, ARRAY_SIZE(values), NULL)
		     : -ENOMEM;

	free(text);
	return r;
}

static int import_roles(struct import *import, json_t *object, const char *urn)
{
	json_t *units = json_object_get(object, "roles"), *roles, *role;
	const char *handle;
	size_t i;
	int r;

	if (units && !json_is_object(units))
		return fields_fail(&import->fields, "'roles' must be an object");
	r = import_end_roles(import, units, urn);
	if (r)
		return r;
	json_object_foreach (units, handle, roles) {
		if (!json_is_array(roles))
			return fields_fail(&import->fields, "roles in '%s' must be a list", handle);
		json_array_foreach (roles, i, role) {
			r = import_role(import, urn, handle, role);
			if (r)
				return r;
		}
	}
	return 0;
}

static int import_member_row(
	struct import *import, json_t *object, const char *slug, const char *urn)
{
	const char *display_name;
	char id[UUID_TEXT_LEN + 1];
	int r = fields_text(&import->fields, object, "display_name", NULL, &display_name);

	if (!r)
		r = import_new_id(id);
	if (!r) {
		const char *const values[] = {id, slug, urn, display_name};

		import->counts.members++;
		r = import_row(import, import_sql_member, values, ARRAY_SIZE(values), slug);
	}
	return r;
}

static int import_member(struct import *import, json_t *object, const struct import_owner *owner)
{
	static const char *const keys[] = {"id", "display_name", "roles", NULL};
	char urn[IDENTITY_MEMBER_MAX + 1];
	const char *name;
	int n, r = fields_text(&import->fields, object, "id", NULL, &name);

	if (r)
		return r;
	import->fields.place = name;
	n = snprintf(urn, sizeof(urn), "urn:stafett:org:%s:member:%s", owner->number, name);
	if (n >= (int)sizeof(urn) || !identity_is_member(bytes_of_string(urn)))
		return fields_fail(&import->fields, "the id must be 1 to 64 of a-z 0-9 . _ -");
	r = fields_check_keys(&import->fields, object, keys);
	if (!r)
		r = import_member_row(import, object, owner->slug, urn);
	return r ? r : import_roles(import, object, urn);
}

/* A unit that closes, or that another follows, which may stand later in the file. What
 * others sent it goes along: to another organisation, that would be a disclosure that
 * nobody judged. */
static int import_seat(struct import *import, json_t *object, const struct import_owner *owner)
{
	const char *successor, *status;
	int r;

	import->fields.place = json_string_value(json_object_get(object, "handle"));
	r = fields_text(&import->fields, object, "replaced_by", "", &successor);
	if (!r)
		r = fields_text(&import->fields, object, "status", "active", &status);
	if (!r && *successor && !import_handle_fits(successor, owner->slug))
		r = fields_fail(
			&import->fields, "'replaced_by' must be a unit of the same organisation");
	if (!r && (*successor || strcmp(status, "closed") == 0)) {
		const char *const values[] = {import->fields.place, status, successor};

		r = import_row(import, import_sql_seat, values, ARRAY_SIZE(values), successor);
	}
	return r;
}

static int import_organization(
	struct import *import, json_t *object, const struct import_owner *owner)
{
	static const char *const keys[] = {
		"number", "slug", "name", "kind", "units", "members", NULL};
	const char *name, *kind;
	char id[UUID_TEXT_LEN + 1];
	int r = fields_check_keys(&import->fields, object, keys);

	if (!r)
		r = fields_text(&import->fields, object, "name", NULL, &name);
	if (!r)
		r = fields_text(&import->fields, object, "kind", NULL, &kind);
	if (!r && !codes_has(CODES_ORGANISATION_KIND, bytes_of_string(kind)))
		r = fields_fail(&import->fields, "'%s' is not a kind of organisation", kind);
	if (!r)
		r = import_new_id(id);
	if (!r) {
		const char *const values[] = {id, owner->number, owner->slug, name, kind};

		import->counts.organizations++;
		r = import_row(
			import, import_sql_organization, values, ARRAY_SIZE(values), owner->slug);
	}
	return r;
}

/* Runs |visit| for each object of the list |key| of an organisation. */
static int import_each(struct import *import, json_t *organization, const char *key,
	const struct import_owner *owner, import_visit_fn visit)
{
	json_t *array = json_object_get(organization, key), *object;
	size_t i;
	int r = 0;

	if (array && !json_is_array(array))
		return fields_fail(&import->fields, "'%s' must be a list", key);
	json_array_foreach (array, i, object) {
		import->fields.place = key;
		r = visit(import, object, owner);
		if (r)
			break;
	}
	return r;
}

/* The names of an organisation that all in it are known by. */
static int import_read_owner(struct import *import, json_t *object, struct import_owner *owner)
{
	const char *number;
	int r = fields_text(&import->fields, object, "slug", NULL, &owner->slug);

	if (r)
		return r;
	import->fields.place = owner->slug;
	r = fields_text(&import->fields, object, "number", NULL, &number);
	if (!r && !orgnr_parse(bytes_of_string(number), owner->number))
		r = fields_fail(&import->fields, "'%s' is not an organisation number", number);
	return r;
}

/* Units come before what refers to them, in each organisation of the file; and what
 * keeps all others from the directory until the commit, comes last. */
static int import_pass(struct import *import, json_t *organizations, int pass)
{
	struct import_owner owner;
	json_t *object;
	size_t i;
	int r = 0;

	json_array_foreach (organizations, i, object) {
		import->fields.place = "organizations";
		r = import_read_owner(import, object, &owner);
		if (!r && pass == 0)
			r = import_organization(import, object, &owner);
		if (!r && pass == 0)
			r = import_each(import, object, "units", &owner, import_unit);
		if (!r && pass == 1)
			r = import_each(import, object, "members", &owner, import_member);
		if (!r && pass == 2)
			r = import_each(import, object, "units", &owner, import_seat);
		if (r)
			break;
	}
	return r;
}

static int import_all(struct import *import, json_t *root)
{
	static const char *const keys[] = {"organizations", NULL};
	json_t *organizations = json_object_get(root, "organizations");
	int r;

	import->fields.place = "the file";
	r = fields_check_keys(&import->fields, root, keys);
	if (!r && !json_is_array(organizations))
		r = fields_fail(&import->fields, "'organizations' must be a list");
	for (int pass = 0; !r && pass < 3; pass++)
		r = import_pass(import, organizations, pass);
	return r;
}

static int import_write(const char *conninfo, json_t *root, struct import *import)
{
	CLEANUP(admin_close) PGconn *conn = NULL;
	int r = admin_connect(conninfo, &conn, &import->fields.error);

	import->conn = conn;
	if (!r)
		r = admin_run(conn, "BEGIN", NULL, 0, NULL, &import->fields.error);
	if (!r)
		r = import_all(import, root);
	if (!r)
		r = admin_run(conn, "COMMIT", NULL, 0, NULL, &import->fields.error);
	return r;
}

int import_directory(
	const char *conninfo, const char *file, struct import_counts *ret_counts, char **ret_error)
{
	struct import import = {.fields.place = file};
	json_error_t where;
	json_t *root = json_load_file(file, JSON_REJECT_DUPLICATES, &where);
	int r;

	if (root)
		r = import_write(conninfo, root, &import);
	else
		r = where.line < 0
			    ? fields_fail(&import.fields, "%s", where.text)
			    : fields_fail(&import.fields, "line %d: %s", where.line, where.text);
	json_decref(root);
	if (r)
		*ret_error = import.fields.error;
	else
		*ret_counts = import.counts;
	return r;
}
