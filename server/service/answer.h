/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers: a packed message, or a refusal with its details. A refusal carries
 * google.rpc.Status with ErrorInfo (reason, layer, field), stafett.v1.Refusal,
 * and, by its status, BadRequest, PreconditionFailure or RetryInfo. Nothing in it
 * depends on the call, so "not yours" and "does not exist" are the same bytes.
 */
#ifndef SERVICE_ANSWER_H
#define SERVICE_ANSWER_H

#include <protobuf-c/protobuf-c.h>

#include "domain/rules.h"
#include "net/call.h"
#include "store/write.h"

/* Packs |message| and ends the call with OK. */
void answer_message(struct call *call, const ProtobufCMessage *message);
/* Ends the call with |reason|; |field| (a path, or NULL) is the one at fault. */
void answer_refusal(struct call *call, enum reason reason, const char *field);
/* The same, for |reason| that will have passed in |wait_ns|: the call may come again
 * then, or a little later. */
void answer_later(struct call *call, enum reason reason, int64_t wait_ns);
/* The same as answer_refusal, for a decision of the rules: with state, version and allowed acts
 * where the decision lets them be known. */
void answer_decision(
	struct call *call, const struct decision *decision, const struct standing *standing);

#endif
