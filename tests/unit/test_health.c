/* SPDX-License-Identifier: Apache-2.0 */
/* The health service, on calls without a network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/grpc_meta.h"
#include "fake_call.h"
#include "service/health.h"

/* Packed requests and responses: field 1, and nothing more. */
#define ASK_SERVER   bytes_of(NULL, 0)
#define ASK_REFERRAL bytes_of("\x0a\x1astafett.v1.ReferralService", 28)
#define ASK_BURN     bytes_of("\x0a\x0fstafett.v1.Burn", 17)
#define SERVING	     "\x08\x01"
#define NOT_SERVING  "\x08\x02"
#define UNKNOWN	     "\x08\x03"

enum { CHECK, WATCH };

static void begin(struct call *call, struct health *health, int method, struct bytes request)
{
	fake_call_init(call, &health->methods[method]);
	fake_call_say(call, request);
}

static void expect_sent(const struct call *call, size_t n, const char *last)
{
	assert_int_equal(call->n_sent, n);
	assert_int_equal(call->sent[n - 1].len, 2);
	assert_memory_equal(call->sent[n - 1].data, last, 2);
}

static void check_says(struct health *health, struct bytes request, const char *want)
{
	struct call call;

	begin(&call, health, CHECK, request);
	assert_true(call.ended);
	assert_int_equal(call.code, GRPC_OK);
	expect_sent(&call, 1, want);
	fake_call_fini(&call);
}

static void test_check_says_what_the_owner_set(void **state)
{
	struct health health;

	health_init(&health);
	check_says(&health, ASK_SERVER, NOT_SERVING);
	health_set_serving(&health, true);
	check_says(&health, ASK_SERVER, SERVING);
	check_says(&health, ASK_REFERRAL, SERVING);
	health_set_serving(&health, false);
	check_says(&health, ASK_REFERRAL, NOT_SERVING);
}

static void test_requests_that_cannot_be_answered_are_refused(void **state)
{
	static const struct {
		struct bytes request;
		int method, want;
	} table[] = {
		{{(const uint8_t *)"\x0a\x0fstafett.v1.Burn", 17}, CHECK, GRPC_NOT_FOUND},
		{{(const uint8_t *)"\x0a\x05x", 3}, CHECK, GRPC_INTERNAL},
		{{(const uint8_t *)"\x0a\x05x", 3}, WATCH, GRPC_INTERNAL},
		{{(const uint8_t *)"\x0a\x01\xff", 3}, CHECK, GRPC_INVALID_ARGUMENT},
		{{(const uint8_t *)"\x0a\x01\x00", 3}, WATCH, GRPC_INVALID_ARGUMENT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct health health;
		struct call call;

		health_init(&health);
		begin(&call, &health, table[i].method, table[i].request);
		assert_true(call.ended);
		assert_int_equal(call.code, table[i].want);
		assert_int_equal(call.n_sent, 0);
		assert_true(list_is_empty(&health.watches));
		fake_call_fini(&call);
	}
}

static void test_a_watch_tells_now_and_at_each_change(void **state)
{
	struct health health;
	struct call call;

	health_init(&health);
	begin(&call, &health, WATCH, ASK_REFERRAL);
	expect_sent(&call, 1, NOT_SERVING);
	health_set_serving(&health, true);
	expect_sent(&call, 2, SERVING);
	health_set_serving(&health, true);
	expect_sent(&call, 2, SERVING);
	health_set_serving(&health, false);
	expect_sent(&call, 3, NOT_SERVING);
	assert_false(call.ended);
	fake_call_leave(&call);
	fake_call_fini(&call);
}

static void test_a_watch_of_an_unknown_service_stays_unknown(void **state)
{
	struct health health;
	struct call call;

	health_init(&health);
	begin(&call, &health, WATCH, ASK_BURN);
	expect_sent(&call, 1, UNKNOWN);
	health_set_serving(&health, true);
	expect_sent(&call, 1, UNKNOWN);
	assert_false(call.ended);
	fake_call_leave(&call);
	fake_call_fini(&call);
}

static void test_who_has_gone_is_told_nothing(void **state)
{
	struct health health;
	struct call stays, leaves;

	health_init(&health);
	begin(&stays, &health, WATCH, ASK_SERVER);
	begin(&leaves, &health, WATCH, ASK_SERVER);
	fake_call_leave(&leaves);
	fake_call_fini(&leaves);
	health_set_serving(&health, true);
	expect_sent(&stays, 2, SERVING);
	fake_call_leave(&stays);
	fake_call_fini(&stays);
	assert_true(list_is_empty(&health.watches));
}

static void test_a_refused_watch_may_go(void **state)
{
	struct health health;
	struct call call;

	health_init(&health);
	fake_call_init(&call, &health.methods[WATCH]);
	fake_call_leave(&call);
	fake_call_fini(&call);
}

static void test_the_end_ends_every_watch(void **state)
{
	struct health health;
	struct call calls[2];

	health_init(&health);
	health_set_serving(&health, true);
	begin(&calls[0], &health, WATCH, ASK_SERVER);
	begin(&calls[1], &health, WATCH, ASK_BURN);
	health_end(&health);
	expect_sent(&calls[0], 2, NOT_SERVING);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		assert_true(calls[i].ended);
		assert_int_equal(calls[i].code, GRPC_UNAVAILABLE);
		fake_call_fini(&calls[i]);
	}
	check_says(&health, ASK_SERVER, NOT_SERVING);
	assert_true(list_is_empty(&health.watches));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_says_what_the_owner_set),
		cmocka_unit_test(test_requests_that_cannot_be_answered_are_refused),
		cmocka_unit_test(test_a_watch_tells_now_and_at_each_change),
		cmocka_unit_test(test_a_watch_of_an_unknown_service_stays_unknown),
		cmocka_unit_test(test_who_has_gone_is_told_nothing),
		cmocka_unit_test(test_a_refused_watch_may_go),
		cmocka_unit_test(test_the_end_ends_every_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
