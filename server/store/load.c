/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch asks the database, and the facts that come back. */
#include "store/load.h"

#include "domain/hours.h"
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

/* Every array with its type, for those who do the same with all of them. */
#define LOAD_ARRAYS(DO)                   \
	DO(unit, DB_TEXT_ARRAY)           \
	DO(member, DB_TEXT_ARRAY)         \
	DO(message, DB_UUID_ARRAY)        \
	DO(to, DB_TEXT_ARRAY)             \
	DO(index, DB_INT4_ARRAY)          \
	DO(actor, DB_TEXT_ARRAY)          \
	DO(chain, DB_UUID_ARRAY)          \
	DO(referral, DB_UUID_ARRAY)       \
	DO(named_unit, DB_TEXT_ARRAY)     \
	DO(delivered, DB_UUID_ARRAY)      \
	DO(named_referral, DB_UUID_ARRAY) \
	DO(assignee, DB_TEXT_ARRAY)       \
	DO(consent, DB_UUID_ARRAY)        \
	DO(other_index, DB_INT4_ARRAY)    \
	DO(other_actor, DB_TEXT_ARRAY)    \
	DO(other_first, DB_UUID_ARRAY)    \
	DO(other, DB_UUID_ARRAY)          \
	DO(upload, DB_UUID_ARRAY)         \
	DO(upload_sha256, DB_BYTEA_ARRAY) \
	DO(upload_size, DB_INT4_ARRAY)

#define INIT(name, type)  db_array_init(&load->name, type);
#define FINI(name, type)  db_array_fini(&load->name);
#define CLEAR(name, type) db_array_clear(&load->name);

void load_init(struct load *load)
{
	LOAD_ARRAYS(INIT)
	load->n = load->n_chains = load->n_others = load->n_uploads = 0;
}

void load_fini(struct load *load)
{
	LOAD_ARRAYS(FINI)
}

void load_clear(struct load *load)
{
	LOAD_ARRAYS(CLEAR)
	load->n = load->n_chains = load->n_others = load->n_uploads = 0;
}

#undef INIT
#undef FINI
#undef CLEAR

/* --- what is asked --------------------------------------------------------------- */

static void add_uuid(struct db_array *array, const struct uuid *uuid, bool present)
{
	if (present)
		db_array_add_bytes(array, uuid_bytes(uuid));
	else
		db_array_add_null(array);
}

static void add_text(struct db_array *array, struct bytes text)
{
	if (text.len)
		db_array_add_bytes(array, text);
	else
		db_array_add_null(array);
}

static void add_upload(struct load *load, const struct order *o)
{
	const struct claim *claim = &o->upload;

	add_uuid(&load->upload, &claim->id, o->has_upload);
	if (!o->has_upload) {
		db_array_add_null(&load->upload_sha256);
		db_array_add_null(&load->upload_size);
		return;
	}
	db_array_add_bytes(&load->upload_sha256, bytes_of(claim->sha256, sizeof(claim->sha256)));
	db_array_add_int(&load->upload_size, (int32_t)claim->size);
	load->n_uploads++;
}

static bool has_same_caller(const struct order *a, const struct order *b)
{
	return bytes_equal(a->unit, b->unit) && bytes_equal(a->member, b->member);
}

static bool has_same_recipient(const struct order *a, const struct order *b)
{
	return bytes_equal(a->to_unit, b->to_unit);
}

/* The first operation before |load->n| that is its own first and is the |same| as
 * |o|; else |load->n|. */
static int load_first(const struct load *load, const int *first_of, const struct order *o,
	bool (*same)(const struct order *a, const struct order *b))
{
	for (int i = 0; i < load->n; i++)
		if (first_of[i] == i && same(load->orders[i], o))
			return i;
	return load->n;
}

/* A send into a new chain names nothing that was there, but for these two. */
static void add_chain(struct load *load, const struct order *o)
{
	if (o->opens_chain && !o->named_unit.len && !o->has_named_referral)
		return;
	db_array_add_int(&load->index, load->n + 1);
	add_text(&load->actor, o->unit);
	add_uuid(&load->chain, &o->chain, !o->opens_chain);
	add_uuid(&load->referral, &o->referral, o->act != ACT_SEND && !uuid_is_nil(&o->referral));
	add_text(&load->named_unit, o->named_unit);
	add_uuid(&load->delivered, &o->delivered, o->act == ACT_ACKNOWLEDGE);
	add_uuid(&load->named_referral, &o->named_referral, o->has_named_referral);
	add_text(&load->assignee, o->assignee);
	add_uuid(&load->consent, &o->consent, !uuid_is_nil(&o->consent));
	load->n_chains++;
}

static void add_other(struct load *load, const struct order *o)
{
	if (uuid_is_nil(&o->other_chain))
		return;
	db_array_add_int(&load->other_index, load->n + 1);
	add_text(&load->other_actor, o->unit);
	add_uuid(&load->other_first, &o->chain, true);
	add_uuid(&load->other, &o->other_chain, true);
	load->n_others++;
}

