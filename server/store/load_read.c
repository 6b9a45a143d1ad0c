/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch was answered: rows as facts for the rules. */
#include "domain/hours.h"
#include "store/load.h"
#include "store/present_values.h"

/* The columns of api.load, in its order. */
enum load_column {
	LOAD_NOW,
	LOAD_REPLICATED,
	LOAD_UNIT,
	LOAD_ORGANISATION,
	LOAD_MEMBER,
	LOAD_ROLES,
	LOAD_KEY_HASH,
	LOAD_KEY_RECEIPT,
	LOAD_TO_UNIT,
	LOAD_TO_STATUS,
	LOAD_TO_KINDS,
	LOAD_TO_REPLACED_BY,
	LOAD_UNIT_OPEN,
	LOAD_ORGANISATION_ID,
	LOAD_TO_ORGANISATION,
	LOAD_TO_HOURS,
	LOAD_TO_ON_CALL,
	LOAD_SECTOR,
	LOAD_TO_SECTOR,
	LOAD_VERSION,
	LOAD_ROLES_UNTIL,
	LOAD_HANDLE, /* as it was asked: who did may have gone */
	LOAD_URN,
	LOAD_TO_HANDLE,
};

/* The columns of the load where all is known, in its order. */
enum known_column {
	KNOWN_NOW,
	KNOWN_REPLICATED,
	KNOWN_VERSION,
	KNOWN_KEYS,
};

/* The columns of api.load_chains, in its order. */
enum chain_column {
	CHAIN_INDEX,
	CHAIN_EXISTS,
	CHAIN_VISIBLE,
	CHAIN_STATUS,
	CHAIN_CUSTODIAN,
	CHAIN_VERSION,
	CHAIN_CUSTODY_SEQ,
	CHAIN_EVENT_SEQ,
	CHAIN_DUE_DATE,
	CHAIN_REFERRAL_VISIBLE,
	CHAIN_REFERRAL_LEFT,
	CHAIN_REFERRAL_STATUS,
	CHAIN_REFERRAL_VERSION,
	CHAIN_KIND,
	CHAIN_PRIORITY,
	CHAIN_REQUESTER,
	CHAIN_OWNER,
	CHAIN_SENDER,
	CHAIN_HAND_BACK,
	CHAIN_DUE_TIME,
	CHAIN_QUESTION_SEQ,
	CHAIN_OWNER_DUE_TIME,
	CHAIN_RESTARTED,
	CHAIN_OWNER_ASSIGNEE,
	CHAIN_REQUESTER_ASSIGNEE,
	CHAIN_EXPECTED,
	CHAIN_EXPECTED_TIME,
	CHAIN_ALARM_TIME,
	CHAIN_MISSED,
	CHAIN_HOME_PLANNED,
	CHAIN_AFTERCARE,
	CHAIN_HAND_BACK_SEQ,
	CHAIN_AFTERCARE_OWNER,
	CHAIN_AT_REST,
	CHAIN_PROPOSAL,
	CHAIN_PROPOSAL_ACT,
	CHAIN_PROPOSAL_MEMBER,
	CHAIN_PROPOSAL_DATE,
	CHAIN_NAMED_UNIT,
	CHAIN_NAMED_UNIT_OPEN,
	CHAIN_NAMED_UNIT_REPLACED_BY,
	CHAIN_REPLACES_OK,
	CHAIN_REPLACES_ENDED,
	CHAIN_REPLACES_KIND,
	CHAIN_AFTERCARE_OK,
	CHAIN_DELIVERY_SEQ,
	CHAIN_DELIVERY_ASKS,
	CHAIN_DELIVERY_HASH,
	CHAIN_ASSIGNEE,
	CHAIN_ASSIGNED,
	CHAIN_QUESTION_TIME,
	CHAIN_LAST_TIME,
	CHAIN_LAST_ACT,
	CHAIN_LAST_UNIT,
	CHAIN_LAST_MEMBER,
	CHAIN_MERGED,
	CHAIN_SUCCEEDS,
	CHAIN_MOVED_TIME,
	CHAIN_MOVED_BEFORE_TIME,
	CHAIN_CALL_OPEN,
	CHAIN_CALL_WAITS,
	CHAIN_PROPOSAL_UNIT,
	CHAIN_PROPOSAL_OTHER,
	CHAIN_BASIS,
	CHAIN_CONSENT, /* and its end, recipients, and who revoked it */
	CHAIN_CONSENT_END,
	CHAIN_CONSENT_RECIPIENTS,
	CHAIN_CONSENT_REVOKER,
	CHAIN_BUSY_CUSTODIAN,
	CHAIN_BUSY_REQUESTER,
	CHAIN_BUSY_OWNER,
	CHAIN_BUSY_HAND_BACK,
	CHAIN_HELD_BY,
	CHAIN_REQUESTER_HELD_BY,
	CHAIN_HAND_BACK_HELD_BY,
	CHAIN_NAMED_UNIT_SECTOR,
	CHAIN_KINDS,
	CHAIN_OWN_KINDS,
	CHAIN_PROPOSED,
	CHAIN_SHOWN_STATUS,
	CHAIN_SHOWN_VERSION,
	CHAIN_APART,
	CHAIN_START_DATE,
	CHAIN_FOLLOW_UP,
	CHAIN_FOLLOW_UP_WAITS,
	CHAIN_AWAITS_HELP,
};

