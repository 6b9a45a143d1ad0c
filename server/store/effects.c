/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each group of columns has one function that fills it or leaves it null; a row
 * is all of them in the order of columns.def. effects_add asserts that every
 * column got exactly one value.
 */
#include "store/effects.h"

#include <assert.h>

#include "domain/code.h"
#include "stafett/v1/message.pb-c.h"

void effects_init(struct effects *e)
{
	static const enum db_type types[] = {
#define COLUMN(name, type) [BATCH_##name] = DB_##type##_ARRAY,
#include "store/columns.def"
#undef COLUMN
	};

	for (int i = 0; i < BATCH_COLUMNS; i++)
		db_array_init(&e->columns[i], types[i]);
	e->rows = 0;
}

void effects_fini(struct effects *e)
{
	for (int i = 0; i < BATCH_COLUMNS; i++)
		db_array_fini(&e->columns[i]);
}

void effects_clear(struct effects *e)
{
	for (int i = 0; i < BATCH_COLUMNS; i++)
		db_array_clear(&e->columns[i]);
	e->rows = 0;
}

void effects_args(struct effects *e, struct db_args *args)
{
	db_args_init(args);
	for (int i = 0; i < BATCH_COLUMNS; i++)
		db_args_add_array(args, &e->columns[i]);
}

/* --- one value ------------------------------------------------------------ */

static void put_uuid(struct effects *e, enum batch_column c, const struct uuid *uuid)
{
	db_array_add_bytes(&e->columns[c], bytes_of(uuid->b, sizeof(uuid->b)));
}

static void put_int(struct effects *e, enum batch_column c, int value)
{
	db_array_add_int(&e->columns[c], value);
}

static void put_bool(struct effects *e, enum batch_column c, bool value)
{
	db_array_add_bool(&e->columns[c], value);
}

static void put_code(struct effects *e, enum batch_column c, const char *code)
{
	db_array_add_text(&e->columns[c], code);
}

static void put_bytes(struct effects *e, enum batch_column c, struct bytes value)
{
	db_array_add_bytes(&e->columns[c], value);
}

/* An empty text is none. */
static void put_text(struct effects *e, enum batch_column c, struct bytes text)
{
	if (text.len)
		put_bytes(e, c, text);
	else
		db_array_add_null(&e->columns[c]);
}

/* Year 0 is no date. */
static void put_date(struct effects *e, enum batch_column c, struct date date)
{
	if (date.year)
		db_array_add_date(&e->columns[c], date_to_days(date));
	else
		db_array_add_null(&e->columns[c]);
}

/* 0 is no time. */
static void put_time(struct effects *e, enum batch_column c, int64_t us)
{
	if (us)
		db_array_add_time(&e->columns[c], us);
	else
		db_array_add_null(&e->columns[c]);
}

static void put_nulls(struct effects *e, enum batch_column first, enum batch_column last)
{
	for (int c = (int)first; c <= (int)last; c++)
		db_array_add_null(&e->columns[c]);
}

/* --- the groups ------------------------------------------------------------ */

static void add_key(struct effects *e, const struct write *w, const struct loaded *l, bool applies,
	struct bytes receipt)
{
	put_bool(e, BATCH_applies, applies);
	if (l->facts.unit_known)
		put_uuid(e, BATCH_unit, &l->facts.unit);
	else
		db_array_add_null(&e->columns[BATCH_unit]);
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
	put_int(e, BATCH_chain_version, l->chain_version + (d->custodian_moves ? 1 : 0));
	put_uuid(e, BATCH_custodian, &d->custodian);
	put_bool(e, BATCH_moves, d->custodian_moves);
	put_int(e, BATCH_custody_seq, l->custody_seq + (d->custodian_moves ? 1 : 0));
	put_int(e, BATCH_seq, l->event_seq + 1);
	put_date(e, BATCH_help_request_date,
		o->opens_chain ? o->help_request_date : (struct date){0});
	put_date(e, BATCH_due_date, d->due_date);
}

static void add_referral(
	struct effects *e, const struct order *o, const struct loaded *l, const struct decision *d)
{
	bool sends = o->act == ACT_SEND;
	char code[CODE_LETTERS + 1];

