/* SPDX-License-Identifier: Apache-2.0 */
/* The transition table, applied: who may do what, in which state, and who holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "domain/rules.h"

static const struct uuid lund = {{1}}, beroende = {{2}}, psykiatri = {{3}}, nobody;

/* Tue 3 Nov 2026 09:00 at Stockholm. */
static int64_t now_us(void)
{
	return calendar_at((struct date){2026, 11, 3}, (struct clock_time){9, 0, 0});
}

/* Lund's caseworker sends a new care request to Beroende. */
static struct order a_send(void)
{
	return (struct order){
		.act = ACT_SEND,
		.opens_chain = true,
		.kind = KIND_CARE_REQUEST,
		.priority = bytes_of_string("routine"),
		.create_us = now_us(),
		.help_request_date = {2026, 11, 2},
		.to_unit = bytes_of_string("a/b"),
		.basis = BASIS_CONSENT,
		.recipients = bytes_of_string("x,a"),
	};
}

static struct facts facts_for_send(void)
{
	return (struct facts){
		.now_us = now_us(),
		.basis = BASIS_NEED_OF_CARE,
		.unit_known = true,
		.member_known = true,
		.unit_open = true,
		.unit = lund,
		.roles = MASK(ROLE_CASEWORKER),
		.to_known = true,
		.to_open = true,
		.to_covered = true,
		.to_unit = beroende,
		.to_kinds = MASK(KIND_CARE_REQUEST) | MASK(KIND_HANDOVER) | MASK(KIND_CONSULTATION),
	};
}

/* Beroende's nurse looks at what Lund sent; Lund holds the chain. */
static struct facts facts_for_owner(enum state state)
{
	return (struct facts){
		.now_us = now_us(),
		.basis = BASIS_NEED_OF_CARE,
		.unit_known = true,
		.member_known = true,
		.unit_open = true,
		.unit = beroende,
		.roles = MASK(ROLE_INTAKE),
		.chain_visible = true,
		.chain_open = true,
		.custodian = lund,
		.due_date = {2026, 12, 2},
		.referral_visible = true,
		.state = state,
		.version = 3,
		.kind = KIND_CARE_REQUEST,
		.priority = bytes_of_string("routine"),
		.requester = lund,
		.owner = beroende,
		.sender = lund,
		.hand_back = lund,
		.delivered_known = true,
		.delivered_asks = true,
	};
}

static struct order an_act(enum act act)
{
	return (struct order){
		.act = act,
		.referral = {{9}},
		.version = 3,
		.create_us = now_us(),
		.contact_by = {2026, 11, 13},
	};
}

static struct decision decide(const struct order *order, const struct facts *facts)
{
	struct decision decision;

	rules_decide(order, facts, &decision);
	return decision;
}

static void expect_refusal(const struct order *order, const struct facts *facts, enum reason reason)
{
	struct decision d = decide(order, facts);

	assert_int_equal(d.kind, DECISION_REFUSE);
	assert_string_equal(reason_name(d.reason), reason_name(reason));
}

static void expect_uuid(const struct uuid *got, const struct uuid *expected)
{
	assert_memory_equal(got, expected, sizeof(*got));
}

static void a_send_opens_a_chain_that_the_sender_holds(void **state)
{
	struct order o = a_send();
	struct facts f = facts_for_send();
	struct decision d = decide(&o, &f);

	assert_int_equal(d.kind, DECISION_DO);
	assert_int_equal(d.to, STATE_REQUESTED);
	assert_true(d.custodian_moves);
	expect_uuid(&d.custodian, &lund);
	expect_uuid(&d.next_actor, &beroende);
	assert_string_equal(d.next_act, "acknowledge");
	assert_int_equal(date_compare(d.due_date, (struct date){2026, 12, 2}), 0);
	assert_int_equal(
		d.due.us, calendar_at((struct date){2026, 11, 4}, (struct clock_time){17, 0, 0}));
}

static void accepting_moves_the_chain_to_the_owner(void **state)
{
	struct order o = an_act(ACT_ACCEPT);
	struct facts f = facts_for_owner(STATE_RECEIVED);
	struct decision d = decide(&o, &f);

	assert_int_equal(d.kind, DECISION_DO);
	assert_int_equal(d.to, STATE_ACCEPTED);
	assert_int_equal(d.version, 4);
	assert_true(d.custodian_moves);
	expect_uuid(&d.custodian, &beroende);
	assert_true(d.settles);
}

static void acknowledging_moves_nothing(void **state)
{
	struct order o = an_act(ACT_ACKNOWLEDGE);
	struct facts f = facts_for_owner(STATE_REQUESTED);
	struct decision d = decide(&o, &f);

	assert_int_equal(d.kind, DECISION_DO);
	assert_int_equal(d.to, STATE_RECEIVED);
	assert_false(d.custodian_moves);
	expect_uuid(&d.custodian, &lund);
}

