/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making the audit record of one operation: the leaf's bytes, the detail that it
 * commits to, and the salt. The detail is a row of tag, length and value:
 *
 *   tag 1 | length 2, big-endian | value
 *
 * It lives in a table of its own, so that it can be erased and the leaf stay.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "domain/identity.h"
#include "store/write.h"

/* The numbers are for ever. */
enum audit_tag {
	AUDIT_MEMBER = 1,
	AUDIT_CERTIFICATE = 2,
	AUDIT_ADDRESS = 3,
	AUDIT_CALL = 4,
	AUDIT_CHAIN = 5,
	AUDIT_REFERRAL = 6, /* once for each row of a page */
	AUDIT_ACT = 7,
	AUDIT_BASIS = 8,
	AUDIT_REASON = 9,  /* of a refusal */
	AUDIT_ASKED = 10,  /* of a reading of the log: its filters */
	AUDIT_STEP = 11,   /* of an act that takes two: propose, confirm or drop */
	AUDIT_RULE = 20,   /* of deadlines or bases: what was done to which version of it */
	AUDIT_NOTICE = 21, /* what was done to how a unit is told of alarms */
};

/* A page of 100 ids fits several times; a page of a watch with the names of all
 * its members just fits. */
enum { AUDIT_DETAIL_MAX = 16384 };

struct audit {
	struct leaf leaf;
	char organisation[IDENTITY_ORGNR_LEN]; /* what the leaf borrows */
	uint8_t salt[LEAF_SALT_LEN];
	uint8_t detail[AUDIT_DETAIL_MAX];
	size_t detail_len;
	uint8_t encoded[LEAF_MAX];
	size_t encoded_len;
	uint8_t hash[LEAF_HASH_LEN];
};

/* Begins a record of |now_us|, with an id and a salt from |random|: the first
 * AUDIT_RANDOM bytes. */
enum { AUDIT_RANDOM = 10 + LEAF_SALT_LEN };
void audit_begin(struct audit *audit, enum leaf_type type, int64_t now_us,
	const struct caller *caller, const uint8_t random[AUDIT_RANDOM]);
/* Copies the acting organisation's number into the leaf; empty where it is unknown. */
void audit_set_organisation(struct audit *audit, struct bytes number);
/* Adds to the detail; what does not fit is left out (it cannot happen within the
 * caps). */
void audit_add(struct audit *audit, enum audit_tag tag, struct bytes value);
/* Reads the next value of a detail and takes it from |rest|; false at its end. */
bool audit_next(struct bytes *rest, enum audit_tag *ret_tag, struct bytes *ret_value) WARN_UNUSED;
/* Encodes and hashes: |encoded| and |hash| are valid from here. */
void audit_finish(struct audit *audit);

#endif
