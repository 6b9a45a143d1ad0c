/* SPDX-License-Identifier: Apache-2.0 */
/* Tables over libsmartcols: see the header. */
#include "client/screen/table.h"

#include <stdio.h>
#include <stdlib.h>

#include <libsmartcols/libsmartcols.h>

#include "client/memory.h"
#include "client/screen/lines.h"
#include "client/screen/safe_text.h"

enum { TABLE_GROUPS_MAX = 8 };

struct table {
	struct libscols_table *lines;
	enum table_form form;
	size_t n_columns, n_rows;
	struct table_group {
		const char *title;
		size_t first; /* the row that follows it */
	} groups[TABLE_GROUPS_MAX];
	size_t n_groups;
};

static void table_add_column(struct table *table, const struct table_column *column)
{
	int flags = (column->is_number ? SCOLS_FL_RIGHT : 0) |
		    (column->may_shrink ? SCOLS_FL_TRUNC : 0);

	memory_need(scols_table_new_column(table->lines, column->title, 0.0, flags));
	table->n_columns++;
}

/* A cell that a spreadsheet would take for a formula gets a quotation mark, which
 * it shows as text: the words are other people's. */
static void table_print_csv_cell(const char *text)
{
	const char *guard = *text && strchr("=+-@", *text) ? "'" : "";

	if (!strpbrk(text, ",\"")) {
		printf("%s%s", guard, text);
		return;
	}
	printf("\"%s", guard);
	for (; *text; text++)
		printf(*text == '"' ? "\"\"" : "%c", *text);
	putchar('"');
}

static void table_print_csv_row(const char *first, const char *const *cells, size_t n)
{
	fputs(first, stdout);
	for (size_t i = 0; i < n; i++) {
		putchar(',');
		table_print_csv_cell(cells[i]);
	}
	fputs("\r\n", stdout);
}

static void table_print_csv_heading(const struct table_column *columns)
{
	const char *titles[TABLE_COLUMNS_MAX];
	size_t n = 0;

	for (; columns[n].title; n++)
		titles[n] = columns[n].title;
	table_print_csv_row("!", titles, n);
}

static void table_print_plain_row(bool is_marked, const char *const *cells, size_t n)
{
	fputs(is_marked ? "!" : "", stdout);
	for (size_t i = 0; i < n; i++)
		printf("\t%s", cells[i]);
	putchar('\n');
}

struct table *table_new(const struct table_column *columns, enum table_form form)
{
	static const struct table_column mark = {.title = ""};
	struct table *table = memory_need(calloc(1, sizeof(*table)));

	table->form = form;
	table->lines = memory_need(scols_new_table());
	scols_table_enable_colors(table->lines, lines_may_colour(stdout));
	scols_table_set_termforce(table->lines, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(table->lines, lines_width());
	table_add_column(table, &mark);
	for (const struct table_column *column = columns; column->title; column++)
		table_add_column(table, column);
	if (form == TABLE_CSV)
		table_print_csv_heading(columns);
	return table;
}

void table_group(struct table *table, struct arena *arena, const char *title)
{
	if (table->n_groups < TABLE_GROUPS_MAX)
		table->groups[table->n_groups++] =
			(struct table_group){safe_line(arena, title), table->n_rows};
}

static void table_add_line(struct table *table, bool is_marked, const char *const *cells, size_t n)
{
	struct libscols_line *line = memory_need(scols_table_new_line(table->lines, NULL));

	if (is_marked)
		(void)scols_line_set_color(line, "red");
	if (scols_line_set_data(line, 0, is_marked ? "!" : ""))
		memory_need(NULL);
	for (size_t i = 0; i < n; i++) {
		if (scols_line_set_data(line, i + 1, cells[i]))
			memory_need(NULL);
	}
}

void table_row(struct table *table, struct arena *arena, bool is_marked, const char *const *cells)
{
	const char *safe[TABLE_COLUMNS_MAX];
	size_t n = table->n_columns - 1;

	for (size_t i = 0; i < n; i++)
		safe[i] = safe_line(arena, cells[i]);
	table->n_rows++;
	if (table->form == TABLE_PLAIN)
		table_print_plain_row(is_marked, safe, n);
	else if (table->form == TABLE_CSV)
		table_print_csv_row(is_marked ? "!" : "", safe, n);
	else
		table_add_line(table, is_marked, safe, n);
}

/* Prints the page that is |text|, a heading and a line each row, with the titles of
 * the groups between them. */
static void table_print_page(const struct table *table, char *text)
{
	size_t group = 0;
	char *line = strsep(&text, "\n");

	puts(line);
	for (size_t row = 0; (line = strsep(&text, "\n")) && row < table->n_rows; row++) {
		while (group < table->n_groups && table->groups[group].first == row)
			puts(table->groups[group++].title);
		puts(line);
	}
}

void table_print(struct table *table)
{
	char *text = NULL;

	if (table->form == TABLE_PAGE && table->n_rows) {
		if (scols_print_table_to_string(table->lines, &text))
			memory_need(NULL);
		table_print_page(table, text);
		free(text);
	}
	scols_unref_table(table->lines);
	free(table);
}
