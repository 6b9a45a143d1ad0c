/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only SQL here is the bookkeeping; what the schema is stands in
 * server/schema.
 */
#include "store/migrate.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/admin.h"
#include "store/basis_admin.h"
#include "store/rule_admin.h"
#include "store/schema.h"

#define MIGRATE_HAS_DATABASE  "SELECT FROM pg_database WHERE datname = 'stafett'"
#define MIGRATE_MAKE_DATABASE "CREATE DATABASE stafett"
/* The number is "stafett" on a telephone's keys. Held until the connection ends. */
#define MIGRATE_LOCK "SET lock_timeout = '60s'; SELECT pg_advisory_lock(7823388)"
#define MIGRATE_BOOK                                                          \
	"CREATE SCHEMA IF NOT EXISTS stafett;"                                \
	"CREATE TABLE IF NOT EXISTS stafett.schema_version ("                 \
	"version int PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, " \
	"applied_time timestamptz NOT NULL)"
#define MIGRATE_READ "SELECT version, sha256 FROM stafett.schema_version ORDER BY version"
/* stafett.now() is part of the first file, which is in by then. */
#define MIGRATE_RECORD                                                              \
	"INSERT INTO stafett.schema_version (version, name, sha256, applied_time) " \
	"VALUES ($1, $2, $3, stafett.now())"

/* Puts |what| before the text in |error|. Gives |r|. */
static int migrate_fail(int r, const char *what, char **error)
{
	char *text;

	if (asprintf(&text, "%s: %s", what, *error ? *error : strerror(-r)) < 0)
		text = NULL;
	free(*error);
	*error = text;
	return r;
}

static int migrate_make_database(const char *maintenance, char **ret_error)
{
	CLEANUP(admin_close) PGconn *conn = NULL;
	CLEANUP(admin_clear) PGresult *found = NULL;
	int r = admin_connect(maintenance, &conn, ret_error);

	if (!r)
		r = admin_run(conn, MIGRATE_HAS_DATABASE, NULL, 0, &found, ret_error);
	if (!r && PQntuples(found) == 0)
		r = admin_run(conn, MIGRATE_MAKE_DATABASE, NULL, 0, NULL, ret_error);
	return r;
}

static int migrate_read_applied(
	PGconn *conn, struct schema_applied **ret_applied, size_t *ret_n, char **ret_error)
{
	CLEANUP(admin_clear) PGresult *rows = NULL;
	struct schema_applied *applied;
	int n, r = admin_run(conn, MIGRATE_READ, NULL, 0, &rows, ret_error);

	if (r)
		return r;
	n = PQntuples(rows);
	applied = calloc((size_t)n + 1, sizeof(*applied));
	if (!applied)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		applied[i].version = atoi(PQgetvalue(rows, i, 0));
		snprintf(applied[i].hash, sizeof(applied[i].hash), "%s", PQgetvalue(rows, i, 1));
	}
	*ret_applied = applied;
	*ret_n = (size_t)n;
	return 0;
}

/* The sentence for a database that this program must leave alone. */
static char *migrate_refusal(enum schema_verdict verdict, size_t at)
{
	const char *name = at < schema_n_files ? schema_files[at].name : "";
	char *text = NULL;
	int n = 0;

	switch (verdict) {
	case SCHEMA_CHANGED:
		n = asprintf(&text, "schema file %zu, '%s', was applied with other content", at + 1,
			name);
		break;
	case SCHEMA_GAP:
		n = asprintf(
			&text, "schema file %zu, '%s', is missing in the database", at + 1, name);
		break;
	case SCHEMA_NEWER:
		n = asprintf(&text,
			"the database is newer than this program, which knows %zu "
			"schema files",
			at);
		break;
	case SCHEMA_FITS:
		break;
	}
	return n < 0 ? NULL : text;
}

static int migrate_record(PGconn *conn, const struct schema_file *file, char **ret_error)
{
	char version[12], hash[SCHEMA_HASH_LEN + 1];
	const char *const values[] = {version, file->name, hash};

	snprintf(version, sizeof(version), "%d", file->version);
	schema_hash(file, hash);
	return admin_run(conn, MIGRATE_RECORD, values, ARRAY_SIZE(values), NULL, ret_error);
}

/* One file, whole or not at all: a failure leaves the transaction open, and the
 * connection's end rolls it back. */
static int migrate_apply(PGconn *conn, const struct schema_file *file, char **ret_error)
{
	int r = admin_run(conn, "BEGIN", NULL, 0, NULL, ret_error);

	if (!r)
		r = admin_run(conn, file->sql, NULL, 0, NULL, ret_error);
	if (!r)
		r = migrate_record(conn, file, ret_error);
	if (!r)
		r = admin_run(conn, "COMMIT", NULL, 0, NULL, ret_error);
	if (r)
		return migrate_fail(r, file->name, ret_error);
	log_info("schema file applied", LOG_I("version", file->version), LOG_S("name", file->name));
	return 0;
}

/* The position of the first file that the database lacks. */
static int migrate_find_first(PGconn *conn, size_t *ret_at, char **ret_error)
{
	struct schema_applied *applied;
	enum schema_verdict verdict;
	size_t n_applied, at;
	int r = migrate_read_applied(conn, &applied, &n_applied, ret_error);

	if (r)
		return r;
	verdict = schema_compare(schema_files, schema_n_files, applied, n_applied, &at);
	free(applied);
	if (verdict != SCHEMA_FITS) {
		*ret_error = migrate_refusal(verdict, at);
		return -ESTALE;
	}
	*ret_at = at;
	return 0;
}

static int migrate_bring_up(PGconn *conn, char **ret_error)
{
	size_t at = 0;
	int r = admin_run(conn, MIGRATE_LOCK, NULL, 0, NULL, ret_error);

	if (!r)
		r = admin_run(conn, MIGRATE_BOOK, NULL, 0, NULL, ret_error);
	if (!r)
		r = migrate_find_first(conn, &at, ret_error);
	for (; !r && at < schema_n_files; at++)
		r = migrate_apply(conn, &schema_files[at], ret_error);
	if (!r)
		r = rule_admin_begin(conn, ret_error);
	return r ? r : basis_admin_begin(conn, ret_error);
}

int migrate_run(const struct migrate_params *params, char **ret_error)
{
	CLEANUP(admin_close) PGconn *conn = NULL;
	int r = 0;

	*ret_error = NULL;
	if (params->maintenance)
		r = migrate_make_database(params->maintenance, ret_error);
	if (!r)
		r = admin_connect(params->conninfo, &conn, ret_error);
	if (!r)
		r = migrate_bring_up(conn, ret_error);
	return r;
}
