/* SPDX-License-Identifier: Apache-2.0 */
/* A file in memory for an editor: see edit.h. */
#ifndef CLIENT_EDIT_FILE_H
#define CLIENT_EDIT_FILE_H

#include "client/client.h"
#include "client/secret.h"

struct edit_file {
	const char *folder; /* NULL: a memfd */
	const char *path;   /* what the editor opens */
	int fd;		    /* the memfd, or -1 */
};

/* Makes the file, with |text| in it. 0 or -errno; on 0, edit_file_end must follow. */
int edit_file_begin(
	struct arena *arena, const struct secret *text, struct edit_file *ret_file) WARN_UNUSED;
/* Runs the user's editor on it, to its end. 0, -ECANCELED where it failed, or
 * another -errno. */
int edit_file_run(struct arena *arena, const struct edit_file *file) WARN_UNUSED;
/* Reads what is in it now. */
int edit_file_read(const struct edit_file *file, struct secret *ret_text) WARN_UNUSED;
/* Wipes it, and all that an editor left beside it. */
void edit_file_end(struct arena *arena, struct edit_file *file);

#endif
