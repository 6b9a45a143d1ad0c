/* SPDX-License-Identifier: Apache-2.0 */
/* The card of `stafett triage`: all that is needed to decide, and the text. */
#ifndef CLIENT_SCREEN_TRIAGE_CARD_H
#define CLIENT_SCREEN_TRIAGE_CARD_H

#include "client/triage_act.h"

/* The card as harmless lines for |columns|. A protected identity is not shown, nor
 * is the text then, which may name it: opening it does. */
char *triage_card_text(struct client *client, const struct triage_item *on, size_t columns);
/* The whole referral: its screen, and every text that was sent. */
char *triage_card_whole(struct client *client, const struct triage_item *on);

#endif
