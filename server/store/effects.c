/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each group of columns has one function that fills it; a row is all of them in the
 * order of columns.def, each exactly once: that is asserted.
 */
#include "store/effects.h"

#include <assert.h>

#include "domain/code.h"
#include "domain/rules_table.h"
#include "stafett/v1/message.pb-c.h"

static const enum db_type effects_types[] = {
#define COLUMN(name, type) [BATCH_##name] = DB_##type,
#include "store/columns.def"
#undef COLUMN
};

void effects_init(struct effects *e)
{
	db_array_init_rows(&e->operations);
	effects_begin(e, WRITE_OPEN);
}

void effects_fini(struct effects *e)
{
	db_array_fini(&e->operations);
}

void effects_set_row_types(struct effects *e, uint32_t opening, uint32_t operation)
{
	e->opening_type = opening;
	e->operation_type = operation;
}

void effects_begin(struct effects *e, enum write_statement statement)
{
	db_array_clear(&e->operations);
	db_array_set_row_type(
		&e->operations, statement == WRITE_APPLY ? e->operation_type : e->opening_type);
	e->statement = statement;
	e->rows = 0;
}

void effects_args(struct effects *e, struct db_args *args)
{
	db_args_init(args);
	db_args_add_array(args, &e->operations);
}

/* --- one value ------------------------------------------------------------ */

/* The array, ready for the value of |c|: the columns come in their order. */
static struct db_array *effects_at(struct effects *e, enum batch_column c)
{
	assert(e->next == c);
	e->next++;
	db_array_begin_field(&e->operations, effects_types[c]);
	return &e->operations;
}

static void put_null(struct effects *e, enum batch_column c)
{
	db_array_add_null(effects_at(e, c));
}

static void put_nulls(struct effects *e, enum batch_column first, enum batch_column last)
{
	for (int c = (int)first; c <= (int)last; c++)
		put_null(e, (enum batch_column)c);
}

static void put_uuid(struct effects *e, enum batch_column c, const struct uuid *uuid)
{
	db_array_add_uuid(effects_at(e, c), uuid->b);
}

/* The nil id is none. */
static void put_who(struct effects *e, enum batch_column c, const struct uuid *uuid)
{
	if (uuid_is_nil(uuid))
		put_null(e, c);
	else
		put_uuid(e, c, uuid);
}

static void put_int(struct effects *e, enum batch_column c, int value)
{
	db_array_add_int(effects_at(e, c), value);
}

static void put_bool(struct effects *e, enum batch_column c, bool value)
{
	db_array_add_bool(effects_at(e, c), value);
}

static void put_code(struct effects *e, enum batch_column c, const char *code)
{
	db_array_add_text(effects_at(e, c), code);
}

static void put_bytes(struct effects *e, enum batch_column c, struct bytes value)
{
	db_array_add_bytes(effects_at(e, c), value);
}

/* An empty text is none. */
static void put_text(struct effects *e, enum batch_column c, struct bytes text)
{
	if (text.len)
		put_bytes(e, c, text);
	else
		put_null(e, c);
}

/* Year 0 is no date. */
static void put_date(struct effects *e, enum batch_column c, struct date date)
{
	if (date.year)
		db_array_add_date(effects_at(e, c), date_to_days(date));
	else
		put_null(e, c);
}

/* 0 is no time. */
static void put_time(struct effects *e, enum batch_column c, int64_t us)
{
	db_array_add_time(effects_at(e, c), us);
}

/* 0 is no number. */
static void put_seq(struct effects *e, enum batch_column c, int seq)
{
	if (seq)
		put_int(e, c, seq);
	else
		put_null(e, c);
}

static void put_expected(struct effects *e, enum batch_column c, enum expected expected)
{
	put_code(e, c, expected ? expected_code(expected) : NULL);
}

/* --- what opening a chain needs too ------------------------------------------ */

