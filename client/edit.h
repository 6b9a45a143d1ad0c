/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A referral written in the user's own editor: a template with a comment above
 * each field, in a file that exists in memory only. Where $XDG_RUNTIME_DIR is a
 * memory file system it is a folder of its own there (0700, the file 0600), so that
 * an editor's swap file stays in memory too; elsewhere it is a memfd, which has no
 * name. Either is wiped and gone when the editor has ended, whatever ended it.
 */
#ifndef CLIENT_EDIT_H
#define CLIENT_EDIT_H

#include "client/question.h"

/* Lets the user write the answers, beginning with those that |answers| has; again
 * while they cannot be taken. 0, or an exit code. */
int edit_run(struct client *client, const char *to, struct answers *answers) WARN_UNUSED;

#endif
