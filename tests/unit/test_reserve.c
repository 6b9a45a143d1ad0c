/* SPDX-License-Identifier: Apache-2.0 */
/* Reserve numbers: whose form a number has, and that no other number has one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/identifiers.h"
#include "domain/reserve.h"

static void test_issuer_is_told_by_the_form(void **state)
{
	static const struct {
		const char *number, *oid;
	} table[] = {
		{"991981000010", "1.2.752.97.3.1.3"},
		{"991945000023", "1.2.752.97.3.1.3"},
		{"991993000032", "1.2.752.97.3.1.3"},
		{"19810829M071", "1.2.752.113.11.0.2.1.1.1"},
		{"19450829K088", "1.2.752.113.11.0.2.1.1.1"},
		{"19930829X802", "1.2.752.113.11.0.2.1.1.1"},
		{"19810829SU3A", "1.2.752.74.9.2"},
		{"198108320007", "1.2.752.129.2.1.3.2"},
		{"198108590007", "1.2.752.129.2.1.3.2"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *oid = reserve_root(bytes_of_string(table[i].number));

		assert_non_null(oid);
		assert_string_equal(oid, table[i].oid);
	}
}

static void test_other_numbers_have_no_issuer(void **state)
{
	static const char *const table[] = {"", "99198100001", "9919810000100",
		"991981000011",			/* Stockholm, check digit */
		"19810829M072",			/* VGR, check digit */
		"19810829K071",			/* VGR, another letter's digit */
		"19810829A071",			/* VGR, no such letter */
		"19810231M073",			/* VGR, no such day */
		"1981082AM071",			/* VGR, not a date */
		"19810829M0A1",			/* VGR, not digits */
		"19810829SU33",			/* Värmland, not a letter at the end */
		"19810829S33A",			/* Värmland, a digit too many */
		"19811329SU3A",			/* Värmland, no such month */
		"19810829su3a",			/* lower case */
		"198108310007", "198108600007", /* Carelink, beyond 32 to 59 */
		"198113320007"};		/* Carelink, no such month */

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_null(reserve_root(bytes_of_string(table[i])));
}

static void test_personal_numbers_are_not_reserve_numbers(void **state)
{
	static const char *const table[] = {
		"199001012385", "202601612381", "191500722390", "191711602399"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_null(reserve_root(bytes_of_string(table[i])));
}

static void test_reserve_numbers_are_not_personal_numbers(void **state)
{
	static const struct {
		const char *number;
		enum pnr_result result;
	} table[] = {
		{"991981000010", PNR_DATE},
		{"19810829M071", PNR_INTERIM},
		{"19810829SU3A", PNR_SYNTAX},
		{"198108320007", PNR_DATE},
	};
	char out[PNR_LEN + 1];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		enum pnr_result result = pnr_parse(
			bytes_of_string(table[i].number), (struct date){2026, 11, 2}, out);

		assert_int_equal(result, table[i].result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_issuer_is_told_by_the_form),
		cmocka_unit_test(test_other_numbers_have_no_issuer),
		cmocka_unit_test(test_personal_numbers_are_not_reserve_numbers),
		cmocka_unit_test(test_reserve_numbers_are_not_personal_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
