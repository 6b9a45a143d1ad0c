/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of counters: their sum, and what of a row outlives its process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/metrics.h"

static int make_table(void **state)
{
	return metrics_table_new(2, (struct metrics_table **)state);
}

static int free_table(void **state)
{
	*state = metrics_table_free(*state);
	return 0;
}

static void test_no_row_is_a_row_too(void **state)
{
	metrics_add(NULL, METRIC_BATCHES, 1);
	metrics_set(NULL, METRIC_PARKED, 1);
	assert_null(metrics_table_give_back(*state, NULL));
}

static void test_a_sum_is_over_all_rows(void **state)
{
	struct metrics *one = metrics_table_take(*state), *two = metrics_table_take(*state);

	metrics_add(one, METRIC_BATCHES, 2);
	metrics_add(two, METRIC_BATCHES, 3);
	metrics_add(metrics_table_own(*state), METRIC_BATCHES, 5);
	assert_int_equal(metrics_table_sum(*state, METRIC_BATCHES), 10);
	assert_int_equal(metrics_table_sum(*state, METRIC_OPERATIONS), 0);
}

static void test_there_are_no_more_rows_than_there_are(void **state)
{
	struct metrics *one = metrics_table_take(*state), *two = metrics_table_take(*state);

	assert_true(one && two && one != two);
	assert_null(metrics_table_take(*state));
	metrics_table_give_back(*state, one);
	assert_ptr_equal(metrics_table_take(*state), one);
}

static void test_counters_outlive_their_process_and_gauges_do_not(void **state)
{
	struct metrics *row = metrics_table_take(*state);

	metrics_add(row, METRIC_CALLS_OK, 7);
	metrics_set(row, METRIC_CONNECTIONS_OPEN, 4);
	metrics_table_give_back(*state, row);
	assert_int_equal(metrics_table_sum(*state, METRIC_CALLS_OK), 7);
	assert_int_equal(metrics_table_sum(*state, METRIC_CONNECTIONS_OPEN), 0);
	row = metrics_table_take(*state);
	metrics_add(row, METRIC_CALLS_OK, 1);
	assert_int_equal(metrics_table_sum(*state, METRIC_CALLS_OK), 8);
}

static void test_an_age_is_since_the_latest_of_all_and_outlives_its_process(void **state)
{
	struct metrics *row = metrics_table_take(*state);
	uint64_t begun = metrics_table_sum(*state, METRIC_CLERK_AGE);

	assert_true(begun < 60); /* since the table was made, not since the machine was */
	metrics_set(metrics_table_own(*state), METRIC_CLERK_AGE, 0);
	assert_true(metrics_table_sum(*state, METRIC_CLERK_AGE) > 0);
	metrics_renew(row, METRIC_CLERK_AGE);
	assert_true(metrics_table_sum(*state, METRIC_CLERK_AGE) < 60);
	metrics_table_give_back(*state, row);
	assert_true(metrics_table_sum(*state, METRIC_CLERK_AGE) < 60);
	metrics_renew(NULL, METRIC_CLERK_AGE);
}

static void test_what_a_child_counts_the_parent_sees(void **state)
{
	struct metrics *row = metrics_table_take(*state);
	pid_t pid = fork();

	if (pid == 0) {
		metrics_add(row, METRIC_RETRIES, 3);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(metrics_table_sum(*state, METRIC_RETRIES), 3);
}

#define TABLE_TEST(f) cmocka_unit_test_setup_teardown(f, make_table, free_table)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(test_no_row_is_a_row_too),
		TABLE_TEST(test_a_sum_is_over_all_rows),
		TABLE_TEST(test_there_are_no_more_rows_than_there_are),
		TABLE_TEST(test_counters_outlive_their_process_and_gauges_do_not),
		TABLE_TEST(test_an_age_is_since_the_latest_of_all_and_outlives_its_process),
		TABLE_TEST(test_what_a_child_counts_the_parent_sees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
