/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes as people type them: a code itself, its words in English or Swedish, or how one of
 * these begins. Yes and no are never the beginning of a code: who types them means no code.
 */
#ifndef CLIENT_CODE_NAME_H
#define CLIENT_CODE_NAME_H

#include "base/arena.h"
#include "domain/codes.h"

/* The only code of |list| that what was typed means; what was typed, where there is none. */
const char *code_name_find(enum codes_list list, const char *typed);
/* "wrong-unit, wrong-person", where it may mean several; "" where it means one or none. */
const char *code_name_choice(struct arena *arena, enum codes_list list, const char *typed);
/* "no-capacity: No capacity"; |code| is one of the list. */
const char *code_name_whole(struct arena *arena, enum codes_list list, const char *code);

#endif
