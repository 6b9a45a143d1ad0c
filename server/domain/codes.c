/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two constant tables made of tbl/codes.def. A list has a dozen codes and there
 * are some hundred in all: a walk costs less than any index.
 */
#include "domain/codes.h"

static const struct codes_row codes_rows[] = {
#define CODE_AS(list, code, english, swedish, fhir, eremiss) \
	{CODES_##list, code, {english, swedish}, fhir, eremiss},
#define CODE(list, code, english, swedish) CODE_AS(list, code, english, swedish, "", "")
#include "stafett/tbl/codes.def"
};

static const struct {
	const char *name;
	const char *text[CODES_LANGUAGES];
} codes_lists[] = {
#define CODE_LIST(list, name, english, swedish) {name, {english, swedish}},
#include "stafett/tbl/codes.def"
};

const struct codes_row *codes_next(enum codes_list list, const struct codes_row *row)
{
	const struct codes_row *end = codes_rows + ARRAY_SIZE(codes_rows);

	for (row = row ? row + 1 : codes_rows; row < end; row++) {
		if (row->list == list)
			return row;
	}
	return NULL;
}

static const struct codes_row *codes_find(enum codes_list list, struct bytes code)
{
	const struct codes_row *row = NULL;

	while ((row = codes_next(list, row))) {
		if (bytes_are(code, row->code))
			return row;
	}
	return NULL;
}

bool codes_has(enum codes_list list, struct bytes code)
{
	return codes_find(list, code) != NULL;
}

const char *codes_text(enum codes_list list, struct bytes code, enum codes_language language)
{
	const struct codes_row *row = codes_find(list, code);

	return row ? row->text[language] : NULL;
}

const char *codes_list_name(enum codes_list list)
{
	return codes_lists[list].name;
}

enum codes_list codes_list_named(struct bytes name)
{
	enum codes_list list = 0;

	while (list < CODES_LISTS && !bytes_are(name, codes_lists[list].name))
		list++;
	return list;
}

const char *codes_list_text(enum codes_list list, enum codes_language language)
{
	return codes_lists[list].text[language];
}
