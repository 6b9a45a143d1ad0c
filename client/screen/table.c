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

/* No column gets narrower than this or its title, and none that need not is narrower
 * than its longest word, up to the second. */
enum { TABLE_LEAST = 6, TABLE_WORD_MOST = 16 };

struct table_line {
	bool is_marked;
	const char *cells[TABLE_COLUMNS_MAX];
	size_t height; /* lines of the page that it takes */
};

struct table {
	enum table_form form;
	struct table_column columns[TABLE_COLUMNS_MAX];
	size_t n_columns, n_rows;
	struct arena *arena; /* of the cells; known with the first row */
	struct table_line *lines;
	size_t widths[TABLE_COLUMNS_MAX];
	struct table_group {
		const char *title;
		size_t first; /* the row that follows it */
	} groups[TABLE_GROUPS_MAX];
	size_t n_groups;
};

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
	struct table *table = memory_need(calloc(1, sizeof(*table)));

	table->form = form;
	for (; columns[table->n_columns].title; table->n_columns++)
		table->columns[table->n_columns] = columns[table->n_columns];
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

static void table_add_line(
	struct table *table, struct arena *arena, bool is_marked, const char *const *cells)
{
	struct table_line *line;

	/* Room is doubled at each power of two. */
	if (!(table->n_rows & (table->n_rows - 1)))
		table->lines = memory_need(
			realloc(table->lines, 2 * (table->n_rows + 1) * sizeof(*table->lines)));
	line = &table->lines[table->n_rows];
	*line = (struct table_line){.is_marked = is_marked, .height = 1};
	for (size_t i = 0; i < table->n_columns; i++)
		line->cells[i] = cells[i];
	table->arena = arena;
}

void table_row(struct table *table, struct arena *arena, bool is_marked, const char *const *cells)
{
	const char *safe[TABLE_COLUMNS_MAX];
	size_t n = table->n_columns;

	for (size_t i = 0; i < n; i++)
		safe[i] = safe_line(arena, cells[i]);
	if (table->form == TABLE_PLAIN)
		table_print_plain_row(is_marked, safe, n);
	else if (table->form == TABLE_CSV)
		table_print_csv_row(is_marked ? "!" : "", safe, n);
	else
		table_add_line(table, arena, is_marked, safe);
	table->n_rows++;
}

/* --- widths -------------------------------------------------------------------------- */

static size_t table_longest_word(const char *text)
{
	size_t longest = 0;

	while (*text) {
		/* A hyphen ends a line, too. */
		size_t len = strcspn(text, " -") + (text[strcspn(text, " -")] == '-');
		char word[4 * TABLE_WORD_MOST + 1] = "";

		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		if (lines_columns(word) > longest)
			longest = lines_columns(word);
		text += len;
		text += strspn(text, " ");
	}
	return longest < TABLE_WORD_MOST ? longest : TABLE_WORD_MOST;
}

/* As wide as what is in it, and how narrow it may become without breaking words. */
static void table_measure(struct table *table, size_t floors[TABLE_COLUMNS_MAX])
{
	for (size_t i = 0; i < table->n_columns; i++) {
		table->widths[i] = floors[i] = lines_columns(table->columns[i].title);
		for (size_t row = 0; row < table->n_rows; row++) {
			const char *cell = table->lines[row].cells[i];

			if (lines_columns(cell) > table->widths[i])
				table->widths[i] = lines_columns(cell);
			if (table_longest_word(cell) > floors[i])
				floors[i] = table_longest_word(cell);
		}
	}
}

/* The widest column that may get narrower than it is; n_columns: none. */
static size_t table_find_widest(const struct table *table, const size_t *floors)
{
	size_t widest = table->n_columns;

	for (size_t i = 0; i < table->n_columns; i++) {
		if (!table->columns[i].may_shrink || table->widths[i] <= floors[i])
			continue;
		if (widest == table->n_columns || table->widths[i] > table->widths[widest])
			widest = i;
	}
	return widest;
}

/* A mark, and a space before each column. */
static size_t table_width(const struct table *table)
{
	size_t width = 1;

	for (size_t i = 0; i < table->n_columns; i++)
		width += 1 + table->widths[i];
	return width;
}