static void add_key(struct effects *e, const struct write *w, const struct loaded *l, bool applies,
	struct bytes receipt)
{
	put_int(e, BATCH_n, ++e->rows);
	put_bool(e, BATCH_applies, applies);
	if (l->facts.unit_known)
		put_uuid(e, BATCH_unit, &l->facts.unit);
	else
		put_null(e, BATCH_unit);
	put_uuid(e, BATCH_message, &w->order.message);
	put_bytes(e, BATCH_content_hash,
		bytes_of(w->order.content_hash, sizeof(w->order.content_hash)));
	put_text(e, BATCH_receipt, receipt);
}

static void add_chain(
	struct effects *e, const struct order *o, const struct loaded *l, const struct decision *d)
{
	put_uuid(e, BATCH_chain, &o->chain);
	put_bool(e, BATCH_opens, o->opens_chain);
	put_bool(e, BATCH_moves, d->custodian_moves);
	put_int(e, BATCH_seq, l->facts.event_seq + (d->has_event ? 1 : 0));
	put_int(e, BATCH_chain_version, d->chain_version);
	put_who(e, BATCH_custodian, &d->custodian);
	put_who(e, BATCH_held_by, &d->held_by);
	put_int(e, BATCH_custody_seq, l->facts.custody_seq + (d->custodian_moves ? 1 : 0));
	put_date(e, BATCH_help_request_date,
		o->opens_chain ? o->help_request_date : d->help_request_date);
	put_date(e, BATCH_due_date, d->due_date);
	put_code(e, BATCH_clock_rule, d->clock ? d->clock->name : NULL);
	put_seq(e, BATCH_clock_version, d->clock ? d->clock->version : 0);
}

/* To whom a send goes back when it is done: the unit that it names, else the sender. */
static const struct uuid *hand_back_of(const struct order *o, const struct facts *f)
{
	if (o->act != ACT_SEND)
		return &f->hand_back;
	return f->named_unit_known ? &f->named_unit : &f->unit;
}

static void add_status(struct effects *e, const struct order *o, const struct decision *d)
{
	put_code(e, BATCH_from_status,
		o->act == ACT_REGISTER ? ""
		: d->of_chain	       ? "open"
				       : state_code(d->from));
	put_code(e, BATCH_to_status,
		!d->of_chain	  ? state_code(d->to)
		: d->chain_closes ? "closed"
				  : "open");
}

static void add_due(struct effects *e, const struct due *due)
{
	put_time(e, BATCH_due_time, due->us);
	put_code(e, BATCH_due_rule, due->rule ? due->rule->name : NULL);
	put_seq(e, BATCH_due_version, due->rule ? due->rule->version : 0);
	put_time(e, BATCH_due_from, due->us ? due->from_us : 0);
	put_time(e, BATCH_step_time, due->step_us);
}

static void add_referral(
	struct effects *e, const struct order *o, const struct loaded *l, const struct decision *d)
{
	bool sends = o->act == ACT_SEND;
	char code[CODE_LETTERS + 1];

	code_of_uuid(d->of_chain ? &o->chain : &o->referral, code);
	put_who(e, BATCH_referral, &o->referral);
	put_bool(e, BATCH_sends, sends);
	put_bool(e, BATCH_opens_nothing, l->facts.apart);
	put_code(e, BATCH_code, code);
	put_uuid(e, BATCH_owner, &d->owner);
	put_uuid(e, BATCH_hand_back, hand_back_of(o, &l->facts));
	put_int(e, BATCH_version, d->version);
	add_status(e, o, d);
	put_code(e, BATCH_kind, kind_code(sends || o->opens_chain ? o->kind : l->facts.kind));
	put_text(e, BATCH_priority, o->priority);
	put_bool(e, BATCH_next_kept, d->next_kept);
	put_who(e, BATCH_next_actor, &d->next_actor);
	put_code(e, BATCH_next_act, d->next_act);
	add_due(e, &d->due);
	put_code(e, BATCH_tell_owner, rules_needs_code(d->tells.owner));
}

