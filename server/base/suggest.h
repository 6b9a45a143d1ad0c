/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean": how near a mistyped word is to a name that exists. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include "stafett/base.h"

/* Edits (letter missing, extra, other, or two swapped) from |typed| to |name|;
 * SIZE_MAX where they are so many that nobody would have meant it. The caller
 * keeps the name with the fewest. */
size_t suggest_distance(const char *typed, const char *name);

#endif