/* The columns of api.load_others, in its order. */
enum other_column {
	OTHER_INDEX,
	OTHER_OWN_HELP_REQUEST_DATE,
	OTHER_OWN_START_DATE,
	OTHER_EXISTS,
	OTHER_VISIBLE,
	OTHER_OPEN,
	OTHER_CUSTODIAN,
	OTHER_VERSION,
	OTHER_EVENT_SEQ,
	OTHER_HELP_REQUEST_DATE,
	OTHER_DUE_DATE,
	OTHER_START_DATE,
	OTHER_KINDS,
};

int load_read_index(const struct db_row *row)
{
	return db_row_int(row, 0) - 1;
}

void load_read_lock(struct bytes chain, struct loaded *l)
{
	l->chain_locked |= bytes_equal(chain, uuid_bytes(&l->chain));
	l->other_locked |= bytes_equal(chain, uuid_bytes(&l->other));
}

bool load_is_locked(const struct loaded *l)
{
	return (l->chain_locked || !l->chain_exists) && (l->other_locked || !l->other_exists);
}

void load_read_upload(const struct db_row *row, struct loaded *loaded)
{
	loaded->facts.upload_ready = db_row_bool(row, 1);
}

static bool is_word(const struct db_row *row, int column, const char *word)
{
	return bytes_are(db_row_bytes(row, column), word);
}

/* With a code of a newer database it can be read, and acted on by newer daemons only. */
static void read_referral(const struct db_row *row, struct facts *f)
{
	int state = state_from_code(db_row_bytes(row, CHAIN_REFERRAL_STATUS));
	int shown = state_from_code(db_row_bytes(row, CHAIN_SHOWN_STATUS));
	int kind = kind_from_code(db_row_bytes(row, CHAIN_KIND));

	f->referral_visible = db_row_bool(row, CHAIN_REFERRAL_VISIBLE) && state >= 0 && kind >= 0;
	f->state = f->referral_visible ? (enum state)state : STATE_NONE;
	f->kind = f->referral_visible ? (enum kind)kind : KIND_CARE_REQUEST;
	f->shown.differs = f->referral_visible && db_row_has(row, CHAIN_SHOWN_STATUS) && shown >= 0;
	f->shown.state = f->shown.differs ? (enum state)shown : f->state;
	f->referral_left = db_row_bool(row, CHAIN_REFERRAL_LEFT);
	f->version = db_row_int(row, CHAIN_REFERRAL_VERSION);
	f->shown.version = db_row_int(row, CHAIN_SHOWN_VERSION);
	f->requester = db_row_uuid(row, CHAIN_REQUESTER);
	f->owner = db_row_uuid(row, CHAIN_OWNER);
	f->sender = db_row_uuid(row, CHAIN_SENDER);
	f->hand_back = db_row_uuid(row, CHAIN_HAND_BACK);
	f->due_us = db_row_time(row, CHAIN_DUE_TIME);
}

