/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protobuf wire format, one field at a time and without a schema. It reads
 * what every encoder writes and protobuf-c takes: at most five bytes of tag and
 * of length, at most ten of varint, no field 0, no groups.
 */
#ifndef CODEC_PB_WIRE_H
#define CODEC_PB_WIRE_H

#include "stafett/base.h"

enum pb_wire_type {
	PB_WIRE_VARINT = 0,
	PB_WIRE_FIXED64 = 1,
	PB_WIRE_LENGTH = 2,
	PB_WIRE_FIXED32 = 5,
};

enum pb_wire_fault {
	PB_WIRE_BROKEN = 1, /* cut short, or nothing that an encoder writes */
	PB_WIRE_GROUP,	    /* a group begins or ends */
};

struct pb_wire_field {
	uint32_t number;
	enum pb_wire_type type;
	uint64_t varint;   /* the value of a varint; else 0 */
	struct bytes data; /* the bytes of the value: a view of the input */
};

/* Cuts one field from the front of |input|, which must not be empty. Gives 0 or
 * an enum pb_wire_fault; |ret_field|'s number is set once the tag was read, so
 * that a fault in a value can be named. */
int pb_wire_next(struct bytes *input, struct pb_wire_field *ret_field) WARN_UNUSED;
/* Cuts one varint of at most |max_bytes| from the front of |input|. Gives 0 or
 * PB_WIRE_BROKEN. */
int pb_wire_varint(struct bytes *input, size_t max_bytes, uint64_t *ret_value) WARN_UNUSED;

#endif
