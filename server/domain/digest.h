/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 and HMAC-SHA-256 over several pieces, without gluing them together
 * first.
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
