/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches whose commit hangs. Nobody may cancel a COMMIT: it may have happened
 * here and wait for its standby. So its connection is left alone, to end in its
 * own time, and another takes its place; but only so many, because each holds a
 * session of the database and the locks of its chains.
 */
#pragma once

#include <stdbool.h>

#include "stafett/base.h"
#include "stafett/caps.h"
#include "store/batch.h"

struct parking {
	struct batch *batches[CAP_PARKED];
	int n;
};

bool parking_is_full(const struct parking *parking);
/* Takes |batch| over. Only when not full. */
void parking_add(struct parking *parking, struct batch *batch);
/* Frees those that have ended, and lets their operations go. */
void parking_reap(struct parking *parking);
/* Frees all. */
void parking_clear(struct parking *parking);
