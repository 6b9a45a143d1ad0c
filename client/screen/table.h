/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables, in one of three forms:
 *
 *   a page   aligned columns under a heading; where it is narrow, what may shrink is
 *            broken between words, and a row takes several lines
 *   plain    one line a row, tabs between the values, nothing cut
 *   csv      RFC 4180 with a heading, nothing cut
 *
 * A row may be marked as late or dangerous: it begins with "!" in every form, and
 * is red where colour is allowed.
 */
#ifndef CLIENT_SCREEN_TABLE_H
#define CLIENT_SCREEN_TABLE_H

#include <stdbool.h>

#include "base/arena.h"

enum { TABLE_COLUMNS_MAX = 18 };

enum table_form { TABLE_PAGE, TABLE_PLAIN, TABLE_CSV };

struct table_column {
	const char *title; /* translated; NULL ends the list */
	bool is_number;	   /* aligned to the right */
	bool may_shrink;   /* broken over lines where the page is narrow */
};

struct table;

struct table *table_new(const struct table_column *columns, enum table_form form);
/* Begins a group of rows: on a page |title| stands alone before the next of them. */
void table_group(struct table *table, struct arena *arena, const char *title);
/* Adds a row: one text a column, made harmless here. */
void table_row(struct table *table, struct arena *arena, bool is_marked, const char *const *cells);
/* Prints the table with a heading and frees it. */
void table_print(struct table *table);

#endif
