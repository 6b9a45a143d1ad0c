/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as events and contents; each column has a name. */
#include "store/present.h"

#include "store/present_consent.h"
#include "store/present_values.h"

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
	EVENT_DISCLOSURES, /* to whom, and why */
	EVENT_MANAGERS_TOLD = EVENT_DISCLOSURES + DISCLOSURES_COLUMNS,
	EVENT_PROPOSES,
	EVENT_PROPOSED_DATE,
	EVENT_INTO,
	EVENT_ASSIGNEE,
	EVENT_ASSIGNEE_NAME,
	EVENT_HAS_TEXT,
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

/* What the act was about beyond its own row. */
static void take_more(struct arena *a, const struct db_row *row, Stafett__V1__Event *e)
{
	e->managers_told = db_row_bool(row, EVENT_MANAGERS_TOLD);
	e->proposes = take_text(a, row, EVENT_PROPOSES);
	e->help_request_date = take_date(a, row, EVENT_PROPOSED_DATE);
	e->into = take_uuid(a, row, EVENT_INTO);
	e->assignee = take_text(a, row, EVENT_ASSIGNEE);
	e->assignee_display_name = take_text(a, row, EVENT_ASSIGNEE_NAME);
	e->has_text = db_row_bool(row, EVENT_HAS_TEXT);
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
	e->disclosures = present_disclosures(a, row, EVENT_DISCLOSURES, &e->n_disclosures);
	take_more(a, row, e);
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
	CONTENT_EVENT,
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
	c->event = take_uuid(a, row, CONTENT_EVENT);
	return a->overflowed ? NULL : c;
}

/* The only column of a row. */
Stafett__V1__Part *present_card(struct arena *a, const struct db_row *row)
{
	return take_part(a, row, 0);
}

Stafett__V1__Reading *present_reading(struct arena *a, const struct db_row *row)
{
	enum { READING_TIME, READING_UNIT, READING_MEMBER, READING_MEMBER_NAME, READING_OPERATION };
	Stafett__V1__Reading *r = arena_alloc(a, sizeof(*r));

	if (!r)
		return NULL;
	stafett__v1__reading__init(r);
	r->time = take_time(a, row, READING_TIME);
	r->unit = take_text(a, row, READING_UNIT);
	r->member = take_text(a, row, READING_MEMBER);
	r->member_display_name = take_text(a, row, READING_MEMBER_NAME);
	r->operation = take_text(a, row, READING_OPERATION);
	return a->overflowed ? NULL : r;
}
