/* SPDX-License-Identifier: Apache-2.0 */
/* The wire format of protobuf, field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/pb_wire.h"

#define HEX(s)                                      \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static void test_every_wire_type_is_cut(void **state)
{
	static const struct {
		struct bytes input;
		uint32_t number;
		enum pb_wire_type type;
		uint64_t varint;
		size_t value_len;
	} table[] = {
		{HEX("\x08\x96\x01"), 1, PB_WIRE_VARINT, 150, 2},
		{HEX("\x08\x00"), 1, PB_WIRE_VARINT, 0, 1},
		{HEX("\x11stuvwxyz"), 2, PB_WIRE_FIXED64, 0, 8},
		{HEX("\x1a\x03xyz"), 3, PB_WIRE_LENGTH, 0, 3},
		{HEX("\x1a\x00"), 3, PB_WIRE_LENGTH, 0, 0},
		{HEX("%wxyz"), 4, PB_WIRE_FIXED32, 0, 4},
		{HEX("\xf8\xff\xff\xff\x0f\x01"), 536870911, PB_WIRE_VARINT, 1, 1},
		{HEX("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 1, PB_WIRE_VARINT, UINT64_MAX,
			10},
		{HEX("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), 1, PB_WIRE_VARINT, 0, 10},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct bytes input = table[i].input;
		struct pb_wire_field field = {0};

		assert_int_equal(pb_wire_next(&input, &field), 0);
		assert_int_equal(input.len, 0);
		assert_int_equal(field.number, table[i].number);
		assert_int_equal(field.type, table[i].type);
		assert_true(field.varint == table[i].varint);
		assert_int_equal(field.data.len, table[i].value_len);
	}
}

static void test_what_no_encoder_writes_is_broken(void **state)
{
	static const struct {
		const char *what;
		struct bytes bytes;
	} table[] = {
		{"no value", HEX("\x08")},
		{"half a tag", HEX("\x80")},
		{"field 0", HEX("\x00\x00")},
		{"field 0 in two bytes", HEX("\x80\x00\x00")},
		{"wire type 6", HEX("\x0e\x00")},
		{"wire type 7", HEX("\x0f\x00")},
		{"a length over the end", HEX("\x1a\x04xyz")},
		{"a length of 4 GiB", HEX("\x1a\xff\xff\xff\xff\x0f")},
		{"a length in six bytes", HEX("\x1a\x81\x80\x80\x80\x80\x00x")},
		{"fixed64 cut short", HEX("\x11tuvwxyz")},
		{"fixed32 cut short", HEX("%xyz")},
		{"a tag in six bytes", HEX("\x88\x80\x80\x80\x80\x00\x01")},
		{"a field over 2^29-1", HEX("\xf8\xff\xff\xff\x1f\x01")},
		{"a varint in eleven bytes",
			HEX("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct bytes input = table[i].bytes;
		struct pb_wire_field field;

		assert_int_equal(pb_wire_next(&input, &field), PB_WIRE_BROKEN);
	}
}

static void test_groups_are_told_apart(void **state)
{
	static const char *const table[] = {"\x0b\x0c", "\x0c"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct bytes input = bytes_of_string(table[i]);
		struct pb_wire_field field;

		assert_int_equal(pb_wire_next(&input, &field), PB_WIRE_GROUP);
		assert_int_equal(field.number, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_wire_type_is_cut),
		cmocka_unit_test(test_what_no_encoder_writes_is_broken),
		cmocka_unit_test(test_groups_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
