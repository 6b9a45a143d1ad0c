/* SPDX-License-Identifier: Apache-2.0 */
/* Chains as a whole: one with all that the unit may see of it, and those it holds. */
#include "service/answer.h"
#include "service/method.h"
#include "service/read_call.h"
#include "stafett/caps.h"
#include "store/present_chain.h"

/* --- Get ---------------------------------------------------------------------------- */

enum chain_query { CHAIN_ROW, CHAIN_REFERRALS, CHAIN_HISTORY, CHAIN_CARD, CHAIN_MESSAGES };

enum { CHAIN_REFERRALS_MAX = 100 }; /* of one answer */

static void chain_row(struct read_call *rc, const struct db_row *row, struct audit *audit)
{
	struct chain_place place;

	if (rc->rows++ > 0)
		return;
	rc->chain_get.chain = present_chain(rc->arena, row, &rc->read, &place);
	rc->read.object = place.id;
	audit_add(audit, AUDIT_CHAIN, uuid_bytes(&place.id));
}

static void chain_referral_row(struct read_call *rc, const struct db_row *row, struct audit *audit)
{
	Stafett__V1__ChainServiceGetResponse *get = &rc->chain_get;
	struct presented p;

	if (get->n_referrals >= CHAIN_REFERRALS_MAX ||
		!present_referral(rc->arena, row, &rc->read, &p))
		return;
	get->referrals[get->n_referrals++] = read_call_summary(rc->arena, &p);
	read_call_record(audit, &p.id);
}

static void chain_get_row(
	struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct read_call *rc = read->arg;
	Stafett__V1__ChainServiceGetResponse *get = &rc->chain_get;

	if (query == CHAIN_ROW)
		chain_row(rc, row, audit);
	else if (query == CHAIN_REFERRALS)
		chain_referral_row(rc, row, audit);
	else if (query == CHAIN_HISTORY && get->n_events <= CAP_GET_EVENTS)
		get->events[get->n_events++] = present_event(rc->arena, row);
	else if (query == CHAIN_CARD)
		get->card = present_card(rc->arena, row);
	else if (query == CHAIN_MESSAGES && get->n_contents <= CAP_GET_MESSAGES)
		get->contents[get->n_contents++] = present_content(rc->arena, row);
}

static enum reason chain_judge(struct read *read)
{
	struct read_call *rc = read->arg;

	if (rc->rows > 1)
		return REASON_CODE_AMBIGUOUS;
	return rc->rows == 1 ? REASON_NONE : REASON_NOT_FOUND;
}

static void chain_reply(struct read_call *rc)
{
	Stafett__V1__ChainServiceGetResponse *get = &rc->chain_get;

	get->earlier_events = read_call_keep_latest(get->events, &get->n_events, CAP_GET_EVENTS);
	get->earlier_contents =
		read_call_keep_latest(get->contents, &get->n_contents, CAP_GET_MESSAGES);
	get->heartbeat = read_call_heartbeat(rc);
	answer_message(rc->call, &get->base);
}

void method_get_chain(const struct incoming *in)
{
	const Stafett__V1__ChainServiceGetRequest *r =
		(const Stafett__V1__ChainServiceGetRequest *)in->request;
	struct referral_key key;
	struct read_call *rc;

	if (!decode_key(r->id, &key)) {
		answer_refusal(in->call, REASON_FIELD_INVALID, "id");
		return;
	}
	if (r->look && r->include_contents) {
		answer_refusal(in->call, REASON_FIELD_INVALID, "look");
		return;
	}
	rc = read_call_new(in, chain_get_row, chain_reply);
	if (!rc)
		return;
	rc->key = key;
	stafett__v1__chain_service_get_response__init(&rc->chain_get);
	rc->chain_get.referrals = read_call_room(rc, CHAIN_REFERRALS_MAX);
	rc->chain_get.events = read_call_room(rc, CAP_GET_EVENTS + 1);
	rc->chain_get.contents = read_call_room(rc, CAP_GET_MESSAGES + 1);
	if (key.has_id)
		rc->read.object = key.id;
	if (r->look)
		rc->read.type = LEAF_LOOK;
	rc->read.judge = chain_judge;
	read_call_add_query(rc, READ_CHAIN, &rc->key, 0);
	read_call_add_query(rc, READ_CHAIN_REFERRALS, &rc->key, 0);
	read_call_add_query(rc, READ_CHAIN_HISTORY, &rc->key, CAP_GET_EVENTS);
	read_call_add_query(rc, READ_CHAIN_CARD, &rc->key, 0);
	if (r->include_contents)
		read_call_add_query(rc, READ_CHAIN_MESSAGES, &rc->key, CAP_GET_MESSAGES);
	read_call_submit(rc);
}

/* --- List ---------------------------------------------------------------------------- */

static void chains_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct read_call *rc = read->arg;
	struct chain_place place;
	Stafett__V1__Chain *chain;

	if (rc->rows++ >= rc->page || !(chain = present_chain(rc->arena, row, read, &place)))
		return;
	rc->chain_list.chains[rc->chain_list.n_chains++] = chain;
	rc->last = (struct page_place){place.create_us, place.id, 0};
	audit_add(audit, AUDIT_CHAIN, uuid_bytes(&place.id));
}

static void chains_reply(struct read_call *rc)
{
	if (rc->rows > rc->page)
		rc->chain_list.next_page_token = page_token(rc->arena, &rc->last);
	rc->chain_list.heartbeat = read_call_heartbeat(rc);
	answer_message(rc->call, &rc->chain_list.base);
}

void method_list_chains(const struct incoming *in)
{
	const Stafett__V1__ChainServiceListRequest *r =
		(const Stafett__V1__ChainServiceListRequest *)in->request;
	struct page_place place = {0};
	struct read_call *rc;
	struct db_args *args;
	bool has_place;
	int size;

	if (!read_call_page(in, r->page_size, r->page_token, &size, &place, &has_place) ||
		!(rc = read_call_new(in, chains_row, chains_reply)))
		return;
	rc->page = size;
	rc->last = place;
	stafett__v1__chain_service_list_response__init(&rc->chain_list);
	rc->chain_list.chains = read_call_room(rc, (size_t)size);
	args = read_add_query(&rc->read, READ_HELD_CHAINS);
	db_args_add_text(args, r->held_by ? r->held_by : "");
	read_call_add_place(args, &rc->last, has_place);
	db_args_add_int(args, size + 1);
	read_call_submit(rc);
}
