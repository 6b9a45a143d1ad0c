/* SPDX-License-Identifier: Apache-2.0 */
/* Acts from the command line to the server: see the header. */
#include "client/acting.h"

#include <stdio.h>

#include "client/acting_ask.h"
#include "client/acting_tell.h"
#include "client/chain.h"
#include "client/compose.h"
#include "client/deliver.h"
#include "client/memory.h"
#include "client/packing.h"
#include "client/ref.h"
#include "client/roles.h"
#include "client/screen/output.h"
#include "client/text.h"

/* -- the message ---------------------------------------------------------------------- */

void *acting_make(struct acting *acting, const ProtobufCMessageDescriptor *type)
{
	const ProtobufCMessageDescriptor *header = &stafett__v1__header__descriptor;
	ProtobufCMessage *act = memory_alloc(&acting->client->arena, type->sizeof_message);

	protobuf_c_message_init(type, act);
	for (unsigned i = 0; i < header->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &header->fields[i];

		if (field->descriptor != type)
			continue;
		acting->header.act_case = (Stafett__V1__Header__ActCase)field->id;
		*(ProtobufCMessage **)((uint8_t *)&acting->header + field->offset) = act;
	}
	return act;
}

bool acting_has(const struct acting *acting, enum input_id id)
{
	return acting->values[id].text != NULL;
}

char *acting_text(const struct acting *acting, enum input_id id)
{
	return acting->values[id].text ? (char *)acting->values[id].text : (char *)"";
}

Stafett__V1__ExpectedEvent *acting_event(
	struct acting *acting, enum input_id time, enum input_id kind)
{
	struct client *client = acting->client;
	Stafett__V1__ExpectedEvent *event;

	if (!acting_has(acting, time))
		return NULL;
	event = memory_alloc(&client->arena, sizeof(*event));
	stafett__v1__expected_event__init(event);
	event->kind = acting_has(acting, kind) ? acting_text(acting, kind) : (char *)"visit";
	event->time = compose_time(client, acting->values[time].us);
	return event;
}

bool acting_may(const struct acting *acting, const char *act)
{
	return chain_may_referral(acting->seen->referral, act) ||
	       chain_may(acting->seen->chain, act);
}

/* -- one act --------------------------------------------------------------------------- */

void acting_on(struct client *client, const struct acting_row *row,
	const Stafett__V1__GetResponse *seen, struct acting *ret_acting)
{
	*ret_acting = (struct acting){.client = client, .row = row, .seen = seen};
}

static void acting_address(struct acting *acting)
{
	const Stafett__V1__GetResponse *seen = acting->seen;

	acting->id = compose_id();
	compose_header(acting->client, &acting->id, &acting->header);
	acting->header.chain = seen->chain->id;
	/* Who has left is told no version, and by the server that it is not theirs. */
	acting->header.version = seen->chain->version ? seen->chain->version : 1;
	if (acting->row->target == ACTING_ON_CHAIN || chain_is_alone(seen))
		return;
	acting->header.referral = seen->referral->id;
	acting->header.version = seen->referral->version;
}

/* The command's text, if it has one. */
static void acting_take_body(struct acting *acting)
{
	for (enum input_id id = 0; id < INPUT_COUNT; id++) {
		if (input_get(id)->type == INPUT_IS_TEXT && acting_has(acting, id))
			acting->body = acting->values[id].data;
	}
}

static int acting_deliver(struct acting *acting, const Stafett__V1__ActResponse **ret_response)
{
	struct client *client = acting->client;
	Stafett__V1__ActRequest request = STAFETT__V1__ACT_REQUEST__INIT;
	struct bytes header = packing_pack(&client->arena, &acting->header.base);
	struct bytes reply;
	int r;

	request.header.data = (uint8_t *)header.data;
	request.header.len = header.len;
	request.suite = (char *)COMPOSE_SUITE;
	if (acting->body.len)
		request.body = compose_part(client, acting->body);
	r = deliver_write(client, &acting->id, METHOD_act, &request.base, &reply);
	if (r)
		return r;
	*ret_response =
		packing_unpack(&client->arena, &stafett__v1__act_response__descriptor, reply);
	return *ret_response ? 0 : client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
}

/* What this row needs besides what its command always does. */
static int acting_check_needs(struct acting *acting)
{
	const struct acting_row *row = acting->row;

	for (enum input_id id = 0; row->needs && id < INPUT_COUNT; id++) {
		if (row->needs(acting, id) && !acting_has(acting, id))
			return input_missing(acting->client, id);
	}
	return 0;
}

int acting_do(struct acting *acting, const Stafett__V1__ActResponse **ret_response)
{
	int r;

	roles_name(acting->client, acting->row->act);
	acting_address(acting);
	acting_take_body(acting);
	r = acting_check_needs(acting);
	if (r)
		return r;
	acting->said = acting->row->said ? _(acting->row->said) : "";
	r = acting->row->fill(acting);
	return r ? r : acting_deliver(acting, ret_response);
}

const Stafett__V1__GetResponse *acting_look_again(const struct acting *acting)
{
	const Stafett__V1__GetResponse *seen = acting->seen, *now;

	if (!chain_is_alone(seen))
		return ref_look(acting->client, seen->referral->id, &now) ? now : seen;
	now = chain_read(acting->client, seen->chain->id, REF_FOR_ACTING);
	return now ? now : seen;
}

/* -- a command --------------------------------------------------------------------------- */

static int acting_get(struct acting *acting, const char *typed)
{
	if (acting->row->target == ACTING_ON_REFERRAL)
		return ref_get(acting->client, typed, REF_FOR_ACTING, &acting->seen);
	return chain_or_referral(acting->client, typed, REF_FOR_ACTING, &acting->seen);
}

/* The referral that the first argument names, and perhaps a second argument. */
static int acting_count(
	struct client *client, const struct arguments *arguments, enum command_id command)
{
	size_t most = strchr(command_get(command)->arguments, ' ') ? 2 : 1;

	return arguments_count(client, arguments, 1, most, _("which referral, like 7K3M"));
}

/* What the command line gave; answers are checked as they are given. */
static int acting_check_given(struct acting *acting)
{
	int r = 0;

	for (enum input_id id = 0; acting->row->check && id < INPUT_COUNT && !r; id++)
		r = acting_has(acting, id) ? acting->row->check(acting, id) : 0;
	return r;
}

int acting_begin(struct client *client, const struct arguments *arguments,
	const struct acting_row *row, struct acting *ret_acting)
{
	bool is_asked = false;
	int r = acting_count(client, arguments, row->command);

	acting_on(client, row, NULL, ret_acting);
	if (!r)
		r = input_read(client, row->command, arguments, ret_acting->values);
	if (!r)
		r = acting_ask_whether(ret_acting, &is_asked);
	if (!r)
		r = client_open(client);
	if (!r)
		r = deliver_pending(client, false);
	if (!r)
		r = acting_get(ret_acting, arguments->rest[0]);
	if (!r)
		r = acting_check_given(ret_acting);
	if (r || !is_asked)
		return r;
	return acting_ask(ret_acting);
}

int acting_run(
	struct client *client, const struct arguments *arguments, const struct acting_row *row)
{
	const Stafett__V1__ActResponse *response;
	struct acting acting;
	int r = acting_begin(client, arguments, row, &acting);

	if (!r)
		r = acting_do(&acting, &response);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &response->base);
	acting_tell(&acting, response);
	return 0;
}
