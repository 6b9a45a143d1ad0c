/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary form of array_recv (PostgreSQL's arrayfuncs.c): dimensions, a flag
 * for nulls, the element's type; per dimension its length and lower bound; then
 * each element behind its length, -1 for null. A row, by record_recv, is the number
 * of its fields, then each field behind its type and length. All in network byte
 * order.
 */
#include "db/array.h"

#include <endian.h>
#include <stdlib.h>

enum { ARRAY_HEAD = 20, ARRAY_EMPTY_HEAD = 12, ARRAY_FIRST_SIZE = 512 };

static const struct {
	enum db_type array, element;
} array_types[] = {
	{DB_BOOL_ARRAY, DB_BOOL},
	{DB_BYTEA_ARRAY, DB_BYTEA},
	{DB_INT4_ARRAY, DB_INT4},
	{DB_TEXT_ARRAY, DB_TEXT},
	{DB_DATE_ARRAY, DB_DATE},
	{DB_TIMESTAMPTZ_ARRAY, DB_TIMESTAMPTZ},
	{DB_UUID_ARRAY, DB_UUID},
};

static uint32_t db_array_element_type(enum db_type array)
{
	for (size_t i = 0; i < ARRAY_SIZE(array_types); i++)
		if (array_types[i].array == array)
			return array_types[i].element;
	return 0;
}

static void put_u32(uint8_t *at, uint32_t value)
{
	value = htobe32(value);
	memcpy(at, &value, sizeof(value));
}

void db_array_init(struct db_array *array, enum db_type type)
{
	*array = (struct db_array){.element = db_array_element_type(type), .len = ARRAY_HEAD};
}

void db_array_init_rows(struct db_array *array)
{
	*array = (struct db_array){.len = ARRAY_HEAD};
}

void db_array_set_row_type(struct db_array *array, uint32_t type)
{
	array->element = type;
}

void db_array_clear(struct db_array *array)
{
	array->len = ARRAY_HEAD;
	array->row_at = 0;
	array->count = 0;
	array->has_null = array->failed = false;
}

void db_array_fini(struct db_array *array)
{
	free(array->data);
	*array = (struct db_array){.element = array->element, .len = ARRAY_HEAD};
}

/* Makes it large enough for |len| bytes more. */
static bool db_array_grow(struct db_array *array, size_t len)
{
	size_t needed = array->len + len, size = array->size ? array->size : ARRAY_FIRST_SIZE;
	uint8_t *data;

	while (size < needed)
		size *= 2;
	data = array->failed ? NULL : realloc(array->data, size);
	if (!data) {
		array->failed = true;
		return false;
	}
	array->data = data;
	array->size = size;
	return true;
}

/* Room for |len| bytes behind the head, which is left open at the front. A batch has
 * thousands of values: nearly always there is room already. */
static inline uint8_t *db_array_reserve(struct db_array *array, size_t len)
{
	uint8_t *at;

	if (array->len + len > array->size && !db_array_grow(array, len))
		return NULL;
	at = array->data + array->len;
	array->len += len;
	return at;
}

/* Begins a value whose length is written as |length| and that takes |len| bytes, which
 * the caller fills in. A field of a row has its type in front. */
static inline uint8_t *db_array_begin_value(struct db_array *array, uint32_t length, size_t len)
{
	bool is_field = array->row_at > 0;
	size_t head = is_field ? 2 * sizeof(uint32_t) : sizeof(uint32_t);
	uint8_t *at = db_array_reserve(array, head + len);

	if (!at)
		return NULL;
	if (is_field)
		put_u32(at, array->field);
	else
		array->count++;
	put_u32(at + head - sizeof(uint32_t), length);
	return at + head;
}

static inline void db_array_add(struct db_array *array, const void *value, size_t len)
{
	uint8_t *at = db_array_begin_value(array, (uint32_t)len, len);

	if (at && len)
		memcpy(at, value, len);
}

void db_array_add_null(struct db_array *array)
{
	if (db_array_begin_value(array, UINT32_MAX, 0) && !array->row_at)
		array->has_null = true;
}

void db_array_add_bytes(struct db_array *array, struct bytes value)
{
	db_array_add(array, value.data, value.len);
}

void db_array_add_uuid(struct db_array *array, const uint8_t uuid[DB_UUID_LEN])
{
	db_array_add(array, uuid, DB_UUID_LEN);
}

void db_array_add_text(struct db_array *array, const char *value)
{
	if (value)
		db_array_add(array, value, strlen(value));
	else
		db_array_add_null(array);
}

void db_array_add_int(struct db_array *array, int32_t value)
{
	uint8_t wire[4];

	put_u32(wire, (uint32_t)value);
	db_array_add(array, wire, sizeof(wire));
}

void db_array_add_bool(struct db_array *array, bool value)
{
	db_array_add(array, &(uint8_t){value}, 1);
}

void db_array_add_time(struct db_array *array, int64_t us)
{
	uint64_t wire = htobe64((uint64_t)(us - DB_EPOCH_US));

	if (us)
		db_array_add(array, &wire, sizeof(wire));
	else
		db_array_add_null(array);
}

void db_array_add_date(struct db_array *array, int64_t days)
{
	db_array_add_int(array, (int32_t)(days - DB_EPOCH_DAYS));
}

void db_array_begin_row(struct db_array *array, int n_fields)
{
	uint8_t *at = db_array_reserve(array, 2 * sizeof(uint32_t));

	if (!at)
		return;
	array->row_at = (size_t)(at - array->data);
	put_u32(at + sizeof(uint32_t), (uint32_t)n_fields);
}

/* The row's length is known only now. */
void db_array_end_row(struct db_array *array)
{
	if (array->failed)
		return;
	put_u32(array->data + array->row_at,
		(uint32_t)(array->len - array->row_at - sizeof(uint32_t)));
	array->row_at = 0;
	array->count++;
}

struct bytes db_array_finish(struct db_array *array)
{
	if (array->failed || !db_array_reserve(array, 0))
		return bytes_of(NULL, 0);
	put_u32(array->data, array->count > 0);
	put_u32(array->data + 4, array->has_null);
	put_u32(array->data + 8, array->element);
	if (!array->count)
		return bytes_of(array->data, ARRAY_EMPTY_HEAD);
	put_u32(array->data + 12, (uint32_t)array->count);
	put_u32(array->data + 16, 1);
	return bytes_of(array->data, array->len);
}
