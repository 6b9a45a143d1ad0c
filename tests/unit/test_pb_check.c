/* SPDX-License-Identifier: Apache-2.0 */
/* The judgement of a message's bytes before they are unpacked: what a hostile
 * peer can write is told apart and named, and all else unpacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "codec/pb_check.h"
#include "sample.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

enum { MESSAGE_BYTES = 1 << 20, ARENA_BYTES = 1 << 24 };

#define HEX(s)                                      \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const ProtobufCMessageDescriptor *const sample = &sample__v1__sample__descriptor;

static int judge(struct bytes bytes, struct pb_check_fault *ret_fault)
{
	*ret_fault = (struct pb_check_fault){""};
	return pb_check(sample, bytes, &pb_check_usual_caps, ret_fault);
}

static void test_good_messages_pass_and_unpack(void **state)
{
	static const struct {
		const char *what;
		struct bytes bytes;
	} table[] = {
		{"nothing", HEX("")},
		{"a number", HEX("\x08\x01")},
		{"a text", HEX("\x72\x02\xc3\xa5")},
		{"bytes that are no text", HEX("\x7a\x03\x00\xff\x00")},
		{"packed numbers", HEX("\xa2\x01\x03\x01\xac\x02")},
		{"the same loose", HEX("\xa0\x01\x01\xa0\x01\x02")},
		{"packed where loose is declared", HEX("\xaa\x01\x01\x05")},
		{"packed fixed32", HEX("\xb2\x01\x04wxyz")},
		{"packed and empty", HEX("\xba\x01\x00")},
		{"an empty child", HEX("\x8a\x01\x00")},
		{"two empty map entries", HEX("\xf2\x01\x00\xf2\x01\x00")},
		{"two of a oneof", HEX("\xc0\x02\x05\xca\x02\x01x")},
		{"an enum value that we do not know", HEX("\x80\x01\xe8\x07")},
		{"an unknown number", HEX("\xc0\x3e\x01")},
		{"unknown bytes", HEX("\xc2\x3e\x02\xff\xfe")},
		{"one field twice", HEX("\x08\x01\x08\x02")},
		{"two children of a list", HEX("\xe2\x01\x00\xe2\x01\x00")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		ProtobufCMessage *message = NULL;
		struct pb_check_fault fault;
		struct arena arena;

		arena_init(&arena, ARENA_BYTES);
		assert_int_equal(pb_check_unpack(sample, table[i].bytes, &pb_check_usual_caps,
					 arena_allocator(&arena), &message, &fault),
			0);
		assert_non_null(message);
		arena_fini(&arena);
	}
}

static void test_each_fault_is_named_with_its_field(void **state)
{
	static const struct {
		struct bytes bytes;
		enum pb_check_verdict want;
		const char *field;
	} table[] = {
		{HEX("\x80"), PB_CHECK_BROKEN, ""},
		{HEX("\x00\x00"), PB_CHECK_BROKEN, ""},
		{HEX("\x08"), PB_CHECK_BROKEN, "int32_value"},
		{HEX("\x72\x05xyz"), PB_CHECK_BROKEN, "string_value"},
		{HEX("\x72\xff\xff\xff\xff\x0f"), PB_CHECK_BROKEN, "string_value"},
		{HEX("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), PB_CHECK_BROKEN,
			"int32_value"},
		{HEX("\xa2\x01\x02\x01\x80"), PB_CHECK_BROKEN, "numbers"},
		{HEX("\xb2\x01\x03wxy"), PB_CHECK_BROKEN, "fixed32_list"},
		{HEX("\xba\x01\x04wxyz"), PB_CHECK_BROKEN, "fixed64_list"},
		{HEX("\x0b\x0c"), PB_CHECK_GROUP, "int32_value"},
		{HEX("\xc3\x3e\xc4\x3e"), PB_CHECK_GROUP, "#1000"},
		{HEX("\x0a\x01\x01"), PB_CHECK_WIRE_TYPE, "int32_value"},
		{HEX("\x0dwxyz"), PB_CHECK_WIRE_TYPE, "int32_value"},
		{HEX("\x70\x01"), PB_CHECK_WIRE_TYPE, "string_value"},
		{HEX("\x88\x01\x01"), PB_CHECK_WIRE_TYPE, "child"},
		{HEX("\x8a\x01\x00\x8a\x01\x00"), PB_CHECK_TWICE, "child"},
		{HEX("\xd2\x02\x00\xd2\x02\x00"), PB_CHECK_TWICE, "chosen_child"},
		{HEX("\xfa\x01\x04\x12\x00\x12\x00"), PB_CHECK_TWICE, "by_number.value"},
		{HEX("\x72\x03x\0y"), PB_CHECK_NUL, "string_value"},
		{HEX("\x72\x01\xe5"), PB_CHECK_NOT_UTF8, "string_value"},
		{HEX("\x72\x02\xc0\x80"), PB_CHECK_NOT_UTF8, "string_value"},
		{HEX("\x8a\x01\x03\x72\x01\xff"), PB_CHECK_NOT_UTF8, "child.string_value"},
		{HEX("\x8a\x01\x06\x8a\x01\x03\x72\x01\xff"), PB_CHECK_NOT_UTF8,
			"child.child.string_value"},
		{HEX("\xf2\x01\x03\x0a\x01\xff"), PB_CHECK_NOT_UTF8, "labels.key"},
		{HEX("\xf2\x01\x03\x12\x01\x00"), PB_CHECK_NUL, "labels.value"},
		{HEX("\xca\x02\x01\x00"), PB_CHECK_NUL, "chosen_text"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct pb_check_fault fault;

		assert_int_equal(judge(table[i].bytes, &fault), table[i].want);
		assert_string_equal(fault.field, table[i].field);
	}
}

/* Wraps |len| bytes at the end of |buffer| into field 17, again and again. */
static struct bytes nest(uint8_t *buffer, size_t size, unsigned levels)
{
	size_t at = size;

