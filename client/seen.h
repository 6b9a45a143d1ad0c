/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the user last looked at the day's screen, so that it can tell the news since
 * then: times only, in the state folder. Looks that follow each other within three
 * hours of one day are one sitting: its news stay.
 */
#ifndef CLIENT_SEEN_H
#define CLIENT_SEEN_H

#include "client/client.h"

struct seen {
	int64_t since_us; /* the end of the sitting before this one; 0: there was none */
	int64_t last_us;  /* the last look of this one */
};

/* What is kept of the profile; zeros where nothing is. */
struct seen seen_load(struct client *client);
/* Takes another look at |now_us|. Pure. */
struct seen seen_look(struct seen seen, int64_t now_us);
/* Keeps it. What cannot be kept is no problem of the command. */
void seen_save(struct client *client, struct seen seen);

#endif
