/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as a message: what the check lets pass unpacks, prints as JSON, and what
 * it is packed into passes again. Only memory and the range of a time may fail.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "codec/pb_check.h"
#include "codec/pb_json.h"
#include "sample.pb-c.h"
#include "stafett/caps.h"
#include "stafett/v1/referral_service.pb-c.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_json(const ProtobufCMessage *message)
{
	char *text = NULL;
	int r = pb_json_print(message, 2, &text);

	require(r == 0 || r == -ERANGE);
	require((r == 0) == (text != NULL));
	free(text);
}

/* Packed again, |message| is as good as it was. */
static void require_packs(struct arena *arena, const ProtobufCMessage *message)
{
	const struct pb_check_caps caps = {
		.depth = CAP_PROTO_DEPTH, .fields = UINT32_MAX, .unknown_fields = UINT32_MAX};
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *packed = arena_alloc(arena, size);
	struct pb_check_fault fault;

	if (!packed)
		return;
	require(protobuf_c_message_pack(message, packed) == size);
	require(pb_check(message->descriptor, bytes_of(packed, size), &caps, &fault) == 0);
}

static void try_type(const ProtobufCMessageDescriptor *type, struct bytes bytes)
{
	ProtobufCMessage *message = NULL;
	struct pb_check_fault fault;
	struct arena arena;
	int r;

	arena_init(&arena, CAP_ARENA_BYTES);
	r = pb_check_unpack(
		type, bytes, &pb_check_usual_caps, arena_allocator(&arena), &message, &fault);
	require((r == PB_CHECK_NO_ROOM) == arena.overflowed);
	require((r == 0) == (message != NULL));
	if (r != 0)
		require(memchr(fault.field, '\0', sizeof(fault.field)) != NULL);
	if (message) {
		require_json(message);
		require_packs(&arena, message);
	}
	arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_type(&sample__v1__sample__descriptor, bytes_of(data, size));
	try_type(&stafett__v1__header__descriptor, bytes_of(data, size));
	try_type(&stafett__v1__send_request__descriptor, bytes_of(data, size));
	return 0;
}
