/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUIDs as sixteen bytes: text, version 7, and the ids that follow from a
 * message. Layout of version 7: bytes 0-5 time, 6 version and 4 random bits, 7
 * random, 8 variant and 6 random bits, 9-15 random.
 */
#include "domain/uuid.h"

#include "domain/digest.h"

enum { UUID_LEN = sizeof(struct uuid), UUID_TIME_LEN = 6 };

/* Where in the text the two digits of each byte stand; there are dashes between. */
static const uint8_t uuid_places[UUID_LEN] = {
	0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
static const uint8_t uuid_dashes[] = {8, 13, 18, 23};

/* The value of a hexadecimal digit; -1 for anything else. */
static int uuid_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20; /* of a letter the small one */
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool uuid_parse(struct bytes text, struct uuid *ret_uuid)
{
	struct uuid uuid;

	if (text.len != UUID_TEXT_LEN)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(uuid_dashes); i++)
		if (text.data[uuid_dashes[i]] != '-')
			return false;
	for (size_t i = 0; i < UUID_LEN; i++) {
		const uint8_t *pair = text.data + uuid_places[i];
		int high = uuid_digit(pair[0]), low = uuid_digit(pair[1]);

		if (high < 0 || low < 0)
			return false;
		uuid.b[i] = (uint8_t)(high << 4 | low);
	}
	*ret_uuid = uuid;
	return true;
}

void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < ARRAY_SIZE(uuid_dashes); i++)
		out[uuid_dashes[i]] = '-';
	for (size_t i = 0; i < UUID_LEN; i++) {
		out[uuid_places[i]] = digits[uuid->b[i] >> 4];
		out[uuid_places[i] + 1] = digits[uuid->b[i] & 15];
	}
	out[UUID_TEXT_LEN] = '\0';
}

/* Lays version 7 and the RFC's variant over the bits that were there. */
static void uuid_stamp(struct uuid *uuid)
{
	uuid->b[6] = (uint8_t)(0x70 | (uuid->b[6] & 0x0f));
	uuid->b[8] = (uint8_t)(0x80 | (uuid->b[8] & 0x3f));
}

struct uuid uuid_make(int64_t unix_ms, const uint8_t random[10])
{
	struct uuid uuid;

	for (int i = 0; i < UUID_TIME_LEN; i++)
		uuid.b[i] = (uint8_t)(unix_ms >> (40 - 8 * i));
	memcpy(uuid.b + UUID_TIME_LEN, random, 10);
	uuid_stamp(&uuid);
	return uuid;
}

int uuid_version(const struct uuid *uuid)
{
	return uuid->b[6] >> 4;
}

int64_t uuid_time_ms(const struct uuid *uuid)
{
	int64_t ms = 0;

	for (int i = 0; i < UUID_TIME_LEN; i++)
		ms = ms << 8 | uuid->b[i];
	return ms;
}

/* The time of |message| and the random bits of one half of the digest. */
static struct uuid uuid_from_half(const struct uuid *message, const uint8_t half[16])
{
	struct uuid uuid;

	memcpy(uuid.b, half, sizeof(uuid.b));
	memcpy(uuid.b, message->b, UUID_TIME_LEN);
	uuid_stamp(&uuid);
	return uuid;
}

void uuid_derive(struct bytes unit, const struct uuid *message, struct uuid *ret_referral,
	struct uuid *ret_chain)
{
	const struct bytes pieces[] = {unit, bytes_of(message->b, sizeof(message->b))};
	uint8_t digest[DIGEST_LEN];

	digest_sha256(pieces, ARRAY_SIZE(pieces), digest);
	*ret_referral = uuid_from_half(message, digest);
	*ret_chain = uuid_from_half(message, digest + 16);
}
