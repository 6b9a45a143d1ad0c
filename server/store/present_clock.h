/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of api.deadlines as messages, in the arena of the call. */
#ifndef STORE_PRESENT_CLOCK_H
#define STORE_PRESENT_CLOCK_H

#include "base/arena.h"
#include "db/row.h"
#include "domain/uuid.h"
#include "stafett/v1/clock_service.pb-c.h"

/* One deadline, and the referral that it is about; NULL over the arena's cap. */
Stafett__V1__Deadline *present_deadline(
	struct arena *a, const struct db_row *row, struct uuid *ret_referral);

#endif
