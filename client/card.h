/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card: what a list shows of a person, as the sender wrote it. It is a JSON
 * object of texts and switches; one that cannot be read is shown as such, never
 * as an empty person.
 */
#ifndef CLIENT_CARD_H
#define CLIENT_CARD_H

#include <stdbool.h>

#include "base/arena.h"
#include "client/client.h"
#include "domain/calendar.h"
#include "stafett/v1/message.pb-c.h"
#include "stafett/v1/referral.pb-c.h"

/* Texts are the sender's own: neutralise them before printing. Never NULL. */
struct card {
	bool is_there, is_readable, is_protected;
	const char *family_name, *given_name, *identifier, *birth_date, *reason, *language;
	const char *telecom, *contact_rule, *housing, *children, *risk;
	const char *screening; /* totals and what they mean, in words */
	bool needs_interpreter;
};

void card_read(struct arena *arena, const Stafett__V1__Part *part, struct card *ret_card);
/* The same, where the chain that it belongs to may be of protected identity. */
void card_read_of(struct arena *arena, const Stafett__V1__Part *part,
	const Stafett__V1__Chain *chain, struct card *ret_card);
/* What the sender of a card says beside it, where the server reads it. */
bool card_is_protected(struct arena *arena, const Stafett__V1__Part *part);
/* Remembers whose referral it is, for `stafett find`. In a list, one of protected
 * identity is not opened. */
enum card_use { CARD_IN_LIST, CARD_OPENED };
void card_remember(struct client *client, const struct card *card, enum card_use use,
	const char *referral, const char *chain);
/* For a list: "Holm, Anders"; of protected identity nothing but that. */
const char *card_list_name(struct arena *arena, const struct card *card);
/* For a sentence: "Anders Holm", or "" where there is no name to tell. */
const char *card_full_name(struct arena *arena, const struct card *card);
/* "1964-08-23" from the birth date or the number; "". */
const char *card_birth_date(struct arena *arena, const struct card *card);
/* A personal number; a reserve number may be another's or not. */
bool card_has_number(const struct card *card);
/* The personal number as people write it, "19640823-3234"; another one as it is. */
const char *card_number(struct arena *arena, const struct card *card);
/* Whether their names are known, and have no word in common. */
bool card_names_differ(const struct card *one, const struct card *other);

#endif
