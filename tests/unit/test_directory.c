/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of callers and recipients, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/directory.h"

enum { MANY = 5000 };

static int setup(void **state)
{
	*state = directory_new();
	directory_set_version(*state, 1);
	return 0;
}

static int teardown(void **state)
{
	directory_free(*state);
	return 0;
}

static struct bytes text(const char *string)
{
	return bytes_of_string(string);
}

static void keep(struct directory *d, const char *handle, const char *urn)
{
	char copy[3][64];

	snprintf(copy[0], sizeof(copy[0]), "%s", handle);
	snprintf(copy[1], sizeof(copy[1]), "%s", urn);
	snprintf(copy[2], sizeof(copy[2]), "of %s", handle);
	directory_keep_caller(d, &(struct directory_caller){.handle = text(copy[0]),
					 .urn = text(copy[1]),
					 .number = text(copy[2]),
					 .roles = 3});
	directory_keep_recipient(
		d, &(struct directory_recipient){
			   .handle = text(copy[0]), .hours = text(copy[2]), .is_open = true});
	memset(copy, 'x', sizeof(copy));
}

static void test_what_is_kept_is_found_with_texts_of_its_own(void **state)
{
	const struct directory_caller *caller;
	const struct directory_recipient *recipient;

	keep(*state, "lund/vuxen", "maria");
	caller = directory_find_caller(*state, text("lund/vuxen"), text("maria"));
	recipient = directory_find_recipient(*state, text("lund/vuxen"));
	assert_non_null(caller);
	assert_non_null(recipient);
	assert_true(bytes_equal(caller->number, text("of lund/vuxen")));
	assert_int_equal(caller->roles, 3);
	assert_true(bytes_equal(recipient->hours, text("of lund/vuxen")));
	assert_true(recipient->is_open);
}

static void test_a_member_is_known_in_its_own_unit_only(void **state)
{
	keep(*state, "lund/vuxen", "maria");
	assert_null(directory_find_caller(*state, text("lund/unga"), text("maria")));
	assert_null(directory_find_caller(*state, text("lund/vuxen"), text("mona")));
	assert_null(directory_find_caller(*state, text("lund/vuxenm"), text("aria")));
	assert_null(directory_find_recipient(*state, text("lund/vuxe")));
}

static void test_another_version_forgets_all_and_the_same_one_nothing(void **state)
{
	keep(*state, "lund/vuxen", "maria");
	directory_set_version(*state, 1);
	assert_non_null(directory_find_recipient(*state, text("lund/vuxen")));
	directory_set_version(*state, 2);
	assert_null(directory_find_recipient(*state, text("lund/vuxen")));
	assert_null(directory_find_caller(*state, text("lund/vuxen"), text("maria")));
	assert_int_equal(directory_version(*state), 2);
}

static void test_what_is_kept_again_is_as_it_was_said_last(void **state)
{
	keep(*state, "lund/vuxen", "maria");
	directory_keep_caller(
		*state, &(struct directory_caller){
				.handle = text("lund/vuxen"), .urn = text("maria"), .roles = 4});
	assert_int_equal(
		directory_find_caller(*state, text("lund/vuxen"), text("maria"))->roles, 4);
}

/* However many come, what is found is what was asked for. */
static void test_too_many_push_each_other_out(void **state)
{
	int found = 0;

	for (int i = 0; i < MANY; i++) {
		char handle[32];

		snprintf(handle, sizeof(handle), "unit/%d", i);
		keep(*state, handle, "m");
	}
	for (int i = 0; i < MANY; i++) {
		const struct directory_recipient *recipient;
		char handle[32];

		snprintf(handle, sizeof(handle), "unit/%d", i);
		recipient = directory_find_recipient(*state, text(handle));
		if (!recipient)
			continue;
		assert_true(bytes_equal(recipient->handle, text(handle)));
		found++;
	}
	assert_in_range(found, 100, MANY - 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_kept_is_found_with_texts_of_its_own),
		TEST(test_a_member_is_known_in_its_own_unit_only),
		TEST(test_another_version_forgets_all_and_the_same_one_nothing),
		TEST(test_what_is_kept_again_is_as_it_was_said_last),
		TEST(test_too_many_push_each_other_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
