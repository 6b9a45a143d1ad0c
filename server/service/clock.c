/* SPDX-License-Identifier: Apache-2.0 */
/* Why something is due: the deadlines of a referral, or of a chain, with their rules. */
#include "service/answer.h"
#include "service/method.h"
#include "service/read_call.h"
#include "store/present_clock.h"

/* Two referrals at most, or two chains, which is one too many; and the deadlines of one. */
enum { WHY_ROWS = 4 };

/* Who says the code of a referral means that, and not a chain that begins alike: |own|
 * is a deadline of one, once there is any. */
static void why_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	bool of_chain = read->queries[query].statement == READ_CHAIN_DEADLINES;
	struct read_call *rc = read->arg;
	Stafett__V1__WhyResponse *why = &rc->why;
	struct uuid about;
	Stafett__V1__Deadline *deadline = present_deadline(rc->arena, row, &about);

	if (!deadline || why->n_deadlines == WHY_ROWS || (of_chain && rc->own))
		return;
	why->deadlines[why->n_deadlines++] = deadline;
	if (!of_chain)
		rc->own = deadline;
	if (uuid_equal(&read->object, &about))
		return;
	read->object = about;
	rc->rows++;
	if (of_chain)
		audit_add(audit, AUDIT_CHAIN, uuid_bytes(&about));
	else
		read_call_record(audit, &about);
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

static void why_add_query(struct read_call *rc, enum read_statement statement, int64_t as_of_us)
{
	struct db_args *args = read_add_query(&rc->read, statement);

	db_args_add_bytes(args, rc->key.has_id ? uuid_bytes(&rc->key.id) : bytes_of(NULL, 0));
	db_args_add_text(args, rc->key.code);
	db_args_add_time(args, as_of_us);
}

void method_why(const struct incoming *in)
{
	const Stafett__V1__WhyRequest *r = (const Stafett__V1__WhyRequest *)in->request;
	struct referral_key key;
	struct read_call *rc;
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
	why_add_query(rc, READ_DEADLINES, as_of_us);
	why_add_query(rc, READ_CHAIN_DEADLINES, as_of_us);
	read_call_submit(rc);
}
