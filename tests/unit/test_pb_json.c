/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON printer, where Python cannot say what is right: see also
 * tests/wire/test_pb_json.py, which compares the two on everything else. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/pb_json.h"
#include "sample.pb-c.h"
#include "stafett/v1/message.pb-c.h"

static void expect_json(const ProtobufCMessage *message, int indent, const char *want)
{
	char *text = NULL;

	assert_int_equal(pb_json_print(message, indent, &text), 0);
	assert_string_equal(text, want);
	free(text);
}

static void test_a_message_made_by_hand_prints(void **state)
{
	Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
	Stafett__V1__Receipt receipt = STAFETT__V1__RECEIPT__INIT;
	char id[] = "7K3M";
	uint8_t hash[] = {0xfb, 0xff, 0xbf, 0x00};

	time.seconds = 1793612345;
	receipt.id = id;
	receipt.content_hash = (ProtobufCBinaryData){sizeof(hash), hash};
	receipt.commit_time = &time;
	expect_json(&receipt.base, 2,
		"{\n"
		"  \"id\": \"7K3M\",\n"
		"  \"contentHash\": \"+/+/AA==\",\n"
		"  \"commitTime\": \"2026-11-02T09:39:05Z\"\n"
		"}");
}

static void test_text_that_is_not_utf8_still_gives_json(void **state)
{
	Stafett__V1__Receipt receipt = STAFETT__V1__RECEIPT__INIT;
	char id[] = "a\xff\xc3";

	receipt.id = id;
	expect_json(&receipt.base, 0, "{\"id\": \"a\xef\xbf\xbd\xef\xbf\xbd\"}");
}

static void test_a_null_text_is_an_empty_one(void **state)
{
	Stafett__V1__Receipt receipt = STAFETT__V1__RECEIPT__INIT;

	receipt.id = NULL;
	expect_json(&receipt.base, 0, "{}");
}

static void test_a_map_entry_without_value_has_the_default(void **state)
{
	Sample__V1__Sample__TimeByNameEntry entry = SAMPLE__V1__SAMPLE__TIME_BY_NAME_ENTRY__INIT;
	Sample__V1__Sample__ByNumberEntry number = SAMPLE__V1__SAMPLE__BY_NUMBER_ENTRY__INIT;
	Sample__V1__Sample__TimeByNameEntry *entries[] = {&entry};
	Sample__V1__Sample__ByNumberEntry *numbers[] = {&number};
	Sample__V1__Sample sample = SAMPLE__V1__SAMPLE__INIT;

	sample.n_time_by_name = 1;
	sample.time_by_name = entries;
	sample.n_by_number = 1;
	sample.by_number = numbers;
	expect_json(&sample.base, 0,
		"{\"byNumber\": {\"0\": {}}, \"timeByName\": {\"\": \"1970-01-01T00:00:00Z\"}}");
}

static void test_a_time_out_of_range_gives_no_text(void **state)
{
	Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
	Stafett__V1__Receipt receipt = STAFETT__V1__RECEIPT__INIT;
	char *text = NULL;

	time.nanos = -1;
	receipt.commit_time = &time;
	assert_int_equal(pb_json_print(&receipt.base, 0, &text), -ERANGE);
	assert_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_message_made_by_hand_prints),
		cmocka_unit_test(test_text_that_is_not_utf8_still_gives_json),
		cmocka_unit_test(test_a_null_text_is_an_empty_one),
		cmocka_unit_test(test_a_map_entry_without_value_has_the_default),
		cmocka_unit_test(test_a_time_out_of_range_gives_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
