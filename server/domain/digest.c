/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 and HMAC-SHA-256 through libcrypto's EVP, the interface that stays.
 */
#include "domain/digest.h"

#include <stdbool.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

static bool digest_update(EVP_MD_CTX *ctx, const struct bytes *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].len && !EVP_DigestUpdate(ctx, pieces[i].data, pieces[i].len))
			return false;
	}
	return true;
}

void digest_sha256(const struct bytes *pieces, size_t count, uint8_t out[DIGEST_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) ||
		!digest_update(ctx, pieces, count) || !EVP_DigestFinal_ex(ctx, out, NULL))
		abort();
	EVP_MD_CTX_free(ctx);
}

static bool digest_mac_update(EVP_MAC_CTX *ctx, const struct bytes *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].len && !EVP_MAC_update(ctx, pieces[i].data, pieces[i].len))
			return false;
	}
	return true;
}

void digest_hmac(
	struct bytes key, const struct bytes *pieces, size_t count, uint8_t out[DIGEST_LEN])
{
	char name[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t len;

	if (!ctx || !EVP_MAC_init(ctx, key.data, key.len, params) ||
		!digest_mac_update(ctx, pieces, count) ||
		!EVP_MAC_final(ctx, out, &len, DIGEST_LEN))
		abort();
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
}
