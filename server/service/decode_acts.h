/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoders of single acts: what each must say, and in which codes. For one
 * another alone; others call decode_write.
 */
#ifndef SERVICE_DECODE_ACTS_H
#define SERVICE_DECODE_ACTS_H

#include "service/decode_fields.h"

/* What carries nothing but words must carry some. */
struct fault decode_words(const struct write *w);
/* The one unit that it goes to. */
struct fault decode_recipient(const Stafett__V1__Header *h, struct order *o);
/* The needs as the store keeps them: codes with commas between. */
struct fault decode_needs(struct arena *arena, char *const *needs, size_t n, const char *field,
	struct bytes *ret_needs);

/* Why a send may disclose what it does; after its recipient. */
struct fault decode_basis(
	struct arena *arena, const Stafett__V1__LegalBasis *basis, struct write *w);
struct fault decode_consent_act(struct arena *arena, const Stafett__V1__Header *h, struct write *w);
struct fault decode_send(struct arena *arena, const Stafett__V1__Header *h, struct write *w);
struct fault decode_register(struct arena *arena, const Stafett__V1__Header *h, struct write *w);
struct fault decode_close(struct arena *arena, const Stafett__V1__Header *h, struct write *w);
struct fault decode_correct_clock(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w);
struct fault decode_merge(struct arena *arena, const Stafett__V1__Header *h, struct write *w);
struct fault decode_delay(struct arena *arena, const Stafett__V1__Header *h, struct write *w);
struct fault decode_follow_up(struct arena *arena, const Stafett__V1__Header *h, struct write *w);
struct fault decode_confirm(struct arena *arena, const Stafett__V1__Header *h, struct write *w);

#endif
