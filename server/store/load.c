/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch asks the database, and the facts that come back. */
#include "store/load.h"

/* The columns of api.load, in its order. */
enum load_column {
	LOAD_INDEX,
	LOAD_NOW,
	LOAD_REPLICATED,
	LOAD_UNIT,
	LOAD_ORGANISATION,
	LOAD_MEMBER,
	LOAD_ROLES,
	LOAD_KEY_HASH,
	LOAD_KEY_RECEIPT,
	LOAD_CHAIN_EXISTS,
	LOAD_CHAIN_VISIBLE,
	LOAD_CHAIN_STATUS,
	LOAD_CUSTODIAN,
	LOAD_CHAIN_VERSION,
	LOAD_CUSTODY_SEQ,
	LOAD_EVENT_SEQ,
	LOAD_DUE_DATE,
	LOAD_REFERRAL_VISIBLE,
	LOAD_STATUS,
	LOAD_VERSION,
	LOAD_KIND,
	LOAD_PRIORITY,
	LOAD_REQUESTER,
	LOAD_OWNER,
	LOAD_SENDER,
	LOAD_TO_UNIT,
	LOAD_TO_STATUS,
	LOAD_TO_KINDS,
	LOAD_TO_REPLACED_BY,
	LOAD_HAND_BACK,
	LOAD_REPLACES_OK,
	LOAD_DELIVERY_SEQ,
	LOAD_DELIVERY_HASH,
};

void load_init(struct load *load)
{
	db_array_init(&load->unit, DB_TEXT_ARRAY);
	db_array_init(&load->member, DB_TEXT_ARRAY);
	db_array_init(&load->message, DB_UUID_ARRAY);
	db_array_init(&load->chain, DB_UUID_ARRAY);
	db_array_init(&load->referral, DB_UUID_ARRAY);
	db_array_init(&load->to, DB_TEXT_ARRAY);
	db_array_init(&load->hand_back, DB_TEXT_ARRAY);
	db_array_init(&load->delivered, DB_UUID_ARRAY);
	db_array_init(&load->replaces, DB_UUID_ARRAY);
	db_array_init(&load->upload, DB_UUID_ARRAY);
	db_array_init(&load->upload_sha256, DB_BYTEA_ARRAY);
	db_array_init(&load->upload_size, DB_INT4_ARRAY);
}

void load_fini(struct load *load)
{
	db_array_fini(&load->unit);
	db_array_fini(&load->member);
	db_array_fini(&load->message);
	db_array_fini(&load->chain);
	db_array_fini(&load->referral);
	db_array_fini(&load->to);
	db_array_fini(&load->hand_back);
	db_array_fini(&load->delivered);
	db_array_fini(&load->replaces);
	db_array_fini(&load->upload);
	db_array_fini(&load->upload_sha256);
	db_array_fini(&load->upload_size);
}

void load_clear(struct load *load)
{
	db_array_clear(&load->unit);
	db_array_clear(&load->member);
	db_array_clear(&load->message);
	db_array_clear(&load->chain);
	db_array_clear(&load->referral);
	db_array_clear(&load->to);
	db_array_clear(&load->hand_back);
	db_array_clear(&load->delivered);
	db_array_clear(&load->replaces);
	db_array_clear(&load->upload);
	db_array_clear(&load->upload_sha256);
	db_array_clear(&load->upload_size);
	load->n_uploads = 0;
}

