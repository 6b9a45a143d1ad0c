/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for a second member, as messages: a block of columns of several rows. */
#ifndef STORE_PRESENT_PROPOSAL_H
#define STORE_PRESENT_PROPOSAL_H

#include "base/arena.h"
#include "db/row.h"
#include "stafett/v1/referral.pb-c.h"

struct read;

enum { PROPOSAL_COLUMNS = 10 };

/* The proposal whose columns begin at |first|, as who makes the reading sees it. NULL
 * where there is none, and over the arena's cap. */
Stafett__V1__Proposal *present_proposal(
	struct arena *a, const struct db_row *row, int first, const struct read *read);

#endif
