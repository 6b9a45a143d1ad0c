/* SPDX-License-Identifier: Apache-2.0 */
/* Which legal basis is allowed for what, between whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/basis.h"
#include "domain/codes.h"
#include "domain/rules_basis.h"

enum { ALWAYS = 1000 };

static const struct basis_rule *find(
	enum kind kind, enum sector from, enum sector to, enum basis basis)
{
	const struct basis_question q = {kind, from, to, ALWAYS};

	return basis_find(&basis_defaults, &q, basis);
}

static void need_of_care_is_between_health_and_social_authorities(void **state)
{
	for (int from = 0; from < SECTOR_COUNT; from++)
		for (int to = 0; to < SECTOR_COUNT; to++) {
			bool both = from != SECTOR_OTHER && to != SECTOR_OTHER;

			assert_int_equal(find(KIND_CARE_REQUEST, (enum sector)from, (enum sector)to,
						 BASIS_NEED_OF_CARE) != NULL,
				both);
			assert_non_null(find(KIND_CARE_REQUEST, (enum sector)from, (enum sector)to,
				BASIS_CONSENT));
		}
}

static void a_report_has_its_duty_and_no_other_basis(void **state)
{
	const struct basis_question q = {KIND_REPORT_OF_CONCERN, SECTOR_HEALTH, SECTOR_SOCIAL, 0};

	assert_int_equal(basis_allowed(&basis_defaults, &q), MASK(BASIS_DUTY_TO_REPORT));
	assert_null(find(KIND_CARE_REQUEST, SECTOR_HEALTH, SECTOR_SOCIAL, BASIS_DUTY_TO_REPORT));
}

static void of_the_versions_of_a_row_the_one_of_the_day_counts(void **state)
{
	const struct basis_rule rules[] = {
		{"A", 1, BASIS_CONSENT, "", "", "", "", 0, 10},
		{"A", 2, BASIS_CONSENT, "", "", "health", "", 10, 20},
	};
	const struct basis_book book = {rules, ARRAY_SIZE(rules)};
	struct basis_question q = {KIND_CARE_REQUEST, SECTOR_SOCIAL, SECTOR_HEALTH, 9};

	assert_int_equal(basis_find(&book, &q, BASIS_CONSENT)->version, 1);
	q.at_us = 10;
	assert_int_equal(basis_find(&book, &q, BASIS_CONSENT)->version, 2);
	q.to = SECTOR_SOCIAL;
	assert_null(basis_find(&book, &q, BASIS_CONSENT));
	q.at_us = 20;
	assert_int_equal(basis_allowed(&book, &q), 0);
}

static void every_code_of_the_lists_is_in_the_table(void **state)
{
	for (int basis = 0; basis < BASIS_COUNT; basis++)
		assert_true(codes_has(CODES_BASIS, bytes_of_string(basis_code((enum basis)basis))));
	assert_int_equal(basis_from_code(bytes_of_string("curiosity")), -1);
	assert_int_equal(sector_of_organisation(bytes_of_string("region")), SECTOR_HEALTH);
	assert_int_equal(sector_of_organisation(bytes_of_string("circus")), SECTOR_OTHER);
}

static void a_consent_covers_units_and_whole_organisations(void **state)
{
	static const struct {
		const char *recipients, *unit;
		bool covers;
	} rows[] = {
		{"skane/beroende-lund", "skane/beroende-lund", true},
		{"lund,skane", "skane/beroende-lund", true},
		{"skane", "skane-2/beroende", false},
		{"skane/beroende", "skane/beroende-lund", false},
		{"skane/", "skane/beroende", false},
		{"", "skane/beroende", false},
		{",", "skane/beroende", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(rules_consent_covers(bytes_of_string(rows[i].recipients),
					 bytes_of_string(rows[i].unit)),
			rows[i].covers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(need_of_care_is_between_health_and_social_authorities),
		cmocka_unit_test(a_report_has_its_duty_and_no_other_basis),
		cmocka_unit_test(of_the_versions_of_a_row_the_one_of_the_day_counts),
		cmocka_unit_test(every_code_of_the_lists_is_in_the_table),
		cmocka_unit_test(a_consent_covers_units_and_whole_organisations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
