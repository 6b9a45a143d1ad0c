/* SPDX-License-Identifier: Apache-2.0 */
/* A referral as its author writes it: what is taken, and what is refused before
 * anything leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "client/draft.h"
#include "client/memory.h"
#include "client/paths.h"
#include "stafett/caps.h"

static struct client client;

static int set_up(void **state)
{
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	client_init(&client);
	client.today = (struct date){2026, 11, 23};
	return 0;
}

static int tear_down(void **state)
{
	client_fini(&client);
	return 0;
}

/* A whole draft with |more| fields and a subject with |subject|. */
static struct bytes draft_text(const char *more, const char *subject)
{
	return bytes_of_string(memory_printf(&client.arena,
		"{\"kind\":\"care-request\",\"needs\":[\"alcohol\",\"housing\"],"
		"\"helpRequestDate\":\"today\",\"legalBasis\":{\"code\":\"consent\",\"form\":"
		"\"written\","
		"\"endDate\":\"2027-11-02\"},\"subject\":{\"familyName\":\"Holm\"%s}%s}",
		subject, more));
}

static void expect_problem(struct bytes text, enum problem_id id, const char *field)
{
	struct draft draft;
	int r = draft_read(&client, text, ".", &draft);

	if (r == 0)
		fail_msg("taken: %.*s", (int)text.len, (const char *)text.data);
	if (client.problem.id != id)
		fail_msg("%s: %.*s", client.problem.reason, (int)text.len, (const char *)text.data);
	assert_string_equal(client.problem.field, field);
	assert_int_equal(r, EXIT_USAGE);
}

static void test_a_whole_draft_is_read(void **state)
{
	struct draft draft;

	assert_int_equal(
		draft_read(&client,
			draft_text(",\"priority\":\"urgent\",\"personInformed\":true,"
				   "\"callTime\":\"2026-11-23T08:00\",\"body\":\"å\\nb\"",
				",\"identifier\":\"640823-3234\",\"birthDate\":\"1964-08-23\""),
			".", &draft),
		0);
	assert_string_equal(draft.kind, "care-request");
	assert_string_equal(draft.priority, "urgent");
	assert_string_equal(draft.help_request_date, "2026-11-23");
	assert_string_equal(draft.basis_end_date, "2027-11-02");
	assert_int_equal(draft.n_needs, 2);
	assert_string_equal(draft.needs[1], "housing");
	assert_true(draft.person_informed);
	assert_int_equal(draft.call_us, INT64_C(1795417200) * 1000000);
	assert_int_equal(draft.age, 62);
	assert_true(bytes_equal(draft.body, bytes_of_string("å\nb")));
	assert_true(bytes_equal(draft.card,
		bytes_of_string("{\"familyName\":\"Holm\",\"identifier\":\"196408233234\","
				"\"birthDate\":\"1964-08-23\"}")));
}

static void test_json_that_could_hide_something_is_refused(void **state)
{
	expect_problem(bytes_of_string("{"), PROBLEM_JSON_INVALID, "");
	expect_problem(
		bytes_of_string("{\"kind\":\"a\",\"kind\":\"b\"}"), PROBLEM_JSON_INVALID, "");
	expect_problem(bytes_of_string("{\"kind\":\"a\\u0000b\"}"), PROBLEM_JSON_INVALID, "");
	expect_problem(bytes_of_string("{\"kind\":\"\xff\"}"), PROBLEM_JSON_INVALID, "");
	expect_problem(bytes_of_string("{} {}"), PROBLEM_JSON_INVALID, "");
	expect_problem(bytes_of_string("[]"), PROBLEM_JSON_FIELD_TYPE, "(the file)");
}

static void test_an_unknown_field_is_named(void **state)
{
	expect_problem(
		draft_text(",\"priorty\":\"routine\"", ""), PROBLEM_JSON_FIELD_UNKNOWN, "priorty");
	assert_non_null(strstr(client.problem.sentence, "priority"));
	expect_problem(
		draft_text("", ",\"name\":\"x\""), PROBLEM_JSON_FIELD_UNKNOWN, "subject.name");
}

static void test_a_wrong_type_is_named(void **state)
{
	expect_problem(draft_text(",\"personInformed\":\"yes\"", ""), PROBLEM_JSON_FIELD_TYPE,
		"personInformed");
	expect_problem(
		draft_text("", ",\"language\":1"), PROBLEM_JSON_FIELD_TYPE, "subject.language");
	expect_problem(draft_text(",\"body\":[]", ""), PROBLEM_JSON_FIELD_TYPE, "body");
}

static void test_codes_are_checked(void **state)
{
	expect_problem(
		draft_text(",\"priority\":\"Urgent\"", ""), PROBLEM_CODE_UNKNOWN, "priority");
	expect_problem(draft_text("", ",\"livingSituation\":\"castle\""), PROBLEM_CODE_UNKNOWN,
		"subject.livingSituation");
}

