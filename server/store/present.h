/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the reading functions as messages of the protocol. Everything is made
 * in an arena; NULL means that it ran over its cap. Empty and null are the same:
 * proto3 does not tell them apart either.
 */
#ifndef STORE_PRESENT_H
#define STORE_PRESENT_H

#include "base/arena.h"
#include "db/row.h"
#include "domain/uuid.h"
#include "domain/words.h"
#include "stafett/v1/directory_service.pb-c.h"
#include "stafett/v1/inbox_service.pb-c.h"
#include "stafett/v1/referral.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

struct read;

/* A row of stafett.referral_row. */
struct presented {
	Stafett__V1__Referral *referral; /* NULL: a row of a chain; |id| is nil then */
	Stafett__V1__Chain *chain;
	Stafett__V1__Part *card; /* NULL: no message had one */
	struct uuid id, chain_id;
};

/* As who makes |read| sees it, with the acts that it may do now. False over the cap. */
bool present_referral(struct arena *arena, const struct db_row *row, const struct read *read,
	struct presented *ret_presented) WARN_UNUSED;
/* The place of the row in its list: when the unit became party to it, or what is open is
 * due; and the id that tells equal times apart. */
void present_referral_place(const struct db_row *row, int64_t *ret_us, struct uuid *ret_key);
Stafett__V1__Event *present_event(struct arena *arena, const struct db_row *row);
Stafett__V1__Content *present_content(struct arena *arena, const struct db_row *row);
Stafett__V1__Part *present_card(struct arena *arena, const struct db_row *row);
Stafett__V1__Reading *present_reading(struct arena *arena, const struct db_row *row);
/* The columns of an item; a row may have more behind them. */
enum { PRESENT_INBOX_COLUMNS = 31 };
/* Also gives the item's place in the inbox: the key of its pages. */
struct inbox_place {
	int64_t store_us;
	struct uuid chain, referral;
	int seq;
};
Stafett__V1__InboxItem *present_inbox_item(
	struct arena *arena, const struct db_row *row, struct inbox_place *ret_place);
/* When it was read, and when the clerk was last at work (0: never). */
Stafett__V1__Heartbeat *present_heartbeat(struct arena *arena, int64_t now_us, int64_t clerk_us);
Stafett__V1__Unit *present_unit(struct arena *arena, const struct db_row *row);

/* The codes of the acts in a mask; NULL over the cap. */
char **present_acts(struct arena *a, mask_t acts, size_t *ret_n);

#endif