/* Takes columns from the widest, first between words, then within them. */
static void table_fit(struct table *table)
{
	size_t floors[TABLE_COLUMNS_MAX], widest, passes = 0;

	table_measure(table, floors);
	while (table_width(table) > lines_width() && passes < 2) {
		widest = table_find_widest(table, floors);
		if (widest < table->n_columns) {
			table->widths[widest]--;
			continue;
		}
		passes++;
		for (size_t i = 0; i < table->n_columns; i++) {
			size_t title = lines_columns(table->columns[i].title);

			floors[i] = title > TABLE_LEAST ? title : TABLE_LEAST;
		}
	}
}

/* --- the page ------------------------------------------------------------------------- */

/* |text| with a line break where it would be wider; |height| grows with its lines. */
static const char *table_break(struct arena *arena, const char *text, size_t width, size_t *height)
{
	const char *broken = "";
	size_t lines = 0;

	if (lines_columns(text) <= width)
		return text;
	for (; *text; lines++) {
		size_t len = lines_fit(text, width);

		broken =
			memory_printf(arena, "%s%s%.*s", broken, lines ? "\n" : "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
	if (lines > *height)
		*height = lines;
	return broken;
}

static void table_add_column(struct libscols_table *page, const struct table_column *column)
{
	struct libscols_column *added = memory_need(scols_table_new_column(page, column->title, 0.0,
		(column->is_number ? SCOLS_FL_RIGHT : 0) |
			(column->may_shrink ? SCOLS_FL_WRAP : 0)));

	if (!column->may_shrink)
		return;
	(void)scols_column_set_safechars(added, "\n");
	(void)scols_column_set_wrapfunc(
		added, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
}

static void table_add_row(
	const struct table *table, struct libscols_table *page, struct table_line *line)
{
	struct libscols_line *row = memory_need(scols_table_new_line(page, NULL));

	if (line->is_marked)
		(void)scols_line_set_color(row, "red");
	if (scols_line_set_data(row, 0, line->is_marked ? "!" : ""))
		memory_need(NULL);
	for (size_t i = 0; i < table->n_columns; i++) {
		const char *cell = line->cells[i];

		if (table->columns[i].may_shrink)
			cell = table_break(table->arena, cell, table->widths[i], &line->height);
		if (scols_line_set_data(row, i + 1, cell))
			memory_need(NULL);
	}
}

static struct libscols_table *table_make_page(struct table *table)
{
	static const struct table_column mark = {.title = ""};
	struct libscols_table *page = memory_need(scols_new_table());

	scols_table_enable_colors(page, lines_may_colour(stdout));
	scols_table_set_termforce(page, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(page, lines_width());
	table_fit(table);
	table_add_column(page, &mark);
	for (size_t i = 0; i < table->n_columns; i++)
		table_add_column(page, &table->columns[i]);
	for (size_t i = 0; i < table->n_rows; i++)
		table_add_row(table, page, &table->lines[i]);
	return page;
}

/* Without the blanks at its end. */
static void table_print_line(const char *line)
{
	size_t len = strlen(line);

	while (len && line[len - 1] == ' ')
		len--;
	printf("%.*s\n", (int)len, line);
}

/* Prints the page that is |text|, a heading and the lines of each row, with the titles
 * of the groups between them. */
static void table_print_page(const struct table *table, char *text)
{
	size_t group = 0;
	char *line = strsep(&text, "\n");

	puts(line);
	for (size_t row = 0; row < table->n_rows; row++) {
		while (group < table->n_groups && table->groups[group].first == row)
			puts(table->groups[group++].title);
		for (size_t i = 0; i < table->lines[row].height; i++)
			if ((line = strsep(&text, "\n")))
				table_print_line(line);
	}
}

void table_print(struct table *table)
{
	struct libscols_table *page;
	char *text = NULL;

	if (table->form == TABLE_PAGE && table->n_rows) {
		page = table_make_page(table);
		if (scols_print_table_to_string(page, &text))
			memory_need(NULL);
		table_print_page(table, text);
		free(text);
		scols_unref_table(page);
	}
	free(table->lines);
	free(table);
}
