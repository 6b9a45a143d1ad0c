/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page tokens: where the last page ended, as text that callers hand back. Not a
 * secret and not trusted: a token selects among what the caller may see anyway.
 */
#ifndef SERVICE_PAGE_H
#define SERVICE_PAGE_H

#include "base/arena.h"
#include "domain/uuid.h"

struct page_place {
	int64_t us;
	struct uuid id;
	int seq;
};

/* The token of a place; NULL over the arena's cap. */
char *page_token(struct arena *arena, const struct page_place *place);
/* False where |token| is none of ours. */
bool page_read(const char *token, struct page_place *ret_place) WARN_UNUSED;
/* How many rows a page has: |asked|, or the default, within the cap. -1 where
 * |asked| is negative. */
int page_size(int asked);

#endif
