/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule counts, and what its ladder says. The arithmetic is compared with a model
 * in test_deadline_model.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "domain/deadlines.h"

static const struct uuid lund = {{1}}, skane = {{2}}, malmo = {{3}};
static const struct uuid lund_unit = {{11}}, skane_unit = {{12}}, malmo_unit = {{13}};

static int set_zone(void **state)
{
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	return 0;
}

static const struct clock_rule *find(const struct rulebook *book, struct rule_question q)
{
	return rulebook_find(book, &q);
}

static struct clock_rule row(const char *name, const char *kind, const char *priority)
{
	return (struct clock_rule){
		.name = name,
		.version = 1,
		.what = DEADLINE_ANSWER,
		.kind = kind,
		.priority = priority,
		.unit = CLOCK_MINUTES,
		.amount = 5,
		.cut_off = "",
		.steps = "",
		.source = "",
		.from_us = 0,
		.to_us = INT64_MAX,
	};
}

static void test_a_default_is_of_its_priority_or_of_all(void **state)
{
	static const struct {
		const char *priority, *name;
	} rows[] = {{"routine", "ACK-ROUTINE"}, {"urgent", "ACK-URGENT"}, {"asap", "ACK-ASAP"},
		{"stat", "ACK-STAT"}, {"", "ACK-ROUTINE"}, {"nonsense", "ACK-ROUTINE"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(find(&rulebook_defaults,
					    (struct rule_question){.what = DEADLINE_ACKNOWLEDGE,
						    .priority = bytes_of_string(rows[i].priority)})
					    ->name,
			rows[i].name);
}

static void test_what_says_more_wins(void **state)
{
	struct clock_rule rules[] = {row("all", "", ""), row("urgent", "", "urgent"),
		row("handover", "handover", ""), row("both", "handover", "urgent")};
	const struct rulebook book = {rules, ARRAY_SIZE(rules), NULL, 0, NULL};
	struct rule_question q = {.what = DEADLINE_ANSWER, .kind = KIND_SCREENING};

	assert_string_equal(rulebook_find(&book, &q)->name, "all");
	q.priority = bytes_of_string("urgent");
	assert_string_equal(rulebook_find(&book, &q)->name, "urgent");
	q.kind = KIND_HANDOVER;
	assert_string_equal(rulebook_find(&book, &q)->name, "both");
	q.priority = bytes_of_string("stat");
	assert_string_equal(rulebook_find(&book, &q)->name, "handover");
	q.what = DEADLINE_ASSESS;
	assert_null(rulebook_find(&book, &q));
}

static void test_an_agreement_binds_its_two_in_either_order_and_nobody_else(void **state)
{
	struct clock_rule rules[] = {row("agreed", "", ""), row("all", "handover", "urgent")};
	const struct rulebook_unit units[] = {{lund_unit, lund}, {skane_unit, skane}};
	const struct rulebook book = {rules, ARRAY_SIZE(rules), units, ARRAY_SIZE(units), NULL};
	struct rule_question q = {.what = DEADLINE_ANSWER,
		.kind = KIND_HANDOVER,
		.priority = bytes_of_string("urgent"),
		.one = &lund_unit,
		.other = &skane_unit};

	rules[0].organisations[0] = lund;
	rules[0].organisations[1] = skane;
	assert_string_equal(rulebook_find(&book, &q)->name, "agreed");
	q.one = &skane_unit;
	q.other = &lund_unit;
	assert_string_equal(rulebook_find(&book, &q)->name, "agreed");
	q.one = &malmo_unit;
	assert_string_equal(rulebook_find(&book, &q)->name, "all");
	q.one = q.other = &lund_unit;
	assert_string_equal(rulebook_find(&book, &q)->name, "all");
	q.one = q.other = NULL;
	assert_string_equal(rulebook_find(&book, &q)->name, "all");
	rules[0].organisations[1] = malmo;
	q.one = &lund_unit;
	q.other = &skane_unit;
	assert_string_equal(rulebook_find(&book, &q)->name, "all");
}

static void test_a_version_counts_from_its_day_to_its_end(void **state)
{
	struct clock_rule rules[] = {row("first", "", ""), row("second", "", "")};
	const struct rulebook book = {rules, ARRAY_SIZE(rules), NULL, 0, NULL};
	struct rule_question q = {.what = DEADLINE_ANSWER, .at_us = 99};

	rules[0].to_us = rules[1].from_us = 100;
	rules[1].to_us = 200;
	rules[1].version = 2;
	assert_string_equal(rulebook_find(&book, &q)->name, "first");
	q.at_us = 100;
	assert_string_equal(rulebook_find(&book, &q)->name, "second");
	q.at_us = 200;
	assert_null(rulebook_find(&book, &q));
	rules[0].to_us = INT64_MAX;
	q.at_us = 150;
	assert_string_equal(rulebook_find(&book, &q)->name, "second");
	assert_ptr_equal(rulebook_get(&book, bytes_of_string("second"), 2), &rules[1]);
	assert_null(rulebook_get(&book, bytes_of_string("second"), 1));
}

static void test_what_no_rule_asks_for_is_not_due(void **state)
{
	const struct rule_question q = {.what = DEADLINE_EXPECTED, .at_us = 1};
	struct due due = deadline_due(&rulebook_defaults, &q, (struct date){0});

	assert_int_equal(due.us, 0);
	assert_int_equal(due.step_us, 0);
	assert_null(due.rule);
}

static void test_a_ladder_is_read_or_refused(void **state)
{
	static const char *const wrong[] = {"due", "due:", ":actor", "due:nobody", "later:actor",
		"due+:actor", "due+0:actor", "due+100:actor", "due+1x:actor", "morning+1:actor",
		"due:actor+", "due:+actor", "due:actor  due:actor", " due:actor", "due:actor:owner",
		"due:actor due:actor due:actor due:actor due:actor"};
	struct clock_step steps[CLOCK_STEPS];

	assert_int_equal(clock_steps_read(bytes_of_string(""), steps), 0);
	assert_int_equal(
		clock_steps_read(
			bytes_of_string("morning:parties due:actor+holder due+12:managers"), steps),
		3);
	assert_int_equal(steps[0].when, STEP_MORNING);
	assert_int_equal(steps[1].who, MASK(TOLD_ACTOR) | MASK(TOLD_HOLDER));
	assert_int_equal(steps[2].when, STEP_AFTER);
	assert_int_equal(steps[2].days, 12);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(clock_steps_read(bytes_of_string(wrong[i]), steps), -1);
}

static void test_a_ladder_gives_each_of_its_steps_and_no_more(void **state)
{
	const struct bytes ladder = bytes_of_string("morning:parties due:actor+holder");
	struct clock_step step;

	assert_true(clock_step_read(ladder, 0, &step));
	assert_int_equal(step.who, MASK(TOLD_PARTIES));
	assert_true(clock_step_read(ladder, 1, &step));
	assert_int_equal(step.when, STEP_DUE);
	assert_false(clock_step_read(ladder, 2, &step));
	assert_false(clock_step_read(bytes_of_string(""), 0, &step));
}

static void test_a_time_of_day_is_exact(void **state)
{
	static const char *const wrong[] = {"", "12:00", "24:00:00", "12:60:00", "12:00:60",
		"1x:00:00", "12-00-00", "12:00:000", "/2:00:00", ":2:00:00"};
	struct clock_time t;

	assert_true(clock_time_read(bytes_of_string("23:59:58"), &t));
	assert_int_equal(t.hour * 10000 + t.minute * 100 + t.second, 235958);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(clock_time_read(bytes_of_string(wrong[i]), &t));
}

static void test_every_default_can_be_read(void **state)
{
	struct clock_step steps[CLOCK_STEPS];
	struct clock_time t;

	for (size_t i = 0; i < rulebook_defaults.n; i++) {
		const struct clock_rule *rule = &rulebook_defaults.rules[i];

		assert_true(clock_steps_read(bytes_of_string(rule->steps), steps) >= 0);
		assert_true(!*rule->cut_off || clock_time_read(bytes_of_string(rule->cut_off), &t));
		assert_true(!*rule->kind || kind_from_code(bytes_of_string(rule->kind)) >= 0);
		assert_ptr_equal(
			rulebook_get(&rulebook_defaults, bytes_of_string(rule->name), 1), rule);
		assert_int_equal(
			deadline_from_code(bytes_of_string(deadline_code(rule->what))), rule->what);
		assert_int_equal(clock_unit_from_code(bytes_of_string(clock_unit_code(rule->unit))),
			rule->unit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_default_is_of_its_priority_or_of_all),
		cmocka_unit_test(test_what_says_more_wins),
		cmocka_unit_test(test_an_agreement_binds_its_two_in_either_order_and_nobody_else),
		cmocka_unit_test(test_a_version_counts_from_its_day_to_its_end),
		cmocka_unit_test(test_what_no_rule_asks_for_is_not_due),
		cmocka_unit_test(test_a_ladder_is_read_or_refused),
		cmocka_unit_test(test_a_ladder_gives_each_of_its_steps_and_no_more),
		cmocka_unit_test(test_a_time_of_day_is_exact),
		cmocka_unit_test(test_every_default_can_be_read),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
