/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Swedish numbers: personal, coordination and organisation numbers, and HSA-ids.
 * Formats from Skatteverket (SKV 704, SKV 707, SKV 709) and Inera; check digits
 * by Luhn. A number says nothing of a person but a birth date: neither sex nor
 * home is ever read from it.
 */
#ifndef DOMAIN_IDENTIFIERS_H
#define DOMAIN_IDENTIFIERS_H

#include <stdbool.h>

#include "domain/calendar.h"
#include "stafett/base.h"

enum { PNR_LEN = 12, ORGNR_LEN = 10, HSAID_MAX = 31 };

enum pnr_result {
	PNR_OK,
	PNR_COORDINATION, /* valid, a coordination number (day + 60) */
	PNR_SYNTAX,	  /* not a number of this kind at all */
	PNR_INTERIM,	  /* an interim letter where the birth number begins */
	PNR_DATE,	  /* no such date, or one after the message's */
	PNR_BIRTH_NUMBER, /* birth number 000 */
	PNR_CHECK_DIGIT,  /* the last digit does not fit */
};

/* Reads YYMMDD-NNNC, YYMMDD+NNNC, YYYYMMDDNNNC, YYYYMMDD-NNNC or YYMMDDNNNC. The
 * century of a short form is the latest whose date does not lie after |today|
 * (the message's date). '+' is written from the year in which a person turns 100
 * (folkbokföringslagen 18 §): the latest century a hundred years back or more.
 * Writes twelve digits and a NUL where the result is PNR_OK or PNR_COORDINATION.
 * A coordination number may leave month (00) and day (60) unknown. Checks in the
 * order of the enum. */
enum pnr_result pnr_parse(struct bytes text, struct date today, char out[PNR_LEN + 1]) WARN_UNUSED;
/* Full years on |today| of twelve digits; -1 where the birth date is unknown.
 * Born on 29 February, one is a year older on the 28th of other years' (lag
 * 1930:173 1 §). */
int pnr_age(const char digits[PNR_LEN], struct date today);
/* Whether some part of |text|, not within a longer row of digits, reads as a
 * personal or coordination number with a right check digit, in any of the
 * written forms: for references and logs. */
bool pnr_is_within(struct bytes text, struct date today);

/* Ten digits, Luhn, third digit at least 2; or twelve with the prefix 16. Writes
 * ten digits and a NUL. */
bool orgnr_parse(struct bytes text, char out[ORGNR_LEN + 1]) WARN_UNUSED;

/* SE, ten digits, a dash, 1 to 18 ASCII letters and digits; or SE16 and ten
 * digits. Writes it in upper case without the 16, and a NUL: two spellings of
 * one id come out the same. Published ids break Luhn, so orgnr_parse of the ten
 * digits at out + 2 is a reason to warn and none to refuse. */
bool hsaid_parse(struct bytes text, char out[HSAID_MAX + 1]) WARN_UNUSED;

/* The digit, 0 to 9, that makes the |len| digits before it pass Luhn's test. */
int luhn_digit(const char *digits, size_t len);

#endif
