/* SPDX-License-Identifier: Apache-2.0 */
/* Columns about consents and disclosures as messages, in the arena of the call.
 * |first| is the column with which they begin. */
#ifndef STORE_PRESENT_CONSENT_H
#define STORE_PRESENT_CONSENT_H

#include "base/arena.h"
#include "db/row.h"
#include "domain/basis.h"
#include "stafett/v1/referral.pb-c.h"

/* How many columns a consent has in stafett.referral_row. */
enum { CONSENT_COLUMNS = 10 };
/* And the disclosures of an event in stafett.event_row. */
enum { DISCLOSURES_COLUMNS = 8 };

/* Without its chain; NULL: there is none, or the arena is full. */
Stafett__V1__Consent *present_consent(struct arena *a, const struct db_row *row, int first);
/* Whether its status is this one. */
bool present_consent_is(const struct db_row *row, int first, const char *status);
/* Of an event: to whom it disclosed something. NULL: to nobody, or the arena is full. */
Stafett__V1__Disclosure **present_disclosures(
	struct arena *a, const struct db_row *row, int first, size_t *ret_n);
/* BASIS_COUNT: one that this program does not know. */
enum basis present_basis(const struct db_row *row, int column);

#endif
