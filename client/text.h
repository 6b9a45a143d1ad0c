/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words for people go through gettext: _() where they are used, N_() where they
 * stand in a table and are translated later, _n() where they depend on a number.
 * client/po/update collects them; a house test finds what was forgotten.
 */
#ifndef CLIENT_TEXT_H
#define CLIENT_TEXT_H

#include <libintl.h>

#include "domain/codes.h"

#define _(text)		      gettext(text)
#define N_(text)	      text
#define _n(one, many, number) ngettext(one, many, number)

enum text_answer { TEXT_NO, TEXT_YES, TEXT_UNCLEAR };

/* Takes the user's language, once, before anything is said. Letters are UTF-8
 * whatever the locale says, and numbers are written as in C: they go into JSON. */
void text_begin(void);
/* The language of the texts, for tables that hold both themselves. */
enum codes_language text_language(void);
/* What somebody typed to a yes-or-no question, in English or Swedish. */
enum text_answer text_answer(const char *typed);

#endif
