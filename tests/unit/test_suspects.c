/* SPDX-License-Identifier: Apache-2.0 */
/* Who wasted what, how long it waits for it, and that it is forgiven. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/now.h"
#include "net/suspects.h"
#include "stafett/caps.h"

#define SECOND	 NOW_NS_PER_S
#define INTERVAL (SECOND / CAP_SUSPECT_HANDSHAKES_S)
#define SPARE	 (SECOND / CAP_SPARE_HANDSHAKES_S)
/* Any moment; a clock's zero means nothing. */
#define BEGIN (1000 * SECOND)

enum { HOUSE = 17, NEIGHBOUR = 18 };
static const char mallory[] = "urn:stafett:org:2120001124:member:mallory";
static const char maria[] = "urn:stafett:org:2120001132:member:maria";

static int setup(void **state)
{
	*state = suspects_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	*state = suspects_free(*state);
	return 0;
}

static void waste(struct suspects *s, uint64_t source, int times, int64_t now_ns)
{
	for (int i = 0; i < times; i++)
		suspects_note_waste(s, source, now_ns);
}

static void abuse(struct suspects *s, int times, int64_t now_ns)
{
	for (int i = 0; i < times; i++)
		suspects_note_abuse(s, HOUSE, mallory, now_ns);
}

/* Where others' handshakes wait too. */
static int64_t wait_of(struct suspects *s, uint64_t source, int64_t now_ns)
{
	return suspects_wait_ns(s, source, false, now_ns);
}

/* --- addresses -------------------------------------------------------------------- */

static void nobody_is_a_suspect_at_first(void **state)
{
	for (int i = 0; i < 1000; i++)
		assert_int_equal(wait_of(*state, HOUSE, BEGIN), 0);
	assert_false(suspects_is_shut_out(*state, mallory, BEGIN));
}

static void some_waste_is_nobodys_fault(void **state)
{
	waste(*state, HOUSE, CAP_WASTE, BEGIN);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(wait_of(*state, HOUSE, BEGIN), 0);
}

static void who_wastes_more_is_paced(void **state)
{
	waste(*state, HOUSE, CAP_WASTE + 1, BEGIN);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(wait_of(*state, HOUSE, BEGIN + i * INTERVAL), 0);
		assert_int_equal(wait_of(*state, HOUSE, BEGIN + i * INTERVAL), INTERVAL);
	}
}

static void its_neighbour_is_not(void **state)
{
	waste(*state, HOUSE, 1000, BEGIN);
	waste(*state, NEIGHBOUR, 1, BEGIN);
	for (int i = 0; i < 10; i++)
		assert_int_equal(wait_of(*state, NEIGHBOUR, BEGIN), 0);
}

static void a_turn_is_taken_when_it_is_due_and_not_before(void **state)
{
	waste(*state, HOUSE, CAP_WASTE + 10, BEGIN);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(wait_of(*state, HOUSE, BEGIN + INTERVAL / 2), INTERVAL / 2);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN + INTERVAL), 0);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN + INTERVAL), INTERVAL);
}

static void while_nobody_waits_there_are_turns_to_spare(void **state)
{
	waste(*state, HOUSE, CAP_WASTE + 1, BEGIN);
	assert_int_equal(suspects_wait_ns(*state, HOUSE, true, BEGIN), 0);
	assert_int_equal(suspects_wait_ns(*state, HOUSE, true, BEGIN), 0);
	assert_int_equal(suspects_wait_ns(*state, HOUSE, true, BEGIN), SPARE);
	assert_int_equal(suspects_wait_ns(*state, HOUSE, false, BEGIN + SPARE), INTERVAL - SPARE);
	assert_int_equal(suspects_wait_ns(*state, HOUSE, true, BEGIN + SPARE), 0);
}

static void what_is_to_spare_is_for_all_addresses_together(void **state)
{
	waste(*state, HOUSE, CAP_WASTE + 1, BEGIN);
	waste(*state, NEIGHBOUR, CAP_WASTE + 1, BEGIN);
	for (int i = 0; i < 2; i++)
		assert_int_equal(suspects_wait_ns(*state, HOUSE, true, BEGIN), 0);
	assert_int_equal(suspects_wait_ns(*state, NEIGHBOUR, true, BEGIN), 0); /* its own */
	assert_int_equal(suspects_wait_ns(*state, NEIGHBOUR, true, BEGIN), SPARE);
}

static int64_t second_wait(struct suspects *s, int64_t now_ns)
{
	wait_of(s, HOUSE, now_ns);
	return wait_of(s, HOUSE, now_ns);
}

static void a_home_of_members_waits_less_for_an_hour(void **state)
{
	const int64_t hour = 3600 * SECOND;

	suspects_note_member(*state, HOUSE, BEGIN - SECOND);
	suspects_note_member(*state, HOUSE, BEGIN);
	waste(*state, HOUSE, CAP_WASTE + 40, BEGIN + hour - SECOND);
	assert_int_equal(
		second_wait(*state, BEGIN + hour - SECOND), SECOND / CAP_HOME_HANDSHAKES_S);
	waste(*state, HOUSE, CAP_WASTE + 40, BEGIN + hour + SECOND);
	assert_int_equal(second_wait(*state, BEGIN + hour + SECOND), INTERVAL);
}

