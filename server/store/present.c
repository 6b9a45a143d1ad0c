/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as messages, one function a message; each column has a name. */
#include "store/present.h"

#include "domain/code.h"
#include "domain/rules.h"
#include "store/present_consent.h"
#include "store/present_values.h"

/* --- referrals ---------------------------------------------------------------- */

/* The columns of stafett.referral_row; a list adds one behind them. */
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
	CHAIN_PROPOSAL, /* and its act and member */
	CHAIN_PROPOSAL_ACT,
	CHAIN_PROPOSAL_MEMBER,
	DELIVERY_STATE,
	DELIVERY_STORE_TIME,
	DELIVERY_OFFER_TIME,
	DELIVERY_FETCH_TIME,
	DELIVERY_ACKNOWLEDGE_TIME,
	DELIVERY_ACKNOWLEDGE_MEMBER,
	DELIVERY_CAUSE,
	REFERRAL_RELATION,
	REFERRAL_QUESTION_TIME,
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
	REFERRAL_PROPOSAL, /* and its act and member */
	REFERRAL_PROPOSAL_ACT,
	REFERRAL_PROPOSAL_MEMBER,
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
	CHAIN_PROPOSAL_INTO,
	CHAIN_PROPOSAL_UNIT,
	REFERRAL_PROPOSAL_UNIT,
	REFERRAL_NO_LONGER_SHARED,
	REFERRAL_REVOKED,
	CONSENT_ID, /* and what it says */
	CONSENT_LAST = CONSENT_ID + CONSENT_COLUMNS - 1,
	REFERRAL_CARD,
	REFERRAL_SINCE,
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

/* |first| is the column of the state; the times follow it in one order. */
static Stafett__V1__Delivery *take_delivery(struct arena *a, const struct db_row *row, int first)
{
	Stafett__V1__Delivery *d;

	if (!db_row_has(row, first) || !(d = arena_alloc(a, sizeof(*d))))
		return NULL;
	stafett__v1__delivery__init(d);
	d->state = take_text(a, row, first);
	d->store_time = take_time(a, row, first + 1);
	d->offer_time = take_time(a, row, first + 2);
	d->fetch_time = take_time(a, row, first + 3);
	d->acknowledge_time = take_time(a, row, first + 4);
	d->acknowledge_member = take_text(a, row, first + 5);
	d->cause = take_text(a, row, first + 6);
	return d;
}

/* The facts that the allowed acts depend on: states, roles, and who is whom. */
static struct facts row_facts(const struct db_row *row, mask_t held)
{
	static const struct uuid us = {{1}}, somebody_else;
	const char *relation = db_row_text(row, REFERRAL_RELATION);
	int state = state_from_code(db_row_bytes(row, REFERRAL_STATUS));
	int kind = kind_from_code(db_row_bytes(row, REFERRAL_KIND));

