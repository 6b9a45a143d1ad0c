/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Swedish numbers: personal, coordination and organisation numbers. Formats
 * from Skatteverket (SKV 704, SKV 707, SKV 709); check digits by Luhn.
 */
#ifndef DOMAIN_IDENTIFIERS_H
#define DOMAIN_IDENTIFIERS_H

#include <stdbool.h>

#include "domain/calendar.h"
#include "stafett/base.h"

enum pnr_result {
	PNR_OK,
	PNR_COORDINATION,	/* valid, a coordination number (day + 60) */
	PNR_SYNTAX,		/* not a number of this kind at all */
	PNR_INTERIM,		/* an interim letter where the birth number begins */
	PNR_DATE,		/* no such date */
	PNR_BIRTH_NUMBER,	/* birth number 000 */
	PNR_CHECK_DIGIT,	/* the last digit does not fit */
};

/* Reads YYMMDD-NNNC, YYMMDD+NNNC, YYYYMMDDNNNC, YYYYMMDD-NNNC or YYMMDDNNNC. The
 * century of a short form is the latest that does not lie after |today| (the
 * message's date), one more back with '+'. Writes twelve digits and a NUL where
 * the result is PNR_OK or PNR_COORDINATION. A coordination number may leave
 * month (00) and day (60) unknown. Checks in the order of the enum. */
enum pnr_result pnr_parse(struct bytes text, struct date today, char out[13]) WARN_UNUSED;
/* Full years on |today| of twelve digits; -1 where the birth date is unknown. */
int pnr_age(const char digits[13], struct date today);
/* Whether some part of |text| reads as a personal or coordination number with a
 * right check digit, in any of the written forms: for references and logs. */
bool pnr_is_within(struct bytes text, struct date today);

/* Ten digits, Luhn, third digit at least 2; or twelve with the prefix 16. Writes
 * ten digits and a NUL. */
bool orgnr_parse(struct bytes text, char out[11]) WARN_UNUSED;

#endif