static void a_home_with_abuse_is_none(void **state)
{
	waste(*state, HOUSE, CAP_WASTE + 1, BEGIN);
	suspects_note_member(*state, HOUSE, BEGIN);
	abuse(*state, 1, BEGIN);
	assert_int_equal(second_wait(*state, BEGIN), INTERVAL);
}

static void waste_is_forgiven(void **state)
{
	waste(*state, HOUSE, 100000, BEGIN);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN), 0);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN), INTERVAL);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(wait_of(*state, HOUSE, BEGIN + 60 * SECOND), 0);
}

static void waste_at_the_pace_of_forgiving_is_none(void **state)
{
	for (int i = 0; i < 1000; i++)
		waste(*state, HOUSE, 1, BEGIN + i * SECOND);
	for (int i = 0; i < 10; i++)
		assert_int_equal(wait_of(*state, HOUSE, BEGIN + 1000 * SECOND), 0);
}

static void abuse_is_waste_four_times_over(void **state)
{
	abuse(*state, CAP_WASTE / 4, BEGIN);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN), 0);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN), 0);
	abuse(*state, 1, BEGIN);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN), 0);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN), INTERVAL);
}

static void the_worst_is_remembered_among_many(void **state)
{
	waste(*state, HOUSE, 100, BEGIN);
	for (uint64_t other = 1000; other < 200000; other++)
		waste(*state, other, 1, BEGIN);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN), 0);
	assert_int_equal(wait_of(*state, HOUSE, BEGIN), INTERVAL);
}

static uint64_t source_of(const char *text)
{
	struct sockaddr_storage addr = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&addr;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
		v4->sin_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
		v6->sin6_family = AF_INET6;
	return suspects_source(&addr);
}

static void an_address_is_what_its_owner_was_given(void **state)
{
	static const struct {
		const char *one, *other;
		bool same;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
		{"2001:db8::1", "2001:db8::ffff:1", true},
		{"2001:db8:0:1::1", "2001:db8:0:2::1", false},
		{"2001:db8::1", "::1", false},
		{"0.0.0.0", "::1", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(source_of(rows[i].one) == source_of(rows[i].other), rows[i].same);
}

/* --- members ---------------------------------------------------------------------- */

static void a_member_may_be_sent_away_twice(void **state)
{
	abuse(*state, CAP_ABUSES, BEGIN);
	assert_false(suspects_is_shut_out(*state, mallory, BEGIN));
}

static void then_it_is_shut_out_and_others_are_not(void **state)
{
	abuse(*state, CAP_ABUSES + 1, BEGIN);
	assert_true(suspects_is_shut_out(*state, mallory, BEGIN));
	assert_false(suspects_is_shut_out(*state, maria, BEGIN));
}

static void twice_as_long_each_time_up_to_a_minute(void **state)
{
	static const int seconds[] = {2, 4, 8, 16, 32, 64, 64, 64};
	int64_t now = BEGIN;

	abuse(*state, CAP_ABUSES, now);
	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		/* Again as soon as it may: what time has forgiven meanwhile is made good for. */
		abuse(*state, i < 5 ? 1 : 10, now);
		assert_true(suspects_is_shut_out(*state, mallory, now + seconds[i] * SECOND - 1));
		assert_false(suspects_is_shut_out(*state, mallory, now + seconds[i] * SECOND));
		now += i < 5 ? 0 : seconds[i] * SECOND;
	}
}

static void abuse_is_forgiven_one_by_one(void **state)
{
	abuse(*state, CAP_ABUSES, BEGIN);
	abuse(*state, 1, BEGIN + 60 * SECOND);
	assert_false(suspects_is_shut_out(*state, mallory, BEGIN + 60 * SECOND));
	abuse(*state, 1, BEGIN + 61 * SECOND);
	assert_true(suspects_is_shut_out(*state, mallory, BEGIN + 61 * SECOND));
}

int main(void)
{
#define SUSPECTS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		SUSPECTS_TEST(nobody_is_a_suspect_at_first),
		SUSPECTS_TEST(some_waste_is_nobodys_fault),
		SUSPECTS_TEST(who_wastes_more_is_paced),
		SUSPECTS_TEST(its_neighbour_is_not),
		SUSPECTS_TEST(a_turn_is_taken_when_it_is_due_and_not_before),
		SUSPECTS_TEST(while_nobody_waits_there_are_turns_to_spare),
		SUSPECTS_TEST(what_is_to_spare_is_for_all_addresses_together),
		SUSPECTS_TEST(a_home_of_members_waits_less_for_an_hour),
		SUSPECTS_TEST(a_home_with_abuse_is_none),
		SUSPECTS_TEST(waste_is_forgiven),
		SUSPECTS_TEST(waste_at_the_pace_of_forgiving_is_none),
		SUSPECTS_TEST(abuse_is_waste_four_times_over),
		SUSPECTS_TEST(the_worst_is_remembered_among_many),
		SUSPECTS_TEST(an_address_is_what_its_owner_was_given),
		SUSPECTS_TEST(a_member_may_be_sent_away_twice),
		SUSPECTS_TEST(then_it_is_shut_out_and_others_are_not),
		SUSPECTS_TEST(twice_as_long_each_time_up_to_a_minute),
		SUSPECTS_TEST(abuse_is_forgiven_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
