/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What could be typed next, for shells: everything comes from the tables of
 * commands and codes, and from what this program has seen before (units, the last
 * list, profiles). No server is asked and nothing is changed.
 */
#ifndef CLIENT_COMPLETE_H
#define CLIENT_COMPLETE_H

#include "client/client.h"

/* Printed instead of words where names of files belong. */
#define COMPLETE_FILES "<files>"

/* Prints, one a line, the words that the last of |words| may become; the others
 * are what was typed before it, without the program's name. |count| is at least 1. */
void complete_print(struct client *client, const char *const *words, size_t count);

#endif
