/* SPDX-License-Identifier: Apache-2.0 */
/* Aftercare found or sent: see the header. */
#include "client/aftercare.h"

#include "client/call.h"
#include "client/card.h"
#include "client/compose.h"
#include "client/deliver.h"
#include "client/memory.h"
#include "client/packing.h"
#include "client/recipient.h"
#include "stafett/caps.h"

static bool aftercare_is_it(
	const struct acting *acting, const char *unit, const Stafett__V1__Referral *referral)
{
	return strcmp(referral->chain, acting->seen->chain->id) == 0 &&
	       strcmp(referral->kind, "aftercare") == 0 && strcmp(referral->owner, unit) == 0;
}

/* NULL where there is none. */
static char *aftercare_among(const struct acting *acting, const char *unit,
	const Stafett__V1__ReferralServiceListResponse *page)
{
	for (size_t i = 0; i < page->n_referrals; i++) {
		const Stafett__V1__Referral *referral = page->referrals[i]->referral;

		if (referral && aftercare_is_it(acting, unit, referral))
			return referral->id;
	}
	return NULL;
}

/* Looks through what is open between the two units. */
static int aftercare_find(struct acting *acting, const char *unit, char **ret_id)
{
	Stafett__V1__ReferralServiceListRequest request =
		STAFETT__V1__REFERRAL_SERVICE_LIST_REQUEST__INIT;
	const Stafett__V1__ReferralServiceListResponse *page;
	char *id;

	request.direction = (char *)"sent";
	request.open_only = true;
	request.unit = (char *)unit;
	request.page_size = CAP_PAGE_SIZE;
	do {
		int r = call_message(acting->client, METHOD_list, &request.base,
			&stafett__v1__referral_service_list_response__descriptor, &page);

		if (r)
			return r;
		request.page_token = page->next_page_token;
		id = aftercare_among(acting, unit, page);
	} while (!id && *page->next_page_token);
	*ret_id = id;
	return 0;
}

/* As the referral's own, unless another basis is named. */
static Stafett__V1__LegalBasis *aftercare_basis(struct acting *acting, const struct aftercare *want)
{
	const Stafett__V1__LegalBasis *own = acting->seen->referral->legal_basis;
	Stafett__V1__LegalBasis *basis = memory_alloc(&acting->client->arena, sizeof(*basis));

	stafett__v1__legal_basis__init(basis);
	if (own && (!want->basis || strcmp(want->basis, own->code) == 0))
		return (Stafett__V1__LegalBasis *)own;
	basis->code = (char *)(want->basis ? want->basis : "need-of-care");
	return basis;
}

static void aftercare_fill(
	struct acting *acting, const struct aftercare *want, Stafett__V1__SendAct *act)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;

	act->kind = (char *)"aftercare";
	act->needs = referral->needs;
	act->n_needs = referral->n_needs;
	act->legal_basis = aftercare_basis(acting, want);
	/* Planned with the person, whose own words go along. */
	act->person_informed = true;
	act->protected_identity = card_is_protected(&acting->client->arena, acting->seen->card);
}

static int aftercare_deliver(struct acting *acting, const struct uuid *id,
	const Stafett__V1__Header *header, struct bytes text, char **ret_id)
{
	struct client *client = acting->client;
	Stafett__V1__SendRequest request = STAFETT__V1__SEND_REQUEST__INIT;
	struct bytes packed = packing_pack(&client->arena, &header->base);
	const Stafett__V1__SendResponse *response;
	struct bytes reply;
	int r;

	request.header.data = (uint8_t *)packed.data;
	request.header.len = packed.len;
	request.card = acting->seen->card;
	if (text.len)
		request.body = compose_part(client, text);
	request.suite = (char *)COMPOSE_SUITE;
	r = deliver_write(client, id, METHOD_send, &request.base, &reply);
	if (r)
		return r;
	response = packing_unpack(&client->arena, &stafett__v1__send_response__descriptor, reply);
	if (!response)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	*ret_id = response->referral;
	return 0;
}

static int aftercare_send(struct acting *acting, const struct aftercare *want, char **ret_id)
{
	Stafett__V1__SendAct act = STAFETT__V1__SEND_ACT__INIT;
	char *to = (char *)want->unit;
	struct uuid id = compose_id();
	const Stafett__V1__Unit *unit;
	Stafett__V1__Header header;
	int r = recipient_find(acting->client, want->unit, &unit);

	if (r)
		return r;
	aftercare_fill(acting, want, &act);
	compose_header(acting->client, &id, &header);
	header.chain = acting->seen->chain->id;
	header.to_units = &to;
	header.n_to_units = 1;
	header.act_case = STAFETT__V1__HEADER__ACT_SEND;
	header.send = &act;
	return aftercare_deliver(acting, &id, &header, want->text, ret_id);
}

int aftercare_get(
	struct acting *acting, const struct aftercare *want, char **ret_id, bool *ret_is_new)
{
	char *id = NULL;
	int r = aftercare_find(acting, want->unit, &id);

	*ret_is_new = !id;
	if (!r && !id)
		r = aftercare_send(acting, want, &id);
	if (!r)
		*ret_id = id;
	return r;
}