void load_add(struct load *load, const struct order *o)
{
	int caller = load_first(load, load->caller_of, o, has_same_caller);
	int recipient = load_first(load, load->recipient_of, o, has_same_recipient);

	add_text(&load->unit, o->unit);
	add_text(&load->member, caller == load->n ? o->member : bytes_of(NULL, 0));
	add_uuid(&load->message, &o->message, true);
	add_text(&load->to, recipient == load->n ? o->to_unit : bytes_of(NULL, 0));
	add_chain(load, o);
	add_other(load, o);
	add_upload(load, o);
	load->orders[load->n] = o;
	load->caller_of[load->n] = caller;
	load->recipient_of[load->n] = recipient;
	load->n++;
}

void load_lock_args(struct load *load, struct db_args *args)
{
	db_args_init(args);
	db_args_add_array(args, &load->chain);
	db_args_add_array(args, &load->other);
}

void load_others_args(struct load *load, struct db_args *args)
{
	db_args_init(args);
	db_args_add_array(args, &load->other_index);
	db_args_add_array(args, &load->other_actor);
	db_args_add_array(args, &load->other_first);
	db_args_add_array(args, &load->other);
}

void load_chains_args(struct load *load, struct db_args *args)
{
	db_args_init(args);
	db_args_add_array(args, &load->index);
	db_args_add_array(args, &load->actor);
	db_args_add_array(args, &load->chain);
	db_args_add_array(args, &load->referral);
	db_args_add_array(args, &load->named_unit);
	db_args_add_array(args, &load->delivered);
	db_args_add_array(args, &load->named_referral);
	db_args_add_array(args, &load->assignee);
	db_args_add_array(args, &load->consent);
}

void load_args(struct load *load, struct db_args *args)
{
	db_args_init(args);
	db_args_add_array(args, &load->unit);
	db_args_add_array(args, &load->member);
	db_args_add_array(args, &load->message);
	db_args_add_array(args, &load->to);
}

void load_upload_args(struct load *load, struct db_args *args)
{
	db_args_init(args);
	db_args_add_array(args, &load->unit);
	db_args_add_array(args, &load->message);
	db_args_add_array(args, &load->upload);
	db_args_add_array(args, &load->upload_sha256);
	db_args_add_array(args, &load->upload_size);
}

/* --- what is answered ------------------------------------------------------------- */

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
	return bytes_equal(db_row_bytes(row, column), bytes_of_string(word));
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

static void read_caller(const struct db_row *row, struct loaded *l)
{
	l->organisation = db_row_bytes(row, LOAD_ORGANISATION);
	l->facts.member_known = db_row_has(row, LOAD_MEMBER);
	l->facts.member = db_row_uuid(row, LOAD_MEMBER);
	l->facts.roles = role_mask_from_list(db_row_bytes(row, LOAD_ROLES));
	l->facts.sector = sector_of_organisation(db_row_bytes(row, LOAD_SECTOR));
}

static void read_recipient(const struct db_row *row, struct facts *f)
{
	f->to_known = db_row_has(row, LOAD_TO_UNIT);
	f->to_unit = db_row_uuid(row, LOAD_TO_UNIT);
	f->to_open = is_word(row, LOAD_TO_STATUS, "active");
	f->to_kinds = kind_mask_from_list(db_row_bytes(row, LOAD_TO_KINDS));
	f->to_replaced_by = db_row_bytes(row, LOAD_TO_REPLACED_BY);
	f->to_organisation = db_row_uuid(row, LOAD_TO_ORGANISATION);
	f->to_sector = sector_of_organisation(db_row_bytes(row, LOAD_TO_SECTOR));
	f->to_covered = db_row_bool(row, LOAD_TO_ON_CALL) ||
			hours_are_open(db_row_bytes(row, LOAD_TO_HOURS), f->now_us);
}

void load_read(const struct load *load, const PGresult *result, int i, struct loaded *l)
{
	const struct db_row row = {result, i};
	struct facts *f = &l->facts;

	l->index = i;
	l->replicated = db_row_bool(&row, LOAD_REPLICATED);
	l->receipt = db_row_bytes(&row, LOAD_KEY_RECEIPT);
	f->now_us = db_row_time(&row, LOAD_NOW);
	f->unit_known = db_row_has(&row, LOAD_UNIT);
	f->unit = db_row_uuid(&row, LOAD_UNIT);
	f->unit_open = db_row_bool(&row, LOAD_UNIT_OPEN);
	f->organisation = db_row_uuid(&row, LOAD_ORGANISATION_ID);
	f->key_known = db_row_has(&row, LOAD_KEY_HASH);
	db_row_copy(&row, LOAD_KEY_HASH, f->key_hash, sizeof(f->key_hash));
	read_caller(&(struct db_row){result, load->caller_of[i]}, l);
	read_recipient(&(struct db_row){result, load->recipient_of[i]}, f);
}
