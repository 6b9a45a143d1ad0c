/* SPDX-License-Identifier: Apache-2.0 */
/* Send, Act and Acknowledge: decode, hand to the store, answer with the receipt. */
#include "domain/code.h"
#include "service/answer.h"
#include "service/method.h"
#include "stafett/v1/referral_service.pb-c.h"

struct write_call {
	struct under_way under_way;
	struct call *call;
	struct write write;
	void (*reply)(struct write_call *wc, ProtobufCBinaryData receipt);
};

static void write_call_abandon(struct under_way *under_way)
{
	struct write_call *wc = container_of(under_way, struct write_call, under_way);

	store_abandon_write(under_way->store, &wc->write);
}

static void write_call_done(struct write *write, const struct write_result *result)
{
	struct write_call *wc = write->arg;
	ProtobufCBinaryData receipt = {
		result->receipt.len, (uint8_t *)(uintptr_t)result->receipt.data};

	call_set_user(wc->call, NULL);
	if (!result->reason)
		wc->reply(wc, receipt);
	else if (result->decision)
		answer_decision(wc->call, result->decision, result->standing);
	else
		answer_refusal(wc->call, result->reason, NULL);
}

/* NULL after having refused the call. */
static struct write_call *write_call_new(const struct incoming *in)
{
	struct write_call *wc = arena_alloc(call_arena(in->call), sizeof(*wc));

	if (!wc) {
		answer_refusal(in->call, REASON_SERVER_FAULT, NULL);
		return NULL;
	}
	wc->under_way = (struct under_way){.store = in->store, .abandon = write_call_abandon};
	wc->call = in->call;
	wc->write.type = in->method->leaf;
	wc->write.caller = in->caller;
	wc->write.deadline_ns = call_deadline_ns(in->call);
	wc->write.done = write_call_done;
	wc->write.arg = wc;
	return wc;
}

static void write_call_submit(struct write_call *wc, struct fault fault)
{
	if (fault.reason) {
		answer_refusal(wc->call, fault.reason, fault.field);
		return;
	}
	call_set_user(wc->call, &wc->under_way);
	store_write(wc->under_way.store, &wc->write);
}

static struct sender incoming_sender(const struct incoming *in)
{
	return (struct sender){in->caller.unit, in->caller.member};
}

/* --- Send ------------------------------------------------------------------------ */

static void reply_send(struct write_call *wc, ProtobufCBinaryData receipt)
{
	Stafett__V1__SendResponse response = STAFETT__V1__SEND_RESPONSE__INIT;
	const struct order *o = &wc->write.order;
	char referral[UUID_TEXT_LEN + 1], chain[UUID_TEXT_LEN + 1];
	char letters[CODE_LETTERS + 1], code[CODE_TEXT_LEN + 1];

	uuid_format(&o->referral, referral);
	uuid_format(&o->chain, chain);
	code_of_uuid(&o->referral, letters);
	code_format(letters, code);
	response.receipt = receipt;
	response.referral = referral;
	response.chain = chain;
	response.code = code;
	answer_message(wc->call, &response.base);
}

/* A Send carries "send" and nothing else; an Act anything else. */
static struct fault check_act(const struct write *write, bool is_send)
{
	if ((write->order.act == ACT_SEND) == is_send)
		return (struct fault){REASON_NONE, NULL};
	return (struct fault){REASON_FIELD_INVALID, "act"};
}

static void submit_envelope(const struct incoming *in, const struct envelope *envelope,
	bool is_send, void (*reply)(struct write_call *wc, ProtobufCBinaryData receipt))
{
	struct write_call *wc = write_call_new(in);
	struct sender sender = incoming_sender(in);
	struct fault fault;

	if (!wc)
		return;
	wc->reply = reply;
	fault = decode_write(call_arena(in->call), envelope, &sender, in->takes_plain, &wc->write);
	write_call_submit(wc, fault.reason ? fault : check_act(&wc->write, is_send));
}

void method_send(const struct incoming *in)
{
	const Stafett__V1__SendRequest *r = (const Stafett__V1__SendRequest *)in->request;

	submit_envelope(in,
		&(struct envelope){
			bytes_of(r->header.data, r->header.len), r->card, r->body, r->suite},
		true, reply_send);
}

/* --- Act --------------------------------------------------------------------------- */

static void reply_act(struct write_call *wc, ProtobufCBinaryData receipt)
{
	Stafett__V1__ActResponse response = STAFETT__V1__ACT_RESPONSE__INIT;

	response.receipt = receipt;
	answer_message(wc->call, &response.base);
}

void method_act(const struct incoming *in)
{
	const Stafett__V1__ActRequest *r = (const Stafett__V1__ActRequest *)in->request;

	submit_envelope(in,
		&(struct envelope){
			bytes_of(r->header.data, r->header.len), r->card, r->body, r->suite},
		false, reply_act);
}

/* --- Acknowledge ---------------------------------------------------------------------- */

static void reply_acknowledge(struct write_call *wc, ProtobufCBinaryData receipt)
{
	Stafett__V1__AcknowledgeResponse response = STAFETT__V1__ACKNOWLEDGE_RESPONSE__INIT;

	response.receipt = receipt;
	answer_message(wc->call, &response.base);
}

void method_acknowledge(const struct incoming *in)
{
	const Stafett__V1__AcknowledgeRequest *r =
		(const Stafett__V1__AcknowledgeRequest *)in->request;
	struct write_call *wc = write_call_new(in);
	struct sender sender = incoming_sender(in);

	if (!wc)
		return;
	wc->reply = reply_acknowledge;
	write_call_submit(wc, decode_acknowledge(r, in->raw, &sender, &wc->write));
}
