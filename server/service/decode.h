/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the bytes of a request to an order for the rules: what is missing, what
 * is no date, no code or no id is refused here, with the field's path. What
 * depends on anything stored is not judged here.
 */
#ifndef SERVICE_DECODE_H
#define SERVICE_DECODE_H

#include "base/arena.h"
#include "domain/code.h"
#include "net/call.h"
#include "stafett/v1/inbox_service.pb-c.h"
#include "stafett/v1/message.pb-c.h"
#include "store/write.h"

/* What a decoder found wrong. */
struct fault {
	enum reason reason; /* REASON_NONE: nothing */
	const char *field;  /* a path; static or in the arena; may be NULL */
};

/* The parts of a Send or Act, whose messages have the same fields. */
struct envelope {
	struct bytes header;
	const Stafett__V1__Part *card, *body;
	const char *suite;
};

/* Who calls, as the line and the metadata say. */
struct sender {
	struct bytes unit, member;
};

/* Fills |write|'s order, request and content from |envelope|. Everything
 * it points to lives in |arena| or in the request. |takes_plain|: the suite
 * "none" is accepted. */
struct fault decode_write(struct arena *arena, const struct envelope *envelope,
	const struct sender *sender, bool takes_plain, struct write *write) WARN_UNUSED;
/* The same for an acknowledgement; |raw| is the request as it came. */
struct fault decode_acknowledge(const Stafett__V1__AcknowledgeRequest *request, struct bytes raw,
	const struct sender *sender, struct write *write) WARN_UNUSED;
/* A claim that can be one; else false. */
bool decode_claim(const Stafett__V1__UploadClaim *claim, struct claim *ret_claim) WARN_UNUSED;
/* Which referral is meant: by its id, or by the beginning of its code. A code of
 * four letters cannot be an id. */
struct referral_key {
	bool has_id;
	struct uuid id;
	char code[CODE_LETTERS + 1]; /* also of an id */
};
bool decode_key(const char *text, struct referral_key *ret_key) WARN_UNUSED;
/* A required id of any kind. */
struct fault decode_uuid(const char *text, const char *field, struct uuid *ret_uuid) WARN_UNUSED;

#endif
