/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences that people read when something cannot be done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client/screen/problem.h"

static struct arena arena;

static int set_up(void **state)
{
	arena_init(&arena, 1 << 20);
	return 0;
}

static int tear_down(void **state)
{
	arena_fini(&arena);
	return 0;
}

static struct words some_words(const char *to, const char *other)
{
	struct words words = {0};

	words_set(&words, "to", to);
	words_set(&words, "other", other);
	return words;
}

static void test_words_are_put_where_they_are_named(void **state)
{
	struct words words = some_words("Beroende Lund", "");

	assert_string_equal(
		words_fill(&arena, "{to} is closed.", &words), "Beroende Lund is closed.");
	assert_string_equal(words_fill(&arena, "no words", &words), "no words");
	assert_string_equal(words_fill(&arena, "{to} {to}", &words), "Beroende Lund Beroende Lund");
}

static void test_a_part_without_its_word_is_left_out(void **state)
{
	struct words words = some_words("A", "");
	struct words both = some_words("A", "B");

	assert_string_equal(words_fill(&arena, "{to}[ sends you to {other}].", &words), "A.");
	assert_string_equal(
		words_fill(&arena, "{to}[ sends you to {other}].", &both), "A sends you to B.");
	assert_string_equal(words_fill(&arena, "[{other}: ]{to}", &words), "A");
}

static void test_a_word_outside_brackets_is_never_silently_missing(void **state)
{
	struct words words = some_words("", "");

	assert_string_equal(words_fill(&arena, "{to} is closed.", &words), "? is closed.");
}

static void test_words_of_others_are_made_harmless(void **state)
{
	struct words words = some_words("\x1b[2J{other}[x]", "B");

	assert_string_equal(words_fill(&arena, "{to}!", &words), "\\u001b[2J{other}[x]!");
}

static void test_a_word_can_be_set_again(void **state)
{
	struct words words = some_words("A", "B");

	words_set(&words, "to", "C");
	assert_string_equal(words_get(&words, "to"), "C");
	assert_int_equal(words.count, 2);
}

static void test_every_problem_says_something_and_what_to_do(void **state)
{
	for (int id = PROBLEM_NONE + 1; id < PROBLEM_COUNT; id++) {
		const struct words words = {0};
		struct problem problem = {0};
		int exit_code = problem_describe(&problem, &arena, (enum problem_id)id, &words);

		if (exit_code < EXIT_USAGE || exit_code > EXIT_SECURITY)
			fail_msg("%s has the exit code %d", problem.reason, exit_code);
		if (strlen(problem.sentence) < 10 || strlen(problem.hint) < 8)
			fail_msg("%s says too little", problem.reason);
		if (strpbrk(problem.sentence, "[]{}") || strpbrk(problem.hint, "[]{}") ||
			strpbrk(problem.command, "[]{}"))
			fail_msg("%s has an odd bracket", problem.reason);
		assert_non_null(problem.layer);
	}
}

static void test_every_reason_of_the_server_has_its_own_problem(void **state)
{
	for (int reason = REASON_NONE + 1; reason < REASON_COUNT; reason++) {
		enum problem_id id = problem_of_reason((enum reason)reason);

		assert_int_not_equal(id, PROBLEM_OTHER_REFUSAL);
		assert_int_equal(problem_exit_code(id), reason_exit_code((enum reason)reason));
	}
	assert_int_equal(problem_of_reason(REASON_NONE), PROBLEM_OTHER_REFUSAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_put_where_they_are_named),
		cmocka_unit_test(test_a_part_without_its_word_is_left_out),
		cmocka_unit_test(test_a_word_outside_brackets_is_never_silently_missing),
		cmocka_unit_test(test_words_of_others_are_made_harmless),
		cmocka_unit_test(test_a_word_can_be_set_again),
		cmocka_unit_test(test_every_problem_says_something_and_what_to_do),
		cmocka_unit_test(test_every_reason_of_the_server_has_its_own_problem),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
