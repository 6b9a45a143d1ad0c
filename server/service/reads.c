/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Get, the two lists and the directory. Lists ask for one row more than the page,
 * to know whether there is a next one.
 */
#include "service/answer.h"
#include "service/method.h"
#include "service/read_call.h"
#include "stafett/caps.h"

/* --- Get ----------------------------------------------------------------------------- */

/* Of the own unit's log no more records are looked at for who has read it. */
enum { GET_READINGS = 100, GET_RECORDS = 10000 };

static void get_row_referral(struct read_call *rc, const struct db_row *row, struct audit *audit)
{
	struct presented p;

	if (rc->rows++ > 0 || !present_referral(rc->arena, row, &rc->read, &p))
		return;
	rc->get.referral = p.referral;
	rc->get.chain = p.chain;
	rc->get.card = p.card;
	rc->read.object = p.id;
	read_call_record(audit, &p.id);
	audit_add(audit, AUDIT_BASIS, bytes_of_string(p.referral->legal_basis->code));
}

static void get_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	enum read_statement asked = read->queries[query].statement;
	struct read_call *rc = read->arg;

	if (asked == READ_REFERRAL)
		get_row_referral(rc, row, audit);
	else if (asked == READ_EVENTS && rc->get.n_events <= CAP_GET_EVENTS)
		rc->get.events[rc->get.n_events++] = present_event(rc->arena, row);
	else if (asked == READ_MESSAGES && rc->get.n_contents <= CAP_GET_MESSAGES)
		rc->get.contents[rc->get.n_contents++] = present_content(rc->arena, row);
	else if (asked == READ_READINGS && rc->get.n_readings < GET_READINGS)
		rc->get.readings[rc->get.n_readings++] = present_reading(rc->arena, row);
}

static enum reason get_judge(struct read *read)
{
	struct read_call *rc = read->arg;

	if (rc->rows > 1)
		return REASON_CODE_AMBIGUOUS;
	return rc->rows == 1 ? REASON_NONE : REASON_NOT_FOUND;
}

static void get_reply(struct read_call *rc)
{
	Stafett__V1__GetResponse *get = &rc->get;

	get->earlier_events = read_call_keep_latest(get->events, &get->n_events, CAP_GET_EVENTS);
	get->earlier_contents =
		read_call_keep_latest(get->contents, &get->n_contents, CAP_GET_MESSAGES);
	get->heartbeat = read_call_heartbeat(rc);
	answer_message(rc->call, &get->base);
}

static void get_add_readings(struct read_call *rc)
{
	rc->get.readings = read_call_room(rc, GET_READINGS);
	read_call_add_query(rc, READ_READINGS, &rc->key, GET_RECORDS);
	db_args_add_int(&rc->read.queries[rc->read.n_queries - 1].args, GET_READINGS);
}

void method_get(const struct incoming *in)
{
	const Stafett__V1__GetRequest *r = (const Stafett__V1__GetRequest *)in->request;
	struct referral_key key;
	struct read_call *rc;

	if (!decode_key(r->id, &key)) {
		answer_refusal(in->call, REASON_FIELD_INVALID, "id");
		return;
	}
	if (r->look && (r->include_contents || r->include_readings)) {
		answer_refusal(in->call, REASON_FIELD_INVALID, "look");
		return;
	}
	rc = read_call_new(in, get_row, get_reply);
	if (!rc)
		return;
	rc->key = key;
	stafett__v1__get_response__init(&rc->get);
	rc->get.events = read_call_room(rc, CAP_GET_EVENTS + 1);
	rc->get.contents = read_call_room(rc, CAP_GET_MESSAGES + 1);
	if (key.has_id)
		rc->read.object = key.id;
	rc->read.judge = get_judge;
	read_call_add_query(rc, READ_REFERRAL, &rc->key, 0);
	read_call_add_query(rc, READ_EVENTS, &rc->key, CAP_GET_EVENTS);
	if (r->look)
		rc->read.type = LEAF_LOOK;
	if (r->include_contents)
		read_call_add_query(rc, READ_MESSAGES, &rc->key, CAP_GET_MESSAGES);
	if (r->include_readings)
		get_add_readings(rc);
	read_call_submit(rc);
}

/* --- List ------------------------------------------------------------------------------- */

