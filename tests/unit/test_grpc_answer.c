/* SPDX-License-Identifier: Apache-2.0 */
/* What HTTP/2 brings, understood as a gRPC answer; and pauses between tries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client/net/answer.h"
#include "client/net/backoff.h"
#include "client/net/clock.h"
#include "codec/grpc_meta.h"

static struct arena arena;
static struct answer answer;
static struct net_detail detail;

static int set_up(void **state)
{
	arena_init(&arena, 1 << 20);
	answer_init(&answer, &arena, 1000);
	return 0;
}

static int tear_down(void **state)
{
	arena_fini(&arena);
	return 0;
}

static void header(const char *name, const char *value)
{
	answer_header(&answer, bytes_of_string(name), bytes_of_string(value));
}

static void begin_grpc(void)
{
	header(":status", "200");
	header("content-type", "application/grpc+proto");
}

static void test_a_message_and_ok_are_the_reply(void **state)
{
	begin_grpc();
	header("stafett-call", "00112233445566ff");
	answer_data(&answer, bytes_of("\0\0\0", 3));
	answer_data(&answer, bytes_of("\0\3ab", 4));
	answer_data(&answer, bytes_of("c", 1));
	header("grpc-status", "0");
	assert_int_equal(answer_finish(&answer, 0, &detail), 0);
	assert_int_equal(answer.status, GRPC_OK);
	assert_true(bytes_equal(answer.reply, bytes_of("abc", 3)));
	assert_string_equal(answer.call_id, "00112233445566ff");
}

static void test_a_refusal_has_words_and_details(void **state)
{
	begin_grpc();
	header("grpc-status", "9");
	header("grpc-message", "100%25 %C3%BC");
	header("grpc-status-details-bin", "AAEC");
	header("grpc-retry-pushback-ms", "250");
	assert_int_equal(answer_finish(&answer, 0, &detail), 0);
	assert_int_equal(answer.status, GRPC_FAILED_PRECONDITION);
	assert_string_equal(answer.message, "100% \xc3\xbc");
	assert_true(bytes_equal(answer.details, bytes_of("\0\1\2", 3)));
	assert_int_equal(answer.pushback_ms, 250);
}

static void test_a_reset_before_any_work_may_be_tried_again(void **state)
{
	assert_int_equal(answer_finish(&answer, 7 /* REFUSED_STREAM */, &detail), 0);
	assert_int_equal(answer.status, GRPC_UNAVAILABLE);
}

static void test_a_reset_after_the_status_does_not_undo_it(void **state)
{
	begin_grpc();
	header("grpc-status", "5");
	assert_int_equal(answer_finish(&answer, 8 /* CANCEL */, &detail), 0);
	assert_int_equal(answer.status, GRPC_NOT_FOUND);
}

static void test_a_gateway_that_cannot_reach_the_server_is_unavailable(void **state)
{
	header(":status", "503");
	header("content-type", "text/html");
	answer_data(&answer, bytes_of_string("<html>"));
	assert_int_equal(answer_finish(&answer, 0, &detail), 0);
	assert_int_equal(answer.status, GRPC_UNAVAILABLE);
}

static void test_a_web_page_is_no_answer(void **state)
{
	header(":status", "200");
	header("content-type", "text/html");
	answer_data(&answer, bytes_of_string("<html>"));
	assert_int_equal(answer_finish(&answer, 0, &detail), NET_NOT_GRPC);
}

static void test_an_answer_that_breaks_the_rules_is_no_answer(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		const char *status; /* NULL: none is sent */
	} cases[] = {
		{"", 0, "0"},			   /* OK without a message */
		{"\0\0\0\0\0\0\0\0\0\0", 10, "0"}, /* two messages */
		{"\0\0\0\0\5ab", 7, "0"},	   /* cut short */
		{"\1\0\0\0\1a", 6, "0"},	   /* compressed */
		{"\0\0\0\x10\0", 5, "0"},	   /* more than we take */
		{"\0\0\0\0\0", 5, NULL},	   /* no status */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		answer_init(&answer, &arena, 1000);
		begin_grpc();
		answer_data(&answer, bytes_of(cases[i].data, cases[i].len));
		if (cases[i].status)
			header("grpc-status", cases[i].status);
		if (answer_finish(&answer, 0, &detail) != NET_PROTOCOL)
			fail_msg("case %zu was taken", i);
	}
}

