/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading numbers. Luhn does not cover the century and a wrong date passes it
 * one time in ten, so date, birth number and check digit are three tests.
 */
#include "domain/identifiers.h"

enum {
	PNR_BIRTH_LEN = 4,     /* NNNC */
	PNR_SHORT_DATE = 6,    /* YYMMDD */
	PNR_LONG_DATE = 8,     /* YYYYMMDD */
	PNR_TEXT_MIN = 10,     /* YYMMDDNNNC */
	PNR_TEXT_MAX = 13,     /* YYYYMMDD-NNNC */
	PNR_TAIL = 5,	       /* -NNNC */
	PNR_LUHN_AT = 2,       /* the century is not part of the sum */
	COORDINATION_DAY = 60, /* added to the day */
	YEARS_A_CENTURY = 100,
};

/* One of the written forms, taken apart; borrows from the text. */
struct pnr_form {
	struct bytes date;  /* six or eight digits */
	struct bytes birth; /* a digit or an interim letter, three digits */
	struct date born;   /* year as written; month and day may be 0, or no date */
	bool coordination;
	bool plus;
};

static bool identifiers_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool identifiers_are_digits(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!identifiers_is_digit(text.data[i]))
			return false;
	}
	return true;
}

/* |len| bytes of |text| from |at|; the caller knows that they are there. */
static struct bytes identifiers_cut(struct bytes text, size_t at, size_t len)
{
	return bytes_of(text.data + at, len);
}

/* The number that the digits of |text| spell; at most eight of them. */
static int identifiers_number(struct bytes text)
{
	int value = 0;

	for (size_t i = 0; i < text.len; i++)
		value = value * 10 + (text.data[i] - '0');
	return value;
}

int luhn_digit(const char *digits, size_t len)
{
	int sum = 0;

	for (size_t i = 0; i < len; i++) {
		/* Weights alternate from the right: the last one counts double. */
		int product = (digits[i] - '0') * ((len - i) % 2 ? 2 : 1);

		sum += product > 9 ? product - 9 : product;
	}
	return (10 - sum % 10) % 10;
}

/* Letters that some systems write in the place of the first birth digit. */
static bool pnr_is_interim(uint8_t c)
{
	return c && strchr("TRSUWXJKLMNtrsuwxjklmn", c);
}

/* The three numbers of the date; the 60 of a coordination number is taken off. */
static void pnr_read_date(struct pnr_form *form)
{
	size_t year_len = form->date.len - 4;

	form->born.year = identifiers_number(identifiers_cut(form->date, 0, year_len));
	form->born.month = identifiers_number(identifiers_cut(form->date, year_len, 2));
	form->born.day = identifiers_number(identifiers_cut(form->date, year_len + 2, 2));
	form->coordination = form->born.day >= COORDINATION_DAY;
	if (form->coordination)
		form->born.day -= COORDINATION_DAY;
}

static bool pnr_split(struct bytes text, struct pnr_form *ret_form)
{
	struct pnr_form form = {0};
	size_t date_len = text.len < PNR_LEN ? PNR_SHORT_DATE : PNR_LONG_DATE;

	if (text.len < PNR_TEXT_MIN || text.len > PNR_TEXT_MAX)
		return false;
	form.date = identifiers_cut(text, 0, date_len);
	form.birth = identifiers_cut(text, text.len - PNR_BIRTH_LEN, PNR_BIRTH_LEN);
	if (date_len + PNR_BIRTH_LEN < text.len) {
		form.plus = text.data[date_len] == '+' && date_len == PNR_SHORT_DATE;
		if (!form.plus && text.data[date_len] != '-')
			return false;
	}
	if (!identifiers_are_digits(form.date) ||
		!identifiers_are_digits(identifiers_cut(form.birth, 1, PNR_BIRTH_LEN - 1)))
		return false;
	pnr_read_date(&form);
	*ret_form = form;
	return true;
}

/* The latest year not after |latest| that ends in the two digits of |year|. */
static int pnr_year_until(int latest, int year)
{
	int back = (latest - year) % YEARS_A_CENTURY;

	return latest - (back < 0 ? back + YEARS_A_CENTURY : back);
}

static int pnr_full_year(const struct pnr_form *form, struct date today)
{
	struct date born = form->born;

	if (form->date.len == PNR_LONG_DATE)
		return born.year;
	if (form->plus)
		return pnr_year_until(today.year - YEARS_A_CENTURY, born.year);
	born.year = pnr_year_until(today.year, born.year);
	return date_compare(born, today) > 0 ? born.year - YEARS_A_CENTURY : born.year;
}

/* A real day, or one whose month or day a coordination number leaves open. */
static bool pnr_date_is_possible(struct date born, bool coordination)
{
	if (coordination && born.year >= 1 && (born.month == 0 || born.day == 0))
		return born.month <= 12 && born.day <= 31;
	return date_is_valid(born);
}

/* Year, month, day as written, and the four of the birth number. */
static void pnr_write(const struct pnr_form *form, int year, char digits[PNR_LEN + 1])
{
	for (int i = 3; i >= 0; i--) {
		digits[i] = (char)('0' + year % 10);
		year /= 10;
	}
	memcpy(digits + 4, form->date.data + form->date.len - 4, 4);
	memcpy(digits + PNR_LONG_DATE, form->birth.data, PNR_BIRTH_LEN);
	digits[PNR_LEN] = '\0';
}

