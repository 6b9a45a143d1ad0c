/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as referrals and their chains; each column has a name. */
#include "store/present.h"

#include "domain/code.h"
#include "domain/rules.h"
#include "store/present_consent.h"
#include "store/present_proposal.h"
#include "store/present_values.h"
#include "store/read.h"

/* The columns of stafett.referral_row; a list adds two behind them. */
enum referral_column {
	REFERRAL_ID,
	REFERRAL_CODE,
	REFERRAL_CHAIN,
	REFERRAL_KIND,
	REFERRAL_STATUS,
	REFERRAL_PRIORITY,
	REFERRAL_VERSION,
	REFERRAL_REQUESTER,
	REFERRAL_OWNER,
	REFERRAL_HAND_BACK,
	REFERRAL_CREATE_TIME,
	REFERRAL_UPDATE_TIME,
	REFERRAL_ACKNOWLEDGE_TIME,
	REFERRAL_ACCEPT_TIME,
	REFERRAL_RESPONSIBLE,
	REFERRAL_CONTACT_BY,
	REFERRAL_APPOINTMENT,
	REFERRAL_NEXT_ACTOR,
	REFERRAL_NEXT_ACT,
	REFERRAL_DUE_TIME,
	REFERRAL_NEEDS,
	REFERRAL_BASIS,
	REFERRAL_BASIS_FORM,
	REFERRAL_BASIS_END,
	REFERRAL_BASIS_COVERS,
	REFERRAL_REPLACES,
	REFERRAL_REFERENCE,
	REFERRAL_REMAINS,
	REFERRAL_INFORMED,
	CHAIN_STATUS,
	CHAIN_CUSTODIAN,
	CHAIN_CUSTODIAN_SINCE,
	CHAIN_VERSION,
	CHAIN_HELP_REQUEST_DATE,
	CHAIN_DUE_DATE,
	CHAIN_PARTIES,
	CHAIN_START_DATE,
	CHAIN_AT_REST,
	CHAIN_PROPOSAL, /* and what it says */
	CHAIN_PROPOSAL_LAST = CHAIN_PROPOSAL + PROPOSAL_COLUMNS - 1,
	DELIVERY_STATE,
	DELIVERY_STORE_TIME,
	DELIVERY_OFFER_TIME,
	DELIVERY_FETCH_TIME,
	DELIVERY_ACKNOWLEDGE_TIME,
	DELIVERY_ACKNOWLEDGE_MEMBER,
	DELIVERY_CAUSE,
	REFERRAL_RELATION,
	REFERRAL_QUESTION_TIME,
	REFERRAL_QUESTION,
	REFERRAL_ASSIGNEE,
	REFERRAL_ASSIGNEE_NAME,
	REFERRAL_EXPECTED,
	REFERRAL_EXPECTED_TIME,
	REFERRAL_ALARM_TIME,
	REFERRAL_MISSED,
	REFERRAL_HOME_PLANNED,
	REFERRAL_AFTERCARE,
	REFERRAL_AFTERCARE_ACCEPTED,
	REFERRAL_WAITS,
	REFERRAL_PROPOSAL, /* and what it says */
	REFERRAL_PROPOSAL_LAST = REFERRAL_PROPOSAL + PROPOSAL_COLUMNS - 1,
	PLANNING_CALL, /* and its state and times */
	PLANNING_STATE,
	PLANNING_CREATE_TIME,
	PLANNING_DUE_TIME,
	PLANNING_WAITS_FOR,
	PLANNING_WAITS,
	REFERRAL_LAST_DOSE_TIME,
	REFERRAL_NEXT_DOSE_BY,
	REFERRAL_DISCHARGE,
	REFERRAL_CALL_TIME,
	CHAIN_LINKED,
	REFERRAL_NO_LONGER_SHARED,
	REFERRAL_REVOKED,
	REFERRAL_REVOKED_HERE,
	CONSENT_ID, /* and what it says */
	CONSENT_LAST = CONSENT_ID + CONSENT_COLUMNS - 1,
	REFERRAL_READ_TIME,
	CHAIN_BREACH_REASON,
	CHAIN_FOLLOW_UP,
	CHAIN_PROTECTED,
	CHAIN_AWAITS_HELP,
	REFERRAL_CARD,
	REFERRAL_SINCE,
	REFERRAL_KEY,
};