static void add_content(struct effects *e, const struct write *w)
{
	if (!w->header.data) {
		put_nulls(e, BATCH_body_upload, BATCH_body);
		return;
	}
	if (w->order.has_upload)
		put_uuid(e, BATCH_body_upload, &w->order.upload.id);
	else
		put_null(e, BATCH_body_upload);
	put_bytes(e, BATCH_suite, w->suite);
	put_bytes(e, BATCH_header, w->header);
	put_bytes(e, BATCH_card, w->card);
	put_bytes(e, BATCH_body, w->body);
}

/* What the history calls it. */
static const char *event_kind(const struct order *o, const struct decision *d)
{
	if (d->proposes)
		return "propose";
	return d->decides && o->drops ? "drop" : act_code(d->act);
}

static void add_event(struct effects *e, const struct write *w, const struct loaded *l,
	const struct decision *d, const struct uuid *event)
{
	const struct order *o = &w->order;

	put_bool(e, BATCH_has_event, d->has_event);
	put_uuid(e, BATCH_event, event);
	put_code(e, BATCH_act, event_kind(o, d));
	put_code(e, BATCH_message_code, d->message_code);
	put_uuid(e, BATCH_member, &l->facts.member);
	put_time(e, BATCH_occurrence_time, o->occurrence_us ? o->occurrence_us : l->facts.now_us);
	add_content(e, w);
}

/* A consultation, a report or the like is no wait of the person for help. */
static bool asks_help(const struct order *o)
{
	return o->act == ACT_REGISTER || (o->act == ACT_SEND && rules_kind_row(o->kind)->transfers);
}

static void add_request(struct effects *e, const struct write *w)
{
	const struct request *r = &w->request;

	put_bytes(e, BATCH_needs, r->needs);
	put_text(e, BATCH_basis, r->basis);
	put_text(e, BATCH_basis_form, r->basis_form);
	put_date(e, BATCH_basis_end_date, w->order.basis_end);
	put_bool(e, BATCH_basis_covers, r->basis_covers);
	if (w->order.act == ACT_SEND && w->order.has_named_referral)
		put_uuid(e, BATCH_replaces, &w->order.named_referral);
	else
		put_null(e, BATCH_replaces);
	put_text(e, BATCH_reference, r->reference);
	put_bool(e, BATCH_remains, r->remains);
	put_bool(e, BATCH_informed, r->informed);
	put_time(e, BATCH_call_time, w->order.call_us);
	put_time(e, BATCH_last_dose_time, r->last_dose_us);
	put_text(e, BATCH_next_dose_by, r->next_dose_by);
	put_text(e, BATCH_discharge, r->discharge);
	put_bool(e, BATCH_protects, r->protects);
	put_bool(e, BATCH_asks_help, asks_help(&w->order));
}

/* Whom it tells, why it may, and the consent: the event's own, or one before it. */
static void add_disclosure(struct effects *e, const struct write *w, const struct facts *f,
	const struct decision *d, const struct uuid *event)
{
	const struct basis_rule *rule = d->disclosure, *third = d->disclosure_to_third;
	const struct basis_rule *either = rule ? rule : third;
	static const struct uuid nobody;

	put_who(e, BATCH_disclosed_to, rule ? &f->to_unit : &nobody);
	put_code(e, BATCH_disclosed_by, either ? basis_code(either->basis) : NULL);
	put_code(e, BATCH_basis_rule, rule ? rule->name : NULL);
	put_seq(e, BATCH_basis_version, rule ? rule->version : 0);
	put_who(e, BATCH_third, third ? &f->named_unit : &nobody);
	put_code(e, BATCH_third_rule, third ? third->name : NULL);
	put_seq(e, BATCH_third_version, third ? third->version : 0);
	put_who(e, BATCH_consent, d->gives_consent ? event : &d->consent);
	put_bool(e, BATCH_gives_consent, d->gives_consent);
	put_text(e, BATCH_given_by, w->request.given_by);
	put_text(e, BATCH_recipients, w->order.recipients);
}

