/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One argument of a set-based statement: a PostgreSQL array in binary form, built
 * by appending. Its elements are values of one type, or rows of a composite type.
 * An array that ran out of memory says so when it is finished; appending to it is
 * safe.
 */
#ifndef DB_ARRAY_H
#define DB_ARRAY_H

#include <stdbool.h>
#include <stdint.h>

#include "stafett/base.h"

/* Types by their OIDs in pg_type.dat; these numbers are for ever. */
enum db_type {
	DB_BOOL = 16,
	DB_BYTEA = 17,
	DB_INT8 = 20,
	DB_INT4 = 23,
	DB_TEXT = 25,
	DB_DATE = 1082,
	DB_TIMESTAMPTZ = 1184,
	DB_UUID = 2950,
	DB_BOOL_ARRAY = 1000,
	DB_BYTEA_ARRAY = 1001,
	DB_INT4_ARRAY = 1007,
	DB_TEXT_ARRAY = 1009,
	DB_DATE_ARRAY = 1182,
	DB_TIMESTAMPTZ_ARRAY = 1185,
	DB_UUID_ARRAY = 2951,
};

enum { DB_UUID_LEN = 16 };

struct db_array {
	uint32_t element; /* the type of its elements */
	uint8_t *data;
	size_t len, size; /* |len| counts the head, which is written last */
	size_t row_at;	  /* the row that is open; 0: none is */
	uint32_t field;	  /* the type of its next value */
	int count;
	bool has_null, failed;
};

/* An empty array of an array type. Holds no memory yet. */
void db_array_init(struct db_array *array, enum db_type type);
/* An empty array of rows. The number of their type is the database's own: it is
 * set before the array is finished. */
void db_array_init_rows(struct db_array *array);
void db_array_set_row_type(struct db_array *array, uint32_t type);
/* Empties it for the next batch; keeps its memory. */
void db_array_clear(struct db_array *array);
void db_array_fini(struct db_array *array);

void db_array_add_null(struct db_array *array);
/* Raw bytes of an element: text, bytea. */
void db_array_add_bytes(struct db_array *array, struct bytes value);
void db_array_add_uuid(struct db_array *array, const uint8_t uuid[DB_UUID_LEN]);
void db_array_add_text(struct db_array *array, const char *value); /* NULL is null */
void db_array_add_int(struct db_array *array, int32_t value);
void db_array_add_bool(struct db_array *array, bool value);
/* Microseconds since 1970 UTC; 0 is null. */
void db_array_add_time(struct db_array *array, int64_t us);
/* Days since 1970-01-01. */
void db_array_add_date(struct db_array *array, int64_t days);

/* A row: it is begun, then each field, in the type's order, is begun and added by
 * one of the functions above, then the row is ended. */
void db_array_begin_row(struct db_array *array, int n_fields);
static inline void db_array_begin_field(struct db_array *array, enum db_type type)
{
	array->field = type;
}
void db_array_end_row(struct db_array *array);

/* Writes the array's head. The bytes live until the next change; an empty view
 * with NULL data means that memory ran out. */
struct bytes db_array_finish(struct db_array *array);

/* Microseconds and days between 1970 and PostgreSQL's epoch, 2000-01-01. */
#define DB_EPOCH_US   INT64_C(946684800000000)
#define DB_EPOCH_DAYS INT64_C(10957)

#endif
