/* SPDX-License-Identifier: Apache-2.0 */
/* The common way of all readings: see the header. */
#include "service/read_call.h"

#include <string.h>

#include "service/answer.h"

static void read_call_abandon(struct under_way *under_way)
{
	struct read_call *rc = container_of(under_way, struct read_call, under_way);

	store_abandon_read(under_way->store, &rc->read);
}

static void read_call_done(struct read *read, enum reason reason)
{
	struct read_call *rc = read->arg;

	call_set_user(rc->call, NULL);
	if (reason || rc->arena->overflowed)
		answer_refusal(rc->call, reason ? reason : REASON_SERVER_FAULT, rc->field);
	else
		rc->reply(rc);
}

struct read_call *read_call_new(const struct incoming *in,
	void (*row)(struct read *, int, const struct db_row *, struct audit *),
	void (*reply)(struct read_call *))
{
	struct arena *arena = call_arena(in->call);
	struct read_call *rc = arena_alloc(arena, sizeof(*rc));

	if (!rc) {
		answer_refusal(in->call, REASON_SERVER_FAULT, NULL);
		return NULL;
	}
	rc->under_way = (struct under_way){.store = in->store, .abandon = read_call_abandon};
	rc->call = in->call;
	rc->arena = arena;
	rc->reply = reply;
	rc->read.caller = in->caller;
	rc->read.roles = in->method->roles;
	rc->read.type = in->method->leaf;
	rc->read.row = row;
	rc->read.done = read_call_done;
	rc->read.arg = rc;
	read_init(&rc->read);
	return rc;
}

void read_call_submit(struct read_call *rc)
{
	call_set_user(rc->call, &rc->under_way);
	store_read(rc->under_way.store, &rc->read);
}

void read_call_add_query(struct read_call *rc, enum read_statement statement,
	const struct referral_key *key, int limit)
{
	struct db_args *args = read_add_query(&rc->read, statement);

	db_args_add_bytes(args, key->has_id ? uuid_bytes(&key->id) : bytes_of(NULL, 0));
	db_args_add_text(args, key->code);
	if (limit)
		db_args_add_int(args, limit);
}

bool read_call_keep_latest(void *items, size_t *n, size_t limit)
{
	void **first = items;

	if (*n <= limit)
		return false;
	*n = limit;
	memmove(first, first + 1, limit * sizeof(*first));
	return true;
}

void *read_call_room(struct read_call *rc, size_t n)
{
	return arena_alloc(rc->arena, n * sizeof(void *));
}

void read_call_record_once(struct audit *audit, const struct uuid *id)
{
	struct bytes rest = bytes_of(audit->detail, audit->detail_len), value;
	enum audit_tag tag;

	while (audit_next(&rest, &tag, &value))
		if (tag == AUDIT_REFERRAL && bytes_equal(value, uuid_bytes(id)))
			return;
	read_call_record(audit, id);
}

void read_call_record(struct audit *audit, const struct uuid *id)
{
	audit_add(audit, AUDIT_REFERRAL, uuid_bytes(id));
}

void read_call_record_row(struct audit *audit, const struct presented *p)
{
	if (p->referral)
		read_call_record_once(audit, &p->id);
	else
		audit_add(audit, AUDIT_CHAIN, uuid_bytes(&p->chain_id));
}

bool read_call_page(const struct incoming *in, int size, const char *token, int *ret_size,
	struct page_place *ret_place, bool *ret_has_place)
{
	*ret_size = page_size(size);
	*ret_has_place = token && *token;
	if (*ret_size < 0)
		answer_refusal(in->call, REASON_FIELD_INVALID, "page_size");
	else if (*ret_has_place && !page_read(token, ret_place))
		answer_refusal(in->call, REASON_PAGE_TOKEN_INVALID, "page_token");
	else
		return true;
	return false;
}

void read_call_add_place(struct db_args *args, const struct page_place *place, bool has_place)
{
	db_args_add_time(args, has_place ? place->us : INT64_MIN);
	db_args_add_bytes(args, has_place ? uuid_bytes(&place->id) : bytes_of(NULL, 0));
}

Stafett__V1__ReferralSummary *read_call_summary(struct arena *arena, const struct presented *p)
{
	Stafett__V1__ReferralSummary *summary = arena_alloc(arena, sizeof(*summary));

	if (!summary)
		return NULL;
	stafett__v1__referral_summary__init(summary);
	summary->referral = p->referral;
	summary->chain = p->chain;
	summary->card = p->card;
	return summary;
}

Stafett__V1__Heartbeat *read_call_heartbeat(struct read_call *rc)
{
	return present_heartbeat(rc->arena, rc->read.now_us, rc->read.clerk_us);
}

bool read_call_time(const struct incoming *in, const Google__Protobuf__Timestamp *time,
	const char *field, int64_t *ret_us)
{
	const int64_t year_10000 = INT64_C(253402300800);

	*ret_us = INT64_MIN; /* null */
	if (!time)
		return true;
	if (time->seconds < 0 || time->seconds >= year_10000 || time->nanos < 0 ||
		time->nanos > 999999999) {
		answer_refusal(in->call, REASON_FIELD_INVALID, field);
		return false;
	}
	*ret_us = time->seconds * 1000000 + time->nanos / 1000;
	return true;
}
