/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading one row of a binary result. Columns are named by number, in the order
 * of the statement. A null reads as the type's empty value; db_row_has tells.
 * Texts and bytes are borrowed from the result.
 */
#ifndef DB_ROW_H
#define DB_ROW_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "domain/uuid.h"
#include "stafett/base.h"

struct db_row {
	const PGresult *result;
	int row;
};

bool db_row_has(const struct db_row *row, int column);
struct bytes db_row_bytes(const struct db_row *row, int column);
/* NUL-terminated: libpq ends every value with one. "" for null. */
const char *db_row_text(const struct db_row *row, int column);
int32_t db_row_int(const struct db_row *row, int column);
int64_t db_row_long(const struct db_row *row, int column);
bool db_row_bool(const struct db_row *row, int column);
/* Microseconds since 1970 UTC; 0 for null. */
int64_t db_row_time(const struct db_row *row, int column);
/* Days since 1970-01-01; 0 for null. */
int64_t db_row_date(const struct db_row *row, int column);
/* The nil UUID for null. */
struct uuid db_row_uuid(const struct db_row *row, int column);
/* Copies |len| bytes if the column has exactly so many, else zeroes. */
void db_row_copy(const struct db_row *row, int column, void *out, size_t len);

#endif
