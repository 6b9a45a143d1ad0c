/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far something is that takes more than a second, on one line of a terminal
 * that is rewritten and goes at the end. Elsewhere nothing is printed.
 */
#ifndef CLIENT_SCREEN_PROGRESS_H
#define CLIENT_SCREEN_PROGRESS_H

#include <stdbool.h>

#include "stafett/base.h"

struct progress {
	const char *what; /* "Uploading" */
	size_t total;	  /* bytes */
	int64_t next_ns;  /* when it is shown again */
	bool is_shown, is_terminal;
};

void progress_begin(struct progress *progress, const char *what, size_t total);
/* |done| bytes are. */
void progress_show(struct progress *progress, size_t done);
void progress_end(struct progress *progress);

#endif
