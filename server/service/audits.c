/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: a page of it, and one entry. Reading it is recorded in it. */
#include "codec/pb_time.h"
#include "service/answer.h"
#include "service/read_call.h"
#include "store/present_audit.h"

/* --- a page ---------------------------------------------------------------------------- */

enum audit_query { AUDIT_QUERY_SUBJECT, AUDIT_QUERY_LOG };

/* What an action means: types of leaves, or the code of an act. */
struct audit_action {
	int32_t types; /* bit n: type n; 0: any */
	const char *act;
};

/* A page being read: what was asked for, as it is recorded, and what that means. */
struct audit_page {
	struct read_call *rc;
	const Stafett__V1__AuditServiceListRequest *request;
	char *asked;
	bool is_about; /* a referral or a chain */
	int units, subjects;
};

static bool audit_action_read(const char *text, struct audit_action *ret_action)
{
	struct audit_action action = {0, ""};
	const struct leaf_word *word;

	for (size_t i = 0; (word = leaf_word_at(i)); i++)
		if (strcmp(word->code, text) == 0 || (word->action == text[0] && !text[1]))
			action.types |= 1 << word->type;
	/* "send" and "acknowledge" are both; the operation is the wider one. */
	if (!action.types && *text) {
		if (act_from_code(bytes_of_string(text)) < 0)
			return false;
		action.act = text;
	}
	*ret_action = action;
	return true;
}

static void audit_row_subject(
	struct audit_page *page, const struct db_row *row, struct audit *audit)
{
	enum { UNITS, SUBJECTS, REFERRAL, CHAIN };

	page->units = db_row_int(row, UNITS);
	page->subjects = db_row_int(row, SUBJECTS);
	if (db_row_has(row, REFERRAL))
		audit_add(audit, AUDIT_REFERRAL, db_row_bytes(row, REFERRAL));
	if (db_row_has(row, CHAIN))
		audit_add(audit, AUDIT_CHAIN, db_row_bytes(row, CHAIN));
	if (page->asked && *page->asked)
		audit_add(audit, AUDIT_ASKED, bytes_of_string(page->asked));
}

/* A row that only says how far the log was looked at is a page's end, where the page
 * has not been filled before. */
static void audit_row_entry(struct audit_page *page, const struct db_row *row)
{
	Stafett__V1__AuditServiceListResponse *list = &page->rc->audit_list;
	Stafett__V1__AuditEntry *entry;

	if (page->rc->rows > page->rc->page)
		return;
	if (!present_audit_matches(row)) {
		page->rc->rows = page->rc->page + 1;
		page->rc->last.id = present_audit_id(row);
		return;
	}
	if (page->rc->rows++ == page->rc->page ||
		!(entry = present_audit(page->rc->arena, row, PRESENT_AUDIT_SHORT)))
		return;
	list->entries[list->n_entries++] = entry;
	page->rc->last.id = present_audit_id(row);
}

static void audit_list_row(
	struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct audit_page *page = ((struct read_call *)read->arg)->own;

	if (query == AUDIT_QUERY_SUBJECT)
		audit_row_subject(page, row, audit);
	else
		audit_row_entry(page, row);
}

static enum reason audit_list_judge(struct read *read)
{
	const struct audit_page *page = ((struct read_call *)read->arg)->own;

	if (page->is_about && page->subjects > 1)
		return REASON_CODE_AMBIGUOUS;
	return page->units && (!page->is_about || page->subjects) ? REASON_NONE : REASON_NOT_FOUND;
}

