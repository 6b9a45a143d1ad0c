/* SPDX-License-Identifier: Apache-2.0 */
/* stafett register: somebody asks for help, and nobody was asked to give it yet. The
 * chain begins, the person's clock starts, and this unit holds it. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "client/card.h"
#include "client/chain.h"
#include "client/compose.h"
#include "client/deliver.h"
#include "client/interview.h"
#include "client/memory.h"
#include "client/packing.h"
#include "client/paths.h"
#include "client/roles.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/screen/tty.h"
#include "client/text.h"
#include "stafett/caps.h"

/* A body as JSON text, escapes included. */
enum { REGISTER_FILE_BYTES = 8 * CAP_INLINE_PART_BYTES };

static int register_read_file(struct client *client, const char *file, struct draft *ret_draft)
{
	struct arena *arena = &client->arena;
	bool is_stdin = strcmp(file, "-") == 0;
	struct bytes text;
	int r = is_stdin ? paths_read_fd(arena, STDIN_FILENO, REGISTER_FILE_BYTES, &text)
			 : paths_read(arena, file, REGISTER_FILE_BYTES, &text);

	if (r == -EFBIG)
		return client_problem(client, PROBLEM_PART_TOO_LARGE, "field", file, "most",
			memory_printf(arena, "%d", REGISTER_FILE_BYTES), NULL);
	if (r)
		return client_problem(client, PROBLEM_FILE_UNREADABLE, "value", file, "detail",
			strerror(-r), NULL);
	return draft_read_request(client, text, ret_draft);
}

static int register_ask(struct client *client, struct draft *ret_draft)
{
	struct answers answers = {.is_revoked = false};
	struct secret typed = {0};
	int r;

	secret_forbid_dump();
	r = roles_check(client, "register");
	if (!r)
		r = interview_request(client, &answers);
	if (!r) {
		question_write(&answers, &typed);
		r = draft_read_request(client, bytes_of_string(secret_text(&typed)), ret_draft);
	}
	question_end(&answers);
	secret_end(&typed);
	return r;
}

static int register_read(
	struct client *client, const struct arguments *arguments, struct draft *ret_draft)
{
	const char *file = arguments_get(arguments, OPTION_register_file);
	bool is_asked = !file && tty_is_there() && !client->is_json;
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r && !is_asked)
		r = arguments_require(client, arguments, OPTION_register_file, &file);
	if (!r)
		r = client_open(client);
	if (r)
		return r;
	return is_asked ? register_ask(client, ret_draft)
			: register_read_file(client, file, ret_draft);
}

static int register_deliver(struct client *client, const struct uuid *id,
	const Stafett__V1__Header *header, const struct draft *draft,
	const Stafett__V1__ActResponse **ret_response)
{
	Stafett__V1__ActRequest request = STAFETT__V1__ACT_REQUEST__INIT;
	struct bytes packed = packing_pack(&client->arena, &header->base);
	struct bytes reply;
	int r;

	request.header.data = (uint8_t *)packed.data;
	request.header.len = packed.len;
	request.card = compose_part(client, draft->card);
	if (draft->body.len)
		request.body = compose_part(client, draft->body);
	request.suite = (char *)COMPOSE_SUITE;
	r = deliver_write(client, id, METHOD_act, &request.base, &reply);
	if (r)
		return r;
	*ret_response =
		packing_unpack(&client->arena, &stafett__v1__act_response__descriptor, reply);
	return *ret_response ? 0 : client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
}

static int register_send(struct client *client, const struct uuid *id, const struct draft *draft,
	const Stafett__V1__ActResponse **ret_response)
{
	Stafett__V1__RegisterAct act = STAFETT__V1__REGISTER_ACT__INIT;
	Stafett__V1__Header header;

	if (draft->kind)
		act.kind = (char *)draft->kind;
	act.n_needs = draft->n_needs;
	act.needs = memory_join(&client->arena, draft->needs, draft->n_needs, NULL, 0);
	act.help_request_date = (char *)draft->help_request_date;
	act.protected_identity =
		card_is_protected(&client->arena, compose_part(client, draft->card));
	compose_header(client, id, &header);
	header.act_case = STAFETT__V1__HEADER__ACT_REGISTER;
	header.register_ = &act;
	return register_deliver(client, id, &header, draft, ret_response);
}

/* Both sides know the chain's id by the message's. */
static const char *register_chain(struct client *client, const struct uuid *id)
{
	struct uuid referral, chain;

	uuid_derive(bytes_of_string(client->profile->unit), id, &referral, &chain);
	return compose_id_text(client, &chain);
}

static void register_tell(struct client *client, const struct uuid *id)
{
	const char *chain = register_chain(client, id);
	const Stafett__V1__GetResponse *now = chain_read(client, chain, REF_FOR_ACTING);
	const char *code = format_code_of_id(&client->arena, chain);
	struct card card;

	client_word(client, "code", code);
	if (now) {
		const char *due = now->chain->intervention_due_date;

		card_read(&client->arena, now->card, &card);
		card_remember(client, &card, CARD_OPENED, chain, chain);
		client_word(client, "person", card_full_name(&client->arena, &card));
		client_word(client, "due", format_day_text(&client->arena, due, client->today));
		client_word(client, "left", format_days_left(&client->arena, due, client->today));
	}
	output_say(client, "",
		_("{code} registered[ for {person}]. You hold the chain[; help is due {due} "
		  "({left})]."));
	output_say(client, "  ", _("Nobody was asked yet: send it to the unit that can help."));
	output_next(client, "send --chain %s", format_code_start(&client->arena, code));
}

int command_register(struct client *client, const struct arguments *arguments)
{
	const Stafett__V1__ActResponse *response;
	struct uuid id;
	struct draft draft;
	int r = register_read(client, arguments, &draft);

	if (!r)
		r = deliver_pending(client, false);
	if (r)
		return r;
	id = compose_id();
	r = register_send(client, &id, &draft, &response);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &response->base);
	register_tell(client, &id);
	return 0;
}
