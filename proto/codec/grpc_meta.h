/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of gRPC's own headers and trailers: status codes and their names,
 * grpc-timeout, grpc-message, content-type. Pure text in, values out.
 */
#ifndef CODEC_GRPC_META_H
#define CODEC_GRPC_META_H

#include <stdbool.h>

#include "stafett/base.h"

#define GRPC_STATUS_TABLE(X)                                                              \
	X(OK, 0)                                                                          \
	X(CANCELLED, 1) X(UNKNOWN, 2) X(INVALID_ARGUMENT, 3) X(DEADLINE_EXCEEDED, 4)      \
		X(NOT_FOUND, 5) X(ALREADY_EXISTS, 6) X(PERMISSION_DENIED, 7)              \
			X(RESOURCE_EXHAUSTED, 8) X(FAILED_PRECONDITION, 9) X(ABORTED, 10) \
				X(OUT_OF_RANGE, 11) X(UNIMPLEMENTED, 12) X(INTERNAL, 13)  \
					X(UNAVAILABLE, 14) X(DATA_LOSS, 15) X(UNAUTHENTICATED, 16)

#define GRPC_STATUS_CONSTANT(name, code) GRPC_##name = (code),
enum grpc_status { GRPC_STATUS_TABLE(GRPC_STATUS_CONSTANT) };
#undef GRPC_STATUS_CONSTANT

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
