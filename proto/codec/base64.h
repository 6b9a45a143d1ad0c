/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 (RFC 4648, the standard alphabet): without padding for gRPC's "-bin"
 * metadata, with it for proto3 JSON.
 */
#ifndef CODEC_BASE64_H
#define CODEC_BASE64_H

#include <stdbool.h>

#include "stafett/base.h"

/* Characters that base64_encode may write for |len| bytes, with NUL. */
#define BASE64_ENCODE_ROOM(len) (((size_t)(len) + 2) / 3 * 4 + 1)
/* Bytes that base64_decode may write for |len| characters. */
#define BASE64_DECODE_ROOM(len) ((size_t)(len) / 4 * 3 + 2)

/* |out| has BASE64_ENCODE_ROOM characters. Returns the length without the NUL. */
size_t base64_encode(struct bytes data, bool padded, char *out);
/* Takes padded and unpadded text, and only text that an encoder would write:
 * stray characters, wrong padding and bits left over give -EINVAL. |out| has
 * BASE64_DECODE_ROOM bytes. One value: a joined header is split by the caller. */
int base64_decode(struct bytes text, uint8_t *out, size_t *ret_len) WARN_UNUSED;

#endif
