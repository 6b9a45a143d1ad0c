/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small words that both programs speak: a view of bytes, scoped release,
 * and the compiler's checks. Nothing here allocates, logs or does I/O.
 */
#ifndef STAFETT_BASE_H
#define STAFETT_BASE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WARN_UNUSED	  __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
/* Calls |fn| with the variable's address when it leaves scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define ARRAY_SIZE(a)			(sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
/* Yields the pointer and forgets it, so that its scoped release does nothing. */
#define TAKE(p)                         \
	({                              \
		__typeof__(p) t_ = (p); \
		(p) = NULL;             \
		t_;                     \
	})

/* A borrowed view of bytes; never owned, never NUL-terminated. */
struct bytes {
	const uint8_t *data;
	size_t len;
};

static inline struct bytes bytes_of(const void *data, size_t len)
{
	return (struct bytes){(const uint8_t *)data, len};
}

/* A view of a C string without its NUL; NULL gives an empty view. */
static inline struct bytes bytes_of_string(const char *s)
{
	return bytes_of(s, s ? strlen(s) : 0);
}

static inline int bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Whether |b| is what the C string |text| says; NULL says nothing. Written out, for it
 * walks tables of words, whose first letters mostly differ. */
static inline int bytes_are(struct bytes b, const char *text)
{
	size_t i = 0;

	while (i < b.len && text && text[i] && (uint8_t)text[i] == b.data[i])
		i++;
	return i == b.len && (!text || !text[i]);
}

#endif
