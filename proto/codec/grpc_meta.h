/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of gRPC's own headers and trailers: status codes and their names,
 * grpc-timeout, grpc-message, content-type. Pure text in, values out.
 */
#ifndef CODEC_GRPC_META_H
#define CODEC_GRPC_META_H

#include <stdbool.h>

#include "stafett/base.h"

/* The status codes: GRPC_OK and so on, from the table. */
#define GRPC_STATUS(name, code) GRPC_##name = (code),
enum grpc_status {
#include "codec/grpc_status.def"
};
#undef GRPC_STATUS

/* "NOT_FOUND" and so on; "UNKNOWN" for a number that is no status code. */
const char *grpc_status_name(int code);
/* Reads a grpc-status: decimal without leading zeros, a code of the table.
 * Gives 0 or -EINVAL. */
int grpc_status_parse(struct bytes text, int *ret_code) WARN_UNUSED;

/* Reads a grpc-timeout: one to eight digits and one of H M S m u n. Gives
 * nanoseconds, INT64_MAX where they are more than that; or -EINVAL. */
int grpc_timeout_parse(struct bytes text, int64_t *ret_ns) WARN_UNUSED;
enum { GRPC_TIMEOUT_CHARS = 16 };
/* Writes |ns| as a grpc-timeout in the finest unit that has room for it,
 * rounded up; what is negative is written as none left, "0n". */
void grpc_timeout_format(int64_t ns, char ret_text[GRPC_TIMEOUT_CHARS]);

/* How many characters grpc_message_encode may write for |len| bytes, with NUL. */
#define GRPC_MESSAGE_ROOM(len) (3 * (size_t)(len) + 1)
/* Percent-encodes UTF-8 |text| for grpc-message. |out| has GRPC_MESSAGE_ROOM
 * characters. Returns the length without the NUL. */
size_t grpc_message_encode(struct bytes text, char *out);
/* The way back; a broken escape is kept as it stands, since a peer's status must
 * not be lost over it. |out| has |encoded.len| + 1 characters. Returns the length
 * without the NUL. The result is a peer's word: any bytes, NUL included. */
size_t grpc_message_decode(struct bytes encoded, char *out);

/* Whether a content-type is gRPC with protobuf: "application/grpc", the same
 * with "+proto", either with parameters. Anything else is answered with 415. */
bool grpc_content_type_is_ours(struct bytes value);

#endif
