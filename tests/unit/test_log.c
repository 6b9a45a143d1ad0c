/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one line an event, whatever a peer puts into a field. The tests
 * read what was written from a pipe that stands in for standard error. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "stafett/base.h"

static int real_stderr;
static int pipe_end;
static char written[2 * PIPE_BUF];

static int catch_stderr(void **state)
{
	int ends[2];

	if (pipe(ends) < 0)
		return -1;
	real_stderr = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	pipe_end = ends[0];
	log_init(LOG_LEVEL_INFO, LOG_STYLE_JOURNAL);
	return 0;
}

static int release_stderr(void **state)
{
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	close(pipe_end);
	return 0;
}

/* The line that one event wrote, without "level=... pid=... ". */
static const char *line_after_pid(void)
{
	ssize_t n = read(pipe_end, written, sizeof(written) - 1);
	const char *msg;

	assert_true(n > 0);
	written[n] = '\0';
	assert_memory_equal(written + strlen("<6>"), "level=", 6);
	msg = strstr(written, "msg=");
	assert_non_null(msg);
	return msg;
}

static void test_an_event_is_one_line_of_keys_and_values(void **state)
{
	char want[64];

	log_warn("handshake refused", LOG_S("peer", "127.0.0.1:4711"), LOG_I("tries", -3));
	assert_string_equal(
		line_after_pid(), "msg=\"handshake refused\" peer=127.0.0.1:4711 tries=-3\n");
	snprintf(want, sizeof(want), "<4>level=warn pid=%d msg=", getpid());
	assert_memory_equal(written, want, strlen(want));
}

static void test_an_event_needs_no_fields(void **state)
{
	log_error("stopped");
	assert_string_equal(line_after_pid(), "msg=stopped\n");
}

