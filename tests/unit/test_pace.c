/* SPDX-License-Identifier: Apache-2.0 */
/* So many a second, and a burst. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/pace.h"
#include "stafett/base.h"

#define BEGIN (1000 * NOW_NS_PER_S)

/* How many are taken at |now_ns| of fifty a second, with |ahead_ns|; at most 1000. */
static int taken(int64_t *due_ns, int64_t ahead_ns, int64_t now_ns)
{
	int n = 0;

	while (n < 1000 && pace_take(due_ns, 50, ahead_ns, now_ns))
		n++;
	return n;
}

static void a_burst_is_taken_at_once_and_no_more(void **state)
{
	int64_t due_ns = 0;

	assert_int_equal(taken(&due_ns, NOW_NS_PER_S, BEGIN), 51);
	assert_int_equal(taken(&due_ns, NOW_NS_PER_S, BEGIN), 0);
}

static void then_so_many_come_due_in_a_second(void **state)
{
	int64_t due_ns = 0;

	taken(&due_ns, NOW_NS_PER_S, BEGIN);
	assert_int_equal(taken(&due_ns, NOW_NS_PER_S, BEGIN + NOW_NS_PER_S), 50);
	assert_int_equal(taken(&due_ns, NOW_NS_PER_S, BEGIN + 2 * NOW_NS_PER_S), 50);
}

static void what_was_not_taken_is_not_saved_up(void **state)
{
	int64_t due_ns = 0;

	taken(&due_ns, NOW_NS_PER_S, BEGIN);
	assert_int_equal(taken(&due_ns, NOW_NS_PER_S, BEGIN + 100 * NOW_NS_PER_S), 51);
}

static void without_a_burst_they_come_one_by_one(void **state)
{
	int64_t due_ns = 0;

	assert_int_equal(taken(&due_ns, 0, BEGIN), 1);
	assert_int_equal(taken(&due_ns, 0, BEGIN + NOW_NS_PER_S / 50 - 1), 0);
	assert_int_equal(taken(&due_ns, 0, BEGIN + NOW_NS_PER_S / 50), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_taken_at_once_and_no_more),
		cmocka_unit_test(then_so_many_come_due_in_a_second),
		cmocka_unit_test(what_was_not_taken_is_not_saved_up),
		cmocka_unit_test(without_a_burst_they_come_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
