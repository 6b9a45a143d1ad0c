/* SPDX-License-Identifier: Apache-2.0 */
/* See pb_check.h. The recursion is bounded by the cap on depth. */
#include "codec/pb_check.h"

#include <assert.h>
#include <stdio.h>

#include "codec/pb_wire.h"
#include "codec/utf8.h"
#include "stafett/caps.h"

const struct pb_check_caps pb_check_usual_caps = {
	.depth = CAP_PROTO_DEPTH,
	.fields = CAP_PROTO_FIELDS,
	.unknown_fields = CAP_PROTO_UNKNOWN,
};

enum { VARINT_BYTES = 10, WORD_BITS = 64, MESSAGE_FIELDS_MAX = 256 };

/* One message under way: which of its fields, by their index, were there. */
struct pb_check_level {
	const ProtobufCMessageDescriptor *type;
	uint64_t seen[MESSAGE_FIELDS_MAX / WORD_BITS];
};

/* One check: what may still come, and where the fault is. */
struct pb_check_walk {
	unsigned fields_left, unknown_left;
	unsigned levels_left;
	struct pb_check_fault *fault;
};

static int pb_check_message(
	struct pb_check_walk *walk, const ProtobufCMessageDescriptor *type, struct bytes bytes);

/* Puts |name| in front of the path, while there is room. */
static void pb_check_name(struct pb_check_walk *walk, const char *name)
{
	struct pb_check_fault *fault = walk->fault, longer;
	int len = snprintf(longer.field, sizeof(longer.field), "%s%s%s", name,
		*fault->field != '\0' ? "." : "", fault->field);

	if (len > 0 && (size_t)len < sizeof(longer.field))
		*fault = longer;
}

static enum pb_wire_type pb_check_wire_type(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_BOOL:
	case PROTOBUF_C_TYPE_ENUM:
		return PB_WIRE_VARINT;
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return PB_WIRE_FIXED32;
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return PB_WIRE_FIXED64;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		break;
	}
	return PB_WIRE_LENGTH;
}

static int pb_check_string(struct bytes text)
{
	if (text.len > 0 && memchr(text.data, '\0', text.len))
		return PB_CHECK_NUL;
	return utf8_is_valid(text) ? 0 : PB_CHECK_NOT_UTF8;
}

/* The elements of a packed field, which have the wire type |element|. */
static int pb_check_packed(enum pb_wire_type element, struct bytes data)
{
	uint64_t value;

	if (element == PB_WIRE_FIXED32)
		return data.len % sizeof(uint32_t) ? PB_CHECK_BROKEN : 0;
	if (element == PB_WIRE_FIXED64)
		return data.len % sizeof(uint64_t) ? PB_CHECK_BROKEN : 0;
	while (data.len > 0)
		if (pb_wire_varint(&data, VARINT_BYTES, &value))
			return PB_CHECK_BROKEN;
	return 0;
}

/* A message within a message. */
static int pb_check_child(struct pb_check_walk *walk, struct pb_check_level *level,
	const ProtobufCFieldDescriptor *known, struct bytes bytes)
{
	size_t index = (size_t)(known - level->type->fields);
	uint64_t *word = &level->seen[index / WORD_BITS], bit = UINT64_C(1) << index % WORD_BITS;

	if (known->label != PROTOBUF_C_LABEL_REPEATED && *word & bit)
		return PB_CHECK_TWICE;
	*word |= bit;
	return pb_check_message(walk, known->descriptor, bytes);
}

/* A field that the descriptor knows. */
static int pb_check_known(struct pb_check_walk *walk, struct pb_check_level *level,
	const ProtobufCFieldDescriptor *known, const struct pb_wire_field *field)
{
	enum pb_wire_type want = pb_check_wire_type(known->type);

	if (field->type != want) {
		if (field->type == PB_WIRE_LENGTH && known->label == PROTOBUF_C_LABEL_REPEATED)
			return pb_check_packed(want, field->data);
		return PB_CHECK_WIRE_TYPE;
	}
	if (known->type == PROTOBUF_C_TYPE_STRING)
		return pb_check_string(field->data);
	if (known->type == PROTOBUF_C_TYPE_MESSAGE)
		return pb_check_child(walk, level, known, field->data);
	return 0;
}