static Stafett__V1__LegalBasis *take_basis(struct arena *a, const struct db_row *row)
{
	Stafett__V1__LegalBasis *basis = arena_alloc(a, sizeof(*basis));

	if (!basis)
		return NULL;
	stafett__v1__legal_basis__init(basis);
	basis->code = take_text(a, row, REFERRAL_BASIS);
	basis->form = take_text(a, row, REFERRAL_BASIS_FORM);
	basis->end_date = take_date(a, row, REFERRAL_BASIS_END);
	basis->covers_missed_events = db_row_bool(row, REFERRAL_BASIS_COVERS);
	return basis;
}

/* The facts that the allowed acts depend on: states, roles, and who is whom. */
static struct facts row_facts(const struct db_row *row, mask_t held)
{
	static const struct uuid us = {{1}}, somebody_else;
	const char *relation = db_row_text(row, REFERRAL_RELATION);
	int state = state_from_code(db_row_bytes(row, REFERRAL_STATUS));
	int kind = kind_from_code(db_row_bytes(row, REFERRAL_KIND));

	return (struct facts){
		.now_us = db_row_time(row, REFERRAL_READ_TIME),
		.chain_visible = true,
		.chain_open = strcmp(db_row_text(row, CHAIN_STATUS), "open") == 0,
		.chain_at_rest = db_row_bool(row, CHAIN_AT_REST),
		.referral_visible = state >= 0 && kind >= 0,
		.state = state >= 0 ? (enum state)state : STATE_NONE,
		.kind = kind >= 0 ? (enum kind)kind : KIND_CARE_REQUEST,
		.roles = held,
		.unit = us,
		.requester = strstr(relation, "requester") ? us : somebody_else,
		.owner = strstr(relation, "owner") ? us : somebody_else,
		.hand_back = strstr(relation, "hand-back") ? us : somebody_else,
		.custodian = strstr(relation, "holder") ? us : somebody_else,
		.referral_left = strstr(relation, "left"),
		.progress.question_seq = db_row_has(row, REFERRAL_QUESTION_TIME),
		.progress.expected = db_row_has(row, REFERRAL_EXPECTED),
		.progress.expected_us = db_row_time(row, REFERRAL_EXPECTED_TIME),
		.progress.missed = db_row_bool(row, REFERRAL_MISSED),
		.progress.home_planned = db_row_bool(row, REFERRAL_HOME_PLANNED),
		.progress.aftercare = db_row_has(row, REFERRAL_AFTERCARE) ? us : somebody_else,
		.aftercare_accepted = db_row_bool(row, REFERRAL_AFTERCARE_ACCEPTED),
		.progress.hand_back_seq = db_row_bool(row, REFERRAL_WAITS),
		.custody_seq = 1,
		.call_open = strcmp(db_row_text(row, PLANNING_STATE), "open") == 0,
		.call_waits = db_row_bool(row, PLANNING_WAITS),
		.basis = present_basis(row, REFERRAL_BASIS),
		.consent.known = db_row_has(row, CONSENT_ID),
		.consent.revoked = db_row_bool(row, REFERRAL_REVOKED) ||
				   present_consent_is(row, CONSENT_ID, "revoked"),
		.consent.revoker = db_row_bool(row, REFERRAL_REVOKED_HERE) ? us : somebody_else,
		/* Any day before today is one that has passed. */
		.consent.end.year = present_consent_is(row, CONSENT_ID, "ended"),
		.due_date = present_date(row, CHAIN_DUE_DATE),
		.start_date = present_date(row, CHAIN_START_DATE),
		.follow_up = present_follow_up(row, CHAIN_FOLLOW_UP),
		.awaits_help = db_row_bool(row, CHAIN_AWAITS_HELP),
	};
}

char **present_acts(struct arena *a, mask_t acts, size_t *ret_n)
{
	char **codes = arena_alloc(a, ACT_COUNT * sizeof(*codes));

	*ret_n = 0;
	for (int act = 0; codes && act < ACT_COUNT; act++)
		if (acts & MASK(act))
			codes[(*ret_n)++] = arena_copy(a, bytes_of_string(act_code((enum act)act)));
	return codes;
}

static void take_allowed_acts(struct arena *a, const struct db_row *row, mask_t held,
	Stafett__V1__Referral *r, Stafett__V1__Chain *c)
{
	struct facts facts = row_facts(row, held);

	facts.proposal.open = db_row_has(row, REFERRAL_PROPOSAL);
	r->allowed_acts = present_acts(a, rules_allowed_acts(&facts), &r->n_allowed_acts);
	facts.proposal.open = db_row_has(row, CHAIN_PROPOSAL);
	if (!facts.referral_left)
		c->allowed_acts =
			present_acts(a, rules_allowed_chain_acts(&facts), &c->n_allowed_acts);
}

