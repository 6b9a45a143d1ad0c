/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a binary result: network byte order, PostgreSQL's epoch. */
#include "db/row.h"

#include <endian.h>

#include "db/array.h"

bool db_row_has(const struct db_row *row, int column)
{
	return !PQgetisnull(row->result, row->row, column);
}

struct bytes db_row_bytes(const struct db_row *row, int column)
{
	int len = PQgetlength(row->result, row->row, column);

	if (len == 0 && !db_row_has(row, column))
		return bytes_of(NULL, 0);
	return bytes_of(PQgetvalue(row->result, row->row, column), (size_t)len);
}

const char *db_row_text(const struct db_row *row, int column)
{
	return PQgetvalue(row->result, row->row, column);
}

void db_row_copy(const struct db_row *row, int column, void *out, size_t len)
{
	struct bytes value = db_row_bytes(row, column);

	if (value.len == len)
		memcpy(out, value.data, len);
	else
		memset(out, 0, len);
}

int32_t db_row_int(const struct db_row *row, int column)
{
	uint32_t wire;

	db_row_copy(row, column, &wire, sizeof(wire));
	return (int32_t)be32toh(wire);
}

int64_t db_row_long(const struct db_row *row, int column)
{
	uint64_t wire;

	db_row_copy(row, column, &wire, sizeof(wire));
	return (int64_t)be64toh(wire);
}

bool db_row_bool(const struct db_row *row, int column)
{
	uint8_t wire;

	db_row_copy(row, column, &wire, sizeof(wire));
	return wire != 0;
}

int64_t db_row_time(const struct db_row *row, int column)
{
	uint64_t wire;

	if (!db_row_has(row, column))
		return 0;
	db_row_copy(row, column, &wire, sizeof(wire));
	return (int64_t)be64toh(wire) + DB_EPOCH_US;
}

int64_t db_row_date(const struct db_row *row, int column)
{
	return db_row_has(row, column) ? db_row_int(row, column) + DB_EPOCH_DAYS : 0;
}

struct uuid db_row_uuid(const struct db_row *row, int column)
{
	struct uuid uuid;

	db_row_copy(row, column, uuid.b, sizeof(uuid.b));
	return uuid;
}
