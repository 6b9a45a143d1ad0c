/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines that the user may type next, in the user's language. */
#ifndef CLIENT_COMMANDS_TYPED_H
#define CLIENT_COMMANDS_TYPED_H

#include "base/arena.h"

/* "stafett --as maria visa 7K3M" for "stafett --as maria show 7K3M", where the
 * language is Swedish: only the names of commands change, and of their halves ("granska visa"). A
 * line that names none stays as it is. */
char *typed_in_language(struct arena *arena, const char *line);

#endif
