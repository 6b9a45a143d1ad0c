/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words for people go through gettext: _() where they are used, N_() where they
 * stand in a table and are translated later.
 */
#ifndef CLIENT_TEXT_H
#define CLIENT_TEXT_H

#include <libintl.h>

#define _(text)	 gettext(text)
#define N_(text) text

#endif
