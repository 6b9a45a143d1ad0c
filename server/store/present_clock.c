/* SPDX-License-Identifier: Apache-2.0 */
#include "store/present_clock.h"

#include "domain/rulebook.h"
#include "store/present_values.h"

enum deadline_column {
	DEADLINE_REFERRAL,
	DEADLINE_WHAT,
	DEADLINE_ACTOR,
	DEADLINE_ANCHOR_TIME,
	DEADLINE_ANCHOR_DATE,
	DEADLINE_DUE_TIME,
	DEADLINE_DUE_DATE,
	DEADLINE_STOP_DATE,
	DEADLINE_ALARMS,
	DEADLINE_RULE,
	DEADLINE_RULE_VERSION,
	DEADLINE_CODE,
	DEADLINE_UNIT,
	DEADLINE_AMOUNT,
	DEADLINE_CUT_OFF,
	DEADLINE_STEPS,
	DEADLINE_SOURCE,
	DEADLINE_VALID_FROM,
};

static Stafett__V1__DeadlineRule *take_rule(struct arena *a, const struct db_row *row)
{
	int what = deadline_from_code(db_row_bytes(row, DEADLINE_CODE));
	Stafett__V1__DeadlineRule *rule;

	if (!db_row_has(row, DEADLINE_RULE) || !(rule = arena_alloc(a, sizeof(*rule))))
		return NULL;
	stafett__v1__deadline_rule__init(rule);
	rule->name = take_text(a, row, DEADLINE_RULE);
	rule->version = db_row_int(row, DEADLINE_RULE_VERSION);
	rule->anchor = arena_copy(
		a, bytes_of_string(what < 0 ? "" : deadline_anchor((enum deadline)what)));
	rule->unit = take_text(a, row, DEADLINE_UNIT);
	rule->amount = db_row_int(row, DEADLINE_AMOUNT);
	rule->cut_off = take_text(a, row, DEADLINE_CUT_OFF);
	rule->steps = take_text(a, row, DEADLINE_STEPS);
	rule->source = take_text(a, row, DEADLINE_SOURCE);
	rule->valid_from_time = take_time(a, row, DEADLINE_VALID_FROM);
	return rule;
}

Stafett__V1__Deadline *present_deadline(
	struct arena *a, const struct db_row *row, struct uuid *ret_referral)
{
	Stafett__V1__Deadline *d = arena_alloc(a, sizeof(*d));

	if (!d)
		return NULL;
	stafett__v1__deadline__init(d);
	d->what = take_text(a, row, DEADLINE_WHAT);
	d->actor = take_text(a, row, DEADLINE_ACTOR);
	d->anchor_time = take_time(a, row, DEADLINE_ANCHOR_TIME);
	d->anchor_date = take_date(a, row, DEADLINE_ANCHOR_DATE);
	d->due_time = take_time(a, row, DEADLINE_DUE_TIME);
	d->due_date = take_date(a, row, DEADLINE_DUE_DATE);
	d->stop_date = take_date(a, row, DEADLINE_STOP_DATE);
	d->alarm_count = db_row_int(row, DEADLINE_ALARMS);
	d->rule = take_rule(a, row);
	*ret_referral = db_row_uuid(row, DEADLINE_REFERRAL);
	return a->overflowed ? NULL : d;
}
