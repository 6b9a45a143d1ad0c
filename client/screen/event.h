/* SPDX-License-Identifier: Apache-2.0 */
/* What an event did, in words. */
#ifndef CLIENT_SCREEN_EVENT_H
#define CLIENT_SCREEN_EVENT_H

#include "client/client.h"
#include "stafett/v1/referral.pb-c.h"

/* What an act has done, in the past: "accepted"; |kind| itself where it has no word. */
const char *event_word(const char *kind);
/* The same of what a unit did, or, where that is empty, the clock: a member says that
 * somebody did not come; the clock only that nobody said so. */
const char *event_word_of(const char *kind, const char *unit);
/* "accepted  HOLDER MOVED; holder now: Beroende Lund": for a timeline. */
const char *event_text(struct client *client, const Stafett__V1__Event *event);
/* "7K3M accepted by Beroende Lund": for a list of news. */
const char *event_news(struct client *client, const Stafett__V1__Event *event);

/* Who did it; where no unit did, the clock. */
const char *event_unit(struct client *client, const Stafett__V1__Event *event);

#endif
