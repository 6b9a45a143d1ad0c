/* SPDX-License-Identifier: Apache-2.0 */
/* protobuf-c over an arena: see the header. */
#include "client/packing.h"

#include "client/memory.h"
#include "codec/pb_check.h"
#include "stafett/caps.h"

/* A referral's history and a page of a list have more fields than a request may
 * have, and a newer server may say more than we understand. */
static const struct pb_check_caps packing_caps = {
	.depth = CAP_PROTO_DEPTH,
	.fields = 1 << 18,
	.unknown_fields = 1 << 16,
};

struct bytes packing_pack(struct arena *arena, const ProtobufCMessage *message)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *data = memory_alloc(arena, len + 1);

	protobuf_c_message_pack(message, data);
	return bytes_of(data, len);
}

void *packing_unpack(
	struct arena *arena, const ProtobufCMessageDescriptor *type, struct bytes bytes)
{
	struct pb_check_fault fault;
	ProtobufCMessage *message;

	if (pb_check_unpack(type, bytes, &packing_caps, arena_allocator(arena), &message, &fault))
		return NULL;
	return message;
}
