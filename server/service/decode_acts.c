/* SPDX-License-Identifier: Apache-2.0 */
/* One function an act: what it must say, and in which codes. */
#include "service/decode_acts.h"

/* --- acts on a referral ------------------------------------------------------------ */

struct fault decode_words(const struct write *w)
{
	return w->body.len || w->order.has_upload ? DECODE_OK
						  : decode_fault(REASON_FIELD_MISSING, "body");
}

static struct fault decode_ask(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__AskAct *ask = h->ask;
	struct order *o = &w->order;

	o->withdraws = ask->withdraw;
	DECODE_TRY(
		decode_optional_code(ask->question, CODES_QUESTION, "ask.question", &o->question));
	return o->withdraws || o->question.len ? DECODE_OK : decode_words(w);
}

static struct fault decode_amend(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	w->request.protects = h->amend->protected_identity;
	return w->card.len ? DECODE_OK : decode_words(w);
}

static struct fault decode_accept(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__AcceptAct *accept = h->accept;
	struct order *o = &w->order;

	DECODE_TRY(decode_code(
		accept->responsible, CODES_RESPONSIBLE, "accept.responsible", &o->responsible));
	DECODE_TRY(decode_date(accept->contact_by_date, "accept.contact_by_date", &o->contact_by));
	DECODE_TRY(decode_optional_code(
		accept->clock_reason, CODES_CLOCK_REASON, "accept.clock_reason", &o->clock_reason));
	DECODE_TRY(decode_time(
		accept->appointment_time, "accept.appointment_time", &o->appointment_us));
	/* A first appointment is a visit that is expected. */
	o->expected = o->appointment_us ? EXPECTED_VISIT : EXPECTED_NONE;
	o->expected_us = o->appointment_us;
	return DECODE_OK;
}

static struct fault decode_reject(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__RejectAct *reject = h->reject;
	struct order *o = &w->order;

	DECODE_TRY(decode_code(reject->reason, CODES_REJECT, "reject.reason", &o->reason));
	DECODE_TRY(decode_optional_handle(
		reject->alternative_unit, "reject.alternative_unit", &o->named_unit));
	o->none_known = reject->none_known;
	if (o->none_known == (o->named_unit.len > 0))
		return decode_fault(o->none_known ? REASON_FIELD_INVALID : REASON_FIELD_MISSING,
			"reject.alternative_unit");
	return decode_code(
		reject->person_told, CODES_PERSON_TOLD, "reject.person_told", &o->person_told);
}

static struct fault decode_forward(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__ForwardAct *forward = h->forward;
	struct order *o = &w->order;

	DECODE_TRY(decode_recipient(h, o));
	DECODE_TRY(decode_code(forward->reason, CODES_REJECT, "forward.reason", &o->reason));
	return decode_code(
		forward->person_told, CODES_PERSON_TOLD, "forward.person_told", &o->person_told);
}

static struct fault decode_answer(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	w->order.preliminary = h->answer->preliminary;
	return decode_words(w);
}

static struct fault decode_withdraw(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__WithdrawAct *withdraw = h->withdraw;
	struct order *o = &w->order;

	DECODE_TRY(decode_code(withdraw->reason, CODES_END, "withdraw.reason", &o->reason));
	return decode_optional_code(
		withdraw->person_told, CODES_PERSON_TOLD, "withdraw.person_told", &o->person_told);
}

static struct fault decode_need_gone(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__NeedGoneAct *gone = h->need_gone;
	struct order *o = &w->order;

	DECODE_TRY(decode_code(gone->reason, CODES_END, "need_gone.reason", &o->reason));
	return decode_optional_code(
		gone->person_told, CODES_PERSON_TOLD, "need_gone.person_told", &o->person_told);
}

static struct fault decode_note(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	w->order.contact = h->note->contact;
	return w->order.contact ? DECODE_OK : decode_words(w);
}

static struct fault decode_assign(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__AssignAct *assign = h->assign;
	struct order *o = &w->order;

	DECODE_TRY(decode_optional_member(assign->member, "assign.member", &o->assignee));
	return decode_optional_member(
		assign->from_member, "assign.from_member", &o->assigned_before);
}

/* --- treatment ------------------------------------------------------------------------ */

static struct fault decode_event(const Stafett__V1__ExpectedEvent *event, struct order *o)
{
	struct bytes code = {0};

	if (!event)
		return DECODE_OK;
	DECODE_TRY(decode_code(event->kind, CODES_EVENT, "event.kind", &code));
	o->expected = (enum expected)expected_from_code(code);
	DECODE_TRY(decode_time(event->time, "event.time", &o->expected_us));
	return o->expected_us ? DECODE_OK : decode_fault(REASON_FIELD_MISSING, "event.time");
}

