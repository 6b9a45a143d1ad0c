/* SPDX-License-Identifier: Apache-2.0 */
/* A card in words: who it is about, as facts of a screen. */
#ifndef CLIENT_SCREEN_PERSON_H
#define CLIENT_SCREEN_PERSON_H

#include "client/card.h"
#include "client/client.h"

/* What everybody of the unit sees: of protected identity only that. */
void person_print(struct client *client, const struct card *card);
/* All that the card says, of protected identity too: for who asked for it. */
void person_print_whole(struct client *client, const struct card *card);

#endif
