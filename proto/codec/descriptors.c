/* SPDX-License-Identifier: Apache-2.0 */
/* See descriptors.h. The bytes are made by protoc while building. */
#include "codec/descriptors.h"

static const uint8_t descriptors_bytes[] = {
#include "codec/descriptors.inc"
};

struct bytes descriptors_get(void)
{
	return bytes_of(descriptors_bytes, sizeof(descriptors_bytes));
}
