/* SPDX-License-Identifier: Apache-2.0 */
#include "store/present_chain.h"

#include "domain/code.h"
#include "domain/rules.h"
#include "store/present.h"
#include "store/present_proposal.h"
#include "store/present_values.h"
#include "store/read.h"

/* The columns of stafett.chain_row, in its order. */
enum chain_column {
	CHAIN_ID,
	CHAIN_STATUS,
	CHAIN_CUSTODIAN,
	CHAIN_CUSTODIAN_SINCE,
	CHAIN_VERSION,
	CHAIN_HELP_REQUEST_DATE,
	CHAIN_DUE_DATE,
	CHAIN_START_DATE,
	CHAIN_PARTIES,
	CHAIN_AT_REST,
	CHAIN_MERGED_INTO,
	CHAIN_LINKED,
	CHAIN_HOLDS,
	CHAIN_SUCCEEDS,
	CHAIN_PROPOSAL, /* and what it says */
	CHAIN_PROPOSAL_LAST = CHAIN_PROPOSAL + PROPOSAL_COLUMNS - 1,
	CHAIN_CREATE_TIME,
	CHAIN_ASKED,
	CHAIN_ASKED_BY, /* what time */
	CHAIN_READ_TIME,
	CHAIN_BREACH_REASON,
	CHAIN_FOLLOW_UP,
	CHAIN_PROTECTED,
	CHAIN_AWAITS_HELP,
	CHAIN_CARD,
	DUTY_WHAT, /* in a row of api.chain_questions, and what follows it */
	DUTY_DUE_TIME,
	DUTY_REFERRAL,
	DUTY_CODE,
};

/* The facts that the allowed acts depend on: who holds it, and what waits. */
static struct facts row_facts(const struct db_row *row, mask_t held)
{
	static const struct uuid us = {{1}}, somebody_else;

	return (struct facts){
		.chain_visible = true,
		.chain_open = strcmp(db_row_text(row, CHAIN_STATUS), "open") == 0,
		.chain_at_rest = db_row_bool(row, CHAIN_AT_REST),
		.succeeds = db_row_bool(row, CHAIN_SUCCEEDS),
		.roles = held,
		.unit = us,
		.custodian = db_row_bool(row, CHAIN_HOLDS) ? us : somebody_else,
		.proposal.open = db_row_has(row, CHAIN_PROPOSAL),
		.now_us = db_row_time(row, CHAIN_READ_TIME),
		.due_date = present_date(row, CHAIN_DUE_DATE),
		.start_date = present_date(row, CHAIN_START_DATE),
		.follow_up = present_follow_up(row, CHAIN_FOLLOW_UP),
		.awaits_help = db_row_bool(row, CHAIN_AWAITS_HELP),
	};
}

static void take_clock(struct arena *a, const struct db_row *row, Stafett__V1__Chain *c)
{
	c->help_request_date = take_date(a, row, CHAIN_HELP_REQUEST_DATE);
	c->intervention_due_date = take_date(a, row, CHAIN_DUE_DATE);
	c->intervention_start_date = take_date(a, row, CHAIN_START_DATE);
	c->breach_reason = take_text(a, row, CHAIN_BREACH_REASON);
	c->follow_up = take_text(a, row, CHAIN_FOLLOW_UP);
}

Stafett__V1__Chain *present_chain(struct arena *a, const struct db_row *row,
	const struct read *read, struct chain_place *ret_place)
{
	struct facts facts = row_facts(row, read->held);
	char letters[CODE_LETTERS + 1], code[CODE_TEXT_LEN + 1];
	Stafett__V1__Chain *c = arena_alloc(a, sizeof(*c));

	if (!c)
		return NULL;
	stafett__v1__chain__init(c);
	ret_place->id = db_row_uuid(row, CHAIN_ID);
	ret_place->create_us = db_row_time(row, CHAIN_CREATE_TIME);
	code_of_uuid(&ret_place->id, letters);
	code_format(letters, code);
	c->id = take_uuid(a, row, CHAIN_ID);
	c->code = arena_copy(a, bytes_of_string(code));
	c->status = take_text(a, row, CHAIN_STATUS);
	c->custodian = take_text(a, row, CHAIN_CUSTODIAN);
	c->custodian_since_time = take_time(a, row, CHAIN_CUSTODIAN_SINCE);
	c->version = db_row_int(row, CHAIN_VERSION);
	take_clock(a, row, c);
	if (db_row_bool(row, CHAIN_ASKED))
		c->next_act = arena_copy(a, bytes_of_string("send"));
	c->due_time = take_time(a, row, CHAIN_ASKED_BY);
	c->parties = take_list(a, row, CHAIN_PARTIES, &c->n_parties);
	c->linked_chains = take_list(a, row, CHAIN_LINKED, &c->n_linked_chains);
	c->protected_identity = db_row_bool(row, CHAIN_PROTECTED);
	c->awaits_help = db_row_bool(row, CHAIN_AWAITS_HELP);
	c->merged_into = take_uuid(a, row, CHAIN_MERGED_INTO);
	c->proposal = present_proposal(a, row, CHAIN_PROPOSAL, read);
	c->allowed_acts = present_acts(a, rules_allowed_chain_acts(&facts), &c->n_allowed_acts);
	return a->overflowed ? NULL : c;
}

Stafett__V1__Part *present_chain_card(struct arena *a, const struct db_row *row)
{
	return take_part(a, row, CHAIN_CARD);
}

Stafett__V1__ChainQuestion *present_chain_question(struct arena *a, const struct db_row *row,
	const struct read *read, struct chain_place *ret_place)
{
	Stafett__V1__ChainQuestion *duty = arena_alloc(a, sizeof(*duty));

	if (!duty)
		return NULL;
	stafett__v1__chain_question__init(duty);
	duty->chain = present_chain(a, row, read, ret_place);
	duty->what = take_text(a, row, DUTY_WHAT);
	duty->due_time = take_time(a, row, DUTY_DUE_TIME);
	duty->referral = take_uuid(a, row, DUTY_REFERRAL);
	duty->code = take_code(a, row, DUTY_CODE);
	duty->card = present_chain_card(a, row);
	return a->overflowed ? NULL : duty;
}
