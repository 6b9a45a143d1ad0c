/* SPDX-License-Identifier: Apache-2.0 */
/* Who has the next turn: organisations one after the other, whoever sends most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stafett/caps.h"
#include "store/turns.h"

enum { WRITES = 300 };

static const char *const members[] = {
	"urn:stafett:org:2120001132:member:maria",
	"urn:stafett:org:2321000255:member:petra",
	"urn:stafett:org:2120001124:member:omar",
};

/* Everybody's writes, in the order in which they came. */
struct room {
	struct turns *turns;
	struct write writes[WRITES];
	int n;
};

static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	room->turns = turns_new();
	*state = room;
	return 0;
}

static int teardown(void **state)
{
	struct room *room = *state;

	turns_free(room->turns);
	free(room);
	return 0;
}

/* One more write of |members[who]|, ready. */
static struct write *come(struct room *room, int who)
{
	struct write *write = &room->writes[room->n++];

	assert_true(room->n <= WRITES);
	write->caller.member = bytes_of_string(members[who]);
	list_init(&write->node);
	assert_int_equal(turns_enter(room->turns, write), 0);
	write->leads = true;
	turns_make_ready(room->turns, write);
	return write;
}

/* Takes the next of a batch; gives whose it is, or -1. */
static int take(struct room *room, bool first)
{
	struct write *write = turns_next(room->turns, first);

	if (!write)
		return -1;
	turns_remove(room->turns, write);
	for (int who = 0; who < (int)ARRAY_SIZE(members); who++)
		if (bytes_equal(write->caller.member, bytes_of_string(members[who])))
			return who;
	return -1;
}

/* Takes whatever a batch may have; tells how many were of each. */
static void take_batch(struct room *room, int of[ARRAY_SIZE(members)])
{
	int who, n = 0;

	memset(of, 0, ARRAY_SIZE(members) * sizeof(*of));
	while (n < CAP_BATCH_OPS && (who = take(room, n == 0)) >= 0) {
		of[who]++;
		n++;
	}
}

static void test_one_organisation_alone_has_whole_batches_in_its_order(void **state)
{
	struct room *room = *state;
	int of[ARRAY_SIZE(members)];

	for (int i = 0; i < 200; i++)
		come(room, 0);
	assert_ptr_equal(turns_next(room->turns, true), &room->writes[0]);
	take_batch(room, of);
	assert_int_equal(of[0], CAP_BATCH_OPS);
	assert_ptr_equal(turns_next(room->turns, true), &room->writes[CAP_BATCH_OPS]);
	take_batch(room, of);
	assert_int_equal(of[0], 200 - CAP_BATCH_OPS);
	assert_false(turns_has_ready(room->turns, 1));
}

static void test_organisations_take_turns_whoever_came_first(void **state)
{
	struct room *room = *state;
	static const int expected[] = {0, 1, 2, 0, 1, 0, 0};

	for (int i = 0; i < 4; i++)
		come(room, 0);
	come(room, 1);
	come(room, 1);
	come(room, 2);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_int_equal(take(room, i == 0), expected[i]);
}

static void test_who_sends_much_has_its_share_of_a_batch_while_others_send(void **state)
{
	struct room *room = *state;
	int of[ARRAY_SIZE(members)];

	for (int i = 0; i < 100; i++)
		come(room, 0);
	come(room, 1);
	take_batch(room, of);
	assert_int_equal(of[0], CAP_BATCH_SHARE);
	assert_int_equal(of[1], 1);
	take_batch(room, of);
	assert_int_equal(of[0], CAP_BATCH_SHARE);
	while (take(room, true) >= 0)
		continue;
}

static void test_what_was_begun_goes_before_all_others(void **state)
{
	struct room *room = *state;
	struct write *begun = come(room, 0);

	turns_remove(room->turns, begun);
	come(room, 1);
	turns_go_again(room->turns, begun);
	assert_int_equal(turns_count(room->turns), 2);
	assert_ptr_equal(turns_next(room->turns, true), begun);
	assert_int_equal(take(room, true), 0);
	assert_int_equal(take(room, false), 1);
}

static void test_the_heaviest_gives_up_what_came_last(void **state)
{
	struct room *room = *state;
	struct write *last;

	for (int i = 0; i < 3; i++)
		come(room, 1);
	for (int i = 0; i < 5; i++)
		last = come(room, 0);
	assert_int_equal(turns_count_of(room->turns, bytes_of_string("2120001132")), 5);
	assert_int_equal(turns_count_of(room->turns, bytes_of_string("2120001124")), 0);
	assert_ptr_equal(turns_heaviest(room->turns, 1), last);
	assert_null(turns_heaviest(room->turns, 5));
	while (take(room, true) >= 0)
		continue;
}

static void test_what_waits_in_a_lane_is_counted_but_has_no_turn(void **state)
{
	struct room *room = *state;
	struct write *write = &room->writes[room->n++];

	write->caller.member = bytes_of_string(members[0]);
	list_init(&write->node);
	assert_int_equal(turns_enter(room->turns, write), 0);
	assert_int_equal(turns_count(room->turns), 1);
	assert_null(turns_next(room->turns, true));
	turns_remove(room->turns, write);
	assert_int_equal(turns_count(room->turns), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_one_organisation_alone_has_whole_batches_in_its_order, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_organisations_take_turns_whoever_came_first, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_who_sends_much_has_its_share_of_a_batch_while_others_send, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_what_was_begun_goes_before_all_others, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_the_heaviest_gives_up_what_came_last, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_what_waits_in_a_lane_is_counted_but_has_no_turn, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