static void list_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct read_call *rc = read->arg;
	struct presented p;

	if (rc->rows++ >= rc->page || !present_referral(rc->arena, row, read, &p))
		return;
	rc->list.referrals[rc->list.n_referrals++] = read_call_summary(rc->arena, &p);
	rc->last = (struct page_place){0};
	present_referral_place(row, &rc->last.us, &rc->last.id);
	read_call_record_row(audit, &p);
}

static void list_reply(struct read_call *rc)
{
	if (rc->rows > rc->page)
		rc->list.next_page_token = page_token(rc->arena, &rc->last);
	rc->list.heartbeat = read_call_heartbeat(rc);
	answer_message(rc->call, &rc->list.base);
}

static bool is_direction(const char *text)
{
	return !text || !*text || strcmp(text, "sent") == 0 || strcmp(text, "received") == 0;
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

/* The filters that both ways of listing know, and the page. */
static void list_add_filters(struct read_call *rc, struct db_args *args,
	const Stafett__V1__ReferralServiceListRequest *r, int64_t since_us, bool has_place)
{
	db_args_add_text(args, text_or_empty(r->status));
	db_args_add_text(args, text_or_empty(r->unit));
	db_args_add_time(args, since_us);
	read_call_add_place(args, &rc->last, has_place);
	db_args_add_int(args, rc->page + 1);
}

/* Open referrals have an order of their own: by what is due first. */
static void list_add_query(struct read_call *rc, const Stafett__V1__ReferralServiceListRequest *r,
	int64_t since_us, bool has_place)
{
	bool is_open = r->open_only || r->overdue_only;
	struct db_args *args = read_add_query(&rc->read, is_open ? READ_OPEN : READ_REFERRALS);

	if (is_open)
		db_args_add_text(args, "");
	db_args_add_text(args, text_or_empty(r->direction));
	if (is_open)
		db_args_add_bool(args, r->overdue_only);
	list_add_filters(rc, args, r, since_us, has_place);
}

void method_list(const struct incoming *in)
{
	const Stafett__V1__ReferralServiceListRequest *r =
		(const Stafett__V1__ReferralServiceListRequest *)in->request;
	struct page_place place = {0};
	struct read_call *rc;
	int64_t since_us;
	bool has_place;
	int size;

	if (!is_direction(r->direction)) {
		answer_refusal(in->call, REASON_FIELD_INVALID, "direction");
		return;
	}
	if (!read_call_page(in, r->page_size, r->page_token, &size, &place, &has_place) ||
		!read_call_time(in, r->since_time, "since_time", &since_us) ||
		!(rc = read_call_new(in, list_row, list_reply)))
		return;
	rc->page = size;
	rc->last = place;
	stafett__v1__referral_service_list_response__init(&rc->list);
	rc->list.referrals = read_call_room(rc, (size_t)size);
	list_add_query(rc, r, since_us, has_place);
	read_call_submit(rc);
}

/* --- the inbox ----------------------------------------------------------------------------- */

static void inbox_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct read_call *rc = read->arg;
	Stafett__V1__InboxItem *item;
	struct inbox_place place;

	if (rc->rows++ >= rc->page || !(item = present_inbox_item(rc->arena, row, &place)))
		return;
	rc->inbox.items[rc->inbox.n_items++] = item;
	rc->last = (struct page_place){place.store_us, place.chain, place.seq};
	read_call_record(audit, &place.referral);
}

static void inbox_reply(struct read_call *rc)
{
	if (rc->rows > rc->page)
		rc->inbox.next_page_token = page_token(rc->arena, &rc->last);
	rc->inbox.heartbeat = read_call_heartbeat(rc);
	answer_message(rc->call, &rc->inbox.base);
}

void method_inbox(const struct incoming *in)
{
	const Stafett__V1__InboxServiceListRequest *r =
		(const Stafett__V1__InboxServiceListRequest *)in->request;
	struct read_call *rc;
	struct page_place place = {0};
	struct db_args *args;
	bool has_place;
	int size;

	if (!read_call_page(in, r->page_size, r->page_token, &size, &place, &has_place) ||
		!(rc = read_call_new(in, inbox_row, inbox_reply)))
		return;
	rc->page = size;
	rc->last = place;
	stafett__v1__inbox_service_list_response__init(&rc->inbox);
	rc->inbox.items = read_call_room(rc, (size_t)size);
	args = read_add_query(&rc->read, READ_INBOX);
	db_args_add_bool(args, r->include_acknowledged);
	read_call_add_place(args, &rc->last, has_place);
	db_args_add_int(args, place.seq);
	db_args_add_int(args, size + 1);
	read_call_submit(rc);
}

