/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers. The first two bytes give the day of the message, the rest is the text.
 * What comes out is read again as itself, is found in a text, has an age that a
 * person can have, and is of one kind only.
 */
#include <stdlib.h>

#include "domain/identifiers.h"
#include "domain/reserve.h"

enum { DAY_LEN = 2, OLDEST = 9999 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_pnr(struct bytes text, struct date today)
{
	char digits[PNR_LEN + 1], again[PNR_LEN + 1];
	enum pnr_result result = pnr_parse(text, today, digits);

	if (result != PNR_OK && result != PNR_COORDINATION)
		return;
	require(strlen(digits) == PNR_LEN);
	require(pnr_parse(bytes_of(digits, PNR_LEN), today, again) == result);
	require(strcmp(digits, again) == 0);
	require(pnr_is_within(text, today));
	require(!reserve_root(text));
	require(pnr_age(digits, today) >= (result == PNR_OK ? 0 : -1));
	require(pnr_age(digits, today) <= OLDEST);
}

static void require_orgnr(struct bytes text, struct date today)
{
	char orgnr[ORGNR_LEN + 1], again[ORGNR_LEN + 1], pnr[PNR_LEN + 1];

	if (!orgnr_parse(text, orgnr))
		return;
	require(strlen(orgnr) == ORGNR_LEN);
	require(orgnr_parse(bytes_of(orgnr, ORGNR_LEN), again));
	require(strcmp(orgnr, again) == 0);
	/* Its month would be 20 or later: nobody's number. */
	require(pnr_parse(bytes_of(orgnr, ORGNR_LEN), today, pnr) >= PNR_SYNTAX);
}

static void require_hsaid(struct bytes text)
{
	char id[HSAID_MAX + 1], again[HSAID_MAX + 1];

	if (!hsaid_parse(text, id))
		return;
	require(strlen(id) <= HSAID_MAX && strlen(id) <= text.len);
	require(hsaid_parse(bytes_of_string(id), again));
	require(strcmp(id, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct date today;
	struct bytes text;

	if (size < DAY_LEN)
		return 0;
	/* 1970 to 2149 */
	today = date_from_days(data[0] << 8 | data[1]);
	text = bytes_of(data + DAY_LEN, size - DAY_LEN);
	require_pnr(text, today);
	require_orgnr(text, today);
	require_hsaid(text);
	/* Only to be walked through: a text of any form. */
	if (pnr_is_within(text, today))
		require(text.len >= ORGNR_LEN);
	return 0;
}
