/* SPDX-License-Identifier: Apache-2.0 */
/* The code lists: whole, in good text, and at one with the tables of the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/codes.h"
#include "domain/words.h"

/* The length of the UTF-8 character at |p|, or 0 where there is none. */
static size_t utf8_len(const uint8_t *p)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : 0;

	for (size_t i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			return 0;
	}
	return len;
}

/* A text for people: UTF-8 without control characters or blanks at its ends. */
static void expect_good_text(const char *text)
{
	size_t len = strlen(text), at = 0;

	assert_true(len > 0);
	assert_true(text[0] != ' ' && text[len - 1] != ' ');
	while (at < len) {
		size_t step = utf8_len((const uint8_t *)text + at);

		assert_true(step > 0);
		assert_true((uint8_t)text[at] >= ' ');
		at += step;
	}
}

static void test_every_text_is_good_in_both_languages(void **state)
{
	for (enum codes_list list = 0; list < CODES_LISTS; list++) {
		const struct codes_row *row = NULL;

		expect_good_text(codes_list_text(list, CODES_ENGLISH));
		expect_good_text(codes_list_text(list, CODES_SWEDISH));
		while ((row = codes_next(list, row))) {
			expect_good_text(row->text[CODES_ENGLISH]);
			expect_good_text(row->text[CODES_SWEDISH]);
		}
	}
}

/* How many rows of |list| have |code|. */
static int count_code(enum codes_list list, const char *code)
{
	int count = 0;

	for (const struct codes_row *row = codes_next(list, NULL); row; row = codes_next(list, row))
		count += strcmp(row->code, code) == 0;
	return count;
}

static void test_no_code_stands_twice_in_a_list(void **state)
{
	for (enum codes_list list = 0; list < CODES_LISTS; list++) {
		const struct codes_row *row = codes_next(list, NULL);

		assert_non_null(row);
		for (; row; row = codes_next(list, row))
			assert_int_equal(count_code(list, row->code), 1);
	}
}

static void test_no_text_stands_twice_in_a_list(void **state)
{
	for (enum codes_list list = 0; list < CODES_LISTS; list++) {
		const struct codes_row *a = NULL, *b;

		while ((a = codes_next(list, a))) {
			for (b = codes_next(list, a); b; b = codes_next(list, b)) {
				assert_string_not_equal(a->text[0], b->text[0]);
				assert_string_not_equal(a->text[1], b->text[1]);
			}
		}
	}
}

static void test_other_is_the_last_of_its_list(void **state)
{
	for (enum codes_list list = 0; list < CODES_LISTS; list++) {
		const struct codes_row *row = NULL;

		while ((row = codes_next(list, row))) {
			if (strcmp(row->code, "other") == 0)
				assert_null(codes_next(list, row));
		}
	}
}

static void test_lists_are_found_by_name(void **state)
{
	for (enum codes_list list = 0; list < CODES_LISTS; list++) {
		const char *name = codes_list_name(list);

		assert_int_equal(codes_list_named(bytes_of_string(name)), list);
	}
	assert_int_equal(codes_list_named(bytes_of_string("consent-form")), CODES_CONSENT_FORM);
	assert_int_equal(codes_list_named(bytes_of_string("weather")), CODES_LISTS);
	assert_int_equal(codes_list_named(bytes_of_string("")), CODES_LISTS);
}

static void test_code_is_known_in_its_own_list_only(void **state)
{
	assert_true(codes_has(CODES_REJECT, bytes_of_string("wrong-unit")));
	assert_true(codes_has(CODES_INTERVENTION, bytes_of_string("CRA")));
	assert_false(codes_has(CODES_END, bytes_of_string("wrong-unit")));
}

static void test_code_is_known_in_its_exact_spelling_only(void **state)
{
	static const char *const table[] = {
		"", "Wrong-unit", "wrong-uni", "wrong-unitx", "wrong_unit", " wrong-unit"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(codes_has(CODES_REJECT, bytes_of_string(table[i])));
	assert_false(codes_has(CODES_REJECT, bytes_of("other\0", 6)));
}

static void test_texts_are_given_by_language(void **state)
{
	struct bytes housing = bytes_of_string("housing");

	assert_string_equal(codes_text(CODES_NEED, housing, CODES_ENGLISH), "Housing");
	assert_string_equal(codes_text(CODES_NEED, housing, CODES_SWEDISH), "Boende");
	assert_null(codes_text(CODES_NEED, bytes_of_string("weather"), CODES_ENGLISH));
}

static int count_rows(enum codes_list list)
{
	int count = 0;

	for (const struct codes_row *row = codes_next(list, NULL); row; row = codes_next(list, row))
		count++;
	return count;
}

static void test_kinds_are_those_of_the_rules(void **state)
{
	for (enum kind kind = 0; kind < KIND_COUNT; kind++)
		assert_true(codes_has(CODES_KIND, bytes_of_string(kind_code(kind))));
	assert_int_equal(count_rows(CODES_KIND), KIND_COUNT);
}

static void test_roles_are_those_of_the_rules(void **state)
{
	for (enum role role = 0; role < ROLE_COUNT; role++)
		assert_true(codes_has(CODES_ROLE, bytes_of_string(role_code(role))));
	assert_int_equal(count_rows(CODES_ROLE), ROLE_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_text_is_good_in_both_languages),
		cmocka_unit_test(test_no_code_stands_twice_in_a_list),
		cmocka_unit_test(test_no_text_stands_twice_in_a_list),
		cmocka_unit_test(test_other_is_the_last_of_its_list),
		cmocka_unit_test(test_lists_are_found_by_name),
		cmocka_unit_test(test_code_is_known_in_its_own_list_only),
		cmocka_unit_test(test_code_is_known_in_its_exact_spelling_only),
		cmocka_unit_test(test_texts_are_given_by_language),
		cmocka_unit_test(test_kinds_are_those_of_the_rules),
		cmocka_unit_test(test_roles_are_those_of_the_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
