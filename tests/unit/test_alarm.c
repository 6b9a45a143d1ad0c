/* SPDX-License-Identifier: Apache-2.0 */
/* What the clock tells whom, and that it does nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "domain/alarm.h"

static const struct uuid requester = {{1}}, owner = {{2}}, other = {{3}};

static int set_zone(void **state)
{
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	return 0;
}

static int64_t at(int day, int hour, int minute)
{
	return calendar_at((struct date){2026, 11, day}, (struct clock_time){hour, minute, 0});
}

/* In treatment; a visit on Friday 20 November at 13:00, whose miss is known 16:30. */
static struct alarm_facts treated(void)
{
	return (struct alarm_facts){
		.now_us = at(20, 16, 30),
		.book = &rulebook_defaults,
		.chain_open = true,
		.state = STATE_IN_PROGRESS,
		.requester = requester,
		.owner = owner,
		.hand_back = requester,
		.holder = owner,
		.next_actor = owner,
		.covers_misses = true,
		.expects = true,
		.alarm_us = at(20, 16, 30),
	};
}

/* The same, missed: the owner must reach the person. */
static struct alarm_facts missed(int64_t now_us)
{
	struct alarm_facts f = treated();

	f.missed = true;
	f.now_us = now_us;
	f.from_us = f.alarm_us;
	f.due_us = at(23, 17, 0);
	f.step_us = at(23, 8, 0);
	f.rule = rulebook_get(&rulebook_defaults, bytes_of_string("NO-SHOW-CONTACT"), 1);
	return f;
}

static struct alarm_decision decide(struct alarm_facts f)
{
	struct alarm_decision d;

	alarm_decide(&f, &d);
	return d;
}

static void test_a_miss_asks_the_owner_to_reach_the_person(void **state)
{
	struct alarm_decision d = decide(treated());

	assert_int_equal(d.kind, ALARM_MISS);
	assert_int_equal(d.tells.owner, NEEDS_ACT);
	assert_int_equal(d.tells.requester, NEEDS_NOT);
	assert_int_equal(d.due.us, at(23, 17, 0));
	assert_int_equal(d.due.from_us, at(20, 16, 30));
	assert_int_equal(d.step_us, at(23, 8, 0));
	assert_int_equal(d.step, 0);
}

static void test_before_its_time_nothing_is_missed(void **state)
{
	struct alarm_facts f = treated();

	f.now_us--;
	assert_int_equal(decide(f).kind, ALARM_LATER);
}

static void test_the_next_morning_those_are_told_whom_the_basis_covers(void **state)
{
	struct alarm_facts f = missed(at(23, 8, 0));
	struct alarm_decision d = decide(f);

	assert_int_equal(d.kind, ALARM_STEP);
	assert_int_equal(d.tells.requester, NEEDS_NONE);
	assert_int_equal(d.tells.owner, NEEDS_ACT);
	assert_int_equal(d.tells.hand_back, NEEDS_NOT);
	assert_int_equal(d.step_us, at(23, 17, 0));
	f.covers_misses = false;
	assert_int_equal(decide(f).tells.requester, NEEDS_NOT);
}

static void test_at_the_end_managers_of_both_are_told_and_then_nobody(void **state)
{
	struct alarm_facts f = missed(at(23, 17, 0));
	struct alarm_decision d;

	f.step = 1;
	f.step_us = f.due_us;
	d = decide(f);
	assert_true(d.tells_managers);
	assert_int_equal(d.tells.requester, NEEDS_NONE);
	assert_int_equal(d.tells.owner, NEEDS_ACT);
	assert_int_equal(d.step, 2);
	assert_int_equal(d.step_us, 0);
}

static void test_the_managers_of_a_third_unit_are_told_of_its_own_turn(void **state)
{
	struct alarm_facts f = {
		.now_us = at(23, 17, 0),
		.book = &rulebook_defaults,
		.chain_open = true,
		.state = STATE_FAILED,
		.requester = requester,
		.owner = owner,
		.hand_back = other,
		.holder = owner,
		.next_actor = other,
		.due_us = at(23, 17, 0),
		.step_us = at(23, 17, 0),
		.rule = rulebook_get(&rulebook_defaults, bytes_of_string("HAND-BACK"), 1),
	};
	struct alarm_decision d = decide(f);

	assert_true(d.tells_managers); /* when it is due, and not only days after */
	assert_int_equal(d.tells.hand_back, NEEDS_ACT);
	f.step = 2;
	assert_int_equal(decide(f).tells.hand_back, NEEDS_ACT);
	assert_int_equal(decide(f).tells.requester, NEEDS_NONE);
}

static void test_a_unit_with_two_parts_is_told_once(void **state)
{
	struct alarm_facts f = missed(at(23, 8, 0));
	struct alarm_decision d;

	f.holder = f.hand_back = other;
	d = decide(f);
	assert_int_equal(d.tells.hand_back, NEEDS_NONE);
	assert_int_equal(d.tells.holder, NEEDS_NOT);
}

static void test_a_miss_that_was_answered_is_not_missed_again(void **state)
{
	struct alarm_facts f = treated();

	f.alarm_us = 0;
	assert_int_equal(decide(f).kind, ALARM_NOTHING);
	f.step_us = f.now_us + 1;
	assert_int_equal(decide(f).kind, ALARM_LATER);
}

static void test_what_was_counted_by_an_unknown_rule_is_told_to_both_sides_once(void **state)
{
	struct alarm_facts f = missed(at(23, 8, 0));

	f.rule = NULL;
	assert_int_equal(decide(f).tells.requester, NEEDS_NONE);
	assert_int_equal(decide(f).tells.owner, NEEDS_ACT);
	assert_int_equal(decide(f).step_us, 0);
	f.step = 1;
	assert_int_equal(decide(f).kind, ALARM_NOTHING);
}

static void test_nobody_looks_again_at_what_is_over(void **state)
{
	struct alarm_facts closed = treated(), ended = treated();
	struct alarm_facts free_of = missed(at(23, 8, 0));

	closed.chain_open = false;
	ended.state = STATE_COMPLETED;
	free_of.next_actor = (struct uuid){{0}};
	assert_int_equal(decide(closed).kind, ALARM_NOTHING);
	assert_int_equal(decide(ended).kind, ALARM_NOTHING);
	assert_int_equal(decide(free_of).kind, ALARM_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_miss_asks_the_owner_to_reach_the_person),
		cmocka_unit_test(test_before_its_time_nothing_is_missed),
		cmocka_unit_test(test_the_next_morning_those_are_told_whom_the_basis_covers),
		cmocka_unit_test(test_at_the_end_managers_of_both_are_told_and_then_nobody),
		cmocka_unit_test(test_the_managers_of_a_third_unit_are_told_of_its_own_turn),
		cmocka_unit_test(test_a_unit_with_two_parts_is_told_once),
		cmocka_unit_test(test_a_miss_that_was_answered_is_not_missed_again),
		cmocka_unit_test(
			test_what_was_counted_by_an_unknown_rule_is_told_to_both_sides_once),
		cmocka_unit_test(test_nobody_looks_again_at_what_is_over),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
