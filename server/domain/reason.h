/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an answer is not OK: the rows of tbl/reasons.def as an enum, and what
 * each row says. REASON_NONE is not a reason.
 */
#ifndef DOMAIN_REASON_H
#define DOMAIN_REASON_H

#include "stafett/base.h"

#define REASON(name, status, layer, exit, message) REASON_##name,
enum reason {
	REASON_NONE,
#include "stafett/tbl/reasons.def"
	REASON_COUNT,
};
#undef REASON

/* "VERSION_CONFLICT"; the stable word that clients match on. */
const char *reason_name(enum reason reason);
/* The gRPC status code (codec/grpc_meta.h). */
int reason_grpc_status(enum reason reason);
/* Who must mend it: "sender", "recipient", "server" or "security". */
const char *reason_layer(enum reason reason);
/* The exit code of the client. */
int reason_exit_code(enum reason reason);
/* One line for a log and for programmers. */
const char *reason_message(enum reason reason);
/* The reason of a stable word; REASON_NONE where there is none. */
enum reason reason_from_name(struct bytes name);

#endif