static void read_progress(const struct db_row *row, struct progress *p)
{
	int expected = expected_from_code(db_row_bytes(row, CHAIN_EXPECTED));

	p->question_seq = db_row_int(row, CHAIN_QUESTION_SEQ);
	p->owner_due_us = db_row_time(row, CHAIN_OWNER_DUE_TIME);
	p->restarted = db_row_bool(row, CHAIN_RESTARTED);
	p->assignee_of_owner = db_row_uuid(row, CHAIN_OWNER_ASSIGNEE);
	p->assignee_of_requester = db_row_uuid(row, CHAIN_REQUESTER_ASSIGNEE);
	p->expected = expected > 0 ? (enum expected)expected : EXPECTED_NONE;
	p->expected_us = db_row_time(row, CHAIN_EXPECTED_TIME);
	p->alarm_us = db_row_time(row, CHAIN_ALARM_TIME);
	p->missed = db_row_bool(row, CHAIN_MISSED);
	p->home_planned = db_row_bool(row, CHAIN_HOME_PLANNED);
	p->aftercare = db_row_uuid(row, CHAIN_AFTERCARE);
	p->hand_back_seq = db_row_int(row, CHAIN_HAND_BACK_SEQ);
	p->moved_us = db_row_time(row, CHAIN_MOVED_TIME);
	p->moved_before_us = db_row_time(row, CHAIN_MOVED_BEFORE_TIME);
}

/* Copies a text that must outlive its result; one that is too long is none. */
static struct bytes keep_text(const struct db_row *row, int column, char *out, size_t size)
{
	struct bytes text = db_row_bytes(row, column);

	if (text.len > size)
		text.len = 0;
	if (text.len)
		memcpy(out, text.data, text.len);
	return bytes_of(out, text.len);
}

/* A proposed act that this program does not know can neither be confirmed nor
 * dropped by it. */
static void read_proposal(const struct db_row *row, struct facts *f)
{
	int act = act_from_code(db_row_bytes(row, CHAIN_PROPOSAL_ACT));

	f->proposal.open = db_row_has(row, CHAIN_PROPOSAL) && act >= 0;
	f->proposal.id = db_row_uuid(row, CHAIN_PROPOSAL);
	f->proposal.act = act >= 0 ? (enum act)act : ACT_CONFIRM;
	f->proposal.member = db_row_uuid(row, CHAIN_PROPOSAL_MEMBER);
	f->proposal.unit = db_row_uuid(row, CHAIN_PROPOSAL_UNIT);
	f->proposal.other_chain = db_row_uuid(row, CHAIN_PROPOSAL_OTHER);
	f->proposal.help_request_date = present_date(row, CHAIN_PROPOSAL_DATE);
}

/* A basis that this program does not know is none of its rows. */
static void read_consent(const struct db_row *row, struct loaded *l)
{
	struct facts *f = &l->facts;
	int basis = basis_from_code(db_row_bytes(row, CHAIN_BASIS));

	f->basis = basis >= 0 ? (enum basis)basis : BASIS_COUNT;
	f->consent.known = db_row_has(row, CHAIN_CONSENT);
	f->consent.id = db_row_uuid(row, CHAIN_CONSENT);
	f->consent.end = present_date(row, CHAIN_CONSENT_END);
	f->consent.recipients =
		keep_text(row, CHAIN_CONSENT_RECIPIENTS, l->recipients, sizeof(l->recipients));
	f->consent.revoked = db_row_has(row, CHAIN_CONSENT_REVOKER);
	f->consent.revoker = db_row_uuid(row, CHAIN_CONSENT_REVOKER);
}