/* Lund holds what Beroende rejects: by the next working day it sees to it. */
static void who_holds_what_has_ended_must_see_to_it(void **state)
{
	struct order o = an_act(ACT_REJECT);
	struct facts f = facts_for_owner(STATE_RECEIVED);
	struct decision d = decide(&o, &f);

	assert_int_equal(d.to, STATE_REJECTED);
	expect_uuid(&d.next_actor, &lund);
	assert_string_equal(d.next_act, "send");
	assert_int_equal(
		d.due.us, calendar_at((struct date){2026, 11, 4}, (struct clock_time){17, 0, 0}));
}

static void a_holder_that_has_more_under_way_is_not_asked(void **state)
{
	struct order o = an_act(ACT_NEED_GONE);
	struct facts f = facts_for_owner(STATE_RECEIVED);
	struct decision d;

	f.roles = MASK(ROLE_CASEWORKER);
	d = decide(&o, &f);
	expect_uuid(&d.next_actor, &lund);
	f.busy.custodian = true;
	d = decide(&o, &f);
	assert_int_equal(d.to, STATE_CANCELLED);
	assert_null(d.next_act);
}

/* Psykiatri holds the chain; Lund only added a referral. */
static void a_third_partys_accept_takes_no_chain(void **state)
{
	struct order o = an_act(ACT_ACCEPT);
	struct facts f = facts_for_owner(STATE_RECEIVED);
	struct decision d;

	f.custodian = psykiatri;
	d = decide(&o, &f);
	assert_int_equal(d.kind, DECISION_DO);
	assert_false(d.custodian_moves);
	expect_uuid(&d.custodian, &psykiatri);
}

static void accepting_a_consultation_takes_no_chain(void **state)
{
	struct order o = an_act(ACT_ACCEPT);
	struct facts f = facts_for_owner(STATE_RECEIVED);
	struct decision d;

	f.kind = KIND_CONSULTATION;
	d = decide(&o, &f);
	assert_int_equal(d.kind, DECISION_DO);
	assert_false(d.custodian_moves);
}

static void an_act_on_another_version_is_a_conflict(void **state)
{
	struct order o = an_act(ACT_ACCEPT);
	struct facts f = facts_for_owner(STATE_RECEIVED);
	struct decision d;

	o.version = 2;
	expect_refusal(&o, &f, REASON_VERSION_CONFLICT);
	d = decide(&o, &f);
	assert_true(d.state_known);
	assert_int_equal(d.allowed_acts, MASK(ACT_ASK) | MASK(ACT_ACCEPT) | MASK(ACT_REJECT) |
						 MASK(ACT_FORWARD) | MASK(ACT_NOTE) |
						 MASK(ACT_ASSIGN) | MASK(ACT_CONSENT));
}

static void who_is_told_no_more_acts_on_what_it_was_told_last(void **state)
{
	struct order o = an_act(ACT_NOTE);
	struct facts f = facts_for_owner(STATE_IN_PROGRESS);

	f.roles = MASK(ROLE_CASEWORKER);
	f.shown.differs = true;
	f.shown.state = STATE_ACCEPTED;
	f.shown.version = 2;
	o.contact = true;
	expect_refusal(&o, &f, REASON_VERSION_CONFLICT);
	assert_true(decide(&o, &f).allowed_acts & MASK(ACT_START));
	assert_false(decide(&o, &f).allowed_acts & MASK(ACT_PAUSE));
	o.version = 2;
	assert_int_equal(decide(&o, &f).kind, DECISION_DO);
	assert_int_equal(decide(&o, &f).version, f.version);
}

/* The same answer for both: the first check that can tell them apart is sight. */
static void what_is_not_visible_is_not_there(void **state)
{
	struct order o = an_act(ACT_ACCEPT);
	struct facts f = facts_for_owner(STATE_RECEIVED);
	struct decision d;

	f.referral_visible = false;
	expect_refusal(&o, &f, REASON_NOT_FOUND);
	d = decide(&o, &f);
	assert_false(d.state_known);
	assert_int_equal(d.allowed_acts, 0);
	f.referral_visible = true;
	f.chain_visible = false;
	expect_refusal(&o, &f, REASON_NOT_FOUND);
}

static void the_same_key_is_answered_as_before(void **state)
{
	struct order o = a_send();
	struct facts f = facts_for_send();

	f.key_known = true;
	assert_int_equal(decide(&o, &f).kind, DECISION_DUPLICATE);
	f.key_hash[31] = 1;
	expect_refusal(&o, &f, REASON_KEY_CONTENT_MISMATCH);
}

