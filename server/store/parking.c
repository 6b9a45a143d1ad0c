/* SPDX-License-Identifier: Apache-2.0 */
#include "store/parking.h"

#include <assert.h>

#include "base/log.h"

bool parking_is_full(const struct parking *parking)
{
	return parking->n == CAP_PARKED;
}

void parking_add(struct parking *parking, struct batch *batch)
{
	assert(!parking_is_full(parking));
	parking->batches[parking->n++] = batch;
	log_warn("a commit hangs, its connection is parked", LOG_I("parked", parking->n));
}

void parking_reap(struct parking *parking)
{
	int kept = 0;

	for (int i = 0; i < parking->n; i++) {
		struct batch *batch = parking->batches[i];

		if (batch_is_idle(batch) || !batch_is_connected(batch))
			batch_free(batch);
		else
			parking->batches[kept++] = batch;
	}
	parking->n = kept;
}

void parking_clear(struct parking *parking)
{
	while (parking->n > 0)
		batch_free(parking->batches[--parking->n]);
}
