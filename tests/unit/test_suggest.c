/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean", by table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/suggest.h"

static void test_distance_counts_edits_up_to_a_third_of_the_name(void **state)
{
	static const struct {
		const char *typed, *name;
		size_t want;
	} table[] = {
		{"port", "port", 0},
		{"prot", "port", 1}, /* swapped */
		{"por", "port", 1},
		{"ports", "port", 1},
		{"pert", "port", 1},
		{"datbase", "database", 1},
		{"adress", "address", 1},
		{"log_levle", "log_level", 1},
		{"certificat_fil", "certificate_file", 2},
		{"trail", "trial", 1},
		{"", "port", SIZE_MAX},
		{"cat", "port", SIZE_MAX},
		{"x", "", SIZE_MAX},
		{"", "", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(suggest_distance(table[i].typed, table[i].name), table[i].want);
}

static void test_very_long_words_are_near_to_nothing(void **state)
{
	char word[200];

	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_int_equal(suggest_distance(word, "port"), SIZE_MAX);
	assert_int_equal(suggest_distance(word, word), SIZE_MAX);
	word[64] = '\0';
	assert_int_equal(suggest_distance(word, word), 0);
}

static void test_the_nearest_of_all_names_is_kept(void **state)
{
	struct suggest suggest;

	suggest_begin(&suggest, "prot");
	suggest_offer(&suggest, "nothing like it");
	suggest_offer(&suggest, NULL);
	assert_null(suggest.best);
	suggest_offer(&suggest, "pros");
	suggest_offer(&suggest, "port");
	assert_string_equal(suggest.best, "pros"); /* the first of two as near */
	suggest_offer(&suggest, "prot");
	assert_string_equal(suggest.best, "prot");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance_counts_edits_up_to_a_third_of_the_name),
		cmocka_unit_test(test_very_long_words_are_near_to_nothing),
		cmocka_unit_test(test_the_nearest_of_all_names_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
