/* SPDX-License-Identifier: Apache-2.0 */
/* One check a field, in the order in which people fill them in. */
#include "domain/rule_draft.h"

#include "domain/codes.h"
#include "domain/rulebook.h"

/* What an amount of each unit may be: ten years at most, and none where the unit says all. */
static const struct {
	int least, most;
} rule_amounts[CLOCK_UNITS] = {
	[CLOCK_WORKING_DAYS] = {1, RULE_YEARS_MOST * 250},
	[CLOCK_WORKING_MINUTES] = {0, 100000},
	[CLOCK_MINUTES] = {0, 100000},
	[CLOCK_DAYS] = {0, RULE_YEARS_MOST * 365},
	[CLOCK_MONTHS] = {0, RULE_YEARS_MOST * 12},
	[CLOCK_DAY_END] = {0, 0},
	[CLOCK_PROMISED] = {0, 0},
};

bool rule_name_fits(const char *name)
{
	size_t len = strlen(name);

	return len >= 1 && len <= RULE_NAME_MAX &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

static int draft_deadline(const struct rule_draft *draft)
{
	return deadline_from_code(bytes_of_string(draft->deadline));
}

static int draft_unit(const struct rule_draft *draft)
{
	return clock_unit_from_code(bytes_of_string(draft->unit));
}

static bool draft_is_agreement(const struct rule_draft *draft)
{
	return *draft->between[0] || *draft->between[1];
}

/* The person's clock is the same whoever has the referral, and however urgent that is. */
static bool draft_is_of_help(const struct rule_draft *draft)
{
	return draft_deadline(draft) == DEADLINE_HELP;
}

static bool draft_kind_fits(const struct rule_draft *draft)
{
	return !*draft->kind || kind_from_code(bytes_of_string(draft->kind)) >= 0;
}

static bool draft_priority_fits(const struct rule_draft *draft)
{
	if (!*draft->priority)
		return true;
	return !draft_is_of_help(draft) &&
	       codes_has(CODES_PRIORITY, bytes_of_string(draft->priority));
}

static bool draft_between_fits(const struct rule_draft *draft)
{
	if (!draft_is_agreement(draft))
		return true;
	return !draft_is_of_help(draft) && *draft->between[0] && *draft->between[1];
}

/* Which unit goes with which deadline: a day is promised by a contact alone, and the
 * person's clock is counted in days. */
static bool draft_unit_fits(const struct rule_draft *draft)
{
	int unit = draft_unit(draft);

	if (unit == CLOCK_PROMISED)
		return draft_deadline(draft) == DEADLINE_CONTACT;
	if (draft_is_of_help(draft))
		return unit == CLOCK_WORKING_DAYS || unit == CLOCK_DAYS || unit == CLOCK_MONTHS;
	return unit >= 0;
}

static bool draft_amount_fits(const struct rule_draft *draft)
{
	int unit = draft_unit(draft);

	return draft->amount >= rule_amounts[unit].least &&
	       draft->amount <= rule_amounts[unit].most;
}

static bool draft_cut_off_fits(const struct rule_draft *draft)
{
	struct clock_time time;

	return !*draft->cut_off || (draft_unit(draft) == CLOCK_DAYS &&
					   clock_time_read(bytes_of_string(draft->cut_off), &time));
}

static bool draft_steps_fit(const struct rule_draft *draft)
{
	struct clock_step steps[CLOCK_STEPS];

	return clock_steps_read(bytes_of_string(draft->steps), steps) >= 0;
}

static bool draft_source_fits(const struct rule_draft *draft)
{
	size_t len = strlen(draft->source);

	return len >= 1 && len <= RULE_SOURCE_MAX;
}

const char *rule_draft_fault(const struct rule_draft *draft)
{
	if (!rule_name_fits(draft->name))
		return "name";
	if (draft_deadline(draft) < 0)
		return "deadline";
	if (!draft_kind_fits(draft))
		return "kind";
	if (!draft_priority_fits(draft))
		return "priority";
	if (!draft_between_fits(draft))
		return "between";
	if (!draft_unit_fits(draft))
		return "unit";
	if (!draft_amount_fits(draft))
		return "amount";
	if (!draft_cut_off_fits(draft))
		return "cut_off";
	if (!draft_steps_fit(draft))
		return "steps";
	return draft_source_fits(draft) ? NULL : "source";
}
