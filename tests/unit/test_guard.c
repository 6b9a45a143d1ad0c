/* SPDX-License-Identifier: Apache-2.0 */
/* What a peer may cost: frames, pings, resets and keys against the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/guard.h"
#include "net/now.h"
#include "stafett/caps.h"

#define SECOND NOW_NS_PER_S
/* Any moment; a clock's zero means nothing. */
#define BEGIN (1000 * SECOND)

static struct guard fresh(void)
{
	struct guard guard;

	guard_init(&guard, BEGIN);
	return guard;
}

/* How many times |take| says yes at |now_ns|, at most |limit|. */
static int taken(
	struct guard *guard, bool (*take)(struct guard *, int64_t), int64_t now_ns, int limit)
{
	int n = 0;

	while (n < limit && take(guard, now_ns))
		n++;
	return n;
}

/* Feeds one frame of |type| with |length| zeros, |piece| bytes at a time. */
static bool feed(struct guard *guard, uint8_t type, size_t length, size_t piece, int64_t now_ns)
{
	uint8_t frame[GUARD_FRAME_HEADER_BYTES + 300] = {
		0, (uint8_t)(length >> 8), (uint8_t)length, type};
	size_t left = GUARD_FRAME_HEADER_BYTES + length;

	for (size_t at = 0; left > 0; at += piece) {
		size_t n = left < piece ? left : piece;

		if (!guard_take_input(guard, bytes_of(frame + at, n), now_ns))
			return false;
		left -= n;
	}
	return true;
}

/* A guard that has seen the preface. */
static struct guard greeted(void)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	struct guard guard = fresh();

	assert_true(guard_take_input(&guard, bytes_of(preface, sizeof(preface) - 1), BEGIN));
	return guard;
}

/* How many frames are taken at |now_ns|, at most twice the credit. */
static int frames_taken(struct guard *guard, uint8_t type, size_t length, int64_t now_ns)
{
	int n = 0;

	while (n < 2 * CAP_CONTROL_FRAMES && feed(guard, type, length, 300, now_ns))
		n++;
	return n;
}

static void test_frames_without_work_end_with_the_credit(void **state)
{
	static const struct {
		uint8_t type;
		size_t length;
	} idle[] = {
		{0, 0}, {0, 63}, {2, 5}, {4, 0}, {5, 4}, {6, 8}, {7, 8}, {8, 4}, {10, 0}, {255, 9}};

	for (size_t i = 0; i < ARRAY_SIZE(idle); i++) {
		struct guard guard = greeted();

		assert_int_equal(frames_taken(&guard, idle[i].type, idle[i].length, BEGIN),
			CAP_CONTROL_FRAMES);
	}
}

static void test_requests_data_and_resets_cost_no_credit(void **state)
{
	static const struct {
		uint8_t type;
		size_t length;
	} useful[] = {{0, 64}, {0, 300}, {1, 30}, {3, 4}, {9, 100}};

	for (size_t i = 0; i < ARRAY_SIZE(useful); i++) {
		struct guard guard = greeted();

		assert_int_equal(frames_taken(&guard, useful[i].type, useful[i].length, BEGIN),
			2 * CAP_CONTROL_FRAMES);
	}
}

static void test_frames_are_counted_however_the_bytes_are_cut(void **state)
{
	for (size_t piece = 1; piece <= 20; piece++) {
		struct guard guard = greeted();

		for (int n = 0; n < CAP_CONTROL_FRAMES; n++)
			assert_true(feed(&guard, 6, 8, piece, BEGIN));
		assert_false(feed(&guard, 6, 8, piece, BEGIN));
	}
}

static void test_time_gives_credit_back_but_never_more_than_the_cap(void **state)
{
	struct guard guard = greeted();

	frames_taken(&guard, 6, 8, BEGIN);
	guard.scan = (struct guard_scan){0};
	assert_int_equal(frames_taken(&guard, 6, 8, BEGIN + SECOND), CAP_CONTROL_FRAMES / 4);
	guard.scan = (struct guard_scan){0};
	assert_int_equal(frames_taken(&guard, 6, 8, BEGIN + 3600 * SECOND), CAP_CONTROL_FRAMES);
}

static void test_answers_give_credit_for_the_frames_that_they_cause(void **state)
{
	struct guard guard = greeted();

	for (int answer = 0; answer < 10 * CAP_CONTROL_FRAMES; answer++) {
		for (int n = 0; n < 3; n++)
			assert_true(feed(&guard, 8, 4, 300, BEGIN));
		guard_give_answer(&guard);
	}
}

static void test_messages_pay_for_one_frame_each(void **state)
{
	struct guard guard = greeted();

	for (int message = 0; message < 10 * CAP_CONTROL_FRAMES; message++) {
		assert_true(feed(&guard, 0, 20, 300, BEGIN));
		guard_give_message(&guard);
	}
}