static void add_audit(struct effects *e, const struct audit *audit)
{
	put_uuid(e, BATCH_audit, &audit->leaf.event);
	put_bytes(e, BATCH_leaf, bytes_of(audit->encoded, audit->encoded_len));
	put_bytes(e, BATCH_salt, bytes_of(audit->salt, sizeof(audit->salt)));
	put_bytes(e, BATCH_detail, bytes_of(audit->detail, audit->detail_len));
}

/* --- what only acts on what was there need ------------------------------------- */

static void add_before(
	struct effects *e, const struct order *o, const struct loaded *l, const struct decision *d)
{
	const struct facts *f = &l->facts;

	put_date(e, BATCH_stopped_date, d->clock_stops ? o->start : (struct date){0});
	put_bool(e, BATCH_closes, d->chain_closes);
	put_uuid(e, BATCH_requester, o->act == ACT_SEND ? &f->unit : &f->requester);
	put_uuid(e, BATCH_sender, &d->sender);
	put_bool(e, BATCH_arrives, o->act != ACT_SEND && !uuid_equal(&d->owner, &f->owner));
}

static void add_proposal(struct effects *e, const struct order *o, const struct decision *d)
{
	bool dates = d->proposes && o->act == ACT_CORRECT_CLOCK;

	put_who(e, BATCH_proposal, &o->proposal);
	put_code(e, BATCH_proposes, d->proposes ? act_code(d->act) : NULL);
	put_date(e, BATCH_proposed_date, dates ? o->help_request_date : (struct date){0});
	put_code(e, BATCH_decides, !d->decides ? NULL : o->drops ? "dropped" : "confirmed");
}

/* What the act does beyond its referral and its chain (see 0010-chains.sql). */
static const char *reach_of(const struct order *o, const struct decision *d)
{
	const struct {
		bool is_so;
		const char *kind;
	} rows[] = {
		{d->merges, "merge"},
		{!uuid_is_nil(&d->takes_over), "take-over"},
		{d->act == ACT_REGISTER, "register"},
		{!uuid_is_nil(&d->confirmer), "ask"},
		{d->decides && o->drops && d->of_chain, "settle"},
		{d->calls, "call"},
		{d->replies, "reply"},
		{d->waives, "waive"},
		{d->explains, "explain"},
		{d->follows, "follow"},
		{d->act == ACT_FOLLOW_UP, "followed"},
		{d->ends_all, "close"},
		{d->act == ACT_VOID && d->decides && !o->drops, "void"},
		{o->act == ACT_SEND && !uuid_is_nil(&o->other_chain), "link"},
		{d->tells.parties != NEEDS_NOT, "tell"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].is_so)
			return rows[i].kind;
	return NULL;
}

enum write_statement effects_statement_for(const struct order *o, const struct decision *d)
{
	bool only_opens =
		d->kind != DECISION_DO || (o->opens_chain && !o->has_upload && !reach_of(o, d));

	if (!only_opens)
		return WRITE_APPLY;
	return d->kind == DECISION_DO && d->gives_consent ? WRITE_OPEN_AGREED : WRITE_OPEN;
}

static void add_beside(struct effects *e, const struct due *due)
{
	put_time(e, BATCH_beside_due_time, due->us);
	put_code(e, BATCH_beside_rule, due->rule ? due->rule->name : NULL);
	put_seq(e, BATCH_beside_version, due->rule ? due->rule->version : 0);
	put_time(e, BATCH_beside_from, due->us ? due->from_us : 0);
	put_time(e, BATCH_beside_step_time, due->step_us);
}