static void audit_list_reply(struct read_call *rc)
{
	if (rc->rows > rc->page)
		rc->audit_list.next_page_token = page_token(rc->arena, &rc->last);
	rc->audit_list.heartbeat = read_call_heartbeat(rc);
	answer_message(rc->call, &rc->audit_list.base);
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

/* A time as text; "" where there is none. It is known to be one. */
static const char *audit_asked_time(struct arena *arena, const Google__Protobuf__Timestamp *time)
{
	char text[PB_TIME_CHARS];

	if (!time || pb_time_print_timestamp(time->seconds, time->nanos, text))
		return "";
	return text_or_empty(arena_copy(arena, bytes_of_string(text)));
}

/* "member=urn:... action=get": what the record of this reading says of it. */
static char *audit_asked(struct arena *arena, const Stafett__V1__AuditServiceListRequest *r)
{
	const struct {
		const char *name, *value;
	} filters[] = {
		{"since", audit_asked_time(arena, r->since_time)},
		{"until", audit_asked_time(arena, r->until_time)},
		{"unit", text_or_empty(r->unit)},
		{"member", text_or_empty(r->member)},
		{"action", text_or_empty(r->action)},
		{"outcome", text_or_empty(r->outcome)},
	};
	char *text = arena_copy(arena, bytes_of_string(""));

	for (size_t i = 0; text && i < ARRAY_SIZE(filters); i++)
		if (*filters[i].value)
			text = arena_printf(arena, "%s%s%s=%s", text, *text ? " " : "",
				filters[i].name, filters[i].value);
	return text;
}

static void audit_add_reference(struct db_args *args, const struct referral_key *key, bool is_about)
{
	bool has_id = is_about && key->has_id;

	db_args_add_bytes(args, has_id ? uuid_bytes(&key->id) : bytes_of(NULL, 0));
	db_args_add_text(args, is_about ? key->code : "");
}

/* Everything that is asked, once it is known to be well-formed. */
struct audit_filter {
	struct audit_action action;
	int outcome;
	int64_t since_us, until_us;
	bool has_place;
};

static void audit_add_queries(struct audit_page *page, const struct audit_filter *filter)
{
	const Stafett__V1__AuditServiceListRequest *r = page->request;
	struct read_call *rc = page->rc;
	struct db_args *args = read_add_query(&rc->read, READ_AUDIT_SUBJECT);

	db_args_add_text(args, text_or_empty(r->unit));
	audit_add_reference(args, &rc->key, page->is_about);
	args = read_add_query(&rc->read, READ_AUDIT_LOG);
	db_args_add_text(args, text_or_empty(r->unit));
	db_args_add_text(args, text_or_empty(r->member));
	db_args_add_int(args, filter->action.types);
	db_args_add_text(args, filter->action.act);
	db_args_add_int(args, filter->outcome);
	audit_add_reference(args, &rc->key, page->is_about);
	db_args_add_bool(args, r->whole_chain);
	db_args_add_time(args, filter->since_us);
	db_args_add_time(args, filter->until_us);
	db_args_add_bytes(args, filter->has_place ? uuid_bytes(&rc->last.id) : bytes_of(NULL, 0));
	db_args_add_int(args, rc->page + 1);
}

/* The field at fault, or NULL. */
static const char *audit_read_filter(const Stafett__V1__AuditServiceListRequest *r,
	struct referral_key *ret_key, struct audit_filter *ret_filter)
{
	const char *outcome = text_or_empty(r->outcome), *unit = text_or_empty(r->unit);
	const char *member = text_or_empty(r->member);

	if (*unit && !identity_is_handle(bytes_of_string(unit)))
		return "unit";
	if (*member && !identity_is_member(bytes_of_string(member)))
		return "member";
	if (*text_or_empty(r->referral) && !decode_key(r->referral, ret_key))
		return "referral";
	if (!audit_action_read(text_or_empty(r->action), &ret_filter->action))
		return "action";
	ret_filter->outcome = leaf_outcome_from_code(bytes_of_string(outcome));
	return *outcome && ret_filter->outcome < 0 ? "outcome" : NULL;
}

/* False over the arena's cap; then the call is refused. */
static bool audit_page_begin(struct read_call *rc, const struct incoming *in)
{
	struct audit_page *page = arena_alloc(rc->arena, sizeof(*page));

	stafett__v1__audit_service_list_response__init(&rc->audit_list);
	rc->audit_list.entries = read_call_room(rc, (size_t)rc->page);
	if (!page || !rc->audit_list.entries) {
		read_fini(&rc->read);
		answer_refusal(in->call, REASON_SERVER_FAULT, NULL);
		return false;
	}
	page->rc = rc;
	page->request = (const Stafett__V1__AuditServiceListRequest *)in->request;
	page->is_about = *text_or_empty(page->request->referral);
	page->asked = audit_asked(rc->arena, page->request);
	rc->own = page;
	rc->read.judge = audit_list_judge;
	return true;
}

void method_audit_list(const struct incoming *in)
{
	const Stafett__V1__AuditServiceListRequest *r =
		(const Stafett__V1__AuditServiceListRequest *)in->request;
	struct audit_filter filter = {0};
	struct referral_key key = {0};
	struct page_place place = {0};
	const char *fault = audit_read_filter(r, &key, &filter);
	struct read_call *rc;
	int size;

	if (fault) {
		answer_refusal(in->call, REASON_FIELD_INVALID, fault);
		return;
	}
	if (!read_call_page(in, r->page_size, r->page_token, &size, &place, &filter.has_place) ||
		!read_call_time(in, r->since_time, "since_time", &filter.since_us) ||
		!read_call_time(in, r->until_time, "until_time", &filter.until_us) ||
		!(rc = read_call_new(in, audit_list_row, audit_list_reply)))
		return;
	rc->page = size;
	rc->last = place;
	rc->key = key;
	if (!audit_page_begin(rc, in))
		return;
	audit_add_queries(rc->own, &filter);
	read_call_submit(rc);
}

/* --- one entry ----------------------------------------------------------------------------- */

/* What the entry is about is read with it. */
static void audit_get_row(
	struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct read_call *rc = read->arg;
	struct uuid referral;

	rc->rows++;
	rc->audit_get.entry = present_audit(rc->arena, row, PRESENT_AUDIT_WHOLE);
	for (size_t i = 0; rc->audit_get.entry && i < rc->audit_get.entry->n_entity; i++) {
		const char *id = rc->audit_get.entry->entity[i]->referral;

		if (id && uuid_parse(bytes_of_string(id), &referral))
			read_call_record(audit, &referral);
	}
}

static enum reason audit_get_judge(struct read *read)
{
	const struct read_call *rc = read->arg;

	return rc->rows ? REASON_NONE : REASON_NOT_FOUND;
}

static void audit_get_reply(struct read_call *rc)
{
	answer_message(rc->call, &rc->audit_get.base);
}

void method_audit_get(const struct incoming *in)
{
	const Stafett__V1__AuditServiceGetRequest *r =
		(const Stafett__V1__AuditServiceGetRequest *)in->request;
	struct uuid id;
	struct fault fault = decode_uuid(r->id, "id", &id);
	struct read_call *rc;

	if (fault.reason) {
		answer_refusal(in->call, fault.reason, fault.field);
		return;
	}
	rc = read_call_new(in, audit_get_row, audit_get_reply);
	if (!rc)
		return;
	stafett__v1__audit_service_get_response__init(&rc->audit_get);
	rc->read.object = id;
	rc->read.judge = audit_get_judge;
	db_args_add_bytes(
		read_add_query(&rc->read, READ_AUDIT_ENTRY), uuid_bytes(&rc->read.object));
	read_call_submit(rc);
}
