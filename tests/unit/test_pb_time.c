/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time and durations as text, by table. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/pb_time.h"

struct vector {
	int64_t seconds;
	int32_t nanos;
	const char *want; /* NULL: out of range */
};

static void expect_all(const struct vector *table, size_t n,
	int (*print)(int64_t seconds, int32_t nanos, char *ret_text))
{
	for (size_t i = 0; i < n; i++) {
		char text[PB_TIME_CHARS];
		int r = print(table[i].seconds, table[i].nanos, text);

		assert_int_equal(r, table[i].want ? 0 : -ERANGE);
		if (table[i].want)
			assert_string_equal(text, table[i].want);
	}
}

static void test_a_point_in_time_is_rfc_3339(void **state)
{
	static const struct vector table[] = {
		{0, 0, "1970-01-01T00:00:00Z"},
		{1793612345, 0, "2026-11-02T09:39:05Z"},
		{1793612345, 120000000, "2026-11-02T09:39:05.120Z"},
		{1793612345, 120, "2026-11-02T09:39:05.000000120Z"},
		{1793612345, 120000, "2026-11-02T09:39:05.000120Z"},
		{-1, 999999999, "1969-12-31T23:59:59.999999999Z"},
		{INT64_C(-62135596800), 0, "0001-01-01T00:00:00Z"},
		{INT64_C(253402300799), 999999999, "9999-12-31T23:59:59.999999999Z"},
		{INT64_C(-62135596801), 0, NULL},
		{INT64_C(253402300800), 0, NULL},
		{INT64_MAX, 0, NULL},
		{INT64_MIN, 0, NULL},
		{0, -1, NULL},
		{0, 1000000000, NULL},
	};

	expect_all(table, ARRAY_SIZE(table), pb_time_print_timestamp);
}

static void test_a_duration_is_seconds_with_one_sign(void **state)
{
	static const struct vector table[] = {
		{0, 0, "0s"},
		{1, 500000000, "1.500s"},
		{-1, -500000000, "-1.500s"},
		{0, -1, "-0.000000001s"},
		{0, 1000, "0.000001s"},
		{INT64_C(315576000000), 999999999, "315576000000.999999999s"},
		{INT64_C(-315576000000), 0, "-315576000000s"},
		{INT64_C(315576000001), 0, NULL},
		{INT64_MIN, 0, NULL},
		{1, -1, NULL},
		{-1, 1, NULL},
		{0, 1000000000, NULL},
		{0, -1000000000, NULL},
		{0, INT32_MIN, NULL},
	};

	expect_all(table, ARRAY_SIZE(table), pb_time_print_duration);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_point_in_time_is_rfc_3339),
		cmocka_unit_test(test_a_duration_is_seconds_with_one_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
