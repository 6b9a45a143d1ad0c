/* SPDX-License-Identifier: Apache-2.0 */
/* The command line, and the table of commands behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client/client.h"

enum { WORDS_AT_MOST = 8 };

static struct client client;
static struct arguments arguments;

static int set_up(void **state)
{
	client_init(&client);
	return 0;
}

static int tear_down(void **state)
{
	client_fini(&client);
	return 0;
}

/* Parses the words up to NULL. */
static int parse(const char *const *line)
{
	char *argv[WORDS_AT_MOST + 1] = {NULL};
	int argc = 0;

	for (; line[argc]; argc++)
		argv[argc] = (char *)line[argc];
	return arguments_parse(&client, argc, argv, &arguments);
}
#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void test_options_may_stand_anywhere(void **state)
{
	assert_int_equal(PARSE("--as", "maria", "accept", "--contact-by=fri", "7K3M", "--json"), 0);
	assert_int_equal(arguments.command->id, COMMAND_accept);
	assert_string_equal(arguments_get(&arguments, OPTION_global_as), "maria");
	assert_string_equal(arguments_get(&arguments, OPTION_accept_contact_by), "fri");
	assert_true(arguments_has(&arguments, OPTION_global_json));
	assert_false(arguments_has(&arguments, OPTION_accept_time));
	assert_int_equal(arguments.n_rest, 1);
	assert_string_equal(arguments.rest[0], "7K3M");
}

static void test_a_dash_is_a_value_and_two_end_the_options(void **state)
{
	assert_int_equal(PARSE("send", "--file", "-", "--", "--odd"), 0);
	assert_string_equal(arguments_get(&arguments, OPTION_send_file), "-");
	assert_string_equal(arguments.rest[0], "--odd");
}

static void test_swedish_names_work_with_and_without_their_letters(void **state)
{
	assert_int_equal(command_named("hjälp")->id, COMMAND_help);
	assert_int_equal(command_named("hjalp")->id, COMMAND_help);
	assert_int_equal(command_named("ta-emot")->id, COMMAND_accept);
	assert_null(command_named("hj"));
	assert_null(command_named(""));
}

static void expect(int r, enum problem_id id, const char *about)
{
	assert_int_equal(r, EXIT_USAGE);
	assert_int_equal(client.problem.id, id);
	if (!strstr(client.problem.sentence, about))
		fail_msg("'%s' does not mention '%s'", client.problem.sentence, about);
}

static void test_what_is_mistyped_is_told_with_a_suggestion(void **state)
{
	expect(PARSE("inbxo"), PROBLEM_COMMAND_UNKNOWN, "'inbox'");
	expect(PARSE("EQVH"), PROBLEM_CODE_WITHOUT_COMMAND, "'EQVH' is a code");
	expect(PARSE("accept", "--responsibel", "x"), PROBLEM_OPTION_UNKNOWN, "--responsible");
	expect(PARSE("-x"), PROBLEM_OPTION_UNKNOWN, "--x");
	expect(PARSE("send", "--file"), PROBLEM_OPTION_NEEDS_VALUE, "--file");
	expect(PARSE("inbox", "--all=yes"), PROBLEM_OPTION_TAKES_NO_VALUE, "--all");
}

static void test_an_option_of_another_command_is_unknown(void **state)
{
	expect(PARSE("inbox", "--file", "x"), PROBLEM_OPTION_UNKNOWN, "--file");
	expect(PARSE("--file", "x", "send"), PROBLEM_OPTION_UNKNOWN, "--file");
}

static void test_numbers_are_whole_and_within_their_bounds(void **state)
{
	long number;

	assert_int_equal(arguments_number(&client, "130", 1, 130, &number), 0);
	assert_int_equal(number, 130);
	expect(arguments_number(&client, "131", 1, 130, &number), PROBLEM_NUMBER_INVALID, "131");
	expect(arguments_number(&client, "1x", 1, 130, &number), PROBLEM_NUMBER_INVALID, "1x");
	expect(arguments_number(&client, "", 1, 130, &number), PROBLEM_NUMBER_INVALID, "'?'");
	expect(arguments_number(&client, "99999999999999999999", 1, 130, &number),
		PROBLEM_NUMBER_INVALID, "9");
}

static void test_every_command_is_explained_and_has_an_example(void **state)
{
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command *command = command_get((enum command_id)id);

		assert_true(strlen(command->summary) > 10);
		assert_non_null(command_example(command->id, 0));
		assert_ptr_equal(command_named(command->name), command);
		assert_ptr_equal(command_named(command->alias), command);
	}
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		EACH(test_options_may_stand_anywhere),
		EACH(test_a_dash_is_a_value_and_two_end_the_options),
		EACH(test_swedish_names_work_with_and_without_their_letters),
		EACH(test_what_is_mistyped_is_told_with_a_suggestion),
		EACH(test_an_option_of_another_command_is_unknown),
		EACH(test_numbers_are_whole_and_within_their_bounds),
		EACH(test_every_command_is_explained_and_has_an_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
