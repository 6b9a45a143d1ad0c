/* SPDX-License-Identifier: Apache-2.0 */
/* Server reflection, on calls without a network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/descriptors.h"
#include "codec/grpc_meta.h"
#include "fake_call.h"
#include "grpc/reflection/v1/reflection.pb-c.h"
#include "service/reflection.h"

typedef Grpc__Reflection__V1__ServerReflectionResponse response;

/* Fields of the request's oneof, and of the response's. */
enum { FILE_NAME = 3, SYMBOL = 4, EXTENSION = 5, NUMBERS = 6, SERVICES = 7 };
enum { FILES = 4, SERVICE_LIST = 6, ERROR = 7 };

/* Packs a question: a short text in field |number|. */
static struct bytes question(uint8_t number, const char *text, uint8_t buffer[128])
{
	size_t len = strlen(text);

	assert_true(len < 100);
	buffer[0] = (uint8_t)(number << 3 | 2);
	buffer[1] = (uint8_t)len;
	memcpy(buffer + 2, text, len);
	return bytes_of(buffer, len + 2);
}

/* Asks on |call|; gives the answer, which lives in the call's arena. */
static const response *ask(struct call *call, uint8_t number, const char *text)
{
	size_t n = call->n_sent;
	uint8_t buffer[128];

	fake_call_say(call, question(number, text, buffer));
	assert_int_equal(call->n_sent, n + 1);
	assert_false(call->ended);
	return grpc__reflection__v1__server_reflection_response__unpack(
		arena_allocator(&call->arena), call->sent[n].len, call->sent[n].data);
}

static void test_services_are_listed_on_both_paths(void **state)
{
	for (size_t i = 0; i < REFLECTION_METHODS; i++) {
		struct call call;
		const response *answer;

		fake_call_init(&call, &reflection_methods[i]);
		answer = ask(&call, SERVICES, "");
		assert_int_equal(answer->message_response_case, SERVICE_LIST);
		assert_true(answer->list_services_response->n_service >= 5);
		fake_call_fini(&call);
	}
	assert_string_equal(reflection_methods[1].path,
		"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");
}

static void test_a_file_comes_with_its_imports(void **state)
{
	struct bytes want = descriptors_find_file("stafett/v1/inbox_service.proto");
	const Grpc__Reflection__V1__FileDescriptorResponse *files;
	const response *answer;
	struct call call;

	fake_call_init(&call, &reflection_methods[0]);
	answer = ask(&call, FILE_NAME, "stafett/v1/inbox_service.proto");
	assert_int_equal(answer->message_response_case, FILES);
	files = answer->file_descriptor_response;
	assert_int_equal(files->n_file_descriptor_proto, 4);
	assert_int_equal(files->file_descriptor_proto[0].len, want.len);
	assert_memory_equal(files->file_descriptor_proto[0].data, want.data, want.len);
	fake_call_fini(&call);
}

static void test_a_symbol_leads_to_its_file(void **state)
{
	struct bytes want = descriptors_find_file("stafett/v1/referral_service.proto");
	const response *answer;
	struct call call;

	fake_call_init(&call, &reflection_methods[0]);
	answer = ask(&call, SYMBOL, "stafett.v1.ReferralService.Send");
	assert_int_equal(answer->message_response_case, FILES);
	assert_int_equal(answer->file_descriptor_response->file_descriptor_proto[0].len, want.len);
	fake_call_fini(&call);
}

static void test_errors_are_answers_and_the_stream_goes_on(void **state)
{
	static const struct {
		uint8_t number;
		const char *text;
		int want;
	} table[] = {
		{FILE_NAME, "stafett/v1/burn.proto", GRPC_NOT_FOUND},
		{SYMBOL, "stafett.v1.Burn", GRPC_NOT_FOUND},
		{SYMBOL, "", GRPC_NOT_FOUND},
		{EXTENSION, "", GRPC_UNIMPLEMENTED},
		{NUMBERS, "stafett.v1.Header", GRPC_UNIMPLEMENTED},
		{1, "only a host", GRPC_INVALID_ARGUMENT},
	};
	struct call call;

	fake_call_init(&call, &reflection_methods[0]);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const response *answer = ask(&call, table[i].number, table[i].text);

		assert_int_equal(answer->message_response_case, ERROR);
		assert_int_equal(answer->error_response->error_code, table[i].want);
		assert_true(*answer->error_response->error_message != '\0');
	}
	assert_int_equal(ask(&call, SERVICES, "")->message_response_case, SERVICE_LIST);
	fake_call_half_close(&call);
	assert_true(call.ended);
	assert_int_equal(call.code, GRPC_OK);
	fake_call_fini(&call);
}

static void test_the_question_is_repeated_in_its_answer(void **state)
{
	const response *answer;
	struct call call;

	fake_call_init(&call, &reflection_methods[0]);
	answer = ask(&call, SYMBOL, "stafett.v1.Part");
	assert_int_equal(answer->original_request->message_request_case, SYMBOL);
	assert_string_equal(answer->original_request->file_containing_symbol, "stafett.v1.Part");
	fake_call_fini(&call);
}

static void test_what_is_no_question_ends_the_call(void **state)
{
	static const struct {
		const char *message;
		int want;
	} table[] = {
		{"\x22\x05x", GRPC_INTERNAL},
		{"\x22\x01\xff", GRPC_INVALID_ARGUMENT},
		{"\x23", GRPC_INTERNAL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct call call;

		fake_call_init(&call, &reflection_methods[0]);
		fake_call_say(&call, bytes_of_string(table[i].message));
		assert_true(call.ended);
		assert_int_equal(call.code, table[i].want);
		fake_call_fini(&call);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_services_are_listed_on_both_paths),
		cmocka_unit_test(test_a_file_comes_with_its_imports),
		cmocka_unit_test(test_a_symbol_leads_to_its_file),
		cmocka_unit_test(test_errors_are_answers_and_the_stream_goes_on),
		cmocka_unit_test(test_the_question_is_repeated_in_its_answer),
		cmocka_unit_test(test_what_is_no_question_ends_the_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
