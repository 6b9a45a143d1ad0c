/* SPDX-License-Identifier: Apache-2.0 */
#include "store/basis_admin.h"

#include "domain/basis.h"
#include "store/admin.h"

/* A name that the database knows was here before, ended or not: it stays as it is. */
static const char basis_sql_default[] =
	"INSERT INTO stafett.basis_rule (name, version, basis, kind, from_sector, to_sector,"
	" source, valid_from) SELECT $1, 1, $2, $3, $4, $5, $6, '-infinity'"
	" WHERE NOT EXISTS (SELECT FROM stafett.basis_rule r WHERE r.name = $1)";

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