enum pnr_result pnr_parse(struct bytes text, struct date today, char out[PNR_LEN + 1])
{
	char digits[PNR_LEN + 1];
	struct pnr_form form;

	if (!pnr_split(text, &form))
		return PNR_SYNTAX;
	if (!identifiers_is_digit(form.birth.data[0]))
		return pnr_is_interim(form.birth.data[0]) ? PNR_INTERIM : PNR_SYNTAX;
	form.born.year = pnr_full_year(&form, today);
	if (!pnr_date_is_possible(form.born, form.coordination) ||
		date_compare(form.born, today) > 0)
		return PNR_DATE;
	if (identifiers_number(identifiers_cut(form.birth, 0, 3)) == 0)
		return PNR_BIRTH_NUMBER;
	pnr_write(&form, form.born.year, digits);
	if (luhn_digit(digits + PNR_LUHN_AT, 9) != digits[PNR_LEN - 1] - '0')
		return PNR_CHECK_DIGIT;
	memcpy(out, digits, sizeof(digits));
	return form.coordination ? PNR_COORDINATION : PNR_OK;
}

int pnr_age(const char digits[PNR_LEN], struct date today)
{
	struct pnr_form form = {.date = bytes_of(digits, PNR_LONG_DATE)};
	int years;

	pnr_read_date(&form);
	if (form.born.month == 0 || form.born.day == 0)
		return -1;
	years = today.year - form.born.year;
	return date_compare(date_add_months(form.born, 12 * years), today) > 0 ? years - 1 : years;
}

/* Whether a number begins at |at| and is not followed by more digits. */
static bool pnr_begins_at(struct bytes text, size_t at, struct date today)
{
	char digits[PNR_LEN + 1], form[PNR_TEXT_MAX];

	for (size_t len = PNR_TEXT_MIN; len <= PNR_TEXT_MAX && at + len <= text.len; len++) {
		enum pnr_result result;

		if (at + len < text.len && identifiers_is_digit(text.data[at + len]))
			continue;
		memcpy(form, text.data + at, len);
		if (form[len - PNR_TAIL] == ' ') /* as some write the dash */
			form[len - PNR_TAIL] = '-';
		result = pnr_parse(bytes_of(form, len), today, digits);
		if (result == PNR_OK || result == PNR_COORDINATION)
			return true;
	}
	return false;
}

bool pnr_is_within(struct bytes text, struct date today)
{
	for (size_t i = 0; i < text.len; i++) {
		bool begins = i == 0 || !identifiers_is_digit(text.data[i - 1]);

		if (begins && pnr_begins_at(text, i, today))
			return true;
	}
	return false;
}

bool orgnr_parse(struct bytes text, char out[ORGNR_LEN + 1])
{
	struct bytes number = text;

	if (text.len == ORGNR_LEN + 2 && memcmp(text.data, "16", 2) == 0)
		number = identifiers_cut(text, 2, ORGNR_LEN);
	if (number.len != ORGNR_LEN || !identifiers_are_digits(number))
		return false;
	/* Below 2 the third digit could be that of a month: a person's number. */
	if (number.data[2] < '2' ||
		luhn_digit((const char *)number.data, ORGNR_LEN - 1) != number.data[9] - '0')
		return false;
	memcpy(out, number.data, ORGNR_LEN);
	out[ORGNR_LEN] = '\0';
	return true;
}

/* |c| in upper case where it is an ASCII letter or a digit; else NUL. */
static char hsaid_letter(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return identifiers_is_digit(c) || (c >= 'A' && c <= 'Z') ? (char)c : '\0';
}

bool hsaid_parse(struct bytes text, char out[HSAID_MAX + 1])
{
	enum { DASH_AT = 12, HEAD_LEN = 13, TAIL_MAX = 18, CENTURY_LEN = 2 };
	char id[HSAID_MAX + 1] = "SE";
	struct bytes number, tail;
	/* The older spelling has the organisation number's prefix 16. */
	size_t skip = text.len > DASH_AT && text.data[DASH_AT] != '-' ? CENTURY_LEN : 0;

	if (text.len <= HEAD_LEN + skip || text.len > HEAD_LEN + skip + TAIL_MAX)
		return false;
	number = identifiers_cut(text, 2 + skip, ORGNR_LEN);
	tail = identifiers_cut(text, HEAD_LEN + skip, text.len - HEAD_LEN - skip);
	if (hsaid_letter(text.data[0]) != 'S' || hsaid_letter(text.data[1]) != 'E' ||
		(skip && memcmp(text.data + 2, "16", CENTURY_LEN) != 0) ||
		!identifiers_are_digits(number) || text.data[DASH_AT + skip] != '-')
		return false;
	memcpy(id + 2, number.data, ORGNR_LEN);
	id[DASH_AT] = '-';
	for (size_t i = 0; i < tail.len; i++) {
		id[HEAD_LEN + i] = hsaid_letter(tail.data[i]);
		if (!id[HEAD_LEN + i])
			return false;
	}
	id[HEAD_LEN + tail.len] = '\0';
	memcpy(out, id, sizeof(id));
	return true;
}
