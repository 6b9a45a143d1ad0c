/* SPDX-License-Identifier: Apache-2.0 */
/* See pb_wire.h. */
#include "codec/pb_wire.h"

enum {
	TAG_BYTES = 5,
	LENGTH_BYTES = 5,
	VARINT_BYTES = 10,
	NUMBER_MAX = (1 << 29) - 1,
	/* The types that have no enum pb_wire_type of their own. */
	TYPE_GROUP_START = 3,
	TYPE_GROUP_END = 4,
	TYPE_BITS = 3,
};

int pb_wire_varint(struct bytes *input, size_t max_bytes, uint64_t *ret_value)
{
	size_t most = input->len < max_bytes ? input->len : max_bytes;
	uint64_t value = 0;

	if (most > 0 && input->data[0] < 0x80) { /* nearly all are so short */
		*ret_value = input->data[0];
		*input = bytes_of(input->data + 1, input->len - 1);
		return 0;
	}

	for (size_t i = 0; i < most; i++) {
		/* The tenth byte holds bits beyond the 64th; they are dropped. */
		value |= (uint64_t)(input->data[i] & 0x7f) << (7 * i);
		if (input->data[i] & 0x80)
			continue;
		*input = bytes_of(input->data + i + 1, input->len - i - 1);
		*ret_value = value;
		return 0;
	}
	return PB_WIRE_BROKEN;
}

static int pb_wire_cut(struct bytes *input, uint64_t len, struct bytes *ret_piece)
{
	if (len > input->len)
		return PB_WIRE_BROKEN;
	*ret_piece = bytes_of(input->data, (size_t)len);
	*input = bytes_of(input->data + len, input->len - (size_t)len);
	return 0;
}

static int pb_wire_cut_varint(struct bytes *input, struct pb_wire_field *field)
{
	const uint8_t *start = input->data;
	int r = pb_wire_varint(input, VARINT_BYTES, &field->varint);

	field->data = bytes_of(start, (size_t)(input->data - start));
	return r;
}

static int pb_wire_cut_length(struct bytes *input, struct bytes *ret_data)
{
	uint64_t len;
	int r = pb_wire_varint(input, LENGTH_BYTES, &len);

	return r ? r : pb_wire_cut(input, len, ret_data);
}

int pb_wire_next(struct bytes *input, struct pb_wire_field *ret_field)
{
	uint64_t tag, number;
	int r = pb_wire_varint(input, TAG_BYTES, &tag);

	if (r)
		return r;
	number = tag >> TYPE_BITS;
	if (number == 0 || number > NUMBER_MAX)
		return PB_WIRE_BROKEN;
	*ret_field = (struct pb_wire_field){.number = (uint32_t)number};
	switch (tag & ((1 << TYPE_BITS) - 1)) {
	case PB_WIRE_VARINT:
		ret_field->type = PB_WIRE_VARINT;
		return pb_wire_cut_varint(input, ret_field);
	case PB_WIRE_FIXED64:
		ret_field->type = PB_WIRE_FIXED64;
		return pb_wire_cut(input, sizeof(uint64_t), &ret_field->data);
	case PB_WIRE_LENGTH:
		ret_field->type = PB_WIRE_LENGTH;
		return pb_wire_cut_length(input, &ret_field->data);
	case PB_WIRE_FIXED32:
		ret_field->type = PB_WIRE_FIXED32;
		return pb_wire_cut(input, sizeof(uint32_t), &ret_field->data);
	case TYPE_GROUP_START:
	case TYPE_GROUP_END:
		return PB_WIRE_GROUP;
	default:
		return PB_WIRE_BROKEN;
	}
}
