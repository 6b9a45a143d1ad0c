/* SPDX-License-Identifier: Apache-2.0 */
/* Messages to bytes and back, in a command's arena. */
#ifndef CLIENT_PACKING_H
#define CLIENT_PACKING_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"

/* The packed bytes of |message|. */
struct bytes packing_pack(struct arena *arena, const ProtobufCMessage *message);
/* The message that |bytes| are, checked before it is unpacked; NULL where they
 * are none of |type|. */
void *packing_unpack(
	struct arena *arena, const ProtobufCMessageDescriptor *type, struct bytes bytes);

#endif
