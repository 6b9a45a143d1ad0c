/* SPDX-License-Identifier: Apache-2.0 */
/* The audit record of a write, whatever was decided about it. */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "store/audit.h"
#include "store/load.h"
#include "store/write.h"

/* Fills |audit| whole: who did what to which referral, and how it ended. |random|:
 * AUDIT_RANDOM bytes. */
void record_write(struct audit *audit, const struct write *write, const struct decision *decision,
	const struct loaded *loaded, const uint8_t *random);

#endif
