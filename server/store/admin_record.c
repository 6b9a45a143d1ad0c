/* SPDX-License-Identifier: Apache-2.0 */
#include "store/admin_record.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "store/admin.h"

static const char admin_sql_now[] =
	"SELECT (extract(epoch FROM stafett.now()) * 1000000)::bigint::text";
static const char admin_sql_audit[] =
	"INSERT INTO stafett.audit_queue (id, create_time, unit, leaf, salt, detail)"
	" VALUES ($1, stafett.now(), (SELECT u.id FROM stafett.unit u WHERE u.handle = $5), $2, $3,"
	" $4)";

const char *admin_operator(void)
{
	const struct passwd *account = getpwuid(getuid());

	return account ? account->pw_name : "unknown";
}

/* PostgreSQL's spelling of bytes as text. */
static const char *admin_hex(const void *data, size_t len, char *out)
{
	const uint8_t *bytes = data;

	memcpy(out, "\\x", 3);
	for (size_t i = 0; i < len; i++)
		sprintf(out + 2 + 2 * i, "%02x", bytes[i]);
	return out;
}

static int admin_make_audit(
	PGconn *conn, const struct admin_record *record, struct audit *audit, char **ret_error)
{
	static const uint8_t no_certificate[32];
	const char *who = admin_operator();
	const struct caller caller = {.call_id = "",
		.address = "",
		.member = bytes_of_string(who),
		.fingerprint = no_certificate};
	CLEANUP(admin_clear) PGresult *now = NULL;
	uint8_t random[AUDIT_RANDOM];
	int r = admin_run(conn, admin_sql_now, NULL, 0, &now, ret_error);

	if (r)
		return r;
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -EIO;
	audit_begin(audit, record->type, strtoll(PQgetvalue(now, 0, 0), NULL, 10), &caller, random);
	audit->leaf.role = role_leaf_number(ROLE_OPERATOR);
	audit_add(audit, record->tag, bytes_of_string(record->what));
	audit_finish(audit);
	return 0;
}

int admin_record(PGconn *conn, const struct admin_record *record, char **ret_error)
{
	struct audit *audit = calloc(1, sizeof(*audit));
	char id[UUID_TEXT_LEN + 1], leaf[2 * LEAF_MAX + 3], salt[2 * LEAF_SALT_LEN + 3];
	char *detail = malloc(2 * AUDIT_DETAIL_MAX + 3);
	int r = audit && detail ? admin_make_audit(conn, record, audit, ret_error) : -ENOMEM;

	if (!r) {
		const char *const values[] = {id, leaf, salt, detail, record->unit};

		uuid_format(&audit->leaf.event, id);
		admin_hex(audit->encoded, audit->encoded_len, leaf);
		admin_hex(audit->salt, sizeof(audit->salt), salt);
		admin_hex(audit->detail, audit->detail_len, detail);
		r = admin_run(conn, admin_sql_audit, values, ARRAY_SIZE(values), NULL, ret_error);
	}
	free(audit);
	free(detail);
	return r;
}

int admin_record_change(const char *conninfo,
	int (*change)(PGconn *conn, void *arg, char **ret_error), void *arg, char **ret_error)
{
	CLEANUP(admin_close) PGconn *conn = NULL;
	int r = admin_connect(conninfo, &conn, ret_error);

	if (!r)
		r = admin_run(conn, "BEGIN", NULL, 0, NULL, ret_error);
	if (!r)
		r = change(conn, arg, ret_error);
	if (!r)
		r = admin_run(conn, "COMMIT", NULL, 0, NULL, ret_error);
	return r;
}
