/* SPDX-License-Identifier: Apache-2.0 */
#include "store/present_rule.h"

#include "domain/rulebook.h"
#include "store/present_values.h"

enum rule_column {
	RULE_NAME,
	RULE_VERSION,
	RULE_DEADLINE,
	RULE_KIND,
	RULE_PRIORITY,
	RULE_ONE,
	RULE_OTHER,
	RULE_UNIT,
	RULE_AMOUNT,
	RULE_CUT_OFF,
	RULE_STEPS,
	RULE_SOURCE,
	RULE_VALID_FROM,
	RULE_VALID_TO,
	RULE_CREATE_TIME,
	RULE_AUTHOR,
	RULE_END_AUTHOR,
};

/* What the row itself does not say: what its deadline means. */
static void take_deadline(struct arena *a, const struct db_row *row, Stafett__V1__Rule *rule)
{
	int what = deadline_from_code(db_row_bytes(row, RULE_DEADLINE));

	rule->deadline = take_text(a, row, RULE_DEADLINE);
	if (what < 0)
		return;
	rule->anchor = arena_copy(a, bytes_of_string(deadline_anchor((enum deadline)what)));
	rule->looked_up = deadline_count((enum deadline)what) == COUNT_LOOKED_UP;
}

static void take_between(struct arena *a, const struct db_row *row, Stafett__V1__Rule *rule)
{
	char **both = db_row_has(row, RULE_ONE) ? arena_alloc(a, 2 * sizeof(*both)) : NULL;

	if (!both)
		return;
	both[0] = take_text(a, row, RULE_ONE);
	both[1] = take_text(a, row, RULE_OTHER);
	rule->between = both;
	rule->n_between = 2;
}

Stafett__V1__Rule *present_rule(struct arena *a, const struct db_row *row)
{
	Stafett__V1__Rule *rule = arena_alloc(a, sizeof(*rule));

	if (!rule)
		return NULL;
	stafett__v1__rule__init(rule);
	rule->name = take_text(a, row, RULE_NAME);
	rule->version = db_row_int(row, RULE_VERSION);
	take_deadline(a, row, rule);
	rule->kind = take_text(a, row, RULE_KIND);
	rule->priority = take_text(a, row, RULE_PRIORITY);
	take_between(a, row, rule);
	rule->unit = take_text(a, row, RULE_UNIT);
	rule->amount = db_row_int(row, RULE_AMOUNT);
	rule->cut_off = take_text(a, row, RULE_CUT_OFF);
	rule->steps = take_text(a, row, RULE_STEPS);
	rule->source = take_text(a, row, RULE_SOURCE);
	rule->valid_from_time = take_time(a, row, RULE_VALID_FROM);
	rule->valid_to_time = take_time(a, row, RULE_VALID_TO);
	rule->author = take_text(a, row, RULE_AUTHOR);
	rule->end_author = take_text(a, row, RULE_END_AUTHOR);
	if (*db_row_text(row, RULE_AUTHOR))
		rule->create_time = take_time(a, row, RULE_CREATE_TIME);
	return a->overflowed ? NULL : rule;
}
