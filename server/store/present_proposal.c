/* SPDX-License-Identifier: Apache-2.0 */
#include "store/present_proposal.h"

#include "domain/rules_table.h"
#include "store/present_values.h"
#include "store/read.h"

enum proposal_column {
	PROPOSAL_ID,
	PROPOSAL_ACT,
	PROPOSAL_MEMBER,
	PROPOSAL_MEMBER_NAME,
	PROPOSAL_UNIT,
	PROPOSAL_CONFIRM_UNIT,
	PROPOSAL_INTO,
	PROPOSAL_REASON,
	PROPOSAL_HELP_DATE,
	PROPOSAL_CREATE_TIME,
};
_Static_assert(PROPOSAL_CREATE_TIME + 1 == PROPOSAL_COLUMNS, "the columns are counted");

/* The roles that are enough for the second half of an act. */
static mask_t confirming_roles(int act)
{
	const struct act_row *row = act < 0 ? NULL : rules_act_row((enum act)act);

	if (row && row->signatures == SIGNED_MANAGER)
		return MASK(ROLE_MANAGER);
	return rules_act_row(ACT_CONFIRM)->roles;
}

/* What the rules ask of a confirmation that depends on who it is. */
static bool may_confirm(const struct db_row *row, int first, const struct read *read)
{
	int unit = db_row_has(row, first + PROPOSAL_CONFIRM_UNIT) ? PROPOSAL_CONFIRM_UNIT
								  : PROPOSAL_UNIT;
	int act = act_from_code(db_row_bytes(row, first + PROPOSAL_ACT));

	return !bytes_equal(db_row_bytes(row, first + PROPOSAL_MEMBER), read->caller.member) &&
	       bytes_equal(db_row_bytes(row, first + unit), read->caller.unit) &&
	       (read->held & confirming_roles(act));
}

Stafett__V1__Proposal *present_proposal(
	struct arena *a, const struct db_row *row, int first, const struct read *read)
{
	Stafett__V1__Proposal *p;

	if (!db_row_has(row, first + PROPOSAL_ID) || !(p = arena_alloc(a, sizeof(*p))))
		return NULL;
	stafett__v1__proposal__init(p);
	p->id = take_uuid(a, row, first + PROPOSAL_ID);
	p->act = take_text(a, row, first + PROPOSAL_ACT);
	p->member = take_text(a, row, first + PROPOSAL_MEMBER);
	p->member_display_name = take_text(a, row, first + PROPOSAL_MEMBER_NAME);
	p->unit = take_text(a, row, first + PROPOSAL_UNIT);
	p->confirm_unit = take_text(a, row, first + PROPOSAL_CONFIRM_UNIT);
	p->into = take_uuid(a, row, first + PROPOSAL_INTO);
	p->reason = take_text(a, row, first + PROPOSAL_REASON);
	p->help_request_date = take_date(a, row, first + PROPOSAL_HELP_DATE);
	p->create_time = take_time(a, row, first + PROPOSAL_CREATE_TIME);
	p->may_confirm = may_confirm(row, first, read);
	return p;
}
