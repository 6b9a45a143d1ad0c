/* SPDX-License-Identifier: Apache-2.0 */
/* Cells that several lists show in the same way. */
#ifndef CLIENT_SCREEN_ROW_H
#define CLIENT_SCREEN_ROW_H

#include "client/card.h"
#include "client/client.h"

/* The number of a row, from 1. */
const char *row_number(struct client *client, size_t index);
/* Who it is about: "Holm, Anders". */
const char *row_person(struct client *client, const struct card *card);
/* The year of birth. */
const char *row_born(struct client *client, const struct card *card);
/* What is asked for: "urgent: alcohol, housing; interpreter so". */
const char *row_matter(struct client *client, const char *priority, char *const *needs,
	size_t n_needs, const struct card *card);
/* Whether a point in time has passed; 0 never has. */
bool row_is_late(int64_t due_us);

#endif