static void read_named(const struct db_row *row, struct loaded *l)
{
	struct facts *f = &l->facts;

	f->named_unit_known = db_row_has(row, CHAIN_NAMED_UNIT);
	f->named_unit = db_row_uuid(row, CHAIN_NAMED_UNIT);
	f->named_unit_open = db_row_bool(row, CHAIN_NAMED_UNIT_OPEN);
	f->named_unit_sector = sector_of_organisation(db_row_bytes(row, CHAIN_NAMED_UNIT_SECTOR));
	f->named_unit_replaced_by =
		keep_text(row, CHAIN_NAMED_UNIT_REPLACED_BY, l->successor, sizeof(l->successor));
	f->replaces_ended = db_row_bool(row, CHAIN_REPLACES_ENDED);
	f->replaces_own = db_row_bool(row, CHAIN_REPLACES_OK);
	f->replaces_kind = kind_from_code(db_row_bytes(row, CHAIN_REPLACES_KIND));
	f->aftercare_own = db_row_bool(row, CHAIN_AFTERCARE_OK);
	f->aftercare_accepted = db_row_has(row, CHAIN_AFTERCARE_OWNER);
	f->aftercare_owner = db_row_uuid(row, CHAIN_AFTERCARE_OWNER);
	f->delivered_known = db_row_has(row, CHAIN_DELIVERY_SEQ);
	f->delivered_asks = db_row_bool(row, CHAIN_DELIVERY_ASKS);
	db_row_copy(row, CHAIN_DELIVERY_HASH, f->delivered_hash, sizeof(f->delivered_hash));
	l->delivery_seq = db_row_int(row, CHAIN_DELIVERY_SEQ);
	f->assignee_known = db_row_has(row, CHAIN_ASSIGNEE);
	f->assignee = db_row_uuid(row, CHAIN_ASSIGNEE);
	f->assigned = keep_text(row, CHAIN_ASSIGNED, l->assigned, sizeof(l->assigned));
}

/* A text with its end; empty where it does not fit. */
static void copy_text(const struct db_row *row, int column, char *out, size_t size)
{
	struct bytes text = db_row_bytes(row, column);
	size_t len = text.len < size ? text.len : 0;

	if (len)
		memcpy(out, text.data, len);
	out[len] = '\0';
}

static void read_standing(const struct db_row *row, const struct facts *f, struct standing *s)
{
	s->state = f->shown.state;
	s->version = f->shown.differs ? f->shown.version : f->version;
	s->chain_open = f->chain_open;
	s->chain_version = rules_chain_version(f);
	s->due_date = f->due_date;
	s->question_us = db_row_time(row, CHAIN_QUESTION_TIME);
	s->last_us = db_row_time(row, CHAIN_LAST_TIME);
	copy_text(row, CHAIN_LAST_ACT, s->last_act, sizeof(s->last_act));
	copy_text(row, CHAIN_LAST_UNIT, s->last_unit, sizeof(s->last_unit));
	copy_text(row, CHAIN_LAST_MEMBER, s->last_member, sizeof(s->last_member));
}

void load_read_chain(const struct db_row *row, struct loaded *l)
{
	struct facts *f = &l->facts;

	l->chain_exists = db_row_bool(row, CHAIN_EXISTS);
	f->chain_version = db_row_int(row, CHAIN_VERSION);
	f->custody_seq = db_row_int(row, CHAIN_CUSTODY_SEQ);
	f->event_seq = db_row_int(row, CHAIN_EVENT_SEQ);
	f->chain_visible = db_row_bool(row, CHAIN_VISIBLE);
	f->chain_open = is_word(row, CHAIN_STATUS, "open");
	f->custodian = db_row_uuid(row, CHAIN_CUSTODIAN);
	f->held_by = db_row_uuid(row, CHAIN_HELD_BY);
	f->requester_held_by = db_row_uuid(row, CHAIN_REQUESTER_HELD_BY);
	f->hand_back_held_by = db_row_uuid(row, CHAIN_HAND_BACK_HELD_BY);
	f->due_date = present_date(row, CHAIN_DUE_DATE);
	f->start_date = present_date(row, CHAIN_START_DATE);
	f->follow_up = present_follow_up(row, CHAIN_FOLLOW_UP);
	f->follow_up_waits = db_row_bool(row, CHAIN_FOLLOW_UP_WAITS);
	f->awaits_help = db_row_bool(row, CHAIN_AWAITS_HELP);
	f->priority = keep_text(row, CHAIN_PRIORITY, l->priority, sizeof(l->priority));
	read_referral(row, f);
	read_progress(row, &f->progress);
	f->chain_at_rest = db_row_bool(row, CHAIN_AT_REST);
	f->chain_kinds = kind_mask_from_list(db_row_bytes(row, CHAIN_KINDS));
	f->own_kinds = kind_mask_from_list(db_row_bytes(row, CHAIN_OWN_KINDS));
	f->busy.custodian = db_row_bool(row, CHAIN_BUSY_CUSTODIAN);
	f->busy.requester = db_row_bool(row, CHAIN_BUSY_REQUESTER);
	f->busy.owner = db_row_bool(row, CHAIN_BUSY_OWNER);
	f->busy.hand_back = db_row_bool(row, CHAIN_BUSY_HAND_BACK);
	f->chain_merged = db_row_bool(row, CHAIN_MERGED);
	f->apart = db_row_bool(row, CHAIN_APART);
	f->succeeds = db_row_bool(row, CHAIN_SUCCEEDS);
	f->call_open = db_row_bool(row, CHAIN_CALL_OPEN);
	f->call_waits = db_row_bool(row, CHAIN_CALL_WAITS);
	f->chain_proposed = db_row_bool(row, CHAIN_PROPOSED);
	read_proposal(row, f);
	read_consent(row, l);
	read_named(row, l);
	read_standing(row, f, &l->standing);
}

