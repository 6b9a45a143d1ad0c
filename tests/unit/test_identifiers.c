/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of persons and organisations, and HSA-ids. The personal numbers are
 * Skatteverket's published test numbers, or made so that one test alone can
 * catch them; every check digit was recomputed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/identifiers.h"

static const struct date today = {2026, 11, 2};

static void expect_pnr_on(
	struct date day, const char *text, enum pnr_result want, const char *digits)
{
	char out[PNR_LEN + 1] = "before";
	enum pnr_result result = pnr_parse(bytes_of_string(text), day, out);

	if (result != want)
		print_error("%s: %d instead of %d\n", text, result, want);
	assert_int_equal(result, want);
	assert_string_equal(out, digits);
}

/* Valid: the twelve digits come out as they went in. */
static void expect_valid(const char *const *table, size_t count, enum pnr_result want)
{
	for (size_t i = 0; i < count; i++)
		expect_pnr_on(today, table[i], want, table[i]);
}

static void expect_refused(const char *const *table, size_t count, enum pnr_result want)
{
	for (size_t i = 0; i < count; i++)
		expect_pnr_on(today, table[i], want, "before");
}

static void test_personal_numbers_are_read(void **state)
{
	static const char *const table[] = {"199001012385", "200002292399", "202402292383",
		"196408233234", "191212121212", "190001019801", "189001019802"};

	expect_valid(table, ARRAY_SIZE(table), PNR_OK);
}

static void test_coordination_numbers_are_read(void **state)
{
	static const char *const table[] = {"202601612381", "202601622380", "202601912393",
		"202201612393", "191401682396", "191406652386"};

	expect_valid(table, ARRAY_SIZE(table), PNR_COORDINATION);
}

static void test_coordination_numbers_may_leave_month_or_day_unknown(void **state)
{
	static const char *const table[] = {"191500722390", "191711602399"};

	expect_valid(table, ARRAY_SIZE(table), PNR_COORDINATION);
}

static void test_wrong_check_digit_is_caught(void **state)
{
	static const char *const table[] = {"199001012384", "199001012386", "202601612382",
		"190302052397", "197004289895", "196004309886", "194205669899", "197210869924"};

	expect_refused(table, ARRAY_SIZE(table), PNR_CHECK_DIGIT);
}

static void test_birth_number_000_is_caught_though_check_digit_and_date_are_right(void **state)
{
	expect_pnr_on(today, "201509160006", PNR_BIRTH_NUMBER, "before");
}

static void test_wrong_date_is_caught_though_check_digit_is_right(void **state)
{
	static const char *const table[] = {
		"199013012381", /* month 13 */
		"199002302389", /* 30 February */
		"190002292381", /* 1900 was no leap year */
		"202302292392", /* nor 2023 */
		"199004312394", /* 31 April */
		"199001002386", /* day 00 */
		"191900012384", /* month 00, not a coordination number */
		"202201922388", /* day 92: beyond 31 + 60 */
	};

	expect_refused(table, ARRAY_SIZE(table), PNR_DATE);
}

static void test_date_is_judged_before_the_check_digit(void **state)
{
	static const char *const table[] = {
		"199013012385", "199002302385", "190002292385", "202201922380"};

	expect_refused(table, ARRAY_SIZE(table), PNR_DATE);
}

static void test_birth_after_the_message_is_caught(void **state)
{
	const struct date day_before = {2025, 12, 31};

	expect_pnr_on(day_before, "202601612381", PNR_DATE, "before");
	expect_pnr_on((struct date){2026, 1, 1}, "202601612381", PNR_COORDINATION, "202601612381");
	/* 2090 for 1990: Luhn does not see the century. */
	expect_pnr_on(today, "209001012385", PNR_DATE, "before");
}

