/* SPDX-License-Identifier: Apache-2.0 */
/* Why something is due: the deadlines of a referral with their rules. */
#include "service/answer.h"
#include "service/method.h"
#include "service/read_call.h"
#include "store/present_clock.h"

/* Two referrals at most, which is one too many, and two deadlines each. */
enum { WHY_ROWS = 4 };

static void why_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct read_call *rc = read->arg;
	Stafett__V1__WhyResponse *why = &rc->why;
	struct uuid referral;
	Stafett__V1__Deadline *deadline = present_deadline(rc->arena, row, &referral);

	if (!deadline || why->n_deadlines == WHY_ROWS)
		return;
	why->deadlines[why->n_deadlines++] = deadline;
	if (uuid_equal(&read->object, &referral))
		return;
	read->object = referral;
	rc->rows++;
	read_call_record(audit, &referral);
}

static enum reason why_judge(struct read *read)
{
	const struct read_call *rc = read->arg;

	if (rc->rows > 1)
		return REASON_CODE_AMBIGUOUS;
	return rc->why.n_deadlines ? REASON_NONE : REASON_NOT_FOUND;
}

static void why_reply(struct read_call *rc)
{
	rc->why.heartbeat = read_call_heartbeat(rc);
	answer_message(rc->call, &rc->why.base);
}

void method_why(const struct incoming *in)
{
	const Stafett__V1__WhyRequest *r = (const Stafett__V1__WhyRequest *)in->request;
	struct referral_key key;
	struct read_call *rc;
	struct db_args *args;
	int64_t as_of_us;

	if (!decode_key(r->id, &key)) {
		answer_refusal(in->call, REASON_FIELD_INVALID, "id");
		return;
	}
	if (!read_call_time(in, r->as_of_time, "as_of_time", &as_of_us) ||
		!(rc = read_call_new(in, why_row, why_reply)))
		return;
	rc->key = key;
	stafett__v1__why_response__init(&rc->why);
	rc->why.deadlines = read_call_room(rc, WHY_ROWS);
	rc->read.judge = why_judge;
	args = read_add_query(&rc->read, READ_DEADLINES);
	db_args_add_bytes(args,
		rc->key.has_id ? bytes_of(rc->key.id.b, sizeof(rc->key.id.b)) : bytes_of(NULL, 0));
	db_args_add_text(args, rc->key.code);
	db_args_add_time(args, as_of_us);
	read_call_submit(rc);
}