/* In treatment the owner always says what is expected next, or why nothing is. */
static struct fault decode_next(
	const Stafett__V1__ExpectedEvent *event, const char *no_next, struct order *o)
{
	if (!event == decode_is_empty(no_next))
		return decode_fault(event ? REASON_FIELD_INVALID : REASON_FIELD_MISSING, "event");
	DECODE_TRY(decode_optional_code(no_next, CODES_NO_NEXT, "no_next", &o->no_next));
	return decode_event(event, o);
}

static struct fault decode_book(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__BookAct *book = h->book;
	struct order *o = &w->order;

	DECODE_TRY(decode_optional_code(
		book->cancelled_by, CODES_CANCELLED_BY, "book.cancelled_by", &o->cancelled_by));
	if (!book->event && !o->cancelled_by.len)
		return decode_fault(REASON_FIELD_MISSING, "event");
	return decode_event(book->event, o);
}

static struct fault decode_start(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__StartAct *start = h->start;
	struct order *o = &w->order;

	DECODE_TRY(decode_code(
		start->intervention, CODES_INTERVENTION, "start.intervention", &o->intervention));
	o->start = calendar_date_of(o->create_us);
	if (!decode_is_empty(start->start_date))
		DECODE_TRY(decode_date(start->start_date, "start.start_date", &o->start));
	return decode_next(start->event, start->no_next, o);
}

static struct fault decode_attend(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	return decode_next(h->attend->event, h->attend->no_next, &w->order);
}

static struct fault decode_resume(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	return decode_next(h->resume->event, NULL, &w->order);
}

static struct fault decode_pause(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__PauseAct *pause = h->pause;
	struct order *o = &w->order;

	DECODE_TRY(decode_code(pause->reason, CODES_CLOCK_REASON, "pause.reason", &o->reason));
	return decode_date(pause->until_date, "pause.until_date", &o->until);
}

static struct fault decode_plan_home(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__PlanHomeAct *plan = h->plan_home;
	struct order *o = &w->order;

	o->has_named_referral = !decode_is_empty(plan->aftercare);
	if (o->has_named_referral != decode_is_empty(plan->not_needed))
		return decode_fault(
			o->has_named_referral ? REASON_FIELD_INVALID : REASON_FIELD_MISSING,
			"plan_home.aftercare");
	if (o->has_named_referral)
		DECODE_TRY(decode_uuid(plan->aftercare, "plan_home.aftercare", &o->named_referral));
	DECODE_TRY(decode_optional_code(
		plan->not_needed, CODES_NOT_NEEDED, "plan_home.not_needed", &o->not_needed));
	DECODE_TRY(decode_code(plan->housing, CODES_HOUSING, "plan_home.housing", &o->housing));
	return decode_date(
		plan->first_contact_date, "plan_home.first_contact_date", &o->first_contact);
}

static struct fault decode_break_off(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	const Stafett__V1__BreakOffAct *off = h->break_off;
	struct order *o = &w->order;

	DECODE_TRY(decode_code(off->reason, CODES_END, "break_off.reason", &o->reason));
	DECODE_TRY(decode_code(
		off->person_told, CODES_PERSON_TOLD, "break_off.person_told", &o->person_told));
	return decode_words(w);
}

/* Words and nothing else: complete, correct. */
static struct fault decode_final_answer(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	return decode_words(w);
}

static struct fault decode_void(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	return decode_code(h->void_->reason, CODES_VOID, "void.reason", &w->order.reason);
}

/* --- facts beside the table ------------------------------------------------------------ */

static struct fault decode_reply(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	return decode_code(h->reply->answer, CODES_CALL_ANSWER, "reply.answer", &w->order.reason);
}

static struct fault decode_waive(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	return decode_code(h->waive->reason, CODES_WAIVE, "waive.reason", &w->order.reason);
}

/* The act says it all: miss, take-back, take-over, noted. */
static struct fault decode_nothing(
	struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	return DECODE_OK;
}

/* --- which act ------------------------------------------------------------------------ */