/* --- the directory ---------------------------------------------------------------------------- */

static void search_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct read_call *rc = read->arg;
	Stafett__V1__Unit *unit;

	if (rc->rows++ < rc->page && (unit = present_unit(rc->arena, row)))
		rc->search.units[rc->search.n_units++] = unit;
}

/* What the caller is in the unit for which it asks. */
static void search_add_roles(struct read_call *rc)
{
	Stafett__V1__SearchResponse *answer = &rc->search;

	answer->roles = arena_alloc(rc->arena, ROLE_COUNT * sizeof(*answer->roles));
	for (int role = 0; role < ROLE_COUNT && answer->roles; role++)
		if (rc->read.held & MASK(role))
			answer->roles[answer->n_roles++] = (char *)role_code((enum role)role);
}

/* The next page begins behind the last handle. */
static void search_reply(struct read_call *rc)
{
	if (rc->rows > rc->page && rc->search.n_units)
		rc->search.next_page_token = rc->search.units[rc->search.n_units - 1]->handle;
	rc->search.heartbeat = read_call_heartbeat(rc);
	search_add_roles(rc);
	answer_message(rc->call, &rc->search.base);
}

void method_search(const struct incoming *in)
{
	const Stafett__V1__SearchRequest *r = (const Stafett__V1__SearchRequest *)in->request;
	int size = page_size(r->page_size);
	struct read_call *rc;
	struct db_args *args;

	if (size < 0 || r->age < 0) {
		answer_refusal(in->call, REASON_FIELD_INVALID, size < 0 ? "page_size" : "age");
		return;
	}
	rc = read_call_new(in, search_row, search_reply);
	if (!rc)
		return;
	rc->page = size;
	stafett__v1__search_response__init(&rc->search);
	rc->search.units = read_call_room(rc, (size_t)size);
	args = read_add_query(&rc->read, READ_UNITS);
	db_args_add_text(args, r->municipality ? r->municipality : "");
	db_args_add_text(args, r->need ? r->need : "");
	db_args_add_text(args, r->kind ? r->kind : "");
	db_args_add_int(args, r->age);
	db_args_add_text(args, r->handle_prefix ? r->handle_prefix : "");
	db_args_add_bool(args, r->include_closed);
	db_args_add_text(args, r->page_token ? r->page_token : "");
	db_args_add_int(args, size + 1);
	read_call_submit(rc);
}

/* --- how far an upload came ---------------------------------------------------------------------
 */

static void get_upload_row(
	struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	enum { RECEIVED = 2, COMPLETE };
	struct read_call *rc = read->arg;
	Stafett__V1__UploadProgress *progress = arena_alloc(rc->arena, sizeof(*progress));

	rc->rows++;
	if (!progress)
		return;
	stafett__v1__upload_progress__init(progress);
	progress->received = (uint32_t)db_row_int(row, RECEIVED);
	progress->complete = db_row_bool(row, COMPLETE);
	rc->get_upload.progress = progress;
}

static enum reason get_upload_judge(struct read *read)
{
	const struct read_call *rc = read->arg;

	return rc->rows ? REASON_NONE : REASON_NOT_FOUND;
}

static void get_upload_reply(struct read_call *rc)
{
	answer_message(rc->call, &rc->get_upload.base);
}

void method_get_upload(const struct incoming *in)
{
	const Stafett__V1__GetUploadRequest *r = (const Stafett__V1__GetUploadRequest *)in->request;
	struct read_call *rc;
	struct uuid id;
	struct fault fault = decode_uuid(r->id, "id", &id);

	if (fault.reason) {
		answer_refusal(in->call, fault.reason, fault.field);
		return;
	}
	rc = read_call_new(in, get_upload_row, get_upload_reply);
	if (!rc)
		return;
	stafett__v1__get_upload_response__init(&rc->get_upload);
	rc->read.object = id;
	rc->read.judge = get_upload_judge;
	db_args_add_bytes(read_add_query(&rc->read, READ_UPLOAD), uuid_bytes(&rc->read.object));
	read_call_submit(rc);
}