	for (unsigned i = 0; i < levels; i++) {
		size_t len = size - at;

		if (len >= 128) {
			buffer[--at] = (uint8_t)(len >> 14);
			buffer[--at] = (uint8_t)(len >> 7 | 0x80);
			len |= 0x80;
		}
		buffer[--at] = (uint8_t)len;
		buffer[--at] = 0x01;
		buffer[--at] = 0x8a;
	}
	return bytes_of(buffer + at, size - at);
}

static void test_depth_is_counted_and_bounded(void **state)
{
	static uint8_t buffer[MESSAGE_BYTES];
	struct pb_check_fault fault;
	unsigned most = pb_check_usual_caps.depth - 1;

	assert_int_equal(judge(nest(buffer, sizeof(buffer), most), &fault), 0);
	assert_int_equal(judge(nest(buffer, sizeof(buffer), most + 1), &fault), PB_CHECK_TOO_DEEP);
	/* This many would overrun the stack if they were followed. */
	assert_int_equal(judge(nest(buffer, sizeof(buffer), 10000), &fault), PB_CHECK_TOO_DEEP);
	assert_memory_equal(fault.field, "child.child.", 12);
}

static void test_a_very_long_path_keeps_its_end(void **state)
{
	static const struct pb_check_caps deep = {.depth = 100, .fields = 1000};
	static uint8_t buffer[4096];
	struct pb_check_fault fault;
	size_t len;

	buffer[sizeof(buffer) - 1] = 0x72;
	assert_int_equal(pb_check(sample, nest(buffer, sizeof(buffer), 101), &deep, &fault),
		PB_CHECK_TOO_DEEP);
	len = strlen(fault.field);
	assert_true(len < sizeof(fault.field));
	assert_string_equal(fault.field + len - 6, ".child");
}

/* A message of one megabyte that repeats |unit|. */
static struct bytes repeat(const char *unit, size_t unit_len)
{
	static uint8_t buffer[MESSAGE_BYTES];
	size_t n = sizeof(buffer) / unit_len;

	for (size_t i = 0; i < n; i++)
		memcpy(buffer + i * unit_len, unit, unit_len);
	return bytes_of(buffer, n * unit_len);
}

