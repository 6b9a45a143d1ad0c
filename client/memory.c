/* SPDX-License-Identifier: Apache-2.0 */
/* The arena of a command, without NULL: see the header. */
#include "client/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/exit.h"
#include "client/text.h"

void *memory_need(void *p)
{
	if (p)
		return p;
	fputs(_("stafett: out of memory\n"), stderr);
	exit(EXIT_TEMPORARY);
}

void *memory_alloc(struct arena *arena, size_t size)
{
	return memory_need(arena_alloc(arena, size));
}

char *memory_copy(struct arena *arena, struct bytes bytes)
{
	return memory_need(arena_copy(arena, bytes));
}

char *memory_string(struct arena *arena, const char *text)
{
	return memory_copy(arena, bytes_of_string(text));
}

char *memory_vprintf(struct arena *arena, const char *format, va_list args)
{
	char *text = NULL;
	char *copy;
	int len = vasprintf(&text, format, args);

	if (len < 0)
		memory_need(NULL);
	copy = memory_copy(arena, bytes_of(text, (size_t)len));
	free(text);
	return copy;
}

char *memory_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = memory_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void *memory_join(
	struct arena *arena, const void *first, size_t n_first, const void *more, size_t n_more)
{
	void **joined = memory_alloc(arena, sizeof(*joined) * (n_first + n_more + 1));

	if (n_first)
		memcpy(joined, first, sizeof(*joined) * n_first);
	if (n_more)
		memcpy(joined + n_first, more, sizeof(*joined) * n_more);
	return joined;
}