static void add_reach(
	struct effects *e, const struct order *o, const struct facts *f, const struct decision *d)
{
	put_code(e, BATCH_reaches, reach_of(o, d));
	put_who(e, BATCH_predecessor, &d->takes_over);
	put_who(e, BATCH_confirmer, &d->confirmer);
	put_who(e, BATCH_proposal_unit, &f->proposal.unit);
	put_who(e, BATCH_other_chain, &o->other_chain);
	put_seq(e, BATCH_other_seq, d->other.event_seq);
	put_seq(e, BATCH_other_version, d->other.version);
	put_date(e, BATCH_other_help_date, d->other.help_request_date);
	put_date(e, BATCH_other_due_date, d->other.due_date);
	put_date(e, BATCH_other_start_date, d->other.start_date);
	add_beside(e, &d->beside);
	put_code(e, BATCH_tell_parties, rules_needs_code(d->tells.parties));
}

static void add_told(
	struct effects *e, const struct write *w, const struct loaded *l, const struct decision *d)
{
	put_bool(e, BATCH_settles, d->settles);
	if (w->order.act == ACT_ACKNOWLEDGE)
		put_int(e, BATCH_delivered_seq, l->delivery_seq);
	else
		put_null(e, BATCH_delivered_seq);
	put_bool(e, BATCH_ends, d->from != d->to && state_is_ended(d->to));
	put_who(e, BATCH_leaver, &d->leaver);
	put_code(e, BATCH_tell_requester, rules_needs_code(d->tells.requester));
	put_code(e, BATCH_tell_hand_back, rules_needs_code(d->tells.hand_back));
}

static void add_progress(struct effects *e, const struct decision *d)
{
	const struct progress *p = &d->progress;

	put_seq(e, BATCH_question_seq, p->question_seq);
	put_time(e, BATCH_owner_due_time, p->owner_due_us);
	put_bool(e, BATCH_restarted, p->restarted);
	put_who(e, BATCH_owner_assignee, &p->assignee_of_owner);
	put_who(e, BATCH_requester_assignee, &p->assignee_of_requester);
	put_expected(e, BATCH_expected, p->expected);
	put_time(e, BATCH_expected_time, p->expected_us);
	put_time(e, BATCH_alarm_time, p->alarm_us);
	put_bool(e, BATCH_missed, p->missed);
	put_bool(e, BATCH_home_planned, p->home_planned);
	put_who(e, BATCH_aftercare, &p->aftercare);
	put_seq(e, BATCH_hand_back_seq, p->hand_back_seq);
	put_time(e, BATCH_moved_time, p->moved_us);
	put_time(e, BATCH_moved_before_time, p->moved_before_us);
}

/* Which unit the act named beside the two sides. */
static const struct uuid *named_unit_of(const struct order *o, const struct facts *f)
{
	static const struct uuid none;

	if (o->act == ACT_FORWARD)
		return &f->to_unit;
	return o->act != ACT_SEND && f->named_unit_known ? &f->named_unit : &none;
}

/* What an act said: the row that only an act on what was there writes. */
static void add_detail(struct effects *e, const struct order *o, const struct facts *f)
{
	static const struct uuid none;
	bool says = o->act != ACT_SEND && o->act != ACT_ACKNOWLEDGE;

	put_bool(e, BATCH_has_detail, says);
	put_text(e, BATCH_reason, o->reason);
	put_text(e, BATCH_person_told, o->person_told);
	put_who(e, BATCH_named_unit, named_unit_of(o, f));
	put_text(e, BATCH_responsible, o->responsible);
	put_date(e, BATCH_contact_by_date, o->contact_by);
	put_text(e, BATCH_clock_reason, o->clock_reason);
	put_time(e, BATCH_appointment_time, o->appointment_us);
	put_text(e, BATCH_question, o->question);
	put_bool(e, BATCH_contact, o->contact);
	put_who(e, BATCH_assignee, o->act == ACT_ASSIGN ? &f->assignee : &none);
	put_expected(e, BATCH_said_expected, o->expected);
	put_time(e, BATCH_said_time, o->expected_us);
	put_text(e, BATCH_no_next, o->no_next);
	put_text(e, BATCH_cancelled_by, o->cancelled_by);
	put_text(e, BATCH_intervention, o->intervention);
	put_date(e, BATCH_start_date, o->start);
	put_date(e, BATCH_until_date, o->until);
	put_text(e, BATCH_housing, o->housing);
	put_text(e, BATCH_not_needed, o->not_needed);
	put_date(e, BATCH_first_contact_date, o->first_contact);
}

