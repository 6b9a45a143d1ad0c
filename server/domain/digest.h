/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 and HMAC-SHA-256 over several pieces, without gluing them together
 * first. libcrypto can refuse these only for want of memory or for a broken
 * installation; there is no hash to go on with then, and a wrong one would name
 * something else for ever, so the process ends (abort) and is started again.
 */
#ifndef DOMAIN_DIGEST_H
#define DOMAIN_DIGEST_H

#include "stafett/base.h"

enum { DIGEST_LEN = 32 };

/* SHA-256 of the |count| pieces, one after the other. */
void digest_sha256(const struct bytes *pieces, size_t count, uint8_t out[DIGEST_LEN]);
/* HMAC-SHA-256 of the |count| pieces under |key|. */
void digest_hmac(
	struct bytes key, const struct bytes *pieces, size_t count, uint8_t out[DIGEST_LEN]);

#endif
