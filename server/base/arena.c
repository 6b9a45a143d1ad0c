/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See arena.h. Blocks double from 4 to 64 KiB, so that a small call costs one
 * allocation and a large one few; what is larger has a block of its own.
 *
 * Invariant: |used| counts what was given out, rounded up to the alignment, and
 * never exceeds |cap|. Memory held is at most twice that and one block.
 * Under AddressSanitizer all that was not given out is poisoned.
 */
#include "base/arena.h"

#include <sanitizer/asan_interface.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_MIN_BYTES = 4096, BLOCK_MAX_BYTES = 65536, SHORT_TEXT_BYTES = 256 };

struct arena_block {
	struct arena_block *older;
	size_t size, used;
	_Alignas(max_align_t) uint8_t memory[];
};

void arena_init(struct arena *arena, size_t cap)
{
	*arena = (struct arena){.cap = cap};
}

void arena_fini(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	while (block) {
		struct arena_block *older = block->older;

		free(block);
		block = older;
	}
	arena_init(arena, arena->cap);
}

/* The size of the next block: at least |need|, else double the newest one. */
static size_t arena_block_size(const struct arena *arena, size_t need)
{
	size_t size = BLOCK_MIN_BYTES;

	if (arena->blocks)
		size = arena->blocks->size * 2;
	if (size > BLOCK_MAX_BYTES)
		size = BLOCK_MAX_BYTES;
	return need > size ? need : size;
}

/* Puts a new block with room for |need| bytes in front. */
static struct arena_block *arena_grow(struct arena *arena, size_t need)
{
	size_t size = arena_block_size(arena, need), whole;
	struct arena_block *block;

	if (__builtin_add_overflow(size, sizeof(*block), &whole))
		return NULL;
	block = malloc(whole);
	if (!block)
		return NULL;
	*block = (struct arena_block){.older = arena->blocks, .size = size};
	ASAN_POISON_MEMORY_REGION(block->memory, size);
	arena->blocks = block;
	return block;
}

/* |size| rounded up to the alignment and at least one unit of it; 0 when that
 * overflows. */
static size_t arena_round_up(size_t size)
{
	size_t unit = _Alignof(max_align_t);

	if (size == 0)
		return unit;
	return size > SIZE_MAX - unit ? 0 : (size + unit - 1) / unit * unit;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t need = arena_round_up(size);
	struct arena_block *block = arena->blocks;
	void *memory;

	if (need == 0 || need > arena->cap - arena->used)
		goto refuse;
	if (!block || block->size - block->used < need)
		block = arena_grow(arena, need);
	if (!block)
		goto refuse;
	memory = block->memory + block->used;
	block->used += need;
	arena->used += need;
	ASAN_UNPOISON_MEMORY_REGION(memory, size);
	return memset(memory, 0, size);
refuse:
	arena->overflowed = true;
	return NULL;
}

char *arena_copy(struct arena *arena, struct bytes bytes)
{
	char *copy = arena_alloc(arena, bytes.len + 1);

	if (copy && bytes.len > 0)
		memcpy(copy, bytes.data, bytes.len);
	return copy;
}

char *arena_join(struct arena *arena, char *const *texts, size_t n)
{
	size_t room = 1;
	char *joined, *end;

	for (size_t i = 0; i < n; i++)
		room += strlen(texts[i]) + 1;
	joined = end = arena_alloc(arena, room);
	for (size_t i = 0; joined && i < n; i++) {
		if (i > 0)
			*end++ = ',';
		end = stpcpy(end, texts[i]);
	}
	return joined;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	char short_text[SHORT_TEXT_BYTES], *text;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(short_text, sizeof(short_text), format, args);
	va_end(args);
	if (len < 0) {
		arena->overflowed = true;
		return NULL;
	}
	if ((size_t)len < sizeof(short_text))
		return arena_copy(arena, bytes_of(short_text, (size_t)len));
	text = arena_alloc(arena, (size_t)len + 1);
	va_start(args, format);
	if (text)
		vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}

static void *arena_protobuf_alloc(void *data, size_t size)
{
	struct arena *arena = data;

	return arena_alloc(arena, size);
}

static void arena_protobuf_free(void *data, void *memory)
{
	/* It dies with the arena. */
}

ProtobufCAllocator *arena_allocator(struct arena *arena)
{
	/* Set here and not once, so that a struct arena may be moved before. */
	arena->allocator = (ProtobufCAllocator){
		.alloc = arena_protobuf_alloc,
		.free = arena_protobuf_free,
		.allocator_data = arena,
	};
	return &arena->allocator;
}
