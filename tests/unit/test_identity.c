/* SPDX-License-Identifier: Apache-2.0 */
/* Names of members and units: what the grammars let in and what they keep out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/identity.h"

#define TEN_LETTERS   "abcdefghij"
#define FORTY_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS

static void test_members_names_are_known(void **state)
{
	static const char *const table[] = {
		"urn:stafett:org:2120001132:member:maria",
		"urn:stafett:org:2321000255:member:a",
		"urn:stafett:org:2120001132:member:maria.lind_2-b",
		"urn:stafett:org:2120001132:member:0",
		"urn:stafett:org:2120001132:member:" FORTY_LETTERS TEN_LETTERS TEN_LETTERS "abcd",
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_true(identity_is_member(bytes_of_string(table[i])));
	assert_int_equal(strlen(table[4]), IDENTITY_MEMBER_MAX);
}

static void test_other_members_names_are_refused(void **state)
{
	static const char *const table[] = {
		"",
		"urn:stafett:org:",
		"urn:stafett:org:2120001132:member:",	     /* nobody */
		"urn:stafett:org:2120001133:member:maria",   /* check digit */
		"urn:stafett:org:9001019802:member:maria",   /* a person's number */
		"urn:stafett:org:212000113:member:maria",    /* nine digits */
		"urn:stafett:org:162120001132:member:maria", /* twelve digits */
		"urn:stafett:org:21200O1132:member:maria",   /* a letter */
		"URN:stafett:org:2120001132:member:maria",   /* upper case */
		"urn:stafett:org:2120001132:Member:maria",
		"urn:stafett:org:2120001132:member:Maria",
		"urn:stafett:org:2120001132:member:mar%69a",	/* an escape */
		"urn:stafett:org:2120001132:member:maria lind", /* a space */
		"urn:stafett:org:2120001132:member:maria/x",
		"urn:stafett:org:2120001132:member:maria:x",
		"urn:stafett:org:2120001132:member:maria\n",
		"urn:stafett:org:2120001132:member:m\xc3\xa5ns",
		"urn:stafett:org:2120001132:unit:maria",
		" urn:stafett:org:2120001132:member:maria",
		"urn:stafett:org:2120001132:member:" FORTY_LETTERS TEN_LETTERS TEN_LETTERS "abcde",
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(identity_is_member(bytes_of_string(table[i])));
}

static void test_nul_never_ends_a_name(void **state)
{
	static const char member[] = "urn:stafett:org:2120001132:member:maria\0x";
	static const char handle[] = "lund/vuxen\0x";

	assert_false(identity_is_member(bytes_of(member, sizeof(member) - 1)));
	assert_false(identity_is_handle(bytes_of(handle, sizeof(handle) - 1)));
}

static void test_organisation_is_read_from_a_member_s_name(void **state)
{
	static const char member[] = "urn:stafett:org:2120001132:member:maria";
	struct bytes orgnr = identity_member_organisation(bytes_of_string(member));

	assert_true(bytes_equal(orgnr, bytes_of_string("2120001132")));
}

static void test_handles_are_known(void **state)
{
	static const char *const table[] = {"lund/vuxen", "skane/beroende-lund", "a/b", "1/2",
		"a-b/c-d", "a--b/c", FORTY_LETTERS "/" FORTY_LETTERS};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_true(identity_is_handle(bytes_of_string(table[i])));
	assert_int_equal(strlen(table[6]), IDENTITY_HANDLE_MAX);
}

static void test_other_handles_are_refused(void **state)
{
	static const char *const table[] = {"", "/", "lund", "lund/", "/vuxen", "lund/vuxen/a",
		"lund//vuxen", "-lund/vuxen", "lund-/vuxen", "lund/-vuxen", "lund/vuxen-",
		"Lund/vuxen", "lund/Vuxen", "lund /vuxen", "lund/vux_en", "lund/vux.en",
		"lund/v\xc3\xa4st", "lund/vuxen\n", "lund\\vuxen", FORTY_LETTERS "k/vuxen",
		"lund/" FORTY_LETTERS "k"};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_false(identity_is_handle(bytes_of_string(table[i])));
	assert_false(identity_is_handle(bytes_of(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_names_are_known),
		cmocka_unit_test(test_other_members_names_are_refused),
		cmocka_unit_test(test_nul_never_ends_a_name),
		cmocka_unit_test(test_organisation_is_read_from_a_member_s_name),
		cmocka_unit_test(test_handles_are_known),
		cmocka_unit_test(test_other_handles_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
