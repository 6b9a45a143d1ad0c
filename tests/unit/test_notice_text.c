/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the house: the words of a notice, and whom they may go to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "process/notice_text.h"

static void test_an_address_is_one_word_and_no_option(void **state)
{
	static const char *const good[] = {
		"a@b", "vakt@lund.example", "First.Last+larm@mail-1.lund.example", "_x@y.z"};
	static const char *const bad[] = {"", "a", "@b", "a@", "-f@b", ".a@b", "a@-b", "a@.b",
		"a@b@c", "a b@c", "a@b\nBcc: c@d", "a@b,c@d", "<a@b>", "a|b@c", "a/b@c", "a%b@c",
		"\303\245@b"};
	char longest[NOTICE_ADDRESS_MAX + 2];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(notice_is_address(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(notice_is_address(bad[i]));
	memset(longest, 'a', sizeof(longest));
	longest[1] = '@';
	longest[NOTICE_ADDRESS_MAX] = '\0';
	assert_true(notice_is_address(longest));
	longest[NOTICE_ADDRESS_MAX] = 'a';
	longest[NOTICE_ADDRESS_MAX + 1] = '\0';
	assert_false(notice_is_address(longest));
}

static void test_a_hook_is_a_plain_name(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", "a/b", "../a", "-a", "a b", "a.sh", "A", "a\n", "a;b", "$a"};
	char longest[NOTICE_HOOK_MAX + 2] = {0};

	assert_true(notice_is_hook("pager"));
	assert_true(notice_is_hook("on-call-2"));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(notice_is_hook(bad[i]));
	memset(longest, 'a', NOTICE_HOOK_MAX);
	assert_true(notice_is_hook(longest));
	longest[NOTICE_HOOK_MAX] = 'a';
	assert_false(notice_is_hook(longest));
}

static const struct notice notice = {
	.id = {{0x01, 0x93, 0x33, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x07}},
	.by_mail = true,
	.unit = "lund/vuxen",
	.target = "vakt@lund.example",
	.codes = "7K3M-Q9FX 8A00-0001",
	.count = 23,
};

static void test_a_mail_is_the_same_to_the_byte_at_its_second(void **state)
{
	/* Friday, 20 November 2026, 15:30 UTC. */
	char *mail = notice_mail(&notice, "larm@stafett.example", 1795188600);

	assert_string_equal(mail,
		"From: Stafett <larm@stafett.example>\n"
		"To: vakt@lund.example\n"
		"Subject: Stafett: 23 larm (alarms)\n"
		"Date: Fri, 20 Nov 2026 15:30:00 +0000\n"
		"Message-ID: <01933300-0000-7000-8000-000000000007@stafett.example>\n"
		"Auto-Submitted: auto-generated\n"
		"MIME-Version: 1.0\n"
		"Content-Type: text/plain; charset=us-ascii\n"
		"\n"
		"lund/vuxen: 23\n"
		"7K3M-Q9FX\n"
		"8A00-0001\n"
		"\n"
		"stafett inbox\n");
	free(mail);
}

static void test_a_hook_reads_a_code_a_line(void **state)
{
	char *lines = notice_lines(&notice);

	assert_string_equal(lines, "7K3M-Q9FX\n8A00-0001\n");
	free(lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_address_is_one_word_and_no_option),
		cmocka_unit_test(test_a_hook_is_a_plain_name),
		cmocka_unit_test(test_a_mail_is_the_same_to_the_byte_at_its_second),
		cmocka_unit_test(test_a_hook_reads_a_code_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
