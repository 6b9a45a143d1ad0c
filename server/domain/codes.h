/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code lists of tbl/codes.def: which codes there are, and how they read in
 * English and Swedish. Everything is constant and never owned by the caller.
 */
#ifndef DOMAIN_CODES_H
#define DOMAIN_CODES_H

#include <stdbool.h>

#include "stafett/base.h"

/* CODES_KIND, CODES_PRIORITY and so on; CODES_LISTS is their number. */
enum codes_list {
#define CODE_LIST(list, name, english, swedish) CODES_##list,
#include "stafett/tbl/codes.def"
	CODES_LISTS
};

enum codes_language { CODES_ENGLISH, CODES_SWEDISH, CODES_LANGUAGES };

struct codes_row {
	enum codes_list list;
	const char *code;
	const char *text[CODES_LANGUAGES]; /* UTF-8 */
	/* What FHIR R4 and e-remiss 2.2 call the same; "" where they have no such code. */
	const char *fhir, *eremiss;
};

/* Whether |code| is one of |list|, in exactly its spelling. */
bool codes_has(enum codes_list list, struct bytes code);
/* How |code| reads, or NULL where |list| has no such code. */
const char *codes_text(enum codes_list list, struct bytes code, enum codes_language language);
/* The row after |row| in |list|, the first after NULL; NULL after the last. */
const struct codes_row *codes_next(enum codes_list list, const struct codes_row *row);

/* "consent-form" of CODES_CONSENT_FORM, and back; CODES_LISTS of any other name. */
const char *codes_list_name(enum codes_list list);
enum codes_list codes_list_named(struct bytes name);
/* What the list is about, as a heading. */
const char *codes_list_text(enum codes_list list, enum codes_language language);

#endif
