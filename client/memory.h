/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of a command. A command is short: what it makes lives in one arena and
 * dies with the process. Running out of memory ends the process at once with
 * EXIT_TEMPORARY; what must outlive that is in the outbox already.
 */
#ifndef CLIENT_MEMORY_H
#define CLIENT_MEMORY_H

#include <stdarg.h>

#include "base/arena.h"

/* |p| itself; ends the process where it is NULL. */
void *memory_need(void *p);
/* Like arena_alloc, arena_copy and arena_printf, and never NULL. */
void *memory_alloc(struct arena *arena, size_t size);
char *memory_copy(struct arena *arena, struct bytes bytes);
char *memory_string(struct arena *arena, const char *text);
char *memory_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *memory_vprintf(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);
/* A new array of |n_first| and then |n_more| pointers: pages put together. */
void *memory_join(
	struct arena *arena, const void *first, size_t n_first, const void *more, size_t n_more);

#endif
