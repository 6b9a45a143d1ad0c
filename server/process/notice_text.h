/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a notice says, as a mail and as the input of a command: codes and how many
 * they are, the unit's own handle, and nothing else.
 */
#ifndef PROCESS_NOTICE_TEXT_H
#define PROCESS_NOTICE_TEXT_H

#include "store/notices.h"

/* A whole message (RFC 5322) from the address |from| at |unix_s|. Its id is that of the
 * notice, at every try. NULL: no memory; else freed by the caller. */
char *notice_mail(const struct notice *notice, const char *from, int64_t unix_s) WARN_UNUSED;
/* A code a line; as above. */
char *notice_lines(const struct notice *notice) WARN_UNUSED;

#endif
