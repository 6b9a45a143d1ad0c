/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUIDs of version 7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, the
 * rest random. Time and randomness are arguments: this floor has no clock.
 */
#ifndef DOMAIN_UUID_H
#define DOMAIN_UUID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "stafett/base.h"

enum { UUID_TEXT_LEN = 36 };

struct uuid {
	uint8_t b[16];
};

/* Reads the 36 lower- or upper-case characters of |text|. Any version. */
bool uuid_parse(struct bytes text, struct uuid *ret_uuid) WARN_UNUSED;
/* Writes 36 lower-case characters and a NUL. */
void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_LEN + 1]);
/* A version 7 UUID of |unix_ms| and the first 10 bytes of randomness. */
struct uuid uuid_make(int64_t unix_ms, const uint8_t random[10]);
/* The version nibble. */
int uuid_version(const struct uuid *uuid);
/* The milliseconds that a version 7 UUID carries. */
int64_t uuid_time_ms(const struct uuid *uuid);
/* A batch compares its operations pair by pair, so this must cost nothing. */
static inline bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* A view of its 16 bytes. */
static inline struct bytes uuid_bytes(const struct uuid *uuid)
{
	return bytes_of(uuid->b, sizeof(uuid->b));
}

static inline bool uuid_is_nil(const struct uuid *uuid)
{
	static const struct uuid nil;

	return uuid_equal(uuid, &nil);
}

/*
 * The ids that follow from a message, known to both sides before the answer:
 * d = SHA-256(unit's handle || 16 bytes of the message's id); the referral is a
 * version 7 UUID with the message's time and the random bits of d[0..16), a new
 * chain has those of d[16..32). ("Random bits": the 74 bits that are neither
 * time, version nor variant, taken from the same positions of d's half.)
 */
void uuid_derive(struct bytes unit, const struct uuid *message, struct uuid *ret_referral,
	struct uuid *ret_chain);

#endif
