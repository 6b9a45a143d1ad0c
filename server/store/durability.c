/* SPDX-License-Identifier: Apache-2.0 */
#include "store/durability.h"

#include <string.h>

#include "base/log.h"
#include "db/row.h"

static bool is_durable(const char *name, const char *value)
{
	if (strcmp(name, "wal_level") == 0)
		return strcmp(value, "minimal") != 0;
	if (strcmp(name, "synchronous_commit") == 0)
		return strcmp(value, "on") == 0 || strcmp(value, "remote_apply") == 0;
	return strcmp(value, "on") == 0;
}

bool durability_is_enough(const PGresult *result)
{
	bool enough = true;

	for (int i = 0; i < PQntuples(result); i++) {
		struct db_row row = {result, i};

		if (is_durable(db_row_text(&row, 0), db_row_text(&row, 1)))
			continue;
		enough = false;
		log_error("the database may lose what was acknowledged: refusing to serve",
			LOG_S("setting", db_row_text(&row, 0)),
			LOG_S("value", db_row_text(&row, 1)));
	}
	return enough;
}
