/* SPDX-License-Identifier: Apache-2.0 */
/* Acts on a referral: see the header. */
#include "client/acting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/call.h"
#include "client/card.h"
#include "client/compose.h"
#include "client/deliver.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/packing.h"
#include "client/paths.h"
#include "client/ref.h"
#include "client/screen/act.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "stafett/caps.h"

int acting_code(struct client *client, const struct arguments *arguments, enum option_id option,
	enum codes_list list, char **ret_code)
{
	const char *code = arguments_get(arguments, option);

	*ret_code = (char *)code;
	if (!code || codes_has(list, bytes_of_string(code)))
		return 0;
	return client_problem(client, PROBLEM_CODE_UNKNOWN, "value", code, "field",
		option_get(option)->name, "list", codes_list_name(list), NULL);
}

int acting_need_code(struct client *client, const struct arguments *arguments,
	enum option_id option, enum codes_list list, char **ret_code)
{
	const char *code;
	int r = arguments_require(client, arguments, option, &code);

	return r ? r : acting_code(client, arguments, option, list, ret_code);
}

static int acting_read_file(struct client *client, const char *file, struct bytes *ret_text)
{
	struct arena *arena = &client->arena;
	int r = strcmp(file, "-") == 0
			? paths_read_fd(arena, STDIN_FILENO, CAP_INLINE_PART_BYTES, ret_text)
			: paths_read(arena, file, CAP_INLINE_PART_BYTES, ret_text);

	if (r == -EFBIG)
		return client_problem(client, PROBLEM_PART_TOO_LARGE, "field", file, "most",
			memory_printf(arena, "%d", CAP_INLINE_PART_BYTES), NULL);
	if (r)
		return client_problem(client, PROBLEM_FILE_UNREADABLE, "value", file, "detail",
			strerror(-r), NULL);
	return 0;
}

/* Lines from the terminal up to one with a single dot. */
static struct bytes acting_ask_text(struct client *client)
{
	char *text = NULL;
	char *line = NULL;
	size_t len = 0;
	size_t room = 0;
	FILE *lines = memory_need(open_memstream(&text, &len));
	struct bytes copy;

	fprintf(stderr, "%s\n", _("Text (end with a line \".\"):"));
	while (getline(&line, &room, stdin) > 0 && strcmp(line, ".\n") != 0)
		fputs(line, lines);
	memory_need(fclose(lines) == 0 ? text : NULL);
	copy = bytes_of(memory_copy(&client->arena, bytes_of(text, len)), len);
	explicit_bzero(text, len);
	free(text);
	free(line);
	return copy;
}

int acting_text(struct client *client, const struct arguments *arguments, enum option_id option,
	bool is_needed, struct bytes *ret_text)
{
	const char *file = arguments_get(arguments, option);

	*ret_text = bytes_of("", 0);
	if (file)
		return acting_read_file(client, file, ret_text);
	if (is_needed && isatty(STDIN_FILENO))
		*ret_text = acting_ask_text(client);
	if (!is_needed || ret_text->len)
		return 0;
	return client_problem(client, PROBLEM_OPTION_REQUIRED, "value",
		memory_printf(&client->arena, "--%s %s", option_get(option)->name,
			option_get(option)->value),
		NULL);
}

int acting_begin(
	struct client *client, const struct arguments *arguments, struct acting *ret_acting)
{
	struct acting acting = {.client = client, .id = compose_id()};
	int r = client_open(client);

	if (!r)
		r = deliver_pending(client);
	if (!r)
		r = ref_get(client, arguments->rest[0], REF_FOR_ACTING, false, &acting.seen);
	if (r)
		return r;
	compose_header(client, &acting.id, &acting.header);
	acting.header.chain = acting.seen->chain->id;
	acting.header.referral = acting.seen->referral->id;
	acting.header.version = acting.seen->referral->version;
	*ret_acting = acting;
	return 0;
}

int acting_deliver(
	struct acting *acting, struct bytes body, const Stafett__V1__ActResponse **ret_response)
{
	struct client *client = acting->client;
	Stafett__V1__ActRequest request = STAFETT__V1__ACT_REQUEST__INIT;
	struct bytes header = packing_pack(&client->arena, &acting->header.base);
	struct bytes reply;
	int r;

	request.header.data = (uint8_t *)header.data;
	request.header.len = header.len;
	request.suite = (char *)COMPOSE_SUITE;
	if (body.len)
		request.body = compose_part(client, body);
	r = deliver_write(client, &acting->id, METHOD_act, &request.base, &reply);
	if (r)
		return r;
	*ret_response =
		packing_unpack(&client->arena, &stafett__v1__act_response__descriptor, reply);
	return *ret_response ? 0 : client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
}

const Stafett__V1__GetResponse *acting_look_again(const struct acting *acting)
{
	Stafett__V1__GetRequest request = STAFETT__V1__GET_REQUEST__INIT;
	const Stafett__V1__GetResponse *now;

	request.id = acting->seen->referral->id;
	if (!call_aside(acting->client, METHOD_get, &request.base,
		    &stafett__v1__get_response__descriptor, &now) ||
		!now->referral || !now->chain)
		return acting->seen;
	return now;
}

static void acting_set_words(struct client *client, const Stafett__V1__ActResponse *response,
	const Stafett__V1__GetResponse *now)
{
	const Stafett__V1__Referral *referral = now->referral;
	const Stafett__V1__Receipt *receipt =
		packing_unpack(&client->arena, &stafett__v1__receipt__descriptor,
			bytes_of(response->receipt.data, response->receipt.len));
	bool is_own = strcmp(referral->requester, client->profile->unit) == 0;

	client_word(client, "code", referral->code);
	client_word(client, "clock",
		receipt ? format_clock(&client->arena, format_us(receipt->commit_time)) : "");
	client_word(client, "office", directory_name(client, client->profile->unit));
	client_word(client, "holder", directory_name(client, now->chain->custodian));
	client_word(client, "other",
		directory_name(client, is_own ? referral->owner : referral->requester));
	client_word(client, "owner", directory_name(client, referral->owner));
	client_word(client, "actor", directory_name(client, referral->next_actor));
	client_word(client, "act", term_word(client, referral->next_act));
	client_word(client, "due",
		format_moment(&client->arena, format_us(referral->due_time), client->today));
}

/* Whose turn it is, and the command for it if it is ours. */
static void acting_print_next(struct client *client, const Stafett__V1__GetResponse *now)
{
	const Stafett__V1__Referral *referral = now->referral;
	bool is_ours = strcmp(referral->next_actor, client->profile->unit) == 0;
	char *command = NULL;

	if (*referral->next_actor)
		output_say(client, "  ",
			is_ours ? _("You must act next: {act}[ by {due}].")
				: _("{actor} must act next: {act}[ by {due}]."));
	if (is_ours)
		command = act_command(client, referral->next_act, referral, now->chain);
	if (command)
		lines_print_command(stdout, "", _("Next:"), command);
	else
		output_next(client, "show %s", format_code_start(&client->arena, referral->code));
}

int acting_finish(struct acting *acting, struct bytes body, const char *sentence)
{
	struct client *client = acting->client;
	const Stafett__V1__ActResponse *response;
	const Stafett__V1__GetResponse *now;
	int r = acting_deliver(acting, body, &response);

	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &response->base);
	now = acting_look_again(acting);
	acting_set_words(client, response, now);
	output_say(client, "", sentence);
	acting_print_next(client, now);
	return 0;
}
