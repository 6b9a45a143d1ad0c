/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast is this machine? What an ECDSA P-256 verification costs, the work that a
 * handshake mostly is: the same code everywhere, in no cache's way. Floors that were
 * set in microseconds on one machine are compared with another's by it. Prints one
 * line of JSON; the median of many short rounds, for others may work beside it.
 */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

enum { CALIBRATE_ROUNDS = 25, CALIBRATE_VERIFIES = 100, CALIBRATE_SIGNATURE_MAX = 80 };

struct signature {
	EVP_PKEY *key;
	uint8_t data[32], bytes[CALIBRATE_SIGNATURE_MAX];
	size_t len;
};

static int signature_make(struct signature *s)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int ok;

	memset(s->data, 'x', sizeof(s->data));
	s->key = EVP_EC_gen("P-256");
	s->len = sizeof(s->bytes);
	ok = context && s->key &&
	     EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, s->key) == 1 &&
	     EVP_DigestSign(context, s->bytes, &s->len, s->data, sizeof(s->data)) == 1;
	EVP_MD_CTX_free(context);
	return ok ? 0 : -1;
}

static int signature_verify(const struct signature *s)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int ok = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, s->key) == 1 &&
		 EVP_DigestVerify(context, s->bytes, s->len, s->data, sizeof(s->data)) == 1;

	EVP_MD_CTX_free(context);
	return ok ? 0 : -1;
}

static int calibrate_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	int64_t rounds_ns[CALIBRATE_ROUNDS], median_ns;
	struct signature signature = {0};
	int rc = signature_make(&signature);

	for (int i = 0; !rc && i < CALIBRATE_ROUNDS; i++) {
		int64_t began_ns = measure_now_ns(CLOCK_PROCESS_CPUTIME_ID);

		for (int j = 0; !rc && j < CALIBRATE_VERIFIES; j++)
			rc = signature_verify(&signature);
		rounds_ns[i] = measure_now_ns(CLOCK_PROCESS_CPUTIME_ID) - began_ns;
	}
	EVP_PKEY_free(signature.key);
	if (rc) {
		fputs("calibrate: libcrypto does not verify\n", stderr);
		return 1;
	}
	qsort(rounds_ns, CALIBRATE_ROUNDS, sizeof(*rounds_ns), calibrate_compare);
	median_ns = rounds_ns[CALIBRATE_ROUNDS / 2];
	printf("{\"verify_us\": %.1f}\n", (double)median_ns / CALIBRATE_VERIFIES / NS_PER_US);
	return 0;
}
