/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of one statement, in binary. */
#include <assert.h>
#include <endian.h>

#include "db/conn.h"

void db_args_init(struct db_args *args)
{
	args->n = 0;
	args->failed = false;
}

static void db_args_add(struct db_args *args, const void *value, size_t len)
{
	assert(args->n < DB_ARGS_MAX);
	args->values[args->n] = value;
	args->lengths[args->n] = (int)len;
	args->n++;
}

void db_args_add_bytes(struct db_args *args, struct bytes value)
{
	db_args_add(args, value.data, value.len);
}

void db_args_add_array(struct db_args *args, struct db_array *array)
{
	struct bytes value = db_array_finish(array);

	args->failed |= !value.data;
	db_args_add_bytes(args, value);
}

void db_args_add_text(struct db_args *args, const char *value)
{
	db_args_add_bytes(args, bytes_of_string(value));
}

void db_args_add_int(struct db_args *args, int32_t value)
{
	uint32_t wire = htobe32((uint32_t)value);

	memcpy(&args->scratch[args->n], &wire, sizeof(wire));
	db_args_add(args, &args->scratch[args->n], sizeof(wire));
}

void db_args_add_long(struct db_args *args, int64_t value)
{
	args->scratch[args->n] = htobe64((uint64_t)value);
	db_args_add(args, &args->scratch[args->n], sizeof(uint64_t));
}

void db_args_add_bool(struct db_args *args, bool value)
{
	memcpy(&args->scratch[args->n], &(uint8_t){value}, 1);
	db_args_add(args, &args->scratch[args->n], 1);
}

void db_args_add_time(struct db_args *args, int64_t us)
{
	if (us == INT64_MIN) {
		db_args_add(args, NULL, 0);
		return;
	}
	args->scratch[args->n] = htobe64((uint64_t)(us - DB_EPOCH_US));
	db_args_add(args, &args->scratch[args->n], sizeof(uint64_t));
}