/* One fact wrong at a time of a send that is taken otherwise. */
static void a_send_is_refused_for_one_reason_at_a_time(void **state)
{
#define REFUSED(wrong, reason)                     \
	do {                                       \
		struct order o = a_send();         \
		struct facts f = facts_for_send(); \
                                                   \
		wrong;                             \
		expect_refusal(&o, &f, reason);    \
	} while (0)
	REFUSED(f.roles = 0, REASON_NOT_A_MEMBER);
	REFUSED(f.roles = MASK(ROLE_INTAKE), REASON_ROLE_REQUIRED);
	REFUSED(f.unit_known = false, REASON_NOT_A_MEMBER);
	REFUSED(f.to_known = false, REASON_UNIT_UNKNOWN);
	REFUSED(f.to_open = false, REASON_UNIT_CLOSED);
	REFUSED(f.to_kinds = 0, REASON_UNIT_DOES_NOT_TAKE);
	REFUSED(f.unit_open = false, REASON_UNIT_CLOSED);
	REFUSED(o.named_unit = bytes_of_string("a/b"), REASON_UNIT_UNKNOWN);
	REFUSED(o.has_named_referral = true, REASON_NOT_FOUND);
	REFUSED(o.help_request_date.day = 4, REASON_CLOCK_IN_FUTURE);
	REFUSED(o.basis = BASIS_DISCHARGE_LAW, REASON_BASIS_NOT_ALLOWED);
	REFUSED(o.basis_end = ((struct date){2026, 11, 2}), REASON_CONSENT_EXPIRED);
	REFUSED(o.recipients = bytes_of_string("a/bc,ab"), REASON_CONSENT_MISSING);
	REFUSED(o.priority = bytes_of_string("stat"), REASON_CALL_REQUIRED);
	REFUSED(o.create_us += 301 * INT64_C(1000000), REASON_CREATED_IN_FUTURE);
	REFUSED(o.opens_chain = false, REASON_NOT_FOUND);
#undef REFUSED
}

static void only_the_holder_hands_over(void **state)
{
	struct order o = a_send();
	struct facts f = facts_for_send();

	o.kind = KIND_HANDOVER;
	o.opens_chain = false;
	f.chain_visible = f.chain_open = true;
	f.custodian = psykiatri;
	expect_refusal(&o, &f, REASON_NOT_HOLDER);
	f.custodian = lund;
	assert_int_equal(decide(&o, &f).kind, DECISION_DO);
	f.chain_open = false;
	expect_refusal(&o, &f, REASON_CHAIN_CLOSED);
}

static void a_body_that_was_uploaded_must_be_there(void **state)
{
	struct order send = a_send(), accept = an_act(ACT_ACCEPT);
	struct facts f = facts_for_send(), of_owner = facts_for_owner(STATE_RECEIVED);
	struct decision d;

	send.has_upload = accept.has_upload = true;
	d = decide(&send, &f);
	assert_int_equal(d.reason, REASON_UPLOAD_UNKNOWN);
	assert_string_equal(d.field, "body");
	of_owner.roles = MASK(ROLE_CASEWORKER);
	expect_refusal(&accept, &of_owner, REASON_UPLOAD_UNKNOWN);
	f.upload_ready = of_owner.upload_ready = true;
	assert_int_equal(decide(&send, &f).kind, DECISION_DO);
	assert_int_equal(decide(&accept, &of_owner).kind, DECISION_DO);
}

static void an_old_message_is_no_reason_to_refuse(void **state)
{
	struct order o = a_send();
	struct facts f = facts_for_send();

	o.create_us = 1;
	assert_int_equal(decide(&o, &f).kind, DECISION_DO);
}

