/* SPDX-License-Identifier: Apache-2.0 */
/* Acts on a card and what to say of them: see the header. */
#include "client/triage_act.h"

#include "client/acting_tell.h"
#include "client/acts.h"
#include "client/call.h"
#include "client/compose.h"
#include "client/deliver.h"
#include "client/directory.h"
#include "client/ref.h"
#include "client/screen/format.h"
#include "client/screen/term.h"
#include "client/text.h"

static const char *triage_act_say(struct client *client, const char *template)
{
	return words_fill(&client->arena, template, &client->words);
}

/* As it is now, without its texts; NULL where the server cannot be asked. */
static const Stafett__V1__GetResponse *triage_act_look(
	struct client *client, const struct triage_item *on)
{
	const Stafett__V1__GetResponse *now;

	return ref_look(client, on->item->referral, &now) ? now : NULL;
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
	*ret_said = triage_act_say(client, acting_acknowledged(client, now ? now : on->seen));
	return 0;
}

/* What became of each act, for one line below the card. */
static const struct {
	enum command_id command;
	const char *said;
} triage_act_rows[] = {
	{COMMAND_ask, N_("{code}: {sender} was asked, and must answer.")},
	{COMMAND_forward, N_("{code} forwarded to {office}; the clock goes on.")},
	{COMMAND_reject, N_("{code} rejected. {sender} must act now.")},
	{COMMAND_take, N_("{code} is yours; your colleagues see that.")},
};

static const char *triage_act_said(enum command_id command)
{
	for (size_t i = 0; i < ARRAY_SIZE(triage_act_rows); i++) {
		if (triage_act_rows[i].command == command)
			return _(triage_act_rows[i].said);
	}
	return "";
}

/* Who holds the chain once it was accepted is not always who accepted it. */
static const char *triage_act_accepted(const struct acting *acting)
{
	const Stafett__V1__GetResponse *now = acting_look_again(acting);
	struct client *client = acting->client;

	client_word(client, "clock",
		format_clock(&client->arena, format_us(now->referral->accept_time)));
	client_word(client, "holder", directory_name(client, now->chain->custodian));
	client_word(client, "person", "");
	return acting_accepted(client, now);
}

int triage_act_do(struct acting *acting, const char **ret_said)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;
	enum command_id command = acting->row->command;
	const Stafett__V1__ActResponse *response;
	struct client *client = acting->client;
	const char *office = command == COMMAND_forward ? acting_text(acting, INPUT_forward_unit)
							: client->profile->unit;
	int r;

	client_word(client, "code", referral->code);
	client_word(client, "ref", format_code_start(&client->arena, referral->code));
	r = acting_do(acting, &response);
	if (r)
		return r;
	client_word(client, "office", directory_name(client, office));
	client_word(client, "sender", directory_name(client, referral->requester));
	*ret_said = triage_act_say(client,
		command == COMMAND_accept ? triage_act_accepted(acting) : triage_act_said(command));
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
	const Stafett__V1__Referral *referral = on->seen->referral;
	struct acting acting;

	client_word(client, "code", referral->code);
	client_word(client, "member", triage_act_assignee(referral));
	if (*referral->assignee) {
		*ret_said = triage_act_say(
			client, strcmp(referral->assignee, client->member) == 0
					? _("{code} is yours already.")
					: _("{member} has taken {code}; you changed nothing."));
		return 0;
	}
	acting_on(client, &act_take, on->seen, &acting);
	return triage_act_do(&acting, ret_said);
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
