/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: what a file and the command line may say, and the one line that a
 * person gets when they say something else. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/settings.h"

/* A folder with a file in it, both gone after the test. */
struct fixture {
	char folder[64], file[96];
};

static int make_folder(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	strcpy(fixture->folder, "/tmp/test_settings.XXXXXX");
	if (!mkdtemp(fixture->folder))
		return -1;
	snprintf(fixture->file, sizeof(fixture->file), "%s/stafettd.conf", fixture->folder);
	*state = fixture;
	return 0;
}

static int remove_folder(void **state)
{
	struct fixture *fixture = *state;

	unlink(fixture->file);
	rmdir(fixture->folder);
	free(fixture);
	return 0;
}

static void write_file(const struct fixture *fixture, const char *text, size_t len)
{
	FILE *f = fopen(fixture->file, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* Reads |text| as the settings file; it must be good. */
static struct settings *read_good(const struct fixture *fixture, const char *text)
{
	struct settings *settings = NULL;
	char *error = NULL;

	write_file(fixture, text, strlen(text));
	assert_int_equal(settings_read(fixture->file, NULL, 0, &settings, &error), 0);
	assert_null(error);
	return settings;
}

/* Reads |file|, which must be refused with |want| in its one line. */
static void expect_refused(const char *file, const char *override, int failure, const char *want)
{
	struct settings *settings = NULL;
	char *error = NULL;

	assert_int_equal(
		settings_read(file, &override, override ? 1 : 0, &settings, &error), failure);
	assert_null(settings);
	assert_non_null(error);
	assert_string_equal(error, want);
	free(error);
}

static void expect_file_refused(
	const struct fixture *fixture, const char *text, size_t len, const char *want)
{
	char line[512];

	write_file(fixture, text, len);
	snprintf(line, sizeof(line), "%s:%s", fixture->file, want);
	expect_refused(fixture->file, NULL, -EINVAL, line);
}

static void test_without_a_file_the_defaults_hold(void **state)
{
	struct settings *settings = NULL;
	char *error = NULL, path[4200];

	assert_int_equal(settings_read(NULL, NULL, 0, &settings, &error), 0);
	assert_string_equal(settings->address, "127.0.0.1");
	assert_int_equal(settings->port, 7443);
	assert_string_equal(settings->database, "");
	assert_false(settings->trial);
	snprintf(path, sizeof(path), "%s/ca.pem", getcwd((char[4096]){0}, 4096));
	assert_string_equal(settings->ca_file, path);
	settings_free(settings);
}

static void test_a_file_sets_what_it_names(void **state)
{
	struct settings *settings =
		read_good(*state, "# comment\n"
				  "\n"
				  "address = *\n"
				  "port=8443\r\n"
				  "; comment\n"
				  "database = host=a,b port=5432 dbname=x ; why\n"
				  "   \n"
				  "log_level = debug\n"
				  "trial = on");

	assert_string_equal(settings->address, "*");
	assert_int_equal(settings->port, 8443);
	assert_string_equal(settings->database, "host=a,b port=5432 dbname=x");
	assert_string_equal(settings->log_level, "debug");
	assert_true(settings->trial);
	settings_free(settings);
}

static void test_paths_are_relative_to_the_files_folder(void **state)
{
	const struct fixture *fixture = *state;
	struct settings *settings =
		read_good(fixture, "ca_file = pki/ca.pem\nkey_file = /etc/k.pem\n");
	char want[128];

	snprintf(want, sizeof(want), "%s/pki/ca.pem", fixture->folder);
	assert_string_equal(settings->ca_file, want);
	assert_string_equal(settings->key_file, "/etc/k.pem");
	snprintf(want, sizeof(want), "%s/state", fixture->folder);
	assert_string_equal(settings->state_dir, want);
	settings_free(settings);
}

static void test_a_relative_file_gives_absolute_paths(void **state)
{
	const struct fixture *fixture = *state;
	struct settings *settings = NULL;
	char *error = NULL, old[4096], want[128];

	write_file(fixture, "", 0);
	assert_non_null(getcwd(old, sizeof(old)));
	assert_int_equal(chdir(fixture->folder), 0);
	assert_int_equal(settings_read("stafettd.conf", NULL, 0, &settings, &error), 0);
	assert_int_equal(chdir(old), 0);
	snprintf(want, sizeof(want), "%s/ca.pem", fixture->folder);
	assert_string_equal(settings->ca_file, want);
	settings_free(settings);
}

static void test_every_word_for_yes_and_no_is_understood(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} table[] = {
		{"trial=yes", true},
		{"trial=true", true},
		{"trial=on", true},
		{"trial=1", true},
		{"trial=no", false},
		{"trial=false", false},
		{"trial=off", false},
		{"trial=0", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct settings *settings = read_good(*state, table[i].text);

		assert_int_equal(settings->trial, table[i].want);
		settings_free(settings);
	}
}

static void test_a_bad_line_is_named_with_its_number(void **state)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{"\n\nprot = 1\n", "3: unknown setting 'prot'; did you mean 'port'?"},
		{"speed = 9\n", "1: unknown setting 'speed'"},
		{"port = 1\nport = 1\n", "2: setting 'port' stands here twice"},
		{"port = 0\n", "1: setting 'port': 0 is not within 1 and 65535"},
		{"port = 70000\n", "1: setting 'port': 70000 is not within 1 and 65535"},
		{"port = 99999999999999999999\n",
			"1: setting 'port': 99999999999999999999 is not within 1 and 65535"},
		{"port = 74x3\n", "1: setting 'port': '74x3' is not a whole number"},
		{"port =\n", "1: setting 'port': '' is not a whole number"},
		{"port = +1\n", "1: setting 'port': '+1' is not a whole number"},
		{"trial = maybe\n", "1: setting 'trial': 'maybe' is neither yes nor no"},
		{"ca_file =\n", "1: setting 'ca_file': a path is needed"},
		{"log_level = loud\n",
			"1: setting 'log_level': 'loud' is none of debug, info, warn, error"},
		{"port\n", "1: this is not of the form 'name = value'"},
		{"# ok\njunk\nprot=1\n", "2: this is not of the form 'name = value'"},
		{"[server\n", "1: this is not of the form 'name = value'"},
		{"[server]\nport = 1\n", "2: settings stand in no section, not in '[server]'"},
		{"address = a\n  port = 1\n", "2: the line begins with a space"},
		{"address = a\n\vport = 1\n", "2: the line begins with a space"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		expect_file_refused(*state, table[i].text, strlen(table[i].text), table[i].want);
}

static void test_a_nul_is_refused(void **state)
{
	expect_file_refused(*state, "address = a\0b\n", 14, "1: the line holds a NUL");
}

static void test_a_line_is_taken_whole_or_refused(void **state)
{
	char text[256] = "database = ";
	struct settings *settings;

	memset(text + strlen(text), 'x', 198 - strlen(text));
	strcat(text, "\n");
	settings = read_good(*state, text);
	assert_int_equal(strlen(settings->database), 198 - strlen("database = "));
	settings_free(settings);
	text[198] = 'x';
	strcat(text, "\n");
	expect_file_refused(
		*state, text, strlen(text), "1: the line is longer than 198 characters");
}

static void test_a_file_that_cannot_be_read_is_named(void **state)
{
	expect_refused("/nonexistent/x.conf", NULL, -ENOENT,
		"/nonexistent/x.conf: No such file or directory");
	expect_refused("/tmp", NULL, -EISDIR, "/tmp: Is a directory");
}

static void test_overrides_win_and_the_last_counts(void **state)
{
	static const char *const overrides[] = {
		"port=1", "port=2", "ca_file=x.pem", "database=a=b"};
	const struct fixture *fixture = *state;
	struct settings *settings = NULL;
	char *error = NULL, want[4200];

	write_file(fixture, "port=9\nca_file=y.pem\n", 21);
	assert_int_equal(settings_read(fixture->file, overrides, 4, &settings, &error), 0);
	assert_int_equal(settings->port, 2);
	assert_string_equal(settings->database, "a=b");
	snprintf(want, sizeof(want), "%s/x.pem", getcwd((char[4096]){0}, 4096));
	assert_string_equal(settings->ca_file, want);
	settings_free(settings);
}

static void test_a_bad_override_is_named(void **state)
{
	expect_refused(NULL, "port", -EINVAL, "command line: 'port' is not of the form name=value");
	expect_refused(NULL, "prt=1", -EINVAL,
		"command line: unknown setting 'prt'; did you mean 'port'?");
	expect_refused(
		NULL, "port=x", -EINVAL, "command line: setting 'port': 'x' is not a whole number");
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_a_file_the_defaults_hold),
		FILE_TEST(test_a_file_sets_what_it_names),
		FILE_TEST(test_paths_are_relative_to_the_files_folder),
		FILE_TEST(test_a_relative_file_gives_absolute_paths),
		FILE_TEST(test_every_word_for_yes_and_no_is_understood),
		FILE_TEST(test_a_bad_line_is_named_with_its_number),
		FILE_TEST(test_a_nul_is_refused),
		FILE_TEST(test_a_line_is_taken_whole_or_refused),
		cmocka_unit_test(test_a_file_that_cannot_be_read_is_named),
		FILE_TEST(test_overrides_win_and_the_last_counts),
		cmocka_unit_test(test_a_bad_override_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
