/* SPDX-License-Identifier: Apache-2.0 */
/* One line that is rewritten: see the header. */
#include "client/screen/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "client/net/clock.h"
#include "client/text.h"

enum { PROGRESS_FIRST_MS = 1000, PROGRESS_EACH_MS = 200, PROGRESS_MIB = 1 << 20 };

void progress_begin(struct progress *progress, const char *what, size_t total)
{
	*progress = (struct progress){
		.what = what,
		.total = total,
		.next_ns = clock_now_ns() + PROGRESS_FIRST_MS * CLOCK_NS_PER_MS,
		.is_terminal = isatty(STDERR_FILENO) == 1,
	};
}

void progress_show(struct progress *progress, size_t done)
{
	int64_t now_ns = clock_now_ns();

	if (!progress->is_terminal || now_ns < progress->next_ns)
		return;
	progress->next_ns = now_ns + PROGRESS_EACH_MS * CLOCK_NS_PER_MS;
	progress->is_shown = true;
	fputc('\r', stderr);
	fprintf(stderr, _("%s: %.1f of %.1f MiB "), progress->what, (double)done / PROGRESS_MIB,
		(double)progress->total / PROGRESS_MIB);
}

void progress_end(struct progress *progress)
{
	if (progress->is_shown)
		fputs("\r\033[K", stderr);
	progress->is_shown = false;
}
