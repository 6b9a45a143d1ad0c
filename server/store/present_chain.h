/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of stafett.chain_row as messages, in the arena of the call. */
#ifndef STORE_PRESENT_CHAIN_H
#define STORE_PRESENT_CHAIN_H

#include "base/arena.h"
#include "db/row.h"
#include "domain/uuid.h"
#include "stafett/v1/referral.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

struct read;

/* Where a page of chains ends. */
struct chain_place {
	int64_t create_us;
	struct uuid id;
};

/* A chain as who makes |read| sees it; NULL over the arena's cap. */
Stafett__V1__Chain *present_chain(struct arena *a, const struct db_row *row,
	const struct read *read, struct chain_place *ret_place);
/* The card behind a chain's columns, where a row has one. */
Stafett__V1__Part *present_chain_card(struct arena *a, const struct db_row *row);
/* What its holder is asked: a row of api.chain_questions, which begins with the chain. */
Stafett__V1__ChainQuestion *present_chain_question(struct arena *a, const struct db_row *row,
	const struct read *read, struct chain_place *ret_place);

#endif
