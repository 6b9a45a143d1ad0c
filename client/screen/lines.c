/* SPDX-License-Identifier: Apache-2.0 */
/* Widths and wrapping: see the header. */
#include "client/screen/lines.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "client/memory.h"

enum { LINES_WIDTH = 80, LINES_WIDTH_LEAST = 40, LINES_WIDTH_MOST = 400 };

size_t lines_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = LINES_WIDTH;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		width = size.ws_col;
	else if (columns && strtol(columns, NULL, 10) > 0)
		width = strtol(columns, NULL, 10);
	if (width < LINES_WIDTH_LEAST)
		return LINES_WIDTH_LEAST;
	return width > LINES_WIDTH_MOST ? LINES_WIDTH_MOST : (size_t)width;
}

size_t lines_page_width(void)
{
	return lines_width() < LINES_WIDTH ? lines_width() : LINES_WIDTH;
}

static size_t lines_columns_of(const char *text, size_t len)
{
	mbstate_t state = {0};
	size_t columns = 0;

	while (len) {
		wchar_t c;
		size_t used = mbrtowc(&c, text, len, &state);
		int width;

		if (used == (size_t)-1 || used == (size_t)-2 || used == 0)
			return columns + len;
		width = wcwidth(c);
		columns += width > 0 ? (size_t)width : 0;
		text += used;
		len -= used;
	}
	return columns;
}

size_t lines_columns(const char *text)
{
	return lines_columns_of(text, strlen(text));
}

bool lines_may_colour(FILE *out)
{
	const char *no = getenv("NO_COLOR");

	return isatty(fileno(out)) && !(no && *no);
}

void lines_begin_alarm(FILE *out)
{
	if (lines_may_colour(out))
		fputs("\033[31m", out);
}

void lines_end_alarm(FILE *out)
{
	if (lines_may_colour(out))
		fputs("\033[0m", out);
}

char *lines_cut(struct arena *arena, const char *text, size_t columns)
{
	size_t len = strlen(text);

	if (lines_columns(text) <= columns)
		return memory_string(arena, text);
	/* From the end, a letter at a time: a byte that goes on a letter is 10xxxxxx. */
	while (len && lines_columns_of(text, len) > columns - 1) {
		do
			len--;
		while (len && ((unsigned char)text[len] & 0xc0) == 0x80);
	}
	return memory_printf(arena, "%.*s…", (int)len, text);
}

/* The length of the letter at |text|, which is not empty. */
static size_t lines_letter(const char *text)
{
	size_t len = 1;

	while (((unsigned char)text[len] & 0xc0) == 0x80)
		len++;
	return len;
}

/* As many letters as fit, one at least; rather up to a hyphen. */
static size_t lines_fit_letters(const char *text, size_t columns)
{
	size_t fit = 0, hyphen = 0, len;

	for (; text[fit]; fit += len) {
		len = lines_letter(text + fit);
		if (fit && lines_columns_of(text, fit + len) > columns)
			return hyphen ? hyphen : fit;
		if (fit && text[fit] == '-')
			hyphen = fit + len;
	}
	return fit;
}

size_t lines_fit(const char *text, size_t columns)
{
	size_t fit = 0, end = 0;

	for (;;) {
		end += strspn(text + end, " ");
		end += strcspn(text + end, " ");
		if (lines_columns_of(text, end) > columns)
			break;
		fit = end;
		if (!text[end])
			return fit;
	}
	return fit ? fit : lines_fit_letters(text, columns);
}

void lines_print(FILE *out, const char *first, const char *next, const char *text)
{
	size_t width = lines_page_width();
	size_t at = lines_columns(first);
	bool line_is_empty = true;

	fputs(first, out);
	while (*text) {
		size_t len = strcspn(text, " ");
		size_t columns = lines_columns_of(text, len);

		if (!line_is_empty && at + 1 + columns > width) {
			fprintf(out, "\n%s", next);
			at = lines_columns(next);
			line_is_empty = true;
		}
		fprintf(out, "%s%.*s", line_is_empty ? "" : " ", (int)len, text);
		at += columns + (line_is_empty ? 0 : 1);
		line_is_empty = false;
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* Indents are blanks, a few. */
enum { LINES_INDENT_MOST = 32 };

/* Options begin lines of their own, behind a backslash: the command can be copied
 * to a shell as it stands. */
static void lines_print_broken(FILE *out, const char *indent, const char *command)
{
	size_t width = lines_width();
	size_t at = lines_columns(indent);

	fputs(indent, out);
	for (const char *part = command; *part;) {
		const char *end = strstr(part + 1, " --");
		size_t len = end ? (size_t)(end - part) : strlen(part);
		size_t columns = lines_columns_of(part, len);

		if (part != command && at + columns + 2 > width) {
			fprintf(out, " \\\n%s   ", indent);
			at = lines_columns(indent) + 2;
		}
		fprintf(out, "%.*s", (int)len, part);
		at += columns;
		part += len;
	}
	fputc('\n', out);
}

void lines_print_command(FILE *out, const char *indent, const char *hint, const char *command)
{
	size_t gap = *hint ? 1 : 0;
	size_t columns = lines_columns(indent) + lines_columns(hint) + gap + lines_columns(command);
	char deeper[LINES_INDENT_MOST];

	if (!*command) {
		lines_print(out, indent, indent, hint);
	} else if (columns <= lines_width()) {
		fprintf(out, "%s%s%s%s\n", indent, hint, gap ? " " : "", command);
	} else {
		if (*hint)
			lines_print(out, indent, indent, hint);
		snprintf(deeper, sizeof(deeper), "%s%s", indent, *hint ? "  " : "");
		lines_print_broken(out, deeper, command);
	}
}

void lines_print_commands(FILE *out, const char *indent, const char *first, const char *other,
	char *const *commands, size_t count)
{
	char deeper[LINES_INDENT_MOST];
	bool do_fit = true;

	for (size_t i = 0; i < count; i++)
		do_fit = do_fit && lines_columns(indent) + lines_columns(i ? other : first) + 1 +
						   lines_columns(commands[i]) <=
					   lines_width();
	snprintf(deeper, sizeof(deeper), "%s%s", indent, do_fit ? "" : "  ");
	if (!do_fit)
		lines_print(out, indent, indent, first);
	for (size_t i = 0; i < count; i++)
		lines_print_command(out, deeper, !do_fit ? "" : i ? other : first, commands[i]);
}
