/* SPDX-License-Identifier: Apache-2.0 */
/* An open question: see the header. */
#include "client/asked.h"

#include "client/call.h"
#include "client/memory.h"
#include "client/packing.h"
#include "client/screen/fact.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/safe_text.h"
#include "client/text.h"

/* "The consent; asked Tue 17 Nov 10:00" */
static const char *asked_sentence(struct client *client, const Stafett__V1__Referral *referral)
{
	const char *text =
		codes_text(CODES_QUESTION, bytes_of_string(referral->question), text_language());
	struct words words = {0};

	words_set(&words, "question", text ? text : _("In words"));
	words_set(&words, "when",
		format_moment(&client->arena, format_us(referral->question_time), client->today));
	return words_fill(&client->arena, _("{question}; asked {when}"), &words);
}

static bool asked_is_question(struct client *client, const Stafett__V1__Content *content)
{
	const Stafett__V1__Header *header =
		packing_unpack(&client->arena, &stafett__v1__header__descriptor,
			bytes_of(content->header.data, content->header.len));

	return header && header->act_case == STAFETT__V1__HEADER__ACT_ASK && !header->ask->withdraw;
}

/* The words of the last question; "" where there are none. */
static const char *asked_text(struct client *client, const Stafett__V1__GetResponse *seen)
{
	Stafett__V1__GetRequest request = STAFETT__V1__GET_REQUEST__INIT;
	const Stafett__V1__GetResponse *response;
	const Stafett__V1__Part *body = NULL;

	request.id = seen->referral->id;
	request.include_contents = true;
	if (!call_aside(client, METHOD_get, &request.base, &stafett__v1__get_response__descriptor,
		    &response))
		return "";
	for (size_t i = 0; i < response->n_contents; i++)
		if (asked_is_question(client, response->contents[i]))
			body = response->contents[i]->body;
	if (!body || body->content_case != STAFETT__V1__PART__CONTENT_DATA)
		return "";
	return safe_text(&client->arena, bytes_of(body->data.data, body->data.len), SAFE_TEXT_PAGE);
}

static void asked_print_text(struct client *client, const char *text, FILE *out)
{
	const char *indent = fact_indent(&client->arena, "");

	while (*text) {
		size_t len = strcspn(text, "\n");

		lines_print(out, indent, indent, memory_copy(&client->arena, bytes_of(text, len)));
		text += len + (text[len] == '\n');
	}
}

void asked_print(struct client *client, const Stafett__V1__GetResponse *seen, FILE *out)
{
	const Stafett__V1__Referral *referral = seen->referral;

	if (!referral->question_time)
		return;
	lines_print(out, fact_indent(&client->arena, _("Question")),
		fact_indent(&client->arena, ""), asked_sentence(client, referral));
	if (strcmp(referral->requester, client->profile->unit) == 0)
		asked_print_text(client, asked_text(client, seen), out);
}
