/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the wire as people read them: in English they are the codes
 * themselves, in Swedish what a caseworker says. Scripts (--plain) always get
 * the codes. A word that this program does not know is shown as it came.
 */
#ifndef CLIENT_SCREEN_TERM_H
#define CLIENT_SCREEN_TERM_H

#include "client/client.h"
#include "domain/codes.h"

/* A state ("in-progress"), an act ("acknowledge") or a state of delivery. */
const char *term_word(const struct client *client, const char *word);
/* What somebody is to do next, where the act's own word would not say it. */
const char *term_next(const struct client *client, const char *act);
/* A code of a list ("alcohol"), as it reads within a sentence. */
const char *term_code(struct client *client, enum codes_list list, const char *code);
/* What takes two, as a thing: "the voiding"; the act itself where it has no such word. */
const char *term_proposal(const struct client *client, const char *act);

#endif