static Stafett__V1__Dose *take_dose(struct arena *a, const struct db_row *row)
{
	Stafett__V1__Dose *dose;

	if (!db_row_has(row, REFERRAL_LAST_DOSE_TIME) || !(dose = arena_alloc(a, sizeof(*dose))))
		return NULL;
	stafett__v1__dose__init(dose);
	dose->last_time = take_time(a, row, REFERRAL_LAST_DOSE_TIME);
	dose->next_by = take_text(a, row, REFERRAL_NEXT_DOSE_BY);
	return dose;
}

static Stafett__V1__PlanningCall *take_planning(struct arena *a, const struct db_row *row)
{
	Stafett__V1__PlanningCall *p;

	if (!db_row_has(row, PLANNING_CALL) || !(p = arena_alloc(a, sizeof(*p))))
		return NULL;
	stafett__v1__planning_call__init(p);
	p->id = take_uuid(a, row, PLANNING_CALL);
	p->state = take_text(a, row, PLANNING_STATE);
	p->create_time = take_time(a, row, PLANNING_CREATE_TIME);
	p->due_time = take_time(a, row, PLANNING_DUE_TIME);
	p->waits_for = take_list(a, row, PLANNING_WAITS_FOR, &p->n_waits_for);
	return p;
}

static void take_request(struct arena *a, const struct db_row *row, Stafett__V1__Referral *r)
{
	r->kind = take_text(a, row, REFERRAL_KIND);
	r->priority = take_text(a, row, REFERRAL_PRIORITY);
	r->needs = take_list(a, row, REFERRAL_NEEDS, &r->n_needs);
	r->requester = take_text(a, row, REFERRAL_REQUESTER);
	r->owner = take_text(a, row, REFERRAL_OWNER);
	r->hand_back_unit = take_text(a, row, REFERRAL_HAND_BACK);
	r->legal_basis = take_basis(a, row);
	r->replaces = take_uuid(a, row, REFERRAL_REPLACES);
	r->reference = take_text(a, row, REFERRAL_REFERENCE);
	r->care_responsibility_remains = db_row_bool(row, REFERRAL_REMAINS);
	r->person_informed = db_row_bool(row, REFERRAL_INFORMED);
	r->no_longer_shared = db_row_bool(row, REFERRAL_NO_LONGER_SHARED);
	r->consent = present_consent(a, row, CONSENT_ID);
	if (r->consent)
		r->consent->chain = take_uuid(a, row, REFERRAL_CHAIN);
	r->dose = take_dose(a, row);
	r->discharge = take_text(a, row, REFERRAL_DISCHARGE);
	r->call_time = take_time(a, row, REFERRAL_CALL_TIME);
}

static Stafett__V1__ExpectedEvent *take_expected(struct arena *a, const struct db_row *row)
{
	Stafett__V1__ExpectedEvent *e;

	if (!db_row_has(row, REFERRAL_EXPECTED) || !(e = arena_alloc(a, sizeof(*e))))
		return NULL;
	stafett__v1__expected_event__init(e);
	e->kind = take_text(a, row, REFERRAL_EXPECTED);
	e->time = take_time(a, row, REFERRAL_EXPECTED_TIME);
	e->alarm_time = take_time(a, row, REFERRAL_ALARM_TIME);
	e->missed = db_row_bool(row, REFERRAL_MISSED);
	return e;
}

/* What is most worth knowing of what the status does not say. */
static const char *business_status(const struct db_row *row)
{
	if (db_row_bool(row, REFERRAL_MISSED))
		return "missed";
	if (db_row_has(row, REFERRAL_QUESTION_TIME))
		return "completion-asked";
	if (db_row_bool(row, REFERRAL_HOME_PLANNED))
		return "homecoming-planned";
	return db_row_has(row, REFERRAL_EXPECTED) ? "booked" : "";
}