	return (struct facts){
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
		/* Any day before today is one that has passed. */
		.consent.end.year = present_consent_is(row, CONSENT_ID, "ended"),
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

/* |first| is the column of its id; act and member follow. */
static Stafett__V1__Proposal *take_proposal(
	struct arena *a, const struct db_row *row, int first, int unit)
{
	Stafett__V1__Proposal *p;

	if (!db_row_has(row, first) || !(p = arena_alloc(a, sizeof(*p))))
		return NULL;
	stafett__v1__proposal__init(p);
	p->id = take_uuid(a, row, first);
	p->act = take_text(a, row, first + 1);
	p->member = take_text(a, row, first + 2);
	p->unit = take_text(a, row, unit);
	return p;
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
	r->proposal = take_proposal(a, row, REFERRAL_PROPOSAL, REFERRAL_PROPOSAL_UNIT);
	r->planning_call = take_planning(a, row);
	r->expected_event = take_expected(a, row);
	r->business_status = arena_copy(a, bytes_of_string(business_status(row)));
}

static void take_chain(struct arena *a, const struct db_row *row, Stafett__V1__Chain *c)
{
	char letters[CODE_LETTERS + 1], code[CODE_TEXT_LEN + 1];
	struct uuid id;

	db_row_copy(row, REFERRAL_CHAIN, id.b, sizeof(id.b));
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
	c->proposal = take_proposal(a, row, CHAIN_PROPOSAL, CHAIN_PROPOSAL_UNIT);
	if (c->proposal)
		c->proposal->into = take_uuid(a, row, CHAIN_PROPOSAL_INTO);
	c->linked_chains = take_list(a, row, CHAIN_LINKED, &c->n_linked_chains);
	c->intervention_start_date = take_date(a, row, CHAIN_START_DATE);
	c->parties = take_list(a, row, CHAIN_PARTIES, &c->n_parties);
}

bool present_referral(
	struct arena *a, const struct db_row *row, mask_t held, struct presented *ret_presented)
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
	take_allowed_acts(a, row, held, r, c);
	take_chain(a, row, c);
	ret_presented->referral = r;
	ret_presented->chain = c;
	ret_presented->card = take_part(a, row, REFERRAL_CARD);
	db_row_copy(row, REFERRAL_ID, ret_presented->id.b, sizeof(ret_presented->id.b));
	return !a->overflowed;
}

int64_t present_referral_since_us(const struct db_row *row)
{
	return db_row_time(row, REFERRAL_SINCE);
}

/* --- events and contents ---------------------------------------------------------- */

enum event_column {
	EVENT_ID,
	EVENT_REFERRAL,
	EVENT_VERSION,
	EVENT_KIND,
	EVENT_CODE,
	EVENT_UNIT,
	EVENT_MEMBER,
	EVENT_MEMBER_NAME,
	EVENT_OCCURRENCE_TIME,
	EVENT_CREATE_TIME,
	EVENT_FROM,
	EVENT_TO,
	EVENT_CUSTODIAN,
	EVENT_CUSTODIAN_CHANGED,
	EVENT_REASON,
	EVENT_PERSON_TOLD,
	EVENT_NAMED_UNIT,
	EVENT_QUESTION,
	EVENT_CONTACT,
	EVENT_EXPECTED,
	EVENT_EXPECTED_TIME,
	EVENT_NO_NEXT,
	EVENT_CANCELLED_BY,
	EVENT_INTERVENTION,
	EVENT_START_DATE,
	EVENT_UNTIL_DATE,
	EVENT_HOUSING,
	EVENT_NOT_NEEDED,
	EVENT_FIRST_CONTACT,
	EVENT_AFTERCARE,
	EVENT_REQUEST_KIND,
	EVENT_NEEDS,
	EVENT_DISCLOSED_TO, /* and why */
};

/* What the act said in codes, beyond its kind. */
static void take_detail(struct arena *a, const struct db_row *row, Stafett__V1__Event *e)
{
	e->status_reason = take_text(a, row, EVENT_REASON);
	e->person_told = take_text(a, row, EVENT_PERSON_TOLD);
	e->named_unit = take_text(a, row, EVENT_NAMED_UNIT);
	e->question = take_text(a, row, EVENT_QUESTION);
	e->contact = db_row_bool(row, EVENT_CONTACT);
	if (db_row_has(row, EVENT_EXPECTED) &&
		(e->expected_event = arena_alloc(a, sizeof(*e->expected_event)))) {
		stafett__v1__expected_event__init(e->expected_event);
		e->expected_event->kind = take_text(a, row, EVENT_EXPECTED);
		e->expected_event->time = take_time(a, row, EVENT_EXPECTED_TIME);
	}
	e->no_next = take_text(a, row, EVENT_NO_NEXT);
	e->cancelled_by = take_text(a, row, EVENT_CANCELLED_BY);
	e->intervention = take_text(a, row, EVENT_INTERVENTION);
	e->start_date = take_date(a, row, EVENT_START_DATE);
	e->until_date = take_date(a, row, EVENT_UNTIL_DATE);
	e->housing = take_text(a, row, EVENT_HOUSING);
	e->not_needed = take_text(a, row, EVENT_NOT_NEEDED);
	e->first_contact_date = take_date(a, row, EVENT_FIRST_CONTACT);
	e->aftercare = take_uuid(a, row, EVENT_AFTERCARE);
	e->request_kind = take_text(a, row, EVENT_REQUEST_KIND);
	e->needs = take_list(a, row, EVENT_NEEDS, &e->n_needs);
}

Stafett__V1__Event *present_event(struct arena *a, const struct db_row *row)
{
	Stafett__V1__Event *e = arena_alloc(a, sizeof(*e));

	if (!e)
		return NULL;
	stafett__v1__event__init(e);
	e->id = take_uuid(a, row, EVENT_ID);
	e->referral = take_uuid(a, row, EVENT_REFERRAL);
	e->version = db_row_int(row, EVENT_VERSION);
	e->kind = take_text(a, row, EVENT_KIND);
	e->code = take_text(a, row, EVENT_CODE);
	e->unit = take_text(a, row, EVENT_UNIT);
	e->member = take_text(a, row, EVENT_MEMBER);
	e->member_display_name = take_text(a, row, EVENT_MEMBER_NAME);
	e->occurrence_time = take_time(a, row, EVENT_OCCURRENCE_TIME);
	e->create_time = take_time(a, row, EVENT_CREATE_TIME);
	e->from_status = take_text(a, row, EVENT_FROM);
	e->to_status = take_text(a, row, EVENT_TO);
	e->custodian = take_text(a, row, EVENT_CUSTODIAN);
	e->custodian_changed = db_row_bool(row, EVENT_CUSTODIAN_CHANGED);
	take_detail(a, row, e);
	e->disclosure = present_disclosure(a, row, EVENT_DISCLOSED_TO);
	return a->overflowed ? NULL : e;
}

enum content_column {
	CONTENT_MESSAGE,
	CONTENT_FROM_UNIT,
	CONTENT_SUITE,
	CONTENT_HASH,
	CONTENT_HEADER,
	CONTENT_CARD,
	CONTENT_BODY,
	CONTENT_UPLOAD,
	CONTENT_UPLOAD_SHA256,
	CONTENT_UPLOAD_SIZE,
};

/* A body that was uploaded is told by name: Fetch reads it. */
static Stafett__V1__Part *take_body(struct arena *a, const struct db_row *row)
{
	Stafett__V1__UploadClaim *claim;
	Stafett__V1__Part *part;

	if (!db_row_has(row, CONTENT_UPLOAD))
		return take_part(a, row, CONTENT_BODY);
	part = arena_alloc(a, sizeof(*part));
	claim = arena_alloc(a, sizeof(*claim));
	if (!part || !claim)
		return NULL;
	stafett__v1__part__init(part);
	stafett__v1__upload_claim__init(claim);
	claim->id = take_uuid(a, row, CONTENT_UPLOAD);
	claim->sha256 = take_bytes(a, row, CONTENT_UPLOAD_SHA256);
	claim->size = (uint32_t)db_row_int(row, CONTENT_UPLOAD_SIZE);
	part->content_case = STAFETT__V1__PART__CONTENT_UPLOAD;
	part->upload = claim;
	return part;
}

Stafett__V1__Content *present_content(struct arena *a, const struct db_row *row)
{
	Stafett__V1__Content *c = arena_alloc(a, sizeof(*c));

	if (!c)
		return NULL;
	stafett__v1__content__init(c);
	c->message = take_uuid(a, row, CONTENT_MESSAGE);
	c->from_unit = take_text(a, row, CONTENT_FROM_UNIT);
	c->suite = take_text(a, row, CONTENT_SUITE);
	c->content_hash = take_bytes(a, row, CONTENT_HASH);
	c->header = take_bytes(a, row, CONTENT_HEADER);
	c->card = take_part(a, row, CONTENT_CARD);
	c->body = take_body(a, row);
	return a->overflowed ? NULL : c;
}

/* --- the inbox ----------------------------------------------------------------------- */

enum inbox_column {
	INBOX_MESSAGE,
	INBOX_FROM,
	INBOX_FROM_NAME,
	INBOX_REFERRAL,
	INBOX_CHAIN,
	INBOX_SEQ,
	INBOX_CODE,
	INBOX_EVENT_KIND,
	INBOX_DELIVERY, /* state, and the six columns behind it */
	INBOX_STORE_TIME,
	INBOX_OFFER_TIME,
	INBOX_FETCH_TIME,
	INBOX_ACKNOWLEDGE_TIME,
	INBOX_ACKNOWLEDGE_MEMBER,
	INBOX_CAUSE,
	INBOX_DUE_TIME,
	INBOX_STATUS,
	INBOX_VERSION,
	INBOX_PRIORITY,
	INBOX_KIND,
	INBOX_NEEDS,
	INBOX_DUE_DATE,
	INBOX_NEEDS_OF_UNIT,
	INBOX_CARD,
	INBOX_HASH,
	INBOX_ASSIGNEE,
	INBOX_ASSIGNEE_NAME,
	INBOX_COLUMNS,
};
_Static_assert((int)INBOX_COLUMNS == PRESENT_INBOX_COLUMNS, "others count from there");

static void take_inbox_state(struct arena *a, const struct db_row *row, Stafett__V1__InboxItem *i)
{
	i->status = take_text(a, row, INBOX_STATUS);
	i->version = db_row_int(row, INBOX_VERSION);
	i->priority = take_text(a, row, INBOX_PRIORITY);
	i->referral_kind = take_text(a, row, INBOX_KIND);
	i->referral_needs = take_list(a, row, INBOX_NEEDS, &i->n_referral_needs);
	i->intervention_due_date = take_date(a, row, INBOX_DUE_DATE);
	i->due_time = take_time(a, row, INBOX_DUE_TIME);
	i->needs = take_text(a, row, INBOX_NEEDS_OF_UNIT);
	i->assignee = take_text(a, row, INBOX_ASSIGNEE);
	i->assignee_display_name = take_text(a, row, INBOX_ASSIGNEE_NAME);
}

Stafett__V1__InboxItem *present_inbox_item(
	struct arena *a, const struct db_row *row, struct inbox_place *ret_place)
{
	Stafett__V1__InboxItem *i = arena_alloc(a, sizeof(*i));

