/* SPDX-License-Identifier: Apache-2.0 */
/* A text on a terminal that may be smaller than it: lines, and where the page is. */
#ifndef CLIENT_SCREEN_PAGE_H
#define CLIENT_SCREEN_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"

struct page {
	char **lines; /* none wider than the terminal when it was made */
	size_t count, first;
};

/* Breaks |text|, which is harmless, into lines of |columns|. */
void page_make(struct arena *arena, const char *text, size_t columns, struct page *ret_page);
/* Prints up to |rows| lines from where the page is. Whether more follow. */
bool page_print(const struct page *page, size_t rows, FILE *out);
/* Goes on by |rows| lines; from the end back to the beginning. */
void page_turn(struct page *page, size_t rows);
/* What |print| prints to standard output, as text in |arena|; "" where the system
 * has no room for it. */
char *page_capture(struct arena *arena, void (*print)(void *user), void *user);

#endif