static void take_progress(struct arena *a, const struct db_row *row, Stafett__V1__Referral *r)
{
	r->status = take_text(a, row, REFERRAL_STATUS);
	r->version = db_row_int(row, REFERRAL_VERSION);
	r->create_time = take_time(a, row, REFERRAL_CREATE_TIME);
	r->update_time = take_time(a, row, REFERRAL_UPDATE_TIME);
	r->acknowledge_time = take_time(a, row, REFERRAL_ACKNOWLEDGE_TIME);
	r->accept_time = take_time(a, row, REFERRAL_ACCEPT_TIME);
	r->responsible = take_text(a, row, REFERRAL_RESPONSIBLE);
	r->contact_by_date = take_date(a, row, REFERRAL_CONTACT_BY);
	r->appointment_time = take_time(a, row, REFERRAL_APPOINTMENT);
	r->next_actor = take_text(a, row, REFERRAL_NEXT_ACTOR);
	r->next_act = take_text(a, row, REFERRAL_NEXT_ACT);
	r->due_time = take_time(a, row, REFERRAL_DUE_TIME);
	r->delivery = take_delivery(a, row, DELIVERY_STATE);
	r->assignee = take_text(a, row, REFERRAL_ASSIGNEE);
	r->assignee_display_name = take_text(a, row, REFERRAL_ASSIGNEE_NAME);
	r->question_time = take_time(a, row, REFERRAL_QUESTION_TIME);
	r->question = take_text(a, row, REFERRAL_QUESTION);
	r->planning_call = take_planning(a, row);
	r->expected_event = take_expected(a, row);
	r->business_status = arena_copy(a, bytes_of_string(business_status(row)));
}

static void take_chain(struct arena *a, const struct db_row *row, Stafett__V1__Chain *c)
{
	char letters[CODE_LETTERS + 1], code[CODE_TEXT_LEN + 1];
	struct uuid id = db_row_uuid(row, REFERRAL_CHAIN);

	code_of_uuid(&id, letters);
	code_format(letters, code);
	c->id = take_uuid(a, row, REFERRAL_CHAIN);
	c->code = arena_copy(a, bytes_of_string(code));
	c->status = take_text(a, row, CHAIN_STATUS);
	c->help_request_date = take_date(a, row, CHAIN_HELP_REQUEST_DATE);
	c->intervention_due_date = take_date(a, row, CHAIN_DUE_DATE);
	c->custodian = take_text(a, row, CHAIN_CUSTODIAN);
	c->custodian_since_time = take_time(a, row, CHAIN_CUSTODIAN_SINCE);
	c->version = db_row_int(row, CHAIN_VERSION);
	c->linked_chains = take_list(a, row, CHAIN_LINKED, &c->n_linked_chains);
	/* A row of a chain tells what is next of that. */
	if (!db_row_has(row, REFERRAL_ID)) {
		c->next_act = take_text(a, row, REFERRAL_NEXT_ACT);
		c->due_time = take_time(a, row, REFERRAL_DUE_TIME);
	}
	c->intervention_start_date = take_date(a, row, CHAIN_START_DATE);
	c->parties = take_list(a, row, CHAIN_PARTIES, &c->n_parties);
	c->breach_reason = take_text(a, row, CHAIN_BREACH_REASON);
	c->follow_up = take_text(a, row, CHAIN_FOLLOW_UP);
	c->protected_identity = db_row_bool(row, CHAIN_PROTECTED);
	c->awaits_help = db_row_bool(row, CHAIN_AWAITS_HELP);
}

bool present_referral(struct arena *a, const struct db_row *row, const struct read *read,
	struct presented *ret_presented)
{
	Stafett__V1__Referral *r = arena_alloc(a, sizeof(*r));
	Stafett__V1__Chain *c = arena_alloc(a, sizeof(*c));

	if (!r || !c)
		return false;
	stafett__v1__referral__init(r);
	stafett__v1__chain__init(c);
	r->id = take_uuid(a, row, REFERRAL_ID);
	r->code = take_code(a, row, REFERRAL_CODE);
	r->chain = take_uuid(a, row, REFERRAL_CHAIN);
	take_request(a, row, r);
	take_progress(a, row, r);
	take_allowed_acts(a, row, read->held, r, c);
	take_chain(a, row, c);
	r->proposal = present_proposal(a, row, REFERRAL_PROPOSAL, read);
	c->proposal = present_proposal(a, row, CHAIN_PROPOSAL, read);
	ret_presented->referral = db_row_has(row, REFERRAL_ID) ? r : NULL;
	ret_presented->chain = c;
	ret_presented->card = take_part(a, row, REFERRAL_CARD);
	ret_presented->id = db_row_uuid(row, REFERRAL_ID);
	ret_presented->chain_id = db_row_uuid(row, REFERRAL_CHAIN);
	return !a->overflowed;
}

void present_referral_place(const struct db_row *row, int64_t *ret_us, struct uuid *ret_key)
{
	*ret_us = db_row_time(row, REFERRAL_SINCE);
	*ret_key = db_row_uuid(row, REFERRAL_KEY);
}