static void test_pings_at_the_agreed_interval_are_never_too_many(void **state)
{
	struct guard guard = fresh();

	for (int64_t n = 0; n < 100; n++)
		assert_true(
			guard_take_ping(&guard, BEGIN + n * CAP_PING_INTERVAL_MS * NOW_NS_PER_MS));
}

static void test_the_first_ping_and_two_strikes_are_forgiven(void **state)
{
	struct guard guard = fresh();

	assert_int_equal(taken(&guard, guard_take_ping, BEGIN, 100), 1 + CAP_PING_STRIKES);
}

static void test_an_answer_forgives_the_pings_before_it(void **state)
{
	struct guard guard = fresh();

	for (int n = 0; n < 100; n++) {
		assert_int_equal(taken(&guard, guard_take_ping, BEGIN, 3), 3);
		guard_give_answer(&guard);
	}
}

static void test_resets_are_counted_over_ten_seconds(void **state)
{
	struct guard guard = fresh();

	assert_int_equal(
		taken(&guard, guard_take_reset, BEGIN, CAP_RESETS_SENT * 2), CAP_RESETS_SENT);
	assert_false(guard_take_reset(&guard, BEGIN + 9 * SECOND));
	assert_int_equal(taken(&guard, guard_take_reset, BEGIN + 10 * SECOND, CAP_RESETS_SENT * 2),
		CAP_RESETS_SENT);
}

static void test_key_updates_are_counted_over_a_minute(void **state)
{
	struct guard guard = fresh();

	assert_int_equal(
		taken(&guard, guard_take_key_update, BEGIN, CAP_KEY_UPDATES * 2), CAP_KEY_UPDATES);
	assert_false(guard_take_key_update(&guard, BEGIN + 59 * SECOND));
	assert_true(guard_take_key_update(&guard, BEGIN + 60 * SECOND));
}

static void test_calls_taken_back_have_a_burst_and_a_rate(void **state)
{
	struct guard guard = fresh();

	assert_int_equal(taken(&guard, guard_take_cancel, BEGIN, 5000), CAP_RESETS);
	assert_int_equal(taken(&guard, guard_take_cancel, BEGIN + SECOND - 1, 5000), 0);
	assert_int_equal(taken(&guard, guard_take_cancel, BEGIN + SECOND, 5000), CAP_RESETS_S);
	assert_int_equal(taken(&guard, guard_take_cancel, BEGIN + 1000 * SECOND, 5000), CAP_RESETS);
}

/* How many calls with |blame| points and a message of |bytes| are taken at |now_ns|. */
static int bad_calls(struct guard *guard, int blame, size_t bytes, int64_t now_ns)
{
	int n = 0;

	while (n < 10000 && guard_take_bad_call(guard, blame, bytes, now_ns))
		n++;
	return n;
}

static void test_calls_that_are_no_good_have_a_burst_and_a_rate(void **state)
{
	struct guard guard = fresh();

	assert_int_equal(bad_calls(&guard, 10, 0, BEGIN), CAP_BAD_CALLS / 10);
	assert_int_equal(bad_calls(&guard, 1, 0, BEGIN), 0);
	assert_int_equal(bad_calls(&guard, 10, 0, BEGIN + SECOND), CAP_BAD_CALLS_S / 10);
	assert_int_equal(bad_calls(&guard, 1, 0, BEGIN + 2 * SECOND), CAP_BAD_CALLS_S);
}

static void test_of_large_calls_that_are_no_good_fewer_are_taken(void **state)
{
	struct guard guard = fresh();

	assert_int_equal(
		bad_calls(&guard, 10, (size_t)30 * CAP_BAD_CALL_BYTES, BEGIN), CAP_BAD_CALLS / 40);
	guard = fresh();
	assert_int_equal(bad_calls(&guard, 1, CAP_BAD_CALL_BYTES - 1, BEGIN), CAP_BAD_CALLS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls_taken_back_have_a_burst_and_a_rate),
		cmocka_unit_test(test_calls_that_are_no_good_have_a_burst_and_a_rate),
		cmocka_unit_test(test_of_large_calls_that_are_no_good_fewer_are_taken),
		cmocka_unit_test(test_frames_without_work_end_with_the_credit),
		cmocka_unit_test(test_requests_data_and_resets_cost_no_credit),
		cmocka_unit_test(test_frames_are_counted_however_the_bytes_are_cut),
		cmocka_unit_test(test_time_gives_credit_back_but_never_more_than_the_cap),
		cmocka_unit_test(test_answers_give_credit_for_the_frames_that_they_cause),
		cmocka_unit_test(test_messages_pay_for_one_frame_each),
		cmocka_unit_test(test_pings_at_the_agreed_interval_are_never_too_many),
		cmocka_unit_test(test_the_first_ping_and_two_strikes_are_forgiven),
		cmocka_unit_test(test_an_answer_forgives_the_pings_before_it),
		cmocka_unit_test(test_resets_are_counted_over_ten_seconds),
		cmocka_unit_test(test_key_updates_are_counted_over_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
