/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private PostgreSQL's files: what is written, how it is quoted, and what
 * is understood of postmaster.pid.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "process/cluster_text.h"

/* Frees |text|, in which |want| must occur. */
static void expect_within(char *text, const char *want)
{
	assert_non_null(text);
	if (!strstr(text, want))
		fail_msg("'%s' is not in:\n%s", want, text);
	free(text);
}

static void expect_equal(char *text, const char *want)
{
	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void test_what_keeps_committed_data_is_on_and_comes_after_the_operators_file(void **state)
{
	static const char *const durable[] = {"\nfsync = on\n", "\nsynchronous_commit = on\n",
		"\nfull_page_writes = on\n", "\nwal_level = replica\n",
		"\nrestart_after_crash = on\n"};
	char *text = cluster_text_conf("/run");
	const char *own = strstr(text, "include 'tuning.conf'");

	assert_non_null(own);
	for (size_t i = 0; i < ARRAY_SIZE(durable); i++)
		assert_non_null(strstr(own, durable[i]));
	free(text);
}

static void test_the_pace_of_autovacuum_is_the_operators_to_change(void **state)
{
	char *text = cluster_text_conf("/run");
	const char *own = strstr(text, "include 'tuning.conf'");
	const char *const paces[] = {"\nautovacuum_vacuum_cost_delay = ",
		"\nautovacuum_analyze_scale_factor = ", "\ndefault_statistics_target = "};

	for (size_t i = 0; i < ARRAY_SIZE(paces); i++) {
		assert_non_null(strstr(text, paces[i]));
		assert_true(strstr(text, paces[i]) < own);
	}
	free(text);
}

static void test_the_server_listens_nowhere_but_in_its_folder(void **state)
{
	expect_within(cluster_text_conf("/s/run"), "\nlisten_addresses = ''\n");
	expect_within(cluster_text_conf("/s/run"), "\nunix_socket_directories = '/s/run'\n");
}

static void test_a_folder_with_quotes_stays_one_value(void **state)
{
	expect_within(cluster_text_conf("/it's"), "unix_socket_directories = '/it''s'\n");
	expect_equal(cluster_text_conninfo("/it's \\ here", "u", "d"),
		"host='/it\\'s \\\\ here' port=5432 user=u dbname=d");
}

static void test_errors_in_the_servers_log_quote_no_rows(void **state)
{
	expect_within(cluster_text_conf("/run"), "\nlog_error_verbosity = terse\n");
	expect_within(cluster_text_conf("/run"), "\nlog_parameter_max_length_on_error = 0\n");
}

static void test_only_three_logins_are_let_in_and_only_by_peer(void **state)
{
	expect_equal(cluster_text_hba(), "local all stafett_admin peer map=stafett\n"
					 "local stafett stafett_app peer map=stafett\n"
					 "local stafett stafett_clerk peer map=stafett\n");
	expect_equal(cluster_text_ident("care"), "stafett \"care\" stafett_admin\n"
						 "stafett \"care\" stafett_app\n"
						 "stafett \"care\" stafett_clerk\n");
}

static void test_a_socket_path_holds_107_bytes(void **state)
{
	char folder[128];

	memset(folder, 'x', sizeof(folder));
	folder[107 - strlen("/.s.PGSQL.5432")] = '\0';
	assert_true(cluster_text_fits_socket(folder));
	folder[strlen(folder)] = 'x';
	folder[108 - strlen("/.s.PGSQL.5432")] = '\0';
	assert_false(cluster_text_fits_socket(folder));
}

#define LINES_2_TO_7 "/s/pg\n1795000000\n5432\n/s/run\n\n  12345 67\n"

static void test_postmaster_pid_is_understood(void **state)
{
	static const struct {
		const char *text;
		enum cluster_status status;
	} table[] = {
		{"812\n" LINES_2_TO_7 "ready   \n", CLUSTER_STATUS_READY},
		{"812\n" LINES_2_TO_7 "starting\n", CLUSTER_STATUS_STARTING},
		{"812\n" LINES_2_TO_7 "stopping\n", CLUSTER_STATUS_STOPPING},
		{"812\n" LINES_2_TO_7 "standby \n", CLUSTER_STATUS_UNKNOWN},
		{"812\n" LINES_2_TO_7 "ready   ", CLUSTER_STATUS_UNKNOWN},
		{"812\n" LINES_2_TO_7, CLUSTER_STATUS_UNKNOWN},
		{"812\n", CLUSTER_STATUS_UNKNOWN},
	};
	struct cluster_pidfile found;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_true(cluster_text_read_pidfile(bytes_of_string(table[i].text), &found));
		assert_int_equal(found.pid, 812);
		assert_int_equal(found.status, table[i].status);
	}
}

static void test_a_postmaster_pid_without_a_server_is_none(void **state)
{
	/* A negative number is a backend that runs alone, without a postmaster. */
	static const char *const table[] = {
		"", "\n", "812", "-812\n", "0\n", "8x\n", " 8\n", "99999999999\n"};
	struct cluster_pidfile found;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(cluster_text_read_pidfile(bytes_of_string(table[i]), &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_what_keeps_committed_data_is_on_and_comes_after_the_operators_file),
		cmocka_unit_test(test_the_pace_of_autovacuum_is_the_operators_to_change),
		cmocka_unit_test(test_the_server_listens_nowhere_but_in_its_folder),
		cmocka_unit_test(test_a_folder_with_quotes_stays_one_value),
		cmocka_unit_test(test_errors_in_the_servers_log_quote_no_rows),
		cmocka_unit_test(test_only_three_logins_are_let_in_and_only_by_peer),
		cmocka_unit_test(test_a_socket_path_holds_107_bytes),
		cmocka_unit_test(test_postmaster_pid_is_understood),
		cmocka_unit_test(test_a_postmaster_pid_without_a_server_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
