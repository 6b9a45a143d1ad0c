/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: aligned columns on a page, or with --plain one line a row, tabs between
 * the values, nothing cut. A row may be marked as late or dangerous: it begins
 * with "!" in every form, and is red where colour is allowed.
 */
#ifndef CLIENT_SCREEN_TABLE_H
#define CLIENT_SCREEN_TABLE_H

#include <stdbool.h>

#include "base/arena.h"

enum { TABLE_COLUMNS_MAX = 10 };

struct table_column {
	const char *title; /* translated; NULL ends the list */
	bool is_number;	   /* aligned to the right */
	bool may_shrink;   /* cut first where the page is narrow */
};

struct table;

/* |is_plain|: lines of values with tabs between them. */
struct table *table_new(const struct table_column *columns, bool is_plain);
/* Adds a row: one text a column, made harmless here. */
void table_row(struct table *table, struct arena *arena, bool is_marked, const char *const *cells);
/* Prints the table with a heading and frees it. */
void table_print(struct table *table);

#endif
