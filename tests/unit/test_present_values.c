/* SPDX-License-Identifier: Apache-2.0 */
/* Times as a Timestamp may say them, whatever the database holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/present_values.h"

static const struct {
	int64_t us, seconds;
	int nanos;
} rows[] = {
	{0, 0, 0},
	{1500000, 1, 500000000},
	{-1, -1, 999999000},
	{INT64_C(253402300799999999), INT64_C(253402300799), 999999000},
	{INT64_C(253402300800000000), INT64_C(253402300799), 0},
	{INT64_C(-62135596800000000), INT64_C(-62135596800), 0},
	{INT64_C(-62135596800000001), INT64_C(-62135596800), 0},
	/* What PostgreSQL calls infinity, both of it. */
	{INT64_MAX, INT64_C(253402300799), 0},
	{INT64_MIN, INT64_C(-62135596800), 0},
};

static void a_time_is_one_that_every_program_reads(void **state)
{
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const Google__Protobuf__Timestamp *time = present_time(&arena, rows[i].us);

		assert_non_null(time);
		assert_int_equal(time->seconds, rows[i].seconds);
		assert_int_equal(time->nanos, rows[i].nanos);
	}
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_one_that_every_program_reads)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
