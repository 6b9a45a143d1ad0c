/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 through libcrypto's EVP, the interface that stays, and HMAC-SHA-256
 * (RFC 2104) on top of it: libcrypto's own is made anew for every message, which
 * costs several times the hash of a short one.
 */
#include "domain/digest.h"

#include <stdbool.h>
#include <stdlib.h>

#include <openssl/evp.h>

enum { DIGEST_BLOCK = 64 };

/* Looked up once, and constant from then on: a look-up costs more than the hash of
 * a short message. */
static const EVP_MD *digest_algorithm(void)
{
	static EVP_MD *algorithm;

	if (!algorithm)
		algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	return algorithm;
}

static bool digest_update(EVP_MD_CTX *ctx, const struct bytes *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].len && !EVP_DigestUpdate(ctx, pieces[i].data, pieces[i].len))
			return false;
	}
	return true;
}

/* The hash of |first| and then the pieces. */
static void digest_run(EVP_MD_CTX *ctx, struct bytes first, const struct bytes *pieces,
	size_t count, uint8_t out[DIGEST_LEN])
{
	if (!ctx || !EVP_DigestInit_ex(ctx, digest_algorithm(), NULL) ||
		!digest_update(ctx, &first, 1) || !digest_update(ctx, pieces, count) ||
		!EVP_DigestFinal_ex(ctx, out, NULL))
		abort();
}

void digest_sha256(const struct bytes *pieces, size_t count, uint8_t out[DIGEST_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	digest_run(ctx, bytes_of(NULL, 0), pieces, count, out);
	EVP_MD_CTX_free(ctx);
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

void digest_hmac(
	struct bytes key, const struct bytes *pieces, size_t count, uint8_t out[DIGEST_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t block[DIGEST_BLOCK], hash[DIGEST_LEN];
	const struct bytes inner = bytes_of(hash, sizeof(hash));

	digest_pad(key, 0x36, block);
	digest_run(ctx, bytes_of(block, sizeof(block)), pieces, count, hash);
	digest_pad(key, 0x5c, block);
	digest_run(ctx, bytes_of(block, sizeof(block)), &inner, 1, out);
	EVP_MD_CTX_free(ctx);
}
