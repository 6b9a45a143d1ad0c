/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 by libcrypto's own functions for it, and HMAC-SHA-256 (RFC 2104) on top.
 * OpenSSL 3 would rather be asked through EVP, which chooses among providers and
 * allocates for each hash: for the short texts here that is more than the hash itself.
 * Its state on the stack needs no memory, cannot fail and is nobody else's.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "domain/digest.h"

#include <openssl/sha.h>

enum { DIGEST_BLOCK = SHA256_CBLOCK };

static void digest_add(SHA256_CTX *sha, const struct bytes *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pieces[i].len)
			SHA256_Update(sha, pieces[i].data, pieces[i].len);
}

void digest_sha256(const struct bytes *pieces, size_t count, uint8_t out[DIGEST_LEN])
{
	SHA256_CTX sha;

	SHA256_Init(&sha);
	digest_add(&sha, pieces, count);
	SHA256_Final(out, &sha);
}

/* A key as one block: longer ones count by their hash. */
static void digest_pad(struct bytes key, uint8_t mark, uint8_t out[DIGEST_BLOCK])
{
	uint8_t hash[DIGEST_LEN];

	if (key.len > DIGEST_BLOCK) {
		digest_sha256(&key, 1, hash);
		key = bytes_of(hash, sizeof(hash));
	}
	memset(out, mark, DIGEST_BLOCK);
	for (size_t i = 0; i < key.len; i++)
		out[i] ^= key.data[i];
}

/* The hash of the padded key and then the pieces. */
static void digest_keyed(struct bytes key, uint8_t mark, const struct bytes *pieces, size_t count,
	uint8_t out[DIGEST_LEN])
{
	uint8_t block[DIGEST_BLOCK];
	SHA256_CTX sha;

	digest_pad(key, mark, block);
	SHA256_Init(&sha);
	SHA256_Update(&sha, block, sizeof(block));
	digest_add(&sha, pieces, count);
	SHA256_Final(out, &sha);
}

void digest_hmac(
	struct bytes key, const struct bytes *pieces, size_t count, uint8_t out[DIGEST_LEN])
{
	uint8_t hash[DIGEST_LEN];
	const struct bytes inner = bytes_of(hash, sizeof(hash));

	digest_keyed(key, 0x36, pieces, count, hash);
	digest_keyed(key, 0x5c, &inner, 1, out);
}