void load_read_other(const struct db_row *row, struct loaded *l)
{
	struct facts *f = &l->facts;

	f->help_request_date = present_date(row, OTHER_OWN_HELP_REQUEST_DATE);
	f->start_date = present_date(row, OTHER_OWN_START_DATE);
	l->other_exists = db_row_bool(row, OTHER_EXISTS);
	f->other.visible = db_row_bool(row, OTHER_VISIBLE);
	f->other.open = db_row_bool(row, OTHER_OPEN);
	f->other.custodian = db_row_uuid(row, OTHER_CUSTODIAN);
	f->other.version = db_row_int(row, OTHER_VERSION);
	f->other.event_seq = db_row_int(row, OTHER_EVENT_SEQ);
	f->other.help_request_date = present_date(row, OTHER_HELP_REQUEST_DATE);
	f->other.due_date = present_date(row, OTHER_DUE_DATE);
	f->other.start_date = present_date(row, OTHER_START_DATE);
	f->other.kinds = kind_mask_from_list(db_row_bytes(row, OTHER_KINDS));
}

/* --- who asks whom -------------------------------------------------------------- */

/* Of the row of the caller's first operation. What it may do it may do until the time
 * that stands there, and none there is for ever. */
static struct directory_caller read_caller(const struct db_row *row)
{
	int64_t until_us = db_row_time(row, LOAD_ROLES_UNTIL);

	return (struct directory_caller){
		.handle = db_row_bytes(row, LOAD_HANDLE),
		.urn = db_row_bytes(row, LOAD_URN),
		.number = db_row_bytes(row, LOAD_ORGANISATION),
		.unit = db_row_uuid(row, LOAD_UNIT),
		.member = db_row_uuid(row, LOAD_MEMBER),
		.organisation = db_row_uuid(row, LOAD_ORGANISATION_ID),
		.sector = sector_of_organisation(db_row_bytes(row, LOAD_SECTOR)),
		.unit_open = db_row_bool(row, LOAD_UNIT_OPEN),
		.roles = role_mask_from_list(db_row_bytes(row, LOAD_ROLES)),
		.from_us = db_row_time(row, LOAD_NOW),
		.until_us = until_us ? until_us : INT64_MAX,
	};
}

static void tell_caller(const struct directory_caller *c, struct loaded *l)
{
	struct facts *f = &l->facts;

	l->organisation = c->number;
	f->unit_known = !uuid_is_nil(&c->unit);
	f->unit = c->unit;
	f->unit_open = c->unit_open;
	f->organisation = c->organisation;
	f->member_known = !uuid_is_nil(&c->member);
	f->member = c->member;
	f->roles = c->roles;
	f->sector = c->sector;
}

