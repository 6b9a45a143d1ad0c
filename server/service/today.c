/* SPDX-License-Identifier: Apache-2.0 */
/* Today: one reading with several questions, answered when it is recorded. */
#include "service/answer.h"
#include "service/read_call.h"
#include "store/present_chain.h"

/* The parts of the answer, in the order of the queries. */
enum today_query {
	TODAY_DUTIES,
	TODAY_WAITING,
	TODAY_COUNTS,
	TODAY_NEWS,
	TODAY_PROPOSALS,
	TODAY_CHAIN_PROPOSALS,
	TODAY_QUESTIONS,
};

/* All ids of four parts fit into the detail of one audit leaf. */
enum { TODAY_ROWS = 20, TODAY_ROWS_MOST = 50, TODAY_COUNT_MOST = 100 };

static void today_row_referral(struct read_call *rc, const struct db_row *row, struct audit *audit,
	Stafett__V1__ReferralSummary **rows, size_t *n)
{
	struct presented p;

	if (*n >= (size_t)rc->page || !present_referral(rc->arena, row, &rc->read, &p))
		return;
	rows[(*n)++] = read_call_summary(rc->arena, &p);
	read_call_record_row(audit, &p);
}

static void today_row_counts(struct read_call *rc, const struct db_row *row)
{
	enum { DUTIES, WAITING, LATE_DUTIES, LATE_WAITING, LATE_HELP, INBOX };

	rc->today.duty_count = db_row_int(row, DUTIES);
	rc->today.waiting_count = db_row_int(row, WAITING);
	rc->today.late_duty_count = db_row_int(row, LATE_DUTIES);
	rc->today.late_waiting_count = db_row_int(row, LATE_WAITING);
	rc->today.late_help_count = db_row_int(row, LATE_HELP);
	rc->today.inbox_count = db_row_int(row, INBOX);
}

static void today_row_news(struct read_call *rc, const struct db_row *row, struct audit *audit)
{
	enum { REFERRAL = 1 };
	struct uuid referral = db_row_uuid(row, REFERRAL);

	if (rc->today.n_news >= (size_t)rc->page)
		return;
	rc->today.news[rc->today.n_news++] = present_event(rc->arena, row);
	if (db_row_has(row, REFERRAL))
		read_call_record_once(audit, &referral);
}

/* Of a chain in which the unit has no referral. */
static void today_row_chain(struct read_call *rc, const struct db_row *row, struct audit *audit)
{
	Stafett__V1__TodayResponse *today = &rc->today;
	struct presented p = {0};
	struct chain_place place;

	if (today->n_proposals >= (size_t)rc->page)
		return;
	p.chain = present_chain(rc->arena, row, &rc->read, &place);
	p.card = present_chain_card(rc->arena, row);
	today->proposals[today->n_proposals++] = read_call_summary(rc->arena, &p);
	audit_add(audit, AUDIT_CHAIN, uuid_bytes(&place.id));
}

static void today_row_chain_question(
	struct read_call *rc, const struct db_row *row, struct audit *audit)
{
	Stafett__V1__ChainQuestion *duty;
	struct chain_place place;

	if (rc->today.n_questions >= (size_t)rc->page)
		return;
	duty = present_chain_question(rc->arena, row, &rc->read, &place);
	if (!duty)
		return;
	rc->today.questions[rc->today.n_questions++] = duty;
	audit_add(audit, AUDIT_CHAIN, uuid_bytes(&place.id));
}

static void today_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct read_call *rc = read->arg;
	Stafett__V1__TodayResponse *today = &rc->today;

	switch ((enum today_query)query) {
	case TODAY_DUTIES:
		today_row_referral(rc, row, audit, today->duties, &today->n_duties);
		break;
	case TODAY_WAITING:
		today_row_referral(rc, row, audit, today->waiting, &today->n_waiting);
		break;
	case TODAY_COUNTS:
		today_row_counts(rc, row);
		break;
	case TODAY_NEWS:
		today_row_news(rc, row, audit);
		break;
	case TODAY_PROPOSALS:
		today_row_referral(rc, row, audit, today->proposals, &today->n_proposals);
		break;
	case TODAY_QUESTIONS:
		today_row_chain_question(rc, row, audit);
		break;
	case TODAY_CHAIN_PROPOSALS:
		today_row_chain(rc, row, audit);
		break;
	}
}

static void today_reply(struct read_call *rc)
{
	rc->today.heartbeat = read_call_heartbeat(rc);
	answer_message(rc->call, &rc->today.base);
}

/* The most urgent rows of one side, whatever their direction, state or age. */
static void today_add_side(struct read_call *rc, const char *side)
{
	struct db_args *args = read_add_query(&rc->read, READ_OPEN);

	db_args_add_text(args, side);
	db_args_add_text(args, "");
	db_args_add_bool(args, false);
	db_args_add_text(args, "");
	db_args_add_text(args, "");
	db_args_add_time(args, INT64_MIN);
	read_call_add_place(args, &rc->last, false);
	db_args_add_int(args, rc->page);
}

static void today_add_queries(struct read_call *rc, int64_t since_us)
{
	struct db_args *args;

	today_add_side(rc, "unit");
	today_add_side(rc, "others");
	db_args_add_int(read_add_query(&rc->read, READ_COUNTS), TODAY_COUNT_MOST);
	args = read_add_query(&rc->read, READ_NEWS);
	db_args_add_time(args, since_us);
	db_args_add_int(args, rc->page);
	db_args_add_int(read_add_query(&rc->read, READ_PROPOSALS), rc->page);
	db_args_add_int(read_add_query(&rc->read, READ_CHAIN_PROPOSALS), rc->page);
	db_args_add_int(read_add_query(&rc->read, READ_CHAIN_QUESTIONS), rc->page);
}

void method_today(const struct incoming *in)
{
	const Stafett__V1__TodayRequest *r = (const Stafett__V1__TodayRequest *)in->request;
	struct read_call *rc;
	int64_t since_us;

	if (r->page_size < 0 || r->page_size > TODAY_ROWS_MOST) {
		answer_refusal(in->call, REASON_FIELD_INVALID, "page_size");
		return;
	}
	if (!read_call_time(in, r->since_time, "since_time", &since_us) ||
		!(rc = read_call_new(in, today_row, today_reply)))
		return;
	rc->page = r->page_size ? r->page_size : TODAY_ROWS;
	stafett__v1__today_response__init(&rc->today);
	rc->today.duties = read_call_room(rc, (size_t)rc->page);
	rc->today.waiting = read_call_room(rc, (size_t)rc->page);
	rc->today.news = read_call_room(rc, (size_t)rc->page);
	rc->today.proposals = read_call_room(rc, (size_t)rc->page);
	rc->today.questions = read_call_room(rc, (size_t)rc->page);
	today_add_queries(rc, since_us);
	read_call_submit(rc);
}