/* --- a row of all ----------------------------------------------------------------- */

static void add_opening(struct effects *e, const struct write *w, const struct loaded *l,
	const struct decision *d, const struct uuid *event)
{
	add_chain(e, &w->order, l, d);
	add_referral(e, &w->order, l, d);
	add_event(e, w, l, d, event);
	add_request(e, w);
	add_disclosure(e, w, &l->facts, d, event);
}

static void add_changes(
	struct effects *e, const struct write *w, const struct loaded *l, const struct decision *d)
{
	add_before(e, &w->order, l, d);
	add_proposal(e, &w->order, d);
	add_reach(e, &w->order, &l->facts, d);
	add_told(e, w, l, d);
	add_progress(e, d);
	add_detail(e, &w->order, &l->facts);
	put_bool(e, BATCH_unshares, d->unshares && l->facts.basis == BASIS_CONSENT);
	put_bool(e, BATCH_quiet, d->quiet);
}

void effects_add(struct effects *e, const struct write *w, const struct loaded *l,
	const struct decision *d, const struct audit *audit, const struct uuid *event,
	struct bytes receipt)
{
	bool applies = d->kind == DECISION_DO;
	bool is_wide = e->statement == WRITE_APPLY;

	e->next = BATCH_n;
	db_array_begin_row(&e->operations, is_wide ? BATCH_COLUMNS : BATCH_OPENING_COLUMNS);
	add_key(e, w, l, applies, receipt);
	if (applies)
		add_opening(e, w, l, d, event);
	else
		put_nulls(e, BATCH_chain, BATCH_recipients);
	add_audit(e, audit);
	if (is_wide && applies)
		add_changes(e, w, l, d);
	else if (is_wide)
		put_nulls(e, BATCH_stopped_date, BATCH_quiet);
	assert(e->next == (is_wide ? BATCH_COLUMNS : BATCH_OPENING_COLUMNS));
	db_array_end_row(&e->operations);
}

/* What a receipt's fields take at most: two texts, two hashes, a time of two numbers. */
enum {
	RECEIPT_FIELD = 2,
	RECEIPT_NUMBER = 1 + 10,
	RECEIPT_DURABILITY = sizeof("REPLICATED") - 1,
	RECEIPT_MOST = RECEIPT_FIELD + UUID_TEXT_LEN + RECEIPT_FIELD + RECEIPT_DURABILITY +
		       2 * (RECEIPT_FIELD + LEAF_HASH_LEN) + RECEIPT_FIELD + 2 * RECEIPT_NUMBER,
};
_Static_assert((int)RECEIPT_MOST <= (int)RECEIPT_MAX, "a receipt has room");

size_t receipt_pack(const struct write *w, const struct loaded *l, const struct audit *audit,
	uint8_t out[RECEIPT_MAX])
{
	char id[UUID_TEXT_LEN + 1];
	char local[] = "LOCAL", replicated[] = "REPLICATED";
	Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
	Stafett__V1__Receipt receipt = STAFETT__V1__RECEIPT__INIT;

	uuid_format(&w->order.message, id);
	time.seconds = l->facts.now_us / 1000000;
	time.nanos = (int32_t)(l->facts.now_us % 1000000 * 1000);
	receipt.id = id;
	receipt.content_hash.data = (uint8_t *)(uintptr_t)w->order.content_hash;
	receipt.content_hash.len = sizeof(w->order.content_hash);
	receipt.commit_time = &time;
	receipt.durability = l->replicated ? replicated : local;
	receipt.leaf.data = (uint8_t *)(uintptr_t)audit->hash;
	receipt.leaf.len = sizeof(audit->hash);
	return stafett__v1__receipt__pack(&receipt, out);
}