static void add_uuid(struct db_array *array, const struct uuid *uuid, bool present)
{
	if (present)
		db_array_add_bytes(array, bytes_of(uuid->b, sizeof(uuid->b)));
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

void load_add(struct load *load, const struct order *o)
{
	add_text(&load->unit, o->unit);
	add_text(&load->member, o->member);
	add_uuid(&load->message, &o->message, true);
	add_uuid(&load->chain, &o->chain, true);
	add_uuid(&load->referral, &o->referral, o->act != ACT_SEND);
	add_text(&load->to, o->to_unit);
	add_text(&load->hand_back, o->hand_back);
	add_uuid(&load->delivered, &o->delivered, o->act == ACT_ACKNOWLEDGE);
	add_uuid(&load->replaces, &o->replaces, o->has_replaces);
	add_upload(load, o);
}

void load_lock_args(struct load *load, struct db_args *args)
{
	db_args_init(args);
	db_args_add_array(args, &load->chain);
}

void load_args(struct load *load, struct db_args *args)
{
	db_args_init(args);
	db_args_add_array(args, &load->unit);
	db_args_add_array(args, &load->member);
	db_args_add_array(args, &load->message);
	db_args_add_array(args, &load->chain);
	db_args_add_array(args, &load->referral);
	db_args_add_array(args, &load->to);
	db_args_add_array(args, &load->hand_back);
	db_args_add_array(args, &load->delivered);
	db_args_add_array(args, &load->replaces);
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

int load_read_upload(const struct db_row *row, bool *ret_ready)
{
	*ret_ready = db_row_bool(row, 1);
	return db_row_int(row, 0) - 1;
}

static struct uuid read_uuid(const struct db_row *row, int column)
{
	struct uuid uuid = {0};

	db_row_copy(row, column, uuid.b, sizeof(uuid.b));
	return uuid;
}

static bool is_word(const struct db_row *row, int column, const char *word)
{
	return bytes_equal(db_row_bytes(row, column), bytes_of_string(word));
}

static void read_caller(const struct db_row *row, struct facts *f)
{
	f->now_us = db_row_time(row, LOAD_NOW);
	f->unit_known = db_row_has(row, LOAD_UNIT);
	f->unit = read_uuid(row, LOAD_UNIT);
	f->member_known = db_row_has(row, LOAD_MEMBER);
	f->member = read_uuid(row, LOAD_MEMBER);
	f->roles = role_mask_from_list(db_row_bytes(row, LOAD_ROLES));
	f->key_known = db_row_has(row, LOAD_KEY_HASH);
	db_row_copy(row, LOAD_KEY_HASH, f->key_hash, sizeof(f->key_hash));
}

/* A code that this program does not know (a newer database) fits no row of the
 * rules: such a referral can be read, and acted on by newer daemons only. */
static void read_referral(const struct db_row *row, struct facts *f)
{
	int state = state_from_code(db_row_bytes(row, LOAD_STATUS));
	int kind = kind_from_code(db_row_bytes(row, LOAD_KIND));

	f->chain_visible = db_row_bool(row, LOAD_CHAIN_VISIBLE);
	f->chain_open = is_word(row, LOAD_CHAIN_STATUS, "open");
	f->custodian = read_uuid(row, LOAD_CUSTODIAN);
	f->due_date = date_from_days(db_row_date(row, LOAD_DUE_DATE));
	f->referral_visible = db_row_bool(row, LOAD_REFERRAL_VISIBLE) && state >= 0 && kind >= 0;
	f->state = f->referral_visible ? (enum state)state : STATE_NONE;
	f->kind = f->referral_visible ? (enum kind)kind : KIND_CARE_REQUEST;
	f->version = db_row_int(row, LOAD_VERSION);
	f->priority = db_row_bytes(row, LOAD_PRIORITY);
	f->requester = read_uuid(row, LOAD_REQUESTER);
	f->owner = read_uuid(row, LOAD_OWNER);
	f->sender = read_uuid(row, LOAD_SENDER);
}

static void read_others(const struct db_row *row, struct facts *f)
{
	f->to_known = db_row_has(row, LOAD_TO_UNIT);
	f->to_unit = read_uuid(row, LOAD_TO_UNIT);
	f->to_open = is_word(row, LOAD_TO_STATUS, "active");
	f->to_kinds = kind_mask_from_list(db_row_bytes(row, LOAD_TO_KINDS));
	f->to_replaced_by = db_row_bytes(row, LOAD_TO_REPLACED_BY);
	f->hand_back_known = db_row_has(row, LOAD_HAND_BACK);
	f->replaces_own = db_row_bool(row, LOAD_REPLACES_OK);
	f->delivered_known = db_row_has(row, LOAD_DELIVERY_SEQ);
	db_row_copy(row, LOAD_DELIVERY_HASH, f->delivered_hash, sizeof(f->delivered_hash));
}

void load_read(const struct db_row *row, struct loaded *l)
{
	*l = (struct loaded){
		.index = db_row_int(row, LOAD_INDEX) - 1,
		.replicated = db_row_bool(row, LOAD_REPLICATED),
		.chain_exists = db_row_bool(row, LOAD_CHAIN_EXISTS),
		.chain_version = db_row_int(row, LOAD_CHAIN_VERSION),
		.custody_seq = db_row_int(row, LOAD_CUSTODY_SEQ),
		.event_seq = db_row_int(row, LOAD_EVENT_SEQ),
		.delivery_seq = db_row_int(row, LOAD_DELIVERY_SEQ),
		.hand_back = read_uuid(row, LOAD_HAND_BACK),
		.organisation = db_row_bytes(row, LOAD_ORGANISATION),
		.receipt = db_row_bytes(row, LOAD_KEY_RECEIPT),
	};
	read_caller(row, &l->facts);
	read_referral(row, &l->facts);
	read_others(row, &l->facts);
}
