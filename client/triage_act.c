/* SPDX-License-Identifier: Apache-2.0 */
/* Headers, outbox and what to say: see the header. */
#include "client/triage_act.h"

#include "client/call.h"
#include "client/card.h"
#include "client/compose.h"
#include "client/deliver.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/packing.h"
#include "client/screen/format.h"
#include "client/screen/term.h"
#include "client/text.h"

/* A write that is being made. */
struct triage_write {
	struct uuid id;
	Stafett__V1__Header header;
};

static void triage_act_begin(
	struct client *client, const struct triage_item *on, struct triage_write *ret_write)
{
	ret_write->id = compose_id();
	compose_header(client, &ret_write->id, &ret_write->header);
	ret_write->header.chain = on->seen->chain->id;
	ret_write->header.referral = on->seen->referral->id;
	ret_write->header.version = on->seen->referral->version;
}

static const char *triage_act_say(struct client *client, const char *template)
{
	return words_fill(&client->arena, template, &client->words);
}

/* Delivers it, and tells |said| of the referral as it is then. */
static int triage_act_deliver(struct client *client, const struct triage_item *on,
	struct triage_write *write, const char *text)
{
	Stafett__V1__ActRequest request = STAFETT__V1__ACT_REQUEST__INIT;
	struct bytes packed = packing_pack(&client->arena, &write->header.base);
	struct bytes reply;

	request.header.data = (uint8_t *)packed.data;
	request.header.len = packed.len;
	request.suite = (char *)COMPOSE_SUITE;
	if (*text)
		request.body = compose_part(client, bytes_of_string(text));
	client_word(client, "code", on->seen->referral->code);
	client_word(client, "ref", format_code_start(&client->arena, on->seen->referral->code));
	return deliver_write(client, &write->id, METHOD_act, &request.base, &reply);
}

/* As it is now, without its texts; NULL where the server cannot be asked. */
static const Stafett__V1__GetResponse *triage_act_look(
	struct client *client, const struct triage_item *on)
{
	Stafett__V1__GetRequest request = STAFETT__V1__GET_REQUEST__INIT;
	const Stafett__V1__GetResponse *now;

	request.id = on->item->referral;
	if (!call_aside(client, METHOD_get, &request.base, &stafett__v1__get_response__descriptor,
		    &now) ||
		!now->referral || !now->chain)
		return NULL;
	return now;
}

int triage_act_read(
	struct client *client, const char *referral, const Stafett__V1__GetResponse **ret_seen)
{
	Stafett__V1__GetRequest request = STAFETT__V1__GET_REQUEST__INIT;
	const Stafett__V1__GetResponse *seen;
	int r;

	request.id = (char *)referral;
	request.include_contents = true;
	r = call_message(
		client, METHOD_get, &request.base, &stafett__v1__get_response__descriptor, &seen);
	if (!r && (!seen->referral || !seen->chain))
		r = client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	if (!r)
		*ret_seen = seen;
	return r;
}

int triage_act_acknowledge(
	struct client *client, const struct triage_item *on, const char **ret_said)
{
	Stafett__V1__AcknowledgeRequest request = STAFETT__V1__ACKNOWLEDGE_REQUEST__INIT;
	const Stafett__V1__InboxItem *item = on->item;
	const Stafett__V1__GetResponse *now;
	struct uuid id = compose_id();
	struct bytes reply;
	int r;

	request.id = compose_id_text(client, &id);
	request.message = item->id;
	request.content_hash = item->content_hash;
	request.referral = item->referral;
	request.chain = item->chain;
	request.version = on->seen->referral->version;
	r = deliver_write(client, &id, METHOD_acknowledge, &request.base, &reply);
	if (r)
		return r;
	now = triage_act_look(client, on);
	client_word(client, "code", item->code);
	client_word(client, "clock",
		now ? format_clock(&client->arena, format_us(now->referral->acknowledge_time))
		    : "");
	client_word(client, "holder", directory_name(client, on->seen->chain->custodian));
	*ret_said = triage_act_say(client,
		_("{code} acknowledged[ {clock}].[ {holder} still holds the chain until you accept "
		  "it.]"));
	return 0;
}

int triage_act_accept(struct client *client, const struct triage_item *on,
	Stafett__V1__AcceptAct *act, const char **ret_said)
{
	const Stafett__V1__GetResponse *now;
	struct triage_write write;
	const char *holder;
	int r;

	triage_act_begin(client, on, &write);
	write.header.act_case = STAFETT__V1__HEADER__ACT_ACCEPT;
	write.header.accept = act;
	r = triage_act_deliver(client, on, &write, "");
	if (r)
		return r;
	now = triage_act_look(client, on);
	holder = now ? now->chain->custodian : client->profile->unit;
	client_word(client, "clock",
		now ? format_clock(&client->arena, format_us(now->referral->accept_time)) : "");
	client_word(client, "office", directory_name(client, client->profile->unit));
	client_word(client, "holder", directory_name(client, holder));
	client_word(client, "person", "");
	*ret_said = triage_act_say(client,
		strcmp(holder, client->profile->unit) == 0
			? _("{code} accepted[ {clock}]. {office} now holds this chain[ for "
			    "{person}].")
			: _("{code} accepted[ {clock}]. {holder} goes on holding this chain[ for "
			    "{person}]."));
	return 0;
}

