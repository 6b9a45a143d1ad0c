/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms of reserve numbers, one small predicate each, and a table of them.
 */
#include "domain/reserve.h"

#include <stdbool.h>

#include "domain/calendar.h"
#include "domain/identifiers.h"

enum { RESERVE_LEN = 12 };

static bool reserve_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool reserve_is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool reserve_are_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!reserve_is_digit(text[i]))
			return false;
	}
	return true;
}

/* The number that two digits spell. */
static int reserve_pair(const char *digits)
{
	return (digits[0] - '0') * 10 + (digits[1] - '0');
}

/* Whether eight digits are a birth date; |day| stands in for the last two. */
static bool reserve_has_date(const char *text, int day)
{
	struct date d = {
		reserve_pair(text) * 100 + reserve_pair(text + 2), reserve_pair(text + 4), day};

	return date_is_valid(d);
}

static bool reserve_is_stockholm(const char *text)
{
	enum { COUNTED_AT = 4, COUNTED_LEN = 7 };

	return reserve_are_digits(text, RESERVE_LEN) && memcmp(text, "99", 2) == 0 &&
	       luhn_digit(text + COUNTED_AT, COUNTED_LEN) == text[RESERVE_LEN - 1] - '0';
}

/* What VGR's letter for the sex that was put down counts in the sum. */
static char reserve_vgr_digit(char letter)
{
	switch (letter) {
	case 'K':
		return '5';
	case 'M':
		return '7';
	case 'X':
		return '8';
	default:
		return '\0';
	}
}

static bool reserve_is_vgr(const char *text)
{
	enum { COUNTED_AT = 2, COUNTED_LEN = 9, LETTER_AT = 8 };
	char counted[COUNTED_LEN];

	memcpy(counted, text + COUNTED_AT, COUNTED_LEN);
	counted[LETTER_AT - COUNTED_AT] = reserve_vgr_digit(text[LETTER_AT]);
	return reserve_are_digits(text, LETTER_AT) && reserve_vgr_digit(text[LETTER_AT]) &&
	       reserve_are_digits(text + LETTER_AT + 1, 3) &&
	       reserve_has_date(text, reserve_pair(text + 6)) &&
	       luhn_digit(counted, COUNTED_LEN) == text[RESERVE_LEN - 1] - '0';
}

static bool reserve_is_varmland(const char *text)
{
	return reserve_are_digits(text, 8) && reserve_has_date(text, reserve_pair(text + 6)) &&
	       reserve_is_letter(text[8]) && reserve_is_letter(text[9]) &&
	       reserve_is_digit(text[10]) && reserve_is_letter(text[11]);
}

static bool reserve_is_carelink(const char *text)
{
	int mark = reserve_are_digits(text, RESERVE_LEN) ? reserve_pair(text + 6) : 0;

	return mark >= 32 && mark <= 59 && reserve_has_date(text, 1);
}

const char *reserve_root(struct bytes text)
{
	static const struct {
		const char *oid;
		bool (*is_form)(const char *text);
	} issuers[] = {
		{"1.2.752.97.3.1.3", reserve_is_stockholm},
		{"1.2.752.113.11.0.2.1.1.1", reserve_is_vgr},
		{"1.2.752.74.9.2", reserve_is_varmland},
		{"1.2.752.129.2.1.3.2", reserve_is_carelink},
	};

	if (text.len != RESERVE_LEN)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(issuers); i++) {
		if (issuers[i].is_form((const char *)text.data))
			return issuers[i].oid;
	}
	return NULL;
}
