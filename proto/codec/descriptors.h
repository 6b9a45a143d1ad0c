/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract itself, as data: a packed google.protobuf.FileDescriptorSet of
 * every .proto file and of all that they import, each file after its imports.
 * Server reflection hands its entries out.
 */
#ifndef CODEC_DESCRIPTORS_H
#define CODEC_DESCRIPTORS_H

#include "stafett/base.h"

/* Static memory; never empty. */
struct bytes descriptors_get(void);

#endif