static int pb_check_value(struct pb_check_walk *walk, struct pb_check_level *level,
	const ProtobufCFieldDescriptor *known, const struct pb_wire_field *field)
{
	if (walk->fields_left == 0)
		return PB_CHECK_MANY_FIELDS;
	walk->fields_left--;
	if (known)
		return pb_check_known(walk, level, known, field);
	if (walk->unknown_left == 0)
		return PB_CHECK_MANY_UNKNOWN;
	walk->unknown_left--;
	return 0;
}

/* Cuts one field from |input| and judges it; a fault is given the field's name. */
static int pb_check_field(
	struct pb_check_walk *walk, struct pb_check_level *level, struct bytes *input)
{
	struct pb_wire_field field = {0};
	const ProtobufCFieldDescriptor *known;
	char number[16];
	int r = pb_wire_next(input, &field);

	known = protobuf_c_message_descriptor_get_field(level->type, field.number);
	if (r)
		r = r == PB_WIRE_GROUP ? PB_CHECK_GROUP : PB_CHECK_BROKEN;
	else
		r = pb_check_value(walk, level, known, &field);
	if (r == 0 || field.number == 0)
		return r;
	snprintf(number, sizeof(number), "#%u", field.number);
	pb_check_name(walk, known ? known->name : number);
	return r;
}

static int pb_check_message(
	struct pb_check_walk *walk, const ProtobufCMessageDescriptor *type, struct bytes bytes)
{
	struct pb_check_level level = {.type = type};
	int r = 0;

	assert(type->n_fields <= MESSAGE_FIELDS_MAX);
	if (walk->levels_left == 0)
		return PB_CHECK_TOO_DEEP;
	walk->levels_left--;
	while (bytes.len > 0 && r == 0)
		r = pb_check_field(walk, &level, &bytes);
	walk->levels_left++;
	return r;
}

int pb_check(const ProtobufCMessageDescriptor *type, struct bytes bytes,
	const struct pb_check_caps *caps, struct pb_check_fault *ret_fault)
{
	struct pb_check_fault fault = {""};
	struct pb_check_walk walk = {
		.fields_left = caps->fields,
		.unknown_left = caps->unknown_fields,
		.levels_left = caps->depth,
		.fault = &fault,
	};
	int r = pb_check_message(&walk, type, bytes);

	if (r)
		*ret_fault = fault;
	return r;
}

int pb_check_unpack(const ProtobufCMessageDescriptor *type, struct bytes bytes,
	const struct pb_check_caps *caps, ProtobufCAllocator *allocator,
	ProtobufCMessage **ret_message, struct pb_check_fault *ret_fault)
{
	ProtobufCMessage *message;
	int r = pb_check(type, bytes, caps, ret_fault);

	if (r)
		return r;
	message = protobuf_c_message_unpack(type, allocator, bytes.len, bytes.data);
	if (!message) {
		*ret_fault = (struct pb_check_fault){""};
		return PB_CHECK_NO_ROOM;
	}
	*ret_message = message;
	return 0;
}

bool pb_check_is_text_fault(int verdict)
{
	return verdict == PB_CHECK_NOT_UTF8 || verdict == PB_CHECK_NUL;
}

const char *pb_check_text(int verdict)
{
	static const char *const texts[] = {
		[PB_CHECK_BROKEN] = "the bytes are not a protobuf message",
		[PB_CHECK_GROUP] = "groups are not accepted",
		[PB_CHECK_WIRE_TYPE] = "a field has another wire type than its type has",
		[PB_CHECK_TWICE] = "a single field is there twice",
		[PB_CHECK_TOO_DEEP] = "the message nests too deep",
		[PB_CHECK_MANY_FIELDS] = "the message has too many fields",
		[PB_CHECK_MANY_UNKNOWN] = "the message has too many unknown fields",
		[PB_CHECK_NOT_UTF8] = "a text is not valid UTF-8",
		[PB_CHECK_NUL] = "a text holds a NUL",
		[PB_CHECK_NO_ROOM] = "the message needs more memory than it may",
	};

	if (verdict <= 0 || (size_t)verdict >= ARRAY_SIZE(texts))
		return "";
	return texts[verdict];
}
