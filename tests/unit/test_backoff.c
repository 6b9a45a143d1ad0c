/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When what keeps failing is tried again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "process/backoff.h"
#include "stafett/base.h"

#define MS     INT64_C(1000000)
#define SECOND (1000 * MS)

static void test_first_failure_is_answered_at_once(void **state)
{
	struct backoff backoff = {0};

	assert_int_equal(backoff_after_failure(&backoff, 5 * SECOND, 7 * SECOND), 7 * SECOND);
}

static void test_delays_double_to_thirty_seconds(void **state)
{
	static const int64_t delays_ms[] = {
		0, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000};
	struct backoff backoff = {0};

	for (size_t i = 0; i < ARRAY_SIZE(delays_ms); i++)
		assert_int_equal(
			backoff_after_failure(&backoff, 0, SECOND), SECOND + delays_ms[i] * MS);
}

static void test_a_good_run_makes_the_next_failure_a_first_one(void **state)
{
	struct backoff backoff = {.failures = 9};

	assert_int_equal(backoff_after_failure(&backoff, 0, 60 * SECOND), 60 * SECOND);
	assert_int_equal(backoff.failures, 1);
}

static void test_a_run_just_too_short_counts_as_a_failure_in_a_row(void **state)
{
	struct backoff backoff = {.failures = 1};
	int64_t now_ns = 60 * SECOND - 1;

	assert_int_equal(backoff_after_failure(&backoff, 0, now_ns), now_ns + 100 * MS);
}

static void test_what_had_begun_its_work_is_back_soon(void **state)
{
	struct backoff backoff = {.failures = 9};

	backoff_note_ready(&backoff);
	assert_int_equal(backoff_after_failure(&backoff, 0, SECOND), SECOND + 200 * MS);
	assert_int_equal(backoff_after_failure(&backoff, 0, SECOND), SECOND + 400 * MS);
}

static void test_work_begun_at_the_first_try_changes_nothing(void **state)
{
	struct backoff backoff = {0};

	backoff_note_ready(&backoff);
	assert_int_equal(backoff_after_failure(&backoff, 0, SECOND), SECOND);
}

static void test_many_failures_never_overflow(void **state)
{
	struct backoff backoff = {.failures = 1000000};

	assert_int_equal(backoff_after_failure(&backoff, 0, SECOND), 31 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_failure_is_answered_at_once),
		cmocka_unit_test(test_delays_double_to_thirty_seconds),
		cmocka_unit_test(test_a_good_run_makes_the_next_failure_a_first_one),
		cmocka_unit_test(test_a_run_just_too_short_counts_as_a_failure_in_a_row),
		cmocka_unit_test(test_what_had_begun_its_work_is_back_soon),
		cmocka_unit_test(test_work_begun_at_the_first_try_changes_nothing),
		cmocka_unit_test(test_many_failures_never_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
