/* SPDX-License-Identifier: Apache-2.0 */
/* The page that everything is printed on: its width, and text wrapped to it. */
#ifndef CLIENT_SCREEN_LINES_H
#define CLIENT_SCREEN_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"

/* Columns of standard output: the terminal's, else COLUMNS, else 80. */
size_t lines_width(void);
/* The same, but no wider than a line is good to read: 80. */
size_t lines_page_width(void);
/* Columns that |text| takes, in the locale's encoding. */
size_t lines_columns(const char *text);
/* Whether |out| may be coloured: a terminal, and NO_COLOR is not set. */
bool lines_may_colour(FILE *out);
/* What is printed between them is red, where colour is allowed. Mark it with "!"
 * too, for those who see no colour. */
void lines_begin_alarm(FILE *out);
void lines_end_alarm(FILE *out);
/* |text| cut to |columns|, with an ellipsis where something is missing. */
char *lines_cut(struct arena *arena, const char *text, size_t columns);
/* Bytes of the beginning of |text| that stand on a line of so many columns: whole words,
 * or where not even one fits, as many letters as do. 0 only of an empty text. */
size_t lines_fit(const char *text, size_t columns);
/* Prints |text| after |first|, broken between words at 80 columns or the page's
 * width if that is less; further lines begin with |next|. Ends the line. */
void lines_print(FILE *out, const char *first, const char *next, const char *text);
/* Prints a hint and the command that it speaks of, which is never broken. */
void lines_print_command(FILE *out, const char *indent, const char *hint, const char *command);
/* Several, the first with another hint: each beside its hint, or where one has no room
 * there, all of them below it. */
void lines_print_commands(FILE *out, const char *indent, const char *first, const char *other,
	char *const *commands, size_t count);

#endif