static void test_four_written_forms_mean_the_same(void **state)
{
	static const char *const table[] = {
		"900101-2385", "199001012385", "19900101-2385", "9001012385"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		expect_pnr_on(today, table[i], PNR_OK, "199001012385");
}

static void test_short_form_means_the_latest_date_until_the_message(void **state)
{
	static const struct {
		struct date day;
		const char *text, *digits;
	} table[] = {
		{{2026, 11, 2}, "240229-2383", "202402292383"},
		{{2024, 2, 29}, "240229-2383", "202402292383"}, /* born on the day itself */
		{{2024, 2, 28}, "240229-2383", "192402292383"}, /* and on the day before */
		{{2026, 11, 2}, "260161-2381", "202601612381"},
		{{2025, 12, 31}, "260161-2381", "192601612381"},
		{{2026, 11, 2}, "900101-9802", "199001019802"},
		{{1989, 12, 31}, "900101-9802", "189001019802"},
		{{2026, 11, 2}, "000101-9801", "200001019801"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		enum pnr_result want = table[i].text[4] == '6' ? PNR_COORDINATION : PNR_OK;

		expect_pnr_on(table[i].day, table[i].text, want, table[i].digits);
	}
}

static void test_plus_means_a_hundred_years_or_more(void **state)
{
	expect_pnr_on(today, "000101+9801", PNR_OK, "190001019801");
	expect_pnr_on(today, "900101+9802", PNR_OK, "189001019802");
	expect_pnr_on(today, "900101-9802", PNR_OK, "199001019802");
	expect_pnr_on(today, "121212+1212", PNR_OK, "191212121212");
}

static void test_plus_begins_in_the_year_of_the_hundredth_birthday(void **state)
{
	/* Born 1912-12-12: the sign changes on New Year's Day of 2012. */
	expect_pnr_on((struct date){2012, 1, 1}, "121212+1212", PNR_OK, "191212121212");
	expect_pnr_on((struct date){2011, 12, 31}, "121212-1212", PNR_OK, "191212121212");
	expect_pnr_on((struct date){2011, 12, 31}, "121212+1212", PNR_OK, "181212121212");
}

static void test_leap_day_of_1900_is_not_saved_by_the_short_form(void **state)
{
	expect_pnr_on(today, "000229-2399", PNR_OK, "200002292399");
	expect_pnr_on(today, "000229+2381", PNR_DATE, "before");
}

static void test_interim_letters_have_an_answer_of_their_own(void **state)
{
	static const char letters[] = "TRSUWXJKLMNtrsuwxjklmn";
	char text[] = "900101-_385";

	for (const char *letter = letters; *letter; letter++) {
		text[7] = *letter;
		expect_pnr_on(today, text, PNR_INTERIM, "before");
	}
	expect_pnr_on(today, "19900101T385", PNR_INTERIM, "before");
}

static void test_other_texts_are_not_numbers(void **state)
{
	static const char *const table[] = {
		"", "9", "900101238", "900101-238", "90010123855", /* lengths */
		"19900101-23855", "1990010-12385",
		"19900101+2385",	      /* '+' belongs to the short form */
		"900101 2385", "900101/2385", /* other separators */
		"A00101-2385", "900101-2A85", "900101-238A", "9001-012385", "900101-A385",
		"900101-O385", /* letters that are not interim */
		"-9001012385", " 900101-2385", "900101-2385 ",
		"900101\xe2\x80\x93"
		"2385", /* a long dash */
	};

	expect_refused(table, ARRAY_SIZE(table), PNR_SYNTAX);
}

static void test_nul_within_a_number_is_no_digit(void **state)
{
	char out[PNR_LEN + 1];

	assert_int_equal(pnr_parse(bytes_of("900101-\0385", 11), today, out), PNR_SYNTAX);
}

static void test_age_is_counted_in_full_years(void **state)
{
	static const struct {
		const char *digits;
		struct date day;
		int age;
	} table[] = {
		{"199001012385", {2026, 11, 2}, 36},
		{"199001012385", {2026, 1, 1}, 36}, /* the birthday itself */
		{"199001012385", {2025, 12, 31}, 35}, {"191212121212", {2026, 11, 2}, 113},
		{"200002292399", {2026, 2, 27}, 25}, /* no leap year: on the 28th */
		{"200002292399", {2026, 2, 28}, 26},
		{"200002292399", {2028, 2, 28}, 27}, /* a leap year: on the 29th */
		{"200002292399", {2028, 2, 29}, 28},
		{"202601612381", {2026, 11, 2}, 0},  /* coordination: born on the 1st */
		{"191500722390", {2026, 11, 2}, -1}, /* month unknown */
		{"191711602399", {2026, 11, 2}, -1}, /* day unknown */
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(pnr_age(table[i].digits, table[i].day), table[i].age);
}

static void test_numbers_are_found_within_texts(void **state)
{
	static const char *const table[] = {"ref 19900101 2385", "900101 2385", "199001012385",
		"900101-2385", "900101+9802", "19900101-2385", "9001012385",
		"dnr 2026/17 (900101-2385)", "pnr:199001012385.", "x9001012385x",
		"2026-900101-2385", "260161-2381", "191500722390 okänt",
		"199001012384 199001012385"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_true(pnr_is_within(bytes_of_string(table[i]), today));
}

static void test_other_references_are_let_through(void **state)
{
	static const char *const table[] = {"", "SN 2026/1234", "199001012384", "900101-2384",
		"199013012381", "201509160006", "1199001012385",
		"1990010123851", /* part of a longer number */
		"900101-T385", "900101 - 2385", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
		"2120001132", "7K3M-Q9FX"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(pnr_is_within(bytes_of_string(table[i]), today));
}

static void test_organisation_numbers_are_read(void **state)
{
	static const char *const table[] = {"2120001132", "2120001124", "2321000255", "2321000016",
		"2321000131", "2120000142", "5560160680", "2021006537"};
	char out[ORGNR_LEN + 1], prefixed[ORGNR_LEN + 3] = "16";

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_true(orgnr_parse(bytes_of_string(table[i]), out));
		assert_string_equal(out, table[i]);
		memcpy(prefixed + 2, table[i], ORGNR_LEN + 1);
		assert_true(orgnr_parse(bytes_of_string(prefixed), out));
		assert_string_equal(out, table[i]);
	}
}

static void test_other_organisation_numbers_are_refused(void **state)
{
	static const char *const table[] = {"", "5560160681", "5561034250", /* check digit */
		"9001019802",	/* a person: the third digit is that of a month */
		"199001019802", /* and with its century */
		"172120001132", /* another prefix */
		"212000113", "21200011322", "212000-1132", "2120O01132"};
	char out[ORGNR_LEN + 1] = "before";

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(orgnr_parse(bytes_of_string(table[i]), out));
	assert_string_equal(out, "before");
}

static void test_hsa_ids_come_out_in_one_spelling(void **state)
{
	static const struct {
		const char *text, *id;
	} table[] = {
		{"SE2321000012-0001", "SE2321000012-0001"},
		{"SE162321000451-0001", "SE2321000451-0001"}, /* with the prefix 16 */
		{"se2321000255-abc1", "SE2321000255-ABC1"},
		{"SE2321000255-A", "SE2321000255-A"},
		{"SE1621000255-A", "SE1621000255-A"}, /* a number that begins with 16 */
		{"SE2321000255-123456789012345678", "SE2321000255-123456789012345678"},
		{"SE162321000255-123456789012345678", "SE2321000255-123456789012345678"},
	};
	char id[HSAID_MAX + 1];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_true(hsaid_parse(bytes_of_string(table[i].text), id));
		assert_string_equal(id, table[i].id);
	}
}

static void test_published_hsa_ids_have_organisations_that_fail_luhn(void **state)
{
	static const char *const table[] = {"SE2321000012-0001", "SE162321000451-0001"};
	char id[HSAID_MAX + 1], orgnr[ORGNR_LEN + 1];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_true(hsaid_parse(bytes_of_string(table[i]), id));
		assert_false(orgnr_parse(bytes_of(id + 2, ORGNR_LEN), orgnr));
	}
}

static void test_other_hsa_ids_are_refused(void **state)
{
	static const char *const table[] = {"", "SE", "SE2321000255", "SE2321000255-",
		"NO2321000255-A", "SE232100025-A", "SE23210002555-A", "SE172321000255-A",
		"SE232100O255-A", "SE2321000255-A_1", "SE2321000255-A-1", "SE2321000255-A@",
		"SE2321000255-\xc3\x85", "SE2321000255 A", "SE2321000255-1234567890123456789",
		"SE162321000255-1234567890123456789", "SE162321000255-"};
	char id[HSAID_MAX + 1] = "before";

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(hsaid_parse(bytes_of_string(table[i]), id));
	assert_string_equal(id, "before");
}

static void test_luhn_gives_the_digit_that_fits(void **state)
{
	assert_int_equal(luhn_digit("900101238", 9), 5);
	assert_int_equal(luhn_digit("7992739871", 10), 3);
	assert_int_equal(luhn_digit("0", 1), 0);
	assert_int_equal(luhn_digit("", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_personal_numbers_are_read),
		cmocka_unit_test(test_coordination_numbers_are_read),
		cmocka_unit_test(test_coordination_numbers_may_leave_month_or_day_unknown),
		cmocka_unit_test(test_wrong_check_digit_is_caught),
		cmocka_unit_test(
			test_birth_number_000_is_caught_though_check_digit_and_date_are_right),
		cmocka_unit_test(test_wrong_date_is_caught_though_check_digit_is_right),
		cmocka_unit_test(test_date_is_judged_before_the_check_digit),
		cmocka_unit_test(test_birth_after_the_message_is_caught),
		cmocka_unit_test(test_four_written_forms_mean_the_same),
		cmocka_unit_test(test_short_form_means_the_latest_date_until_the_message),
		cmocka_unit_test(test_plus_means_a_hundred_years_or_more),
		cmocka_unit_test(test_plus_begins_in_the_year_of_the_hundredth_birthday),
		cmocka_unit_test(test_leap_day_of_1900_is_not_saved_by_the_short_form),
		cmocka_unit_test(test_interim_letters_have_an_answer_of_their_own),
		cmocka_unit_test(test_other_texts_are_not_numbers),
		cmocka_unit_test(test_nul_within_a_number_is_no_digit),
		cmocka_unit_test(test_age_is_counted_in_full_years),
		cmocka_unit_test(test_numbers_are_found_within_texts),
		cmocka_unit_test(test_other_references_are_let_through),
		cmocka_unit_test(test_organisation_numbers_are_read),
		cmocka_unit_test(test_other_organisation_numbers_are_refused),
		cmocka_unit_test(test_hsa_ids_come_out_in_one_spelling),
		cmocka_unit_test(test_published_hsa_ids_have_organisations_that_fail_luhn),
		cmocka_unit_test(test_other_hsa_ids_are_refused),
		cmocka_unit_test(test_luhn_gives_the_digit_that_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
