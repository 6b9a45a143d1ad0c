/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests as bytes, ready to be sent any number of times: what a caller packs
 * once, it repeats unchanged until it knows what became of it.
 */
#ifndef TESTS_FAULT_REQUEST_H
#define TESTS_FAULT_REQUEST_H

#include <stdbool.h>

#include "base/arena.h"
#include "domain/uuid.h"

enum { REQUEST_HASH = 32 };

/* Who calls: a member of one unit. */
struct actor {
	const char *unit, *member, *certificate, *key;
};

/* A referral, as much as must be known to go on with it. */
struct known {
	struct uuid referral, chain, message;
	uint8_t hash[REQUEST_HASH]; /* of the message's content */
	int version;
};

struct request {
	const char *path;     /* "/stafett.v1.ReferralService/Send" */
	const char *what;     /* as histories call it: "send", "list" */
	bool is_write;	      /* the rest but |known| is for a write */
	struct uuid key;      /* its message id */
	struct bytes message; /* in the arena */
	uint8_t hash[REQUEST_HASH];
	const char *to;	    /* the recipient of a send, else "" */
	struct known known; /* a send: what it will become; else what it is about */
};

/* A new referral: in a chain of its own where |chain| is NULL. |size| is the length
 * of its body, which holds bytes that no other message has. */
struct request request_send(struct arena *arena, const struct actor *actor, const char *to,
	const struct uuid *chain, size_t size);
struct request request_acknowledge(
	struct arena *arena, const struct actor *actor, const struct known *known);
struct request request_accept(
	struct arena *arena, const struct actor *actor, const struct known *known);
struct request request_get(struct arena *arena, const struct known *known);
struct request request_list(struct arena *arena);
struct request request_inbox(struct arena *arena);

/* The receipt in the answer to a write; empty where it cannot be read. */
struct bytes request_receipt(
	struct arena *arena, const struct request *request, struct bytes answer);
/* The ids of the referrals in the answer to a reading, with commas between, each in
 * quotes: a list of JSON without its brackets. NULL where it cannot be read. */
const char *request_referrals(
	struct arena *arena, const struct request *request, struct bytes answer);

#endif