int triage_act_ask(struct client *client, const struct triage_item *on, Stafett__V1__AskAct *act,
	const char *text, const char **ret_said)
{
	struct triage_write write;
	int r;

	triage_act_begin(client, on, &write);
	write.header.act_case = STAFETT__V1__HEADER__ACT_ASK;
	write.header.ask = act;
	r = triage_act_deliver(client, on, &write, text);
	if (r)
		return r;
	client_word(client, "sender", directory_name(client, on->seen->referral->requester));
	*ret_said = triage_act_say(client, _("{code}: {sender} was asked, and must answer."));
	return 0;
}

int triage_act_forward(struct client *client, const struct triage_item *on,
	Stafett__V1__ForwardAct *act, const char *to, const char **ret_said)
{
	char *units[] = {(char *)to};
	struct triage_write write;
	int r;

	triage_act_begin(client, on, &write);
	write.header.to_units = units;
	write.header.n_to_units = 1;
	write.header.act_case = STAFETT__V1__HEADER__ACT_FORWARD;
	write.header.forward = act;
	client_word(client, "to", to);
	r = triage_act_deliver(client, on, &write, "");
	if (r)
		return r;
	client_word(client, "office", directory_name(client, to));
	*ret_said = triage_act_say(client, _("{code} forwarded to {office}; the clock goes on."));
	return 0;
}

int triage_act_reject(struct client *client, const struct triage_item *on,
	Stafett__V1__RejectAct *act, const char **ret_said)
{
	struct triage_write write;
	int r;

	triage_act_begin(client, on, &write);
	write.header.act_case = STAFETT__V1__HEADER__ACT_REJECT;
	write.header.reject = act;
	client_word(client, "to", act->alternative_unit);
	r = triage_act_deliver(client, on, &write, "");
	if (r)
		return r;
	client_word(client, "sender", directory_name(client, on->seen->referral->requester));
	*ret_said = triage_act_say(client, _("{code} rejected. {sender} must act now."));
	return 0;
}

/* "Petra Svensson", or whatever is known. */
static const char *triage_act_assignee(const Stafett__V1__Referral *referral)
{
	return *referral->assignee_display_name ? referral->assignee_display_name
						: referral->assignee;
}

int triage_act_take(struct client *client, const struct triage_item *on, const char **ret_said)
{
	Stafett__V1__AssignAct act = STAFETT__V1__ASSIGN_ACT__INIT;
	const Stafett__V1__Referral *referral = on->seen->referral;
	struct triage_write write;
	int r;

	client_word(client, "code", referral->code);
	client_word(client, "member", triage_act_assignee(referral));
	if (*referral->assignee) {
		*ret_said = triage_act_say(
			client, strcmp(referral->assignee, client->member) == 0
					? _("{code} is yours already.")
					: _("{member} has taken {code}; you changed nothing."));
		return 0;
	}
	act.member = client->member;
	triage_act_begin(client, on, &write);
	write.header.act_case = STAFETT__V1__HEADER__ACT_ASSIGN;
	write.header.assign = &act;
	r = triage_act_deliver(client, on, &write, "");
	if (!r)
		*ret_said = triage_act_say(client, _("{code} is yours; your colleagues see that."));
	return r;
}

const char *triage_act_who_was_first(struct client *client, const struct triage_item *on)
{
	const Stafett__V1__GetResponse *now = triage_act_look(client, on);
	const Stafett__V1__Event *event =
		now && now->n_events ? now->events[now->n_events - 1] : NULL;

	client_word(client, "code", on->item->code);
	if (now && client->problem.id == PROBLEM_ALREADY_TAKEN) {
		client_word(client, "member", triage_act_assignee(now->referral));
		return triage_act_say(client, _("{member} has taken {code}; you changed nothing."));
	}
	if (!event)
		return client->problem.sentence;
	client_word(client, "member",
		*event->member_display_name ? event->member_display_name : event->member);
	client_word(client, "act", term_word(client, event->kind));
	client_word(client, "clock", format_clock(&client->arena, format_us(event->create_time)));
	return triage_act_say(
		client, _("{code}: {member} was first ({act}[ {clock}]); you changed nothing."));
}
