/* SPDX-License-Identifier: Apache-2.0 */
/* What each name may take, against the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/quota.h"

#define SECOND INT64_C(1000000000)
/* Any moment; a clock's zero means nothing. */
#define BEGIN (1000 * SECOND)

enum { RATE = 10, BURST_S = 2 };

static int setup(void **state)
{
	*state = quota_new(RATE, BURST_S);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	quota_free(*state);
	return 0;
}

/* How many |name| may take at |now_ns|, at most |limit|. */
static int taken(struct quota *quota, const char *name, int64_t now_ns, int limit)
{
	int n = 0;

	for (; n < limit && quota_wait_ns(quota, bytes_of_string(name), now_ns) == 0; n++)
		quota_take(quota, bytes_of_string(name), now_ns);
	return n;
}

static void test_who_was_quiet_may_take_some_seconds_worth_at_once(void **state)
{
	assert_int_equal(taken(*state, "a", BEGIN, 1000), RATE * BURST_S);
}

static void test_the_rate_is_what_comes_back(void **state)
{
	taken(*state, "a", BEGIN, 1000);
	assert_int_equal(taken(*state, "a", BEGIN + SECOND, 1000), RATE);
	assert_int_equal(taken(*state, "a", BEGIN + SECOND + SECOND / RATE, 1000), 1);
	assert_int_equal(taken(*state, "a", BEGIN + 3600 * SECOND, 1000), RATE * BURST_S);
}

static void test_the_wait_is_until_one_has_come_back(void **state)
{
	taken(*state, "a", BEGIN, 1000);
	assert_int_equal(quota_wait_ns(*state, bytes_of_string("a"), BEGIN), SECOND / RATE);
	assert_int_equal(quota_wait_ns(*state, bytes_of_string("a"), BEGIN + SECOND / RATE - 1), 1);
	assert_int_equal(quota_wait_ns(*state, bytes_of_string("a"), BEGIN + SECOND / RATE), 0);
}

static void test_nobody_waits_for_another(void **state)
{
	char name[16];

	taken(*state, "a", BEGIN, 1000);
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(taken(*state, name, BEGIN, 1000), RATE * BURST_S);
	}
	assert_int_equal(taken(*state, "a", BEGIN, 1000), 0);
}

static void test_without_a_quota_there_are_no_bounds(void **state)
{
	(void)state;
	quota_take(NULL, bytes_of_string("a"), BEGIN);
	assert_int_equal(taken(NULL, "a", BEGIN, 100), 100);
	assert_null(quota_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_who_was_quiet_may_take_some_seconds_worth_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_rate_is_what_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_the_wait_is_until_one_has_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_waits_for_another, setup, teardown),
		cmocka_unit_test(test_without_a_quota_there_are_no_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