static const struct {
	Stafett__V1__Header__ActCase wire;
	enum act act;
	struct fault (*decode)(struct arena *arena, const Stafett__V1__Header *h, struct write *w);
} decode_rows[] = {
	{STAFETT__V1__HEADER__ACT_SEND, ACT_SEND, decode_send},
	{STAFETT__V1__HEADER__ACT_ASK, ACT_ASK, decode_ask},
	{STAFETT__V1__HEADER__ACT_AMEND, ACT_AMEND, decode_amend},
	{STAFETT__V1__HEADER__ACT_ACCEPT, ACT_ACCEPT, decode_accept},
	{STAFETT__V1__HEADER__ACT_REJECT, ACT_REJECT, decode_reject},
	{STAFETT__V1__HEADER__ACT_FORWARD, ACT_FORWARD, decode_forward},
	{STAFETT__V1__HEADER__ACT_BOOK, ACT_BOOK, decode_book},
	{STAFETT__V1__HEADER__ACT_START, ACT_START, decode_start},
	{STAFETT__V1__HEADER__ACT_ATTEND, ACT_ATTEND, decode_attend},
	{STAFETT__V1__HEADER__ACT_MISS, ACT_MISS, decode_nothing},
	{STAFETT__V1__HEADER__ACT_PAUSE, ACT_PAUSE, decode_pause},
	{STAFETT__V1__HEADER__ACT_RESUME, ACT_RESUME, decode_resume},
	{STAFETT__V1__HEADER__ACT_ANSWER, ACT_ANSWER, decode_answer},
	{STAFETT__V1__HEADER__ACT_PLAN_HOME, ACT_PLAN_HOME, decode_plan_home},
	{STAFETT__V1__HEADER__ACT_COMPLETE, ACT_COMPLETE, decode_final_answer},
	{STAFETT__V1__HEADER__ACT_BREAK_OFF, ACT_BREAK_OFF, decode_break_off},
	{STAFETT__V1__HEADER__ACT_TAKE_BACK, ACT_TAKE_BACK, decode_nothing},
	{STAFETT__V1__HEADER__ACT_VOID, ACT_VOID, decode_void},
	{STAFETT__V1__HEADER__ACT_CORRECT, ACT_CORRECT, decode_final_answer},
	{STAFETT__V1__HEADER__ACT_REPLY, ACT_REPLY, decode_reply},
	{STAFETT__V1__HEADER__ACT_WAIVE, ACT_WAIVE, decode_waive},
	{STAFETT__V1__HEADER__ACT_NOTED, ACT_NOTED, decode_nothing},
	{STAFETT__V1__HEADER__ACT_CONSENT, ACT_CONSENT, decode_consent_act},
	{STAFETT__V1__HEADER__ACT_UNSHARE, ACT_UNSHARE, decode_nothing},
	{STAFETT__V1__HEADER__ACT_REGISTER, ACT_REGISTER, decode_register},
	{STAFETT__V1__HEADER__ACT_CLOSE, ACT_CLOSE, decode_close},
	{STAFETT__V1__HEADER__ACT_MERGE, ACT_MERGE, decode_merge},
	{STAFETT__V1__HEADER__ACT_TAKE_OVER, ACT_TAKE_OVER, decode_nothing},
	{STAFETT__V1__HEADER__ACT_CORRECT_CLOCK, ACT_CORRECT_CLOCK, decode_correct_clock},
	{STAFETT__V1__HEADER__ACT_CONFIRM, ACT_CONFIRM, decode_confirm},
	{STAFETT__V1__HEADER__ACT_DELAY, ACT_DELAY, decode_delay},
	{STAFETT__V1__HEADER__ACT_FOLLOW_UP, ACT_FOLLOW_UP, decode_follow_up},
	{STAFETT__V1__HEADER__ACT_WITHDRAW, ACT_WITHDRAW, decode_withdraw},
	{STAFETT__V1__HEADER__ACT_NEED_GONE, ACT_NEED_GONE, decode_need_gone},
	{STAFETT__V1__HEADER__ACT_NOTE, ACT_NOTE, decode_note},
	{STAFETT__V1__HEADER__ACT_ASSIGN, ACT_ASSIGN, decode_assign},
};

/* No other act goes to a unit that it names: the parties are told, whoever they are. */
static bool decode_names_unit(enum act act)
{
	return act == ACT_SEND || act == ACT_FORWARD;
}

struct fault decode_act(struct arena *arena, const Stafett__V1__Header *h, struct write *w)
{
	for (size_t i = 0; i < ARRAY_SIZE(decode_rows); i++) {
		if (decode_rows[i].wire != h->act_case)
			continue;
		w->order.act = decode_rows[i].act;
		if (h->n_to_units && !decode_names_unit(w->order.act))
			return decode_fault(REASON_FIELD_INVALID, "to_units");
		if (w->order.act != ACT_SEND && w->order.act != ACT_REGISTER)
			DECODE_TRY(decode_target(h->referral, h->chain, h->version, &w->order));
		return decode_rows[i].decode(arena, h, w);
	}
	return decode_fault(REASON_FIELD_MISSING, "act");
}
