/* SPDX-License-Identifier: Apache-2.0 */
/* Screening totals in a card: {"AUDIT": 18} (stafett/tbl/screening.def). */
#ifndef CLIENT_SCREENING_H
#define CLIENT_SCREENING_H

#include <jansson.h>

#include "client/draft_fields.h"

/* Takes the field of a referral file: only scales that are known, only totals that
 * they can have. */
int screening_take(struct draft_reader *reader, const json_t *value) WARN_UNUSED;
/* "AUDIT 18: harmful use (WHO 2001)" for each total of a card; "" without any. What no
 * scale can have is told as such. */
const char *screening_text(struct arena *arena, const json_t *totals);

#endif