static void test_bombs_of_small_fields_are_refused(void **state)
{
	static const struct {
		struct bytes unit;
		enum pb_check_verdict want;
	} table[] = {
		{HEX("\xc0\x3e\x01"), PB_CHECK_MANY_UNKNOWN}, /* 24 MiB when unpacked */
		{HEX("\xa8\x01\x01"), PB_CHECK_MANY_FIELDS},  /* numbers one by one */
		{HEX("\xe2\x01\x00"), PB_CHECK_MANY_FIELDS},  /* empty children */
		{HEX("\xf2\x01\x00"), PB_CHECK_MANY_FIELDS},  /* empty map entries */
		{HEX("\x08\x01"), PB_CHECK_MANY_FIELDS},      /* one field again and again */
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct pb_check_fault fault;

		assert_int_equal(
			judge(repeat((const char *)table[i].unit.data, table[i].unit.len), &fault),
			table[i].want);
	}
}

static void test_fields_of_all_levels_count_together(void **state)
{
	static const struct pb_check_caps caps = {.depth = 4, .fields = 3, .unknown_fields = 1};
	static const struct bytes three = HEX("\x8a\x01\x04\x08\x01\x10\x01");
	static const struct bytes four = HEX("\x8a\x01\x04\x08\x01\x10\x01\x08\x01");
	static const struct bytes two_unknown = HEX("\x8a\x01\x03\xc0\x3e\x01\xc0\x3e\x01");
	struct pb_check_fault fault;

	assert_int_equal(pb_check(sample, three, &caps, &fault), 0);
	assert_int_equal(pb_check(sample, four, &caps, &fault), PB_CHECK_MANY_FIELDS);
	assert_string_equal(fault.field, "int32_value");
	assert_int_equal(pb_check(sample, two_unknown, &caps, &fault), PB_CHECK_MANY_UNKNOWN);
	assert_string_equal(fault.field, "#1000");
}

static void test_an_allocator_that_refuses_is_told(void **state)
{
	static const struct bytes bytes = HEX("\x72\x0bhello world");
	ProtobufCMessage *message = NULL;
	struct pb_check_fault fault;
	struct arena arena;

	arena_init(&arena, 64);
	assert_int_equal(pb_check_unpack(sample, bytes, &pb_check_usual_caps,
				 arena_allocator(&arena), &message, &fault),
		PB_CHECK_NO_ROOM);
	assert_null(message);
	assert_string_equal(fault.field, "");
	arena_fini(&arena);
}

static void test_a_request_of_the_contract_unpacks(void **state)
{
	static const struct bytes bytes = HEX("\x0a\x03xyz\x1a\x06\x0a\x04text\x22\x04none");
	Stafett__V1__SendRequest *request;
	ProtobufCMessage *message = NULL;
	struct pb_check_fault fault;
	struct arena arena;

	arena_init(&arena, ARENA_BYTES);
	assert_int_equal(pb_check_unpack(&stafett__v1__send_request__descriptor, bytes,
				 &pb_check_usual_caps, arena_allocator(&arena), &message, &fault),
		0);
	request = (Stafett__V1__SendRequest *)message;
	assert_string_equal(request->suite, "none");
	assert_int_equal(request->header.len, 3);
	assert_int_equal(request->body->data.len, 4);
	arena_fini(&arena);
}

static void test_only_texts_are_the_persons_fault(void **state)
{
	for (int verdict = 0; verdict <= PB_CHECK_NO_ROOM; verdict++) {
		bool text = verdict == PB_CHECK_NOT_UTF8 || verdict == PB_CHECK_NUL;

		assert_int_equal(pb_check_is_text_fault(verdict), text);
		assert_int_equal(pb_check_text(verdict)[0] != '\0', verdict != 0);
	}
	assert_string_equal(pb_check_text(-1), "");
	assert_string_equal(pb_check_text(PB_CHECK_NO_ROOM + 1), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_messages_pass_and_unpack),
		cmocka_unit_test(test_each_fault_is_named_with_its_field),
		cmocka_unit_test(test_depth_is_counted_and_bounded),
		cmocka_unit_test(test_a_very_long_path_keeps_its_end),
		cmocka_unit_test(test_bombs_of_small_fields_are_refused),
		cmocka_unit_test(test_fields_of_all_levels_count_together),
		cmocka_unit_test(test_an_allocator_that_refuses_is_told),
		cmocka_unit_test(test_a_request_of_the_contract_unpacks),
		cmocka_unit_test(test_only_texts_are_the_persons_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
