/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon does with a schema that it finds: goes on, or leaves it alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/schema.h"

static const struct schema_file files[] = {
	{1, "core", "one", 3}, {2, "read", "two", 3}, {3, "more", "three", 5}};

/* The first |n| files as a database remembers them that applied exactly these. */
static void remember(struct schema_applied applied[ARRAY_SIZE(files)], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		applied[i].version = files[i].version;
		schema_hash(&files[i], applied[i].hash);
	}
}

static void expect(
	const struct schema_applied *applied, size_t n, enum schema_verdict verdict, size_t at)
{
	size_t found_at;

	assert_int_equal(schema_compare(files, ARRAY_SIZE(files), applied, n, &found_at), verdict);
	assert_int_equal(found_at, at);
}

static void test_the_first_file_that_is_missing_comes_next(void **state)
{
	struct schema_applied applied[ARRAY_SIZE(files)];

	for (size_t n = 0; n <= ARRAY_SIZE(files); n++) {
		remember(applied, n);
		expect(applied, n, SCHEMA_FITS, n);
	}
}

static void test_a_file_that_was_changed_is_named(void **state)
{
	struct schema_applied applied[ARRAY_SIZE(files)];

	remember(applied, 3);
	applied[1].hash[0] ^= 1;
	expect(applied, 3, SCHEMA_CHANGED, 1);
}

static void test_a_version_that_is_missing_in_between_is_named(void **state)
{
	struct schema_applied applied[ARRAY_SIZE(files)];

	remember(applied, 3);
	applied[1] = applied[2];
	expect(applied, 2, SCHEMA_GAP, 1);
}

static void test_a_newer_database_is_left_alone_whatever_else_it_holds(void **state)
{
	struct schema_applied applied[4] = {{.version = 1}, {.version = 2}, {.version = 4}};

	expect(applied, 3, SCHEMA_NEWER, ARRAY_SIZE(files));
}

static void test_the_hash_is_sha256_in_hex(void **state)
{
	const struct schema_file abc = {1, "abc", "abc", 3};
	char hash[SCHEMA_HASH_LEN + 1];

	schema_hash(&abc, hash);
	assert_string_equal(
		hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_the_programs_own_files_are_numbered_from_one(void **state)
{
	assert_true(schema_n_files >= 4);
	for (size_t i = 0; i < schema_n_files; i++) {
		assert_int_equal(schema_files[i].version, i + 1);
		assert_int_equal(strlen(schema_files[i].sql), schema_files[i].len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_file_that_is_missing_comes_next),
		cmocka_unit_test(test_a_file_that_was_changed_is_named),
		cmocka_unit_test(test_a_version_that_is_missing_in_between_is_named),
		cmocka_unit_test(test_a_newer_database_is_left_alone_whatever_else_it_holds),
		cmocka_unit_test(test_the_hash_is_sha256_in_hex),
		cmocka_unit_test(test_the_programs_own_files_are_numbered_from_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
