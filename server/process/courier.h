/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The courier: runs the programs by which notices leave the house, a few at a time, each
 * with nothing of ours but its words, and ends what takes too long. Nothing here
 * waits, and no shell is involved.
 *
 *   mail    SENDMAIL -i -f FROM TO, with the message as its input
 *   hook    HOOK_DIR/NAME, with a code a line as its input, and in its environment
 *           STAFETT_UNIT, STAFETT_COUNT and STAFETT_NOTICE, the notice's id
 */
#ifndef PROCESS_COURIER_H
#define PROCESS_COURIER_H

#include <event2/event.h>

#include "base/settings.h"
#include "store/notices.h"

struct courier;

struct courier_params {
	struct event_base *base;
	const struct settings *settings; /* must outlive the courier */
	/* A program has ended: whether it said that all is well. */
	void (*ended)(void *arg, const struct uuid *notice, bool ok);
	void *arg;
};

/* What is wrong with the settings, in one line to be freed; 0 where nothing is. */
int courier_check(const struct settings *settings, char **ret_error) WARN_UNUSED;

/* NULL: no memory. */
struct courier *courier_new(const struct courier_params *params) WARN_UNUSED;
/* Ends what still runs. Accepts NULL; returns NULL. */
struct courier *courier_free(struct courier *courier);
/* How many more programs may run. */
int courier_room(const struct courier *courier);
/* Tells |notice|; where that cannot even begin, |ended| is called at once. */
void courier_tell(struct courier *courier, const struct notice *notice);
/* Begins nothing more, and gives what runs two more seconds. */
void courier_hurry(struct courier *courier);
bool courier_is_idle(const struct courier *courier);

#endif
