/* SPDX-License-Identifier: Apache-2.0 */
/* Tables over libsmartcols: see the header. */
#include "client/screen/table.h"

#include <stdio.h>

#include <libsmartcols/libsmartcols.h>

#include "client/memory.h"
#include "client/screen/lines.h"
#include "client/screen/safe_text.h"

struct table {
	struct libscols_table *lines;
	size_t n_columns;
	bool is_plain;
};

static void table_add_column(struct table *table, const struct table_column *column)
{
	int flags = (column->is_number ? SCOLS_FL_RIGHT : 0) |
		    (column->may_shrink ? SCOLS_FL_TRUNC : 0);

	memory_need(scols_table_new_column(table->lines, column->title, 0.0, flags));
	table->n_columns++;
}

struct table *table_new(const struct table_column *columns, bool is_plain)
{
	static const struct table_column mark = {.title = ""};
	struct table *table = memory_need(calloc(1, sizeof(*table)));

	table->is_plain = is_plain;
	table->lines = memory_need(scols_new_table());
	scols_table_enable_colors(table->lines, lines_may_colour(stdout));
	scols_table_set_termforce(table->lines, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(table->lines, lines_width());
	table_add_column(table, &mark);
	for (const struct table_column *column = columns; column->title; column++)
		table_add_column(table, column);
	return table;
}

static void table_plain_row(bool is_marked, const char *const *cells, size_t n)
{
	fputs(is_marked ? "!" : "", stdout);
	for (size_t i = 0; i < n; i++)
		printf("\t%s", cells[i]);
	fputc('\n', stdout);
}

void table_row(struct table *table, struct arena *arena, bool is_marked, const char *const *cells)
{
	const char *safe[TABLE_COLUMNS_MAX];
	size_t n = table->n_columns - 1;
	struct libscols_line *line;

	for (size_t i = 0; i < n; i++)
		safe[i] = safe_line(arena, cells[i]);
	if (table->is_plain) {
		table_plain_row(is_marked, safe, n);
		return;
	}
	line = memory_need(scols_table_new_line(table->lines, NULL));
	if (is_marked)
		(void)scols_line_set_color(line, "red");
	if (scols_line_set_data(line, 0, is_marked ? "!" : ""))
		memory_need(NULL);
	for (size_t i = 0; i < n; i++) {
		if (scols_line_set_data(line, i + 1, safe[i]))
			memory_need(NULL);
	}
}

void table_print(struct table *table)
{
	if (!table->is_plain)
		(void)scols_print_table(table->lines);
	scols_unref_table(table->lines);
	free(table);
}
