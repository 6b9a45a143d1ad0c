/* SPDX-License-Identifier: Apache-2.0 */
/* What the client adds to the server's JSON: see the header. */
#include "client/screen/referral_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "client/memory.h"
#include "codec/base64.h"
#include "codec/pb_json.h"

enum { REFERRAL_JSON_INDENT = 2 };

static void referral_json_set(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, memory_need(value)) < 0)
		memory_need(NULL);
}

/* The card as its sender wrote it; nothing where it cannot be read. Of protected
 * identity only that, unless the texts were asked for. */
static void referral_json_add_subject(
	json_t *referral, const Stafett__V1__GetResponse *response, bool is_whole)
{
	const Stafett__V1__Part *card = response->card;
	json_t *subject = NULL;

	if (card && card->content_case == STAFETT__V1__PART__CONTENT_DATA)
		subject = json_loadb((const char *)card->data.data, card->data.len, 0, NULL);
	if (json_is_object(subject) && !is_whole &&
		((response->chain && response->chain->protected_identity) ||
			json_is_true(json_object_get(subject, "protectedIdentity"))))
		referral_json_set(referral, "subject", json_pack("{s:b}", "protectedIdentity", 1));
	else if (json_is_object(subject))
		referral_json_set(referral, "subject", json_incref(subject));
	json_decref(subject);
}

/* The bytes as text if they are some, else as bytes of a message are printed. */
static void referral_json_add_bytes(struct client *client, json_t *body, struct bytes data)
{
	json_t *text = json_stringn((const char *)data.data, data.len);
	char *base64;

	if (text) {
		referral_json_set(body, "text", text);
		return;
	}
	base64 = memory_alloc(&client->arena, BASE64_ENCODE_ROOM(data.len));
	base64_encode(data, true, base64);
	referral_json_set(body, "data", json_string(base64));
}

static const Stafett__V1__Content *referral_json_last(const Stafett__V1__GetResponse *response)
{
	for (size_t i = response->n_contents; i > 0; i--) {
		const Stafett__V1__Content *content = response->contents[i - 1];

		if (content->body && content->body->content_case)
			return content;
	}
	return NULL;
}

/* An uploaded body is told of and not fetched: it is no matter of a JSON text. */
static void referral_json_add_body(
	struct client *client, json_t *referral, const Stafett__V1__Content *content)
{
	json_t *body = memory_need(json_object());
	const Stafett__V1__Part *part = content->body;
	bool is_uploaded = part->content_case == STAFETT__V1__PART__CONTENT_UPLOAD;
	size_t size = is_uploaded ? part->upload->size : part->data.len;

	referral_json_set(body, "message", json_string(content->message));
	referral_json_set(body, "fromUnit", json_string(content->from_unit));
	referral_json_set(body, "size", json_integer((json_int_t)size));
	referral_json_set(body, "uploaded", json_boolean(is_uploaded));
	if (!is_uploaded)
		referral_json_add_bytes(client, body, bytes_of(part->data.data, part->data.len));
	referral_json_set(referral, "body", body);
}

int referral_json_print(struct client *client, const Stafett__V1__GetResponse *response)
{
	const Stafett__V1__Content *content = referral_json_last(response);
	char *text = NULL;
	json_t *object;
	json_t *referral;
	int r = pb_json_print(&response->base, 0, &text);

	if (r == -ERANGE)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	memory_need(r ? NULL : text);
	object = json_loads(text, JSON_ALLOW_NUL, NULL);
	free(text);
	referral = json_object_get(object, "referral");
	if (!referral) {
		json_decref(object);
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	}
	referral_json_add_subject(referral, response, response->n_contents > 0);
	if (content)
		referral_json_add_body(client, referral, content);
	(void)json_dumpf(object, stdout, JSON_INDENT(REFERRAL_JSON_INDENT) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(object);
	return 0;
}
