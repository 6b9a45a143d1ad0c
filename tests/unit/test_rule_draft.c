/* SPDX-License-Identifier: Apache-2.0 */
/* What could count as a rule of deadlines, and the first thing that keeps others from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/rule_draft.h"
#include "domain/rulebook.h"

static const struct rule_draft good = {
	.name = "ACK-LUND-SKANE",
	.deadline = "acknowledge",
	.kind = "",
	.priority = "urgent",
	.between = {"lund", "skane"},
	.unit = "working-minutes",
	.amount = 120,
	.cut_off = "",
	.steps = "due:actor+holder due+1:managers",
	.source = "agreement A-17",
};
static const struct rule_draft of_help = {
	.name = "HELP-3-WEEKS",
	.deadline = "help",
	.kind = "",
	.priority = "",
	.between = {"", ""},
	.unit = "days",
	.amount = 21,
	.cut_off = "",
	.steps = "",
	.source = "decision 12",
};

/* |draft| with one thing changed. */
#define BUT(draft, ...)                             \
	({                                          \
		struct rule_draft changed_ = draft; \
		changed_.__VA_ARGS__;               \
		rule_draft_fault(&changed_);        \
	})

static void test_every_default_is_one(void **state)
{
	for (size_t i = 0; i < rulebook_defaults.n; i++) {
		const struct clock_rule *rule = &rulebook_defaults.rules[i];
		const struct rule_draft draft = {rule->name, deadline_code(rule->what), rule->kind,
			rule->priority, {"", ""}, clock_unit_code(rule->unit), rule->amount,
			rule->cut_off, rule->steps, rule->source};

		assert_null(rule_draft_fault(&draft));
	}
	assert_null(rule_draft_fault(&good));
	assert_null(rule_draft_fault(&of_help));
}

static void test_a_code_that_nobody_knows_is_none(void **state)
{
	assert_string_equal(BUT(good, name = "lower case"), "name");
	assert_string_equal(BUT(good, name = ""), "name");
	assert_string_equal(BUT(good, deadline = "whenever"), "deadline");
	assert_string_equal(BUT(good, kind = "party"), "kind");
	assert_string_equal(BUT(good, priority = "soon"), "priority");
	assert_string_equal(BUT(good, unit = "fortnights"), "unit");
	assert_string_equal(BUT(good, steps = "due:nobody"), "steps");
	assert_string_equal(BUT(good, source = ""), "source");
}

static void test_an_agreement_has_two(void **state)
{
	assert_string_equal(BUT(good, between[1] = ""), "between");
	assert_string_equal(BUT(good, between[0] = ""), "between");
}

static void test_an_amount_reaches_ten_years_and_no_further(void **state)
{
	static const struct {
		const char *unit;
		int least, most;
	} rows[] = {{"working-days", 1, 2500}, {"working-minutes", 0, 100000},
		{"minutes", 0, 100000}, {"days", 0, 3650}, {"months", 0, 120}, {"day-end", 0, 0}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rule_draft draft = good;

		draft.unit = rows[i].unit;
		draft.amount = rows[i].least;
		assert_null(rule_draft_fault(&draft));
		draft.amount = rows[i].least - 1;
		assert_string_equal(rule_draft_fault(&draft), "amount");
		draft.amount = rows[i].most;
		assert_null(rule_draft_fault(&draft));
		draft.amount = rows[i].most + 1;
		assert_string_equal(rule_draft_fault(&draft), "amount");
	}
}

static void test_a_cut_off_is_of_days_alone(void **state)
{
	struct rule_draft draft = good;

	draft.cut_off = "12:00:00";
	assert_string_equal(rule_draft_fault(&draft), "cut_off");
	draft.unit = "days";
	assert_null(rule_draft_fault(&draft));
	draft.cut_off = "12.00";
	assert_string_equal(rule_draft_fault(&draft), "cut_off");
}

static void test_the_clock_of_the_person_is_the_same_with_everybody(void **state)
{
	assert_string_equal(BUT(of_help, unit = "minutes"), "unit");
	assert_string_equal(BUT(of_help, priority = "urgent"), "priority");
	assert_string_equal(BUT(of_help, between[0] = "lund"), "between");
	assert_string_equal(BUT(of_help, amount = 100000), "amount");
}

static void test_only_a_contact_is_promised(void **state)
{
	struct rule_draft draft = good;

	draft.unit = "promised";
	draft.amount = 0;
	assert_string_equal(rule_draft_fault(&draft), "unit");
	draft.deadline = "contact";
	assert_null(rule_draft_fault(&draft));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_default_is_one),
		cmocka_unit_test(test_a_code_that_nobody_knows_is_none),
		cmocka_unit_test(test_an_agreement_has_two),
		cmocka_unit_test(test_an_amount_reaches_ten_years_and_no_further),
		cmocka_unit_test(test_a_cut_off_is_of_days_alone),
		cmocka_unit_test(test_the_clock_of_the_person_is_the_same_with_everybody),
		cmocka_unit_test(test_only_a_contact_is_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