	if (!i)
		return NULL;
	stafett__v1__inbox_item__init(i);
	i->id = take_uuid(a, row, INBOX_MESSAGE);
	i->from_unit = take_text(a, row, INBOX_FROM);
	i->from_display_name = take_text(a, row, INBOX_FROM_NAME);
	i->referral = take_uuid(a, row, INBOX_REFERRAL);
	i->chain = take_uuid(a, row, INBOX_CHAIN);
	i->code = take_code(a, row, INBOX_CODE);
	i->kind = take_text(a, row, INBOX_EVENT_KIND);
	i->arrive_time = take_time(a, row, INBOX_STORE_TIME);
	i->delivery = take_delivery(a, row, INBOX_DELIVERY);
	take_inbox_state(a, row, i);
	i->card = take_part(a, row, INBOX_CARD);
	i->content_hash = take_bytes(a, row, INBOX_HASH);
	ret_place->store_us = db_row_time(row, INBOX_STORE_TIME);
	ret_place->seq = db_row_int(row, INBOX_SEQ);
	db_row_copy(row, INBOX_CHAIN, ret_place->chain.b, sizeof(ret_place->chain.b));
	db_row_copy(row, INBOX_REFERRAL, ret_place->referral.b, sizeof(ret_place->referral.b));
	return a->overflowed ? NULL : i;
}

/* --- how fresh it is ------------------------------------------------------------------- */

Stafett__V1__Heartbeat *present_heartbeat(struct arena *a, int64_t now_us, int64_t clerk_us)
{
	Stafett__V1__Heartbeat *h = arena_alloc(a, sizeof(*h));

	if (!h)
		return NULL;
	stafett__v1__heartbeat__init(h);
	h->read_time = present_time(a, now_us);
	h->clerk_time = clerk_us ? present_time(a, clerk_us) : NULL;
	return h;
}
