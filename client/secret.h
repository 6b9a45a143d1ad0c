/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text about a person while it is being typed: kept in memory that is not written
 * to swap (where the system allows it) nor into a core dump, and wiped when done.
 */
#ifndef CLIENT_SECRET_H
#define CLIENT_SECRET_H

#include "stafett/base.h"

/* All zeros is an empty one. |text| is NULL or ends in NUL. */
struct secret {
	char *text;
	size_t len, room;
};

/* The text, "" where there is none. */
const char *secret_text(const struct secret *secret);
/* Appends; out of memory ends the process, as everywhere (memory.h). */
void secret_add(struct secret *secret, struct bytes bytes);
void secret_add_text(struct secret *secret, const char *text);
/* Shortens it to |len| bytes; what is cut off is wiped. */
void secret_cut(struct secret *secret, size_t len);
/* Wipes it and gives the memory back. */
void secret_end(struct secret *secret);
/* From here on neither this process nor one that it starts leaves a core dump. */
void secret_forbid_dump(void);

#endif
