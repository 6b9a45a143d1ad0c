/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: memory that dies together. A call has one, and everything made for
 * the call lives in it; there is no free of a single object. An arena has a
 * cap, because a peer decides how much is asked of it. Running over the cap or
 * out of memory gives NULL and sets a sticky flag that may be checked once.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

#include "stafett/base.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* the newest first */
	size_t used, cap;	    /* bytes given out, and the most that may be */
	bool overflowed;	    /* sticky: some request was refused */
	ProtobufCAllocator allocator;
};

/* Prepares |arena| to give out at most |cap| bytes. It holds no memory yet. */
void arena_init(struct arena *arena, size_t cap);
/* Gives everything back; the arena may be used again. */
void arena_fini(struct arena *arena);
/* Zeroed memory of |size| bytes, aligned for any type; NULL over the cap. */
void *arena_alloc(struct arena *arena, size_t size);
/* A copy of |bytes| with a NUL behind it; NULL over the cap. */
char *arena_copy(struct arena *arena, struct bytes bytes);
/* The |n| texts with commas between; NULL over the cap. */
char *arena_join(struct arena *arena, char *const *texts, size_t n);
/* A formatted string in the arena; NULL over the cap. */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* For protobuf-c: allocates from |arena|, frees nothing. Lives as long as |arena|. */
ProtobufCAllocator *arena_allocator(struct arena *arena);

#endif
