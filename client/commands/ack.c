/* SPDX-License-Identifier: Apache-2.0 */
/* stafett ack REF...: "we have it". */
#include <stdio.h>

#include "client/acting_tell.h"
#include "client/chain.h"
#include "client/client.h"
#include "client/compose.h"
#include "client/deliver.h"
#include "client/directory.h"
#include "client/inbox.h"
#include "client/packing.h"
#include "client/ref.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/text.h"

/* The inbox, read once, and once more with what is acknowledged if need be. */
struct ack_inbox {
	Stafett__V1__InboxServiceListResponse waiting, all;
	bool has_all;
};

/* The one referral that |name| means among the items; NULL where there is none.
 * |ret_others| tells whether the name could mean another one as well. */
static const char *ack_find(
	const Stafett__V1__InboxServiceListResponse *inbox, const char *name, bool *ret_others)
{
	const char *found = NULL;

	*ret_others = false;
	for (size_t i = 0; i < inbox->n_items; i++) {
		const char *referral = inbox->items[i]->referral;

		if (!ref_is(name, referral))
			continue;
		if (found && strcmp(found, referral) != 0)
			*ret_others = true;
		found = referral;
	}
	return found;
}

/* Who holds the chain, as it is after the receipt, and whether it is ours to accept;
 * neither where it cannot be learnt just now. */
static const char *ack_sentence(struct client *client, const char *referral)
{
	const Stafett__V1__GetResponse *now;

	client_word(client, "holder", "");
	if (!ref_look(client, referral, &now))
		return _("{code} acknowledged[ {clock}].");
	client_word(client, "holder", directory_name(client, now->chain->custodian));
	return acting_acknowledged(client, now);
}

/* What is ours to accept is accepted next; the rest is looked at. */
static void ack_print_next(struct client *client, const char *referral)
{
	const char *code =
		format_code_start(&client->arena, format_code_of_id(&client->arena, referral));
	const Stafett__V1__GetResponse *now;
	bool may_accept =
		ref_look(client, referral, &now) && chain_may_referral(now->referral, "accept");

	output_next(client, may_accept ? "accept %s" : "show %s", code);
}

/* Programs get each answer; people one line for all messages of a referral, at the last. */
static int ack_print(
	struct client *client, const Stafett__V1__InboxItem *item, bool is_last, struct bytes reply)
{
	const Stafett__V1__AcknowledgeResponse *response = packing_unpack(
		&client->arena, &stafett__v1__acknowledge_response__descriptor, reply);
	const Stafett__V1__Receipt *receipt;

	if (!response)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	if (client->is_json)
		return output_json(client, &response->base);
	if (!is_last)
		return 0;
	receipt = packing_unpack(&client->arena, &stafett__v1__receipt__descriptor,
		bytes_of(response->receipt.data, response->receipt.len));
	client_word(client, "code", item->code);
	client_word(client, "clock",
		receipt ? format_clock(&client->arena, format_us(receipt->commit_time)) : "");
	output_say(client, "", ack_sentence(client, item->referral));
	return 0;
}

static int ack_item(struct client *client, const Stafett__V1__InboxItem *item, bool is_last)
{
	Stafett__V1__AcknowledgeRequest request = STAFETT__V1__ACKNOWLEDGE_REQUEST__INIT;
	struct uuid id = compose_id();
	struct bytes reply;
	int r;

	request.id = compose_id_text(client, &id);
	request.message = item->id;
	request.content_hash = item->content_hash;
	request.referral = item->referral;
	request.chain = item->chain;
	request.version = item->version;
	r = deliver_write(client, &id, METHOD_acknowledge, &request.base, &reply);
	return r ? r : ack_print(client, item, is_last, reply);
}

/* What was acknowledged before is not done again, and no mistake either. */
static int ack_known(struct client *client, struct ack_inbox *inbox, const char *name)
{
	bool others;
	int r = 0;

	if (!inbox->has_all)
		r = inbox_read(client, true, &inbox->all);
	if (r)
		return r;
	inbox->has_all = true;
	if (!ack_find(&inbox->all, name, &others))
		return client_problem(client, PROBLEM_NOT_FOUND, NULL);
	output_say(client, "", _("{ref} was acknowledged before; nothing more was needed."));
	return 0;
}

/* The receipt of what asks for something makes a new version of the referral. */
static bool ack_raises(const Stafett__V1__InboxItem *item)
{
	return strcmp(item->kind, "send") == 0 || strcmp(item->kind, "forward") == 0;
}

/* Every message of the referral of which that is so, or is not; |left| of it wait. */
static int ack_items(struct client *client, const struct ack_inbox *inbox, const char *referral,
	bool raises, size_t *left)
{
	int r = 0;

	for (size_t i = 0; i < inbox->waiting.n_items && !r; i++) {
		const Stafett__V1__InboxItem *item = inbox->waiting.items[i];

		if (strcmp(item->referral, referral) == 0 && ack_raises(item) == raises)
			r = ack_item(client, item, --*left == 0);
	}
	return r;
}

static size_t ack_count(const struct ack_inbox *inbox, const char *referral)
{
	size_t count = 0;

	for (size_t i = 0; i < inbox->waiting.n_items; i++)
		count += strcmp(inbox->waiting.items[i]->referral, referral) == 0;
	return count;
}

/* Acknowledges every waiting message of one referral, all by the version that was
 * read with them. */
static int ack_referral(struct client *client, struct ack_inbox *inbox, const char *typed)
{
	const char *referral;
	const char *name;
	size_t left;
	bool others;
	int r = ref_resolve(client, typed, REF_FOR_ACTING, &name);

	if (r)
		return r;
	referral = ack_find(&inbox->waiting, name, &others);
	if (others)
		return client_problem(client, PROBLEM_CODE_AMBIGUOUS, NULL);
	if (!referral)
		return ack_known(client, inbox, name);
	left = ack_count(inbox, referral);
	r = ack_items(client, inbox, referral, false, &left);
	if (!r)
		r = ack_items(client, inbox, referral, true, &left);
	if (!r && !client->is_json)
		ack_print_next(client, referral);
	return r;
}

int command_ack(struct client *client, const struct arguments *arguments)
{
	struct ack_inbox inbox = {
		.waiting = STAFETT__V1__INBOX_SERVICE_LIST_RESPONSE__INIT,
		.all = STAFETT__V1__INBOX_SERVICE_LIST_RESPONSE__INIT,
	};
	int r = arguments_count(client, arguments, 1, SIZE_MAX, _("which referrals, like 7K3M"));

	if (!r)
		r = client_open(client);
	if (!r)
		r = deliver_pending(client, false);
	if (!r)
		r = inbox_read(client, false, &inbox.waiting);
	for (size_t i = 0; i < arguments->n_rest && !r; i++)
		r = ack_referral(client, &inbox, arguments->rest[i]);
	return r;
}
