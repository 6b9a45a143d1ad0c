/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit leaf: one record of the log, in the one form that is hashed. Fixed
 * and big-endian, because neither protobuf nor JSON has one canonical form:
 *
 *   "stafett" 00 01 | event id 16 | time us 8 | type 2 | outcome 1 | role 1 |
 *   org len 1, org | unit len 1, unit | object id 16 | object hash 32 |
 *   state before 1 | state after 1 | detail commitment 32
 *
 *   commitment = HMAC-SHA-256(salt, "stafett-detail/v1" 00 || detail)
 *   leaf hash  = SHA-256(00 || leaf)                        (RFC 6962 section 2.1)
 *
 * The detail and its salt live in a table of their own: deleting them erases the
 * person and leaves the tree whole.
 */
#ifndef DOMAIN_LEAF_H
#define DOMAIN_LEAF_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/uuid.h"
#include "stafett/base.h"

/* A handle is at most 81 bytes, so no name of a unit is ever cut. */
enum { LEAF_MAX = 300, LEAF_NAME_MAX = 89, LEAF_HASH_LEN = 32, LEAF_SALT_LEN = 32 };

/* What was done. */
#define LEAF(name, number, code, action) LEAF_##name = (number),
enum leaf_type {
	LEAF_NONE = 0,
#include "stafett/tbl/leaves.def"
};
#undef LEAF

enum leaf_outcome {
	LEAF_OK = 0,
	LEAF_DUPLICATE = 1, /* a known key again: answered as before */
	LEAF_REFUSED = 2,   /* by a rule: nothing was changed */
	LEAF_DENIED = 3,    /* not theirs, or not there */
};

/* A row of tbl/leaves.def. */
struct leaf_word {
	enum leaf_type type;
	const char *code;
	char action; /* of FHIR AuditEvent: C R U */
};

struct leaf {
	struct uuid event;
	int64_t time_us;
	uint16_t type;
	uint8_t outcome, role;
	struct bytes organisation, unit; /* number and handle; cut at LEAF_NAME_MAX */
	struct uuid object;
	uint8_t object_hash[32];
	uint8_t state_before, state_after;
	uint8_t detail_commitment[32];
};

/* Writes the leaf's bytes; gives their length. */
size_t leaf_encode(const struct leaf *leaf, uint8_t out[LEAF_MAX]);
/* Reads them back; the names are borrowed from |encoded|. False where they are no
 * leaf of this form. */
bool leaf_decode(struct bytes encoded, struct leaf *ret_leaf) WARN_UNUSED;
/* The words of what was done; of a type that this program does not know, code "". */
const struct leaf_word *leaf_word(uint16_t type);
/* The |n|-th row of the table, or NULL. */
const struct leaf_word *leaf_word_at(size_t n);
/* "ok"; "" of a number that this program does not know. */
const char *leaf_outcome_code(uint8_t outcome);
/* The outcome of a code, or -1. */
int leaf_outcome_from_code(struct bytes code);
/* SHA-256 of a zero byte and the leaf. */
void leaf_hash(struct bytes encoded, uint8_t out[LEAF_HASH_LEN]);
/* HMAC-SHA-256 that binds |detail| under |salt|. */
void leaf_commit(
	const uint8_t salt[LEAF_SALT_LEN], struct bytes detail, uint8_t out[LEAF_HASH_LEN]);
/* The hash that names a message's content:
 * SHA-256(header || SHA-256(card) || SHA-256(body)). */
void content_hash(
	struct bytes header, struct bytes card, struct bytes body, uint8_t out[LEAF_HASH_LEN]);
/* The same, of a body whose SHA-256 is known. */
void content_hash_of(struct bytes header, struct bytes card, const uint8_t body_hash[LEAF_HASH_LEN],
	uint8_t out[LEAF_HASH_LEN]);

#endif
