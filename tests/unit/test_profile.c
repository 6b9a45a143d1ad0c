/* SPDX-License-Identifier: Apache-2.0 */
/* Who the user can be: profile files, and choosing one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client/memory.h"
#include "client/paths.h"
#include "client/profile.h"

static struct arena arena;

static int set_up(void **state)
{
	char folder[] = "/tmp/stafett-profile-XXXXXX";

	arena_init(&arena, 1 << 24);
	assert_non_null(mkdtemp(folder));
	unsetenv("STAFETT_PROFILE");
	return setenv("XDG_CONFIG_HOME", folder, 1);
}

static int tear_down(void **state)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -r '%s'", getenv("XDG_CONFIG_HOME"));
	arena_fini(&arena);
	return system(command);
}

static void write_profile(const char *id, const char *text)
{
	const char *path = memory_printf(&arena, "%s/%s.conf", paths_profiles(&arena), id);

	assert_int_equal(paths_write(&arena, path, bytes_of_string(text)), 0);
}

static void write_good(const char *id, const char *unit)
{
	write_profile(id, memory_printf(&arena,
				  "# mine\nserver = localhost:7443\nca = ca.pem\n"
				  "certificate = %s.pem\nkey = /keys/%s.key\nunit = %s\n",
				  id, id, unit));
}

static void test_paths_count_from_the_profiles_own_folder(void **state)
{
	const struct profile *profile;

	write_good("maria", "lund/vuxen");
	profile = profile_read(&arena, "maria");
	assert_null(profile->fault);
	assert_string_equal(
		profile->ca, memory_printf(&arena, "%s/ca.pem", paths_profiles(&arena)));
	assert_string_equal(profile->key, "/keys/maria.key");
	assert_string_equal(profile->host, "localhost");
	assert_string_equal(profile->port, "7443");
	assert_string_equal(profile->name, "");
}

static void expect_fault(const char *text, const char *fault)
{
	const struct profile *profile;

	write_profile("bad", text);
	profile = profile_read(&arena, "bad");
	assert_non_null(profile->fault);
	if (!strstr(profile->fault, fault))
		fail_msg("'%s' is not about '%s'", profile->fault, fault);
}

#define REST "ca = a\ncertificate = b\nkey = c\n"

static void test_a_profile_that_cannot_be_used_says_why(void **state)
{
	expect_fault("sever = x:1\n", "line 1: unknown setting 'sever'; did you mean 'server'?");
	expect_fault("[x]\nserver = x:1\n", "line 2");
	expect_fault("nonsense\n", "line 1");
	expect_fault(REST "unit = lund/vuxen\n", "no setting 'server'");
	expect_fault(REST "server = localhost\nunit = lund/vuxen\n", "not HOST:PORT");
	expect_fault(REST "server = localhost:0\nunit = lund/vuxen\n", "not HOST:PORT");
	expect_fault(REST "server = localhost:7443x\nunit = lund/vuxen\n", "not HOST:PORT");
	expect_fault(REST "server = :7443\nunit = lund/vuxen\n", "not HOST:PORT");
	expect_fault(REST "server = x:1\nunit = Lund\n", "'unit' is 'Lund'");
}

static void test_a_numeric_host_of_six_groups_is_taken_out_of_its_brackets(void **state)
{
	write_profile("six", REST "server = [::1]:7443\nunit = lund/vuxen\n");
	assert_string_equal(profile_read(&arena, "six")->host, "::1");
}

static void test_a_profile_is_chosen_by_name_or_by_its_unit(void **state)
{
	const struct profile *chosen;

	assert_int_equal(profile_choose(&arena, NULL, &chosen), PROFILE_NONE);
	write_good("maria", "lund/vuxen");
	assert_int_equal(profile_choose(&arena, NULL, &chosen), PROFILE_CHOSEN);
	write_good("anna", "lund/vuxen");
	write_good("petra", "skane/beroende-lund");
	assert_int_equal(profile_choose(&arena, NULL, &chosen), PROFILE_UNCHOSEN);
	assert_int_equal(profile_choose(&arena, "petra", &chosen), PROFILE_CHOSEN);
	assert_string_equal(chosen->id, "petra");
	assert_int_equal(profile_choose(&arena, "lund/vuxen", &chosen), PROFILE_CHOSEN);
	assert_string_equal(chosen->id, "anna");
	assert_int_equal(profile_choose(&arena, "nobody", &chosen), PROFILE_UNKNOWN);
}

static void test_the_environment_and_the_default_choose_where_nothing_is_said(void **state)
{
	const struct profile *chosen;

	write_good("maria", "lund/vuxen");
	write_good("default", "lund/boende");
	assert_int_equal(profile_choose(&arena, NULL, &chosen), PROFILE_CHOSEN);
	assert_string_equal(chosen->id, "default");
	setenv("STAFETT_PROFILE", "maria", 1);
	assert_int_equal(profile_choose(&arena, NULL, &chosen), PROFILE_CHOSEN);
	assert_string_equal(chosen->id, "maria");
	assert_int_equal(profile_choose(&arena, "default", &chosen), PROFILE_CHOSEN);
	assert_string_equal(chosen->id, "default");
	unsetenv("STAFETT_PROFILE");
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		EACH(test_paths_count_from_the_profiles_own_folder),
		EACH(test_a_profile_that_cannot_be_used_says_why),
		EACH(test_a_numeric_host_of_six_groups_is_taken_out_of_its_brackets),
		EACH(test_a_profile_is_chosen_by_name_or_by_its_unit),
		EACH(test_the_environment_and_the_default_choose_where_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