/* Ten years from the third of November 2026, to either side, and one day more. */
static void what_lies_further_than_ten_years_away_is_a_slip(void **state)
{
	static const struct {
		enum act act;
		size_t offset;
		const char *field;
	} rows[] = {
#define REACH(act, type, member, field) {ACT_##act, offsetof(struct order, member), field},
#include "stafett/tbl/reach.def"
#undef REACH
	};
	static const bool is_time[] = {
#define DAY				false
#define TIME				true
#define REACH(act, type, member, field) type,
#include "stafett/tbl/reach.def"
#undef REACH
	};
	static const struct date within[] = {{2016, 11, 3}, {2036, 11, 3}};
	static const struct date beyond[] = {
		{2016, 11, 2}, {2036, 11, 4}, {1, 1, 1}, {9999, 12, 31}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts f = rows[i].act == ACT_SEND ? facts_for_send()
							 : facts_for_owner(STATE_RECEIVED);

		for (size_t n = 0; n < ARRAY_SIZE(within) + ARRAY_SIZE(beyond); n++) {
			bool is_beyond = n >= ARRAY_SIZE(within);
			struct date day = is_beyond ? beyond[n - ARRAY_SIZE(within)] : within[n];
			int64_t us = calendar_at(day, (struct clock_time){12, 0, 0});
			struct order o = rows[i].act == ACT_SEND ? a_send() : an_act(rows[i].act);
			struct decision d;

			if (is_time[i])
				memcpy((char *)&o + rows[i].offset, &us, sizeof(us));
			else
				memcpy((char *)&o + rows[i].offset, &day, sizeof(day));
			f.roles = MASK(ROLE_COUNT) - 1;
			d = decide(&o, &f);
			assert_int_equal(d.reason == REASON_TOO_FAR, is_beyond);
			if (is_beyond)
				assert_string_equal(d.field, rows[i].field);
		}
	}
}

static void a_promise_lies_within_the_persons_clock(void **state)
{
	struct order o = an_act(ACT_ACCEPT);
	struct facts f = facts_for_owner(STATE_RECEIVED);

	o.contact_by = (struct date){2026, 12, 2};
	assert_int_equal(decide(&o, &f).kind, DECISION_DO);
	o.contact_by.day = 3;
	expect_refusal(&o, &f, REASON_CONTACT_AFTER_CLOCK);
	o.clock_reason = bytes_of_string("no-capacity");
	assert_int_equal(decide(&o, &f).kind, DECISION_DO);
	o.contact_by = (struct date){2026, 11, 2};
	expect_refusal(&o, &f, REASON_CONTACT_PASSED);
	o.contact_by = (struct date){2026, 11, 3};
	assert_int_equal(decide(&o, &f).kind, DECISION_DO);
}

static void an_acknowledgement_names_what_came(void **state)
{
	struct order o = an_act(ACT_ACKNOWLEDGE);
	struct facts f = facts_for_owner(STATE_REQUESTED);

	f.delivered_hash[0] = 1;
	expect_refusal(&o, &f, REASON_CONTENT_DIFFERS);
	f.delivered_known = false;
	expect_refusal(&o, &f, REASON_NOT_FOUND);
}

static void a_refusal_names_the_successor_of_a_closed_unit(void **state)
{
	struct order o = a_send();
	struct facts f = facts_for_send();

	f.to_open = false;
	f.to_replaced_by = bytes_of_string("skane/beroende-lund");
	assert_true(bytes_equal(decide(&o, &f).alternative, f.to_replaced_by));
}

static void due_times_follow_the_priority(void **state)
{
	static const struct {
		const char *priority;
		int minutes;
	} rows[] = {{"stat", 15}, {"asap", 120}, {"urgent", 240}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct order o = a_send();
		struct facts f = facts_for_send();

		o.priority = bytes_of_string(rows[i].priority);
		o.call_us = now_us();
		assert_int_equal(
			decide(&o, &f).due.us, now_us() + rows[i].minutes * INT64_C(60000000));
	}
}

static int set_zone(void **state)
{
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	return calendar_zone_ok() && uuid_is_nil(&nobody) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_send_opens_a_chain_that_the_sender_holds),
		cmocka_unit_test(accepting_moves_the_chain_to_the_owner),
		cmocka_unit_test(acknowledging_moves_nothing),
		cmocka_unit_test(a_third_partys_accept_takes_no_chain),
		cmocka_unit_test(accepting_a_consultation_takes_no_chain),
		cmocka_unit_test(an_act_on_another_version_is_a_conflict),
		cmocka_unit_test(who_is_told_no_more_acts_on_what_it_was_told_last),
		cmocka_unit_test(what_is_not_visible_is_not_there),
		cmocka_unit_test(the_same_key_is_answered_as_before),
		cmocka_unit_test(a_send_is_refused_for_one_reason_at_a_time),
		cmocka_unit_test(only_the_holder_hands_over),
		cmocka_unit_test(a_body_that_was_uploaded_must_be_there),
		cmocka_unit_test(an_old_message_is_no_reason_to_refuse),
		cmocka_unit_test(what_lies_further_than_ten_years_away_is_a_slip),
		cmocka_unit_test(a_promise_lies_within_the_persons_clock),
		cmocka_unit_test(an_acknowledgement_names_what_came),
		cmocka_unit_test(a_refusal_names_the_successor_of_a_closed_unit),
		cmocka_unit_test(who_holds_what_has_ended_must_see_to_it),
		cmocka_unit_test(a_holder_that_has_more_under_way_is_not_asked),
		cmocka_unit_test(due_times_follow_the_priority),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