/* Of the row of the recipient's first operation. */
static struct directory_recipient read_recipient(const struct db_row *row)
{
	return (struct directory_recipient){
		.handle = db_row_bytes(row, LOAD_TO_HANDLE),
		.hours = db_row_bytes(row, LOAD_TO_HOURS),
		.replaced_by = db_row_bytes(row, LOAD_TO_REPLACED_BY),
		.unit = db_row_uuid(row, LOAD_TO_UNIT),
		.organisation = db_row_uuid(row, LOAD_TO_ORGANISATION),
		.sector = sector_of_organisation(db_row_bytes(row, LOAD_TO_SECTOR)),
		.is_open = is_word(row, LOAD_TO_STATUS, "active"),
		.has_on_call = db_row_bool(row, LOAD_TO_ON_CALL),
		.kinds = kind_mask_from_list(db_row_bytes(row, LOAD_TO_KINDS)),
	};
}

static void tell_recipient(const struct directory_recipient *r, struct facts *f)
{
	f->to_known = !uuid_is_nil(&r->unit);
	f->to_unit = r->unit;
	f->to_open = r->is_open;
	f->to_kinds = r->kinds;
	f->to_replaced_by = r->replaced_by;
	f->to_organisation = r->organisation;
	f->to_sector = r->sector;
	f->to_covered = r->has_on_call || hours_are_open(r->hours, f->now_us);
}

void load_read(const struct load *load, const PGresult *result, int i, struct loaded *l)
{
	const struct db_row row = {result, i}, callers = {result, load->caller_of[i]},
			    recipients = {result, load->recipient_of[i]};
	const struct directory_caller caller = read_caller(&callers);
	const struct directory_recipient recipient = read_recipient(&recipients);
	struct facts *f = &l->facts;

	l->index = i;
	l->replicated = db_row_bool(&row, LOAD_REPLICATED);
	l->receipt = db_row_bytes(&row, LOAD_KEY_RECEIPT);
	f->now_us = db_row_time(&row, LOAD_NOW);
	f->key_known = db_row_has(&row, LOAD_KEY_HASH);
	db_row_copy(&row, LOAD_KEY_HASH, f->key_hash, sizeof(f->key_hash));
	tell_caller(&caller, l);
	tell_recipient(&recipient, f);
}

/* --- what is kept of them -------------------------------------------------------- */

static void keep_row(const struct load *load, const struct db_row *row, int i)
{
	const struct directory_caller caller = read_caller(row);
	const struct directory_recipient recipient = read_recipient(row);

	if (load->caller_of[i] == i && !uuid_is_nil(&caller.unit) && !uuid_is_nil(&caller.member))
		directory_keep_caller(load->directory, &caller);
	if (load->recipient_of[i] == i && !uuid_is_nil(&recipient.unit))
		directory_keep_recipient(load->directory, &recipient);
}

void load_keep(const struct load *load, const PGresult *result)
{
	const struct db_row first = {result, 0};

	if (!load->directory)
		return;
	directory_set_version(load->directory, db_row_long(&first, LOAD_VERSION));
	for (int i = 0; i < load->n; i++)
		keep_row(load, &(struct db_row){result, i}, i);
}

bool load_stands(const struct load *load, const PGresult *result)
{
	const struct db_row row = {result, 0};
	int64_t now_us = db_row_time(&row, KNOWN_NOW);

	if (db_row_bool(&row, KNOWN_KEYS) ||
		db_row_long(&row, KNOWN_VERSION) != directory_version(load->directory))
		return false;
	for (int i = 0; i < load->n; i++)
		if (now_us < load->callers[i]->from_us || now_us >= load->callers[i]->until_us)
			return false;
	return true;
}

void load_read_known(const struct load *load, const PGresult *result, int i, struct loaded *l)
{
	const struct db_row row = {result, 0};

	l->index = i;
	l->replicated = db_row_bool(&row, KNOWN_REPLICATED);
	l->receipt = bytes_of(NULL, 0);
	l->facts.now_us = db_row_time(&row, KNOWN_NOW);
	l->facts.key_known = false;
	tell_caller(load->callers[i], l);
	tell_recipient(load->recipients[i], &l->facts);
}