static void test_memory_that_runs_out_is_told_as_such(void **state)
{
	struct arena small;

	arena_init(&small, 100);
	answer_init(&answer, &small, 1000);
	begin_grpc();
	answer_data(&answer, bytes_of("\0\0\0\3\xe0", 5));
	header("grpc-status", "0");
	assert_int_equal(answer_finish(&answer, 0, &detail), -12 /* ENOMEM */);
	arena_fini(&small);
}

/* What a sink was given. */
struct heap {
	unsigned count, most;
	size_t bytes;
};

static bool heap_take(void *arg, struct bytes message)
{
	struct heap *heap = arg;

	heap->count++;
	heap->bytes += message.len;
	return heap->count < heap->most;
}

/* Begins a streamed answer and feeds it |count| messages of |len| zeros. */
static void stream(const struct answer_sink *sink, unsigned count, uint8_t len)
{
	uint8_t message[5 + UINT8_MAX] = {0, 0, 0, 0, len};

	answer_init_stream(&answer, &arena, sink);
	begin_grpc();
	for (unsigned i = 0; i < count; i++) {
		answer_data(&answer, bytes_of(message, 3));
		answer_data(&answer, bytes_of(message + 3, 2 + (size_t)len));
	}
	header("grpc-status", "0");
}

static void test_a_stream_is_handed_over_one_by_one_in_bounded_memory(void **state)
{
	struct heap heap = {.most = UINT32_MAX};
	const struct answer_sink sink = {heap_take, &heap, 200};

	stream(&sink, 100000, 200);
	assert_int_equal(answer_finish(&answer, 0, &detail), 0);
	assert_int_equal(answer.status, GRPC_OK);
	assert_int_equal(heap.count, 100000);
	assert_int_equal(heap.bytes, 100000 * 200);
	assert_true(arena.used < 1000);
}

static void test_a_stream_may_be_empty_and_so_may_its_messages(void **state)
{
	struct heap heap = {.most = UINT32_MAX};
	const struct answer_sink sink = {heap_take, &heap, 200};

	stream(&sink, 0, 0);
	assert_int_equal(answer_finish(&answer, 0, &detail), 0);
	stream(&sink, 3, 0);
	assert_int_equal(answer_finish(&answer, 0, &detail), 0);
	assert_int_equal(heap.count, 3);
}

static void test_a_sink_that_wants_no_more_is_given_no_more(void **state)
{
	struct heap heap = {.most = 2};
	const struct answer_sink sink = {heap_take, &heap, 200};

	stream(&sink, 5, 10);
	assert_int_equal(heap.count, 2);
	assert_true(answer.is_stopped);
}

static void test_a_message_of_a_stream_has_its_limit(void **state)
{
	struct heap heap = {.most = UINT32_MAX};
	const struct answer_sink sink = {heap_take, &heap, 200};

	stream(&sink, 1, 201);
	assert_int_equal(heap.count, 0);
	assert_int_equal(answer_finish(&answer, 0, &detail), NET_PROTOCOL);
}

static void test_pauses_double_up_to_a_bound_and_are_half_chance(void **state)
{
	assert_int_equal(backoff_ns(1, 0), 100 * CLOCK_NS_PER_MS);
	assert_true(backoff_ns(1, UINT32_MAX) <= 200 * CLOCK_NS_PER_MS);
	assert_int_equal(backoff_ns(2, 0), 200 * CLOCK_NS_PER_MS);
	assert_int_equal(backoff_ns(100, 0), 2500 * CLOCK_NS_PER_MS);
	assert_true(backoff_ns(100, UINT32_MAX) <= 5000 * CLOCK_NS_PER_MS);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		EACH(test_a_message_and_ok_are_the_reply),
		EACH(test_a_refusal_has_words_and_details),
		EACH(test_a_reset_before_any_work_may_be_tried_again),
		EACH(test_a_reset_after_the_status_does_not_undo_it),
		EACH(test_a_gateway_that_cannot_reach_the_server_is_unavailable),
		EACH(test_a_web_page_is_no_answer),
		EACH(test_an_answer_that_breaks_the_rules_is_no_answer),
		EACH(test_memory_that_runs_out_is_told_as_such),
		EACH(test_a_stream_is_handed_over_one_by_one_in_bounded_memory),
		EACH(test_a_stream_may_be_empty_and_so_may_its_messages),
		EACH(test_a_sink_that_wants_no_more_is_given_no_more),
		EACH(test_a_message_of_a_stream_has_its_limit),
		EACH(test_pauses_double_up_to_a_bound_and_are_half_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
