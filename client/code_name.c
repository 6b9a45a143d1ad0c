/* SPDX-License-Identifier: Apache-2.0 */
/* Codes as people type them: see the header. */
#include "client/code_name.h"

#include <string.h>
#include <strings.h>

#include "client/memory.h"
#include "client/text.h"

/* Whether |typed| is what a row is called: all of it, or how it begins. */
static bool code_name_is(const char *name, const char *typed, bool is_whole)
{
	return is_whole ? strcasecmp(name, typed) == 0
			: strncasecmp(name, typed, strlen(typed)) == 0;
}

/* The next row after |row| of which that is so, by its code or its words in either
 * language; NULL where there is none. */
static const struct codes_row *code_name_next(
	enum codes_list list, const struct codes_row *row, const char *typed, bool is_whole)
{
	if (!is_whole && (!*typed || text_answer(typed) != TEXT_UNCLEAR))
		return NULL;
	while ((row = codes_next(list, row))) {
		bool is_called = code_name_is(row->code, typed, is_whole);

		for (int i = 0; i < CODES_LANGUAGES; i++)
			is_called |= code_name_is(row->text[i], typed, is_whole);
		if (is_called)
			return row;
	}
	return NULL;
}

/* The only row of which that is so; NULL where there is none, or several. */
static const char *code_name_only(enum codes_list list, const char *typed, bool is_whole)
{
	const struct codes_row *row = code_name_next(list, NULL, typed, is_whole);

	return row && !code_name_next(list, row, typed, is_whole) ? row->code : NULL;
}

const char *code_name_find(enum codes_list list, const char *typed)
{
	const char *code;

	if (codes_has(list, bytes_of_string(typed)))
		return typed;
	code = code_name_only(list, typed, true);
	if (!code)
		code = code_name_only(list, typed, false);
	return code ? code : typed;
}

const char *code_name_choice(struct arena *arena, enum codes_list list, const char *typed)
{
	const char *choice = "";
	size_t count = 0;

	for (const struct codes_row *row = NULL; (row = code_name_next(list, row, typed, false));
		count++)
		choice = memory_printf(arena, "%s%s%s", choice, count ? ", " : "", row->code);
	return count > 1 ? choice : "";
}

const char *code_name_whole(struct arena *arena, enum codes_list list, const char *code)
{
	return memory_printf(
		arena, "%s: %s", code, codes_text(list, bytes_of_string(code), text_language()));
}