	code_of_uuid(&o->referral, code);
	put_uuid(e, BATCH_referral, &o->referral);
	put_bool(e, BATCH_sends, sends);
	put_int(e, BATCH_version, d->version);
	put_code(e, BATCH_from_status, state_code(d->from));
	put_code(e, BATCH_to_status, state_code(d->to));
	put_code(e, BATCH_code, code);
	put_code(e, BATCH_kind, kind_code(sends ? o->kind : l->facts.kind));
	put_text(e, BATCH_priority, o->priority);
	put_uuid(e, BATCH_owner, &d->owner);
	put_uuid(e, BATCH_hand_back, l->facts.hand_back_known ? &l->hand_back : &l->facts.unit);
	put_uuid(e, BATCH_next_actor, &d->next_actor);
	put_code(e, BATCH_next_act, d->next_act);
	put_time(e, BATCH_due_time, d->due_us);
}

static void add_request(struct effects *e, const struct write *w)
{
	const struct request *r = &w->request;

	put_bytes(e, BATCH_needs, r->needs);
	put_text(e, BATCH_basis, r->basis);
	put_text(e, BATCH_basis_form, r->basis_form);
	put_date(e, BATCH_basis_end_date, w->order.basis_end);
	put_bool(e, BATCH_basis_covers, r->basis_covers);
	if (w->order.has_replaces)
		put_uuid(e, BATCH_replaces, &w->order.replaces);
	else
		db_array_add_null(&e->columns[BATCH_replaces]);
	put_text(e, BATCH_reference, r->reference);
	put_bool(e, BATCH_remains, r->remains);
	put_bool(e, BATCH_informed, r->informed);
}

static void add_event(
	struct effects *e, const struct write *w, const struct loaded *l, const struct uuid *event)
{
	const struct order *o = &w->order;

	put_uuid(e, BATCH_event, event);
	put_code(e, BATCH_act, act_code(o->act));
	put_code(e, BATCH_message_code, rules_message_code(o->act));
	put_uuid(e, BATCH_member, &l->facts.member);
	put_time(e, BATCH_occurrence_time, o->occurrence_us ? o->occurrence_us : l->facts.now_us);
	if (!w->header.data) {
		put_nulls(e, BATCH_suite, BATCH_body_upload);
		return;
	}
	put_bytes(e, BATCH_suite, w->suite);
	put_bytes(e, BATCH_header, w->header);
	put_bytes(e, BATCH_card, w->card);
	put_bytes(e, BATCH_body, w->body);
	if (o->has_upload)
		put_uuid(e, BATCH_body_upload, &o->upload.id);
	else
		put_nulls(e, BATCH_body_upload, BATCH_body_upload);
}

static void add_settled(
	struct effects *e, const struct write *w, const struct loaded *l, const struct decision *d)
{
	if (d->settles_delivery && l->facts.delivered_known)
		put_int(e, BATCH_delivered_seq, l->delivery_seq);
	else
		db_array_add_null(&e->columns[BATCH_delivered_seq]);
	put_text(e, BATCH_responsible, w->promise.responsible);
	put_date(e, BATCH_contact_by_date, w->order.contact_by);
	put_text(e, BATCH_clock_reason, w->order.clock_reason);
	put_time(e, BATCH_appointment_time, w->promise.appointment_us);
}

static void add_audit(struct effects *e, const struct audit *audit)
{
	put_uuid(e, BATCH_audit, &audit->leaf.event);
	put_bytes(e, BATCH_leaf, bytes_of(audit->encoded, audit->encoded_len));
	put_bytes(e, BATCH_salt, bytes_of(audit->salt, sizeof(audit->salt)));
	put_bytes(e, BATCH_detail, bytes_of(audit->detail, audit->detail_len));
}

void effects_add(struct effects *e, const struct write *w, const struct loaded *l,
	const struct decision *d, const struct audit *audit, const struct uuid *event,
	struct bytes receipt)
{
	bool applies = d->kind == DECISION_DO;

	add_key(e, w, l, applies, receipt);
	if (applies) {
		add_chain(e, &w->order, l, d);
		add_referral(e, &w->order, l, d);
		add_request(e, w);
		add_event(e, w, l, event);
		add_settled(e, w, l, d);
	} else {
		put_nulls(e, BATCH_chain, BATCH_appointment_time);
	}
	add_audit(e, audit);
	e->rows++;
	for (int c = 0; c < BATCH_COLUMNS; c++)
		assert(e->columns[c].failed || e->columns[c].count == e->rows);
}

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
	assert(stafett__v1__receipt__get_packed_size(&receipt) <= RECEIPT_MAX);
	return stafett__v1__receipt__pack(&receipt, out);
}