static void test_personal_numbers_are_checked_and_get_one_spelling(void **state)
{
	static const struct {
		const char *number;
		enum problem_id id;
	} cases[] = {
		{"19640823-3235", PROBLEM_PNR_CHECK_DIGIT},
		{"199013012381", PROBLEM_PNR_DATE},
		{"201509160006", PROBLEM_PNR_BIRTH_NUMBER},
		{"hello", PROBLEM_PNR_SYNTAX},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_problem(draft_text("", memory_printf(&client.arena, ",\"identifier\":\"%s\"",
						      cases[i].number)),
			cases[i].id, "subject.identifier");
}

static void test_a_birth_date_must_agree_with_the_number(void **state)
{
	expect_problem(
		draft_text("", ",\"identifier\":\"19640823-3234\",\"birthDate\":\"1974-08-23\""),
		PROBLEM_BIRTH_DATE_DIFFERS, "subject.birthDate");
}

static void test_a_reference_that_looks_like_a_person_is_refused(void **state)
{
	expect_problem(draft_text(",\"reference\":\"case 19640823-3234\"", ""),
		PROBLEM_PERSONAL_DATA_IN_REFERENCE, "reference");
}

static void test_dates_that_can_be_read_in_two_ways_are_refused(void **state)
{
	struct bytes text = bytes_of_string(
		"{\"kind\":\"care-request\",\"needs\":[],\"helpRequestDate\":\"5/6\"}");

	expect_problem(text, PROBLEM_DATE_AMBIGUOUS, "helpRequestDate");
}

static void test_what_is_missing_is_named(void **state)
{
	expect_problem(bytes_of_string("{}"), PROBLEM_FIELD_MISSING, "kind");
}

static void test_a_body_that_this_program_could_change_is_refused(void **state)
{
	expect_problem(draft_text(",\"body\":{\"a\":[1,{\"b\":1.10}]}", ""), PROBLEM_JSON_DECIMALS,
		"body");
}

static void test_a_body_file_goes_byte_for_byte(void **state)
{
	static const char bytes[] = "{ \"value\": 1.10 }\r\n";
	char folder[] = "/tmp/stafett-draft-XXXXXX";
	const char *path;
	struct draft draft;

	assert_non_null(mkdtemp(folder));
	path = memory_printf(&client.arena, "%s/bundle.json", folder);
	assert_int_equal(paths_write(&client.arena, path, bytes_of_string(bytes)), 0);
	assert_int_equal(draft_read(&client, draft_text(",\"bodyFile\":\"bundle.json\"", ""),
				 folder, &draft),
		0);
	assert_true(bytes_equal(draft.body, bytes_of_string(bytes)));
	expect_problem(draft_text(",\"bodyFile\":\"none.json\"", ""), PROBLEM_FILE_UNREADABLE, "");
	remove(path);
	remove(folder);
}

static void test_a_card_and_a_body_have_their_limits(void **state)
{
	char *long_text = memory_alloc(&client.arena, CAP_UPLOAD_BYTES + 2);
	struct draft draft;

	memset(long_text, 'x', CAP_UPLOAD_BYTES + 1);
	expect_problem(draft_text(memory_printf(&client.arena, ",\"body\":\"%s\"", long_text), ""),
		PROBLEM_PART_TOO_LARGE, "body");
	long_text[CAP_UPLOAD_BYTES] = '\0';
	assert_int_equal(
		draft_read(&client,
			draft_text(memory_printf(&client.arena, ",\"body\":\"%s\"", long_text), ""),
			".", &draft),
		0);
	assert_int_equal(draft.body.len, CAP_UPLOAD_BYTES);
	long_text[5000] = '\0';
	expect_problem(
		draft_text("", memory_printf(&client.arena, ",\"telecom\":\"%s\"", long_text)),
		PROBLEM_PART_TOO_LARGE, "subject");
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		EACH(test_a_whole_draft_is_read),
		EACH(test_json_that_could_hide_something_is_refused),
		EACH(test_an_unknown_field_is_named),
		EACH(test_a_wrong_type_is_named),
		EACH(test_codes_are_checked),
		EACH(test_personal_numbers_are_checked_and_get_one_spelling),
		EACH(test_a_birth_date_must_agree_with_the_number),
		EACH(test_a_reference_that_looks_like_a_person_is_refused),
		EACH(test_dates_that_can_be_read_in_two_ways_are_refused),
		EACH(test_what_is_missing_is_named),
		EACH(test_a_body_that_this_program_could_change_is_refused),
		EACH(test_a_body_file_goes_byte_for_byte),
		EACH(test_a_card_and_a_body_have_their_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