static void test_values_cannot_forge_a_line(void **state)
{
	static const struct {
		const char *value, *want;
	} table[] = {
		{"plain", "plain"},
		{"", "\"\""},
		{"two words", "\"two words\""},
		{"a=b", "\"a=b\""},
		{"say \"hi\" \\o/", "\"say \\\"hi\\\" \\\\o/\""},
		{"x\nlevel=error", "\"x\\nlevel=error\""},
		{"a\r\tb", "\"a\\x0d\\x09b\""},
		{"\x1b[2J", "\"\\x1b[2J\""},
		{"\x7f", "\"\\x7f\""},
		{"\xff\xfe", "\"\\xff\\xfe\""},
		{"cut \xe2\x82", "\"cut \\xe2\\x82\""},
		{"Åsa", "\"Åsa\""},
		{"\xc2\x9b"
		 "2J",
			"\"\\xc2\\x9b2J\""},
		{"\xe2\x80\xa8", "\"\\xe2\\x80\\xa8\""},
		{"\xe2\x80\xae", "\"\\xe2\\x80\\xae\""},
		{NULL, "-"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char want[128];

		log_info("m", LOG_S("v", table[i].value));
		snprintf(want, sizeof(want), "msg=m v=%s\n", table[i].want);
		assert_string_equal(line_after_pid(), want);
	}
}

static void test_what_does_not_fit_is_cut_and_says_so(void **state)
{
	static const char end[] = " cut=yes\n";
	char value[PIPE_BUF + 100];

	/* Every length around the limit, so that each way to end is taken. */
	for (size_t len = PIPE_BUF - 200; len < sizeof(value); len++) {
		const char *line;

		memset(value, len % 2 ? 'v' : '\n', len);
		value[len - 1] = ' ';
		value[len] = '\0';
		log_info("m", LOG_S("v", value), LOG_S("w", "x y"), LOG_I("z", 1));
		line = line_after_pid();
		assert_true(strlen(written) <= PIPE_BUF);
		assert_true(strchr(line, '\n') == line + strlen(line) - 1);
		if (!strstr(line, " z=1\n"))
			assert_string_equal(line + strlen(line) - strlen(end), end);
	}
}

static void test_lines_below_the_level_are_dropped(void **state)
{
	log_init(LOG_LEVEL_WARN, LOG_STYLE_JOURNAL);
	assert_false(log_would(LOG_LEVEL_INFO));
	assert_true(log_would(LOG_LEVEL_ERROR));
	log_info("dropped");
	log_warn("kept");
	assert_string_equal(line_after_pid(), "msg=kept\n");
}

static void test_a_line_may_begin_with_the_time(void **state)
{
	ssize_t n;

	log_init(LOG_LEVEL_INFO, LOG_STYLE_PLAIN);
	log_info("m");
	n = read(pipe_end, written, sizeof(written) - 1);
	assert_true(n > 0);
	written[n] = '\0';
	assert_memory_equal(written, "time=20", 7);
	assert_memory_equal(written + strlen("time=2026-11-02T09:30:00.125"), "Z level=info", 12);
}

static void test_the_journal_is_told_the_priority_of_each_line(void **state)
{
	log_info("m");
	line_after_pid();
	assert_memory_equal(written, "<6>level=info", 13);
	log_warn("m");
	line_after_pid();
	assert_memory_equal(written, "<4>level=warn", 13);
	log_error("m");
	line_after_pid();
	assert_memory_equal(written, "<3>level=error", 14);
}

/* How many lines the pipe holds. */
static int count_lines(void)
{
	static char many[64 * 1024];
	ssize_t n = read(pipe_end, many, sizeof(many));
	int lines = 0;

	for (ssize_t i = 0; i < n; i++)
		lines += many[i] == '\n';
	return lines;
}

static void test_a_flood_of_one_warning_is_cut_short_and_its_lines_are_counted(void **state)
{
	enum { FLOOD = 10 * LOG_BURST };
	struct pollfd news = {.fd = pipe_end, .events = POLLIN};
	int lines;

	for (int i = 0; i < FLOOD; i++)
		log_warn("flood");
	log_warn("another");
	lines = count_lines();
	/* A second may have passed in the midst of it. */
	assert_in_range(lines, LOG_BURST + 1, 2 * LOG_BURST + 1);
	do
		log_tell_suppressed();
	while (poll(&news, 1, 10) == 0);
	line_after_pid();
	assert_non_null(strstr(written, "msg=flood suppressed="));
	assert_int_equal(
		strtol(strstr(written, "suppressed=") + strlen("suppressed="), NULL, 10) + lines,
		FLOOD + 1);
}

static void test_what_is_no_warning_is_never_kept_back(void **state)
{
	for (int i = 0; i < 2 * LOG_BURST; i++)
		log_info("call");
	assert_int_equal(count_lines(), 2 * LOG_BURST);
}

static void test_logging_keeps_errno(void **state)
{
	errno = ENOTTY;
	log_info("m");
	assert_int_equal(errno, ENOTTY);
}

static void test_levels_have_names(void **state)
{
	assert_int_equal(log_level_from_name("debug"), LOG_LEVEL_DEBUG);
	assert_int_equal(log_level_from_name("error"), LOG_LEVEL_ERROR);
	assert_int_equal(log_level_from_name("ERROR"), -1);
	assert_int_equal(log_level_from_name(""), -1);
}

#define LOG_TEST(f) cmocka_unit_test_setup_teardown(f, catch_stderr, release_stderr)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(test_an_event_is_one_line_of_keys_and_values),
		LOG_TEST(test_an_event_needs_no_fields),
		LOG_TEST(test_values_cannot_forge_a_line),
		LOG_TEST(test_what_does_not_fit_is_cut_and_says_so),
		LOG_TEST(test_lines_below_the_level_are_dropped),
		LOG_TEST(test_a_line_may_begin_with_the_time),
		LOG_TEST(test_the_journal_is_told_the_priority_of_each_line),
		LOG_TEST(test_a_flood_of_one_warning_is_cut_short_and_its_lines_are_counted),
		LOG_TEST(test_what_is_no_warning_is_never_kept_back),
		LOG_TEST(test_logging_keeps_errno),
		cmocka_unit_test(test_levels_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
