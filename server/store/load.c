/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch asks the database. */
#include "store/load.h"

/* Every array with its type, for those who do the same with all of them. */
#define LOAD_ARRAYS(DO)                   \
	DO(unit, DB_TEXT_ARRAY)           \
	DO(unit_id, DB_UUID_ARRAY)        \
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

void load_init(struct load *load, struct directory *directory)
{
	LOAD_ARRAYS(INIT)
	load->directory = directory;
	load->n = load->n_chains = load->n_others = load->n_uploads = 0;
	load->is_known = directory != NULL;
}

void load_fini(struct load *load)
{
	LOAD_ARRAYS(FINI)
}

void load_clear(struct load *load)
{
	LOAD_ARRAYS(CLEAR)
	load->n = load->n_chains = load->n_others = load->n_uploads = 0;
	load->is_known = load->directory != NULL;
}

#undef INIT
#undef FINI
#undef CLEAR

/* --- what is asked --------------------------------------------------------------- */

static void add_uuid(struct db_array *array, const struct uuid *uuid, bool present)
{
	if (present)
		db_array_add_uuid(array, uuid->b);
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

/* Who sends to nobody is known with its caller. */
static void add_known(struct load *load, const struct order *o)
{
	static const struct directory_recipient nobody;
	const struct directory_caller *caller = NULL;
	const struct directory_recipient *recipient = NULL;

	if (load->is_known) {
		caller = directory_find_caller(load->directory, o->unit, o->member);
		recipient = o->to_unit.len ? directory_find_recipient(load->directory, o->to_unit)
					   : &nobody;
	}
	load->is_known = caller && recipient;
	if (!load->is_known)
		return;
	db_array_add_bytes(&load->unit_id, uuid_bytes(&caller->unit));
	load->callers[load->n] = caller;
	load->recipients[load->n] = recipient;
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
	add_known(load, o);
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

bool load_is_known(const struct load *load)
{
	return load->is_known;
}

void load_known_args(struct load *load, struct db_args *args)
{
	db_args_init(args);
	db_args_add_array(args, &load->unit_id);
	db_args_add_array(args, &load->message);
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
