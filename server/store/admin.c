/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message's DETAIL may quote a row, so it is left out; the line of a script
 * that failed is worked out from the position.
 */
#include "store/admin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void admin_ignore_notice(void *arg, const char *message)
{
}

/* The first line of |message|, without libpq's line end. */
static char *admin_first_line(const char *message)
{
	return strndup(message, strcspn(message, "\n"));
}

int admin_connect(const char *conninfo, PGconn **ret_conn, char **ret_error)
{
	/* What the connection string says of these wins: it is expanded last. */
	static const char *const keywords[] = {
		"connect_timeout", "client_encoding", "application_name", "dbname", NULL};
	const char *const values[] = {"10", "UTF8", "stafettd admin", conninfo, NULL};
	PGconn *conn = PQconnectdbParams(keywords, values, 1);

	*ret_error = NULL;
	if (!conn)
		return -ENOMEM;
	if (PQstatus(conn) != CONNECTION_OK) {
		*ret_error = admin_first_line(PQerrorMessage(conn));
		PQfinish(conn);
		return -EIO;
	}
	PQsetNoticeProcessor(conn, admin_ignore_notice, NULL);
	*ret_conn = conn;
	return 0;
}

void admin_close(PGconn **conn)
{
	PQfinish(*conn);
	*conn = NULL;
}

/* The line of |sql|, from 1, at the error's position (characters, from 1); 0
 * when the server named none. */
static int admin_error_line(const PGresult *result, const char *sql)
{
	const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	long left = position ? strtol(position, NULL, 10) : 0;
	int line = 1;

	if (left <= 0)
		return 0;
	for (; *sql && left > 1; sql++) {
		line += *sql == '\n';
		left -= (*sql & 0xc0) != 0x80; /* UTF-8: continuation bytes count nothing */
	}
	return line;
}

static char *admin_describe(PGconn *conn, const PGresult *result, const char *sql)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	int line = admin_error_line(result, sql);
	char *text;

	if (!message)
		return admin_first_line(PQerrorMessage(conn));
	if ((line ? asprintf(&text, "line %d: %s (%s)", line, message, state)
		  : asprintf(&text, "%s (%s)", message, state)) < 0)
		return NULL;
	return text;
}

int admin_run(PGconn *conn, const char *sql, const char *const *values, int n,
	PGresult **ret_result, char **ret_error)
{
	PGresult *result =
		n ? PQexecParams(conn, sql, n, NULL, values, NULL, NULL, 0) : PQexec(conn, sql);
	ExecStatusType status = PQresultStatus(result);

	*ret_error = NULL;
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		*ret_error = admin_describe(conn, result, sql);
		PQclear(result);
		return -EIO;
	}
	if (ret_result)
		*ret_result = result;
	else
		PQclear(result);
	return 0;
}

void admin_clear(PGresult **result)
{
	PQclear(*result);
	*result = NULL;
}
