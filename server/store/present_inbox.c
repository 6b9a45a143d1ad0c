/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as items of an inbox; each column has a name. And how fresh a list is. */
#include "store/present.h"

#include "store/present_values.h"

enum inbox_column {
	INBOX_MESSAGE,
	INBOX_FROM,
	INBOX_FROM_NAME,
	INBOX_REFERRAL,
	INBOX_CHAIN,
	INBOX_SEQ,
	INBOX_CODE,
	INBOX_EVENT_KIND,
	INBOX_DELIVERY, /* state, and the six columns behind it */
	INBOX_STORE_TIME,
	INBOX_OFFER_TIME,
	INBOX_FETCH_TIME,
	INBOX_ACKNOWLEDGE_TIME,
	INBOX_ACKNOWLEDGE_MEMBER,
	INBOX_CAUSE,
	INBOX_DUE_TIME,
	INBOX_STATUS,
	INBOX_VERSION,
	INBOX_PRIORITY,
	INBOX_KIND,
	INBOX_NEEDS,
	INBOX_DUE_DATE,
	INBOX_NEEDS_OF_UNIT,
	INBOX_CARD,
	INBOX_HASH,
	INBOX_ASSIGNEE,
	INBOX_ASSIGNEE_NAME,
	INBOX_NO_LONGER_SHARED,
	INBOX_START_DATE,
	INBOX_PROTECTED,
	INBOX_AWAITS_HELP,
	INBOX_COLUMNS,
};
_Static_assert((int)INBOX_COLUMNS == PRESENT_INBOX_COLUMNS, "others count from there");

static void take_inbox_state(struct arena *a, const struct db_row *row, Stafett__V1__InboxItem *i)
{
	i->status = take_text(a, row, INBOX_STATUS);
	i->version = db_row_int(row, INBOX_VERSION);
	i->priority = take_text(a, row, INBOX_PRIORITY);
	i->referral_kind = take_text(a, row, INBOX_KIND);
	i->referral_needs = take_list(a, row, INBOX_NEEDS, &i->n_referral_needs);
	i->intervention_due_date = take_date(a, row, INBOX_DUE_DATE);
	i->intervention_start_date = take_date(a, row, INBOX_START_DATE);
	i->due_time = take_time(a, row, INBOX_DUE_TIME);
	i->needs = take_text(a, row, INBOX_NEEDS_OF_UNIT);
	i->assignee = take_text(a, row, INBOX_ASSIGNEE);
	i->assignee_display_name = take_text(a, row, INBOX_ASSIGNEE_NAME);
	i->no_longer_shared = db_row_bool(row, INBOX_NO_LONGER_SHARED);
	i->protected_identity = db_row_bool(row, INBOX_PROTECTED);
	i->awaits_help = db_row_bool(row, INBOX_AWAITS_HELP);
}

Stafett__V1__InboxItem *present_inbox_item(
	struct arena *a, const struct db_row *row, struct inbox_place *ret_place)
{
	Stafett__V1__InboxItem *i = arena_alloc(a, sizeof(*i));

	if (!i)
		return NULL;
	stafett__v1__inbox_item__init(i);
	i->id = take_uuid(a, row, INBOX_MESSAGE);
	i->from_unit = take_text(a, row, INBOX_FROM);
	i->from_display_name = take_text(a, row, INBOX_FROM_NAME);
	i->referral = take_uuid(a, row, INBOX_REFERRAL);
	i->chain = take_uuid(a, row, INBOX_CHAIN);
	i->code = take_code(a, row, INBOX_CODE);
	i->kind = take_text(a, row, INBOX_EVENT_KIND);
	i->arrive_time = take_time(a, row, INBOX_STORE_TIME);
	i->delivery = take_delivery(a, row, INBOX_DELIVERY);
	take_inbox_state(a, row, i);
	i->card = take_part(a, row, INBOX_CARD);
	i->content_hash = take_bytes(a, row, INBOX_HASH);
	ret_place->store_us = db_row_time(row, INBOX_STORE_TIME);
	ret_place->seq = db_row_int(row, INBOX_SEQ);
	ret_place->chain = db_row_uuid(row, INBOX_CHAIN);
	ret_place->referral = db_row_uuid(row, INBOX_REFERRAL);
	return a->overflowed ? NULL : i;
}

Stafett__V1__Heartbeat *present_heartbeat(struct arena *a, int64_t now_us, int64_t clerk_us)
{
	Stafett__V1__Heartbeat *h = arena_alloc(a, sizeof(*h));

	if (!h)
		return NULL;
	stafett__v1__heartbeat__init(h);
	h->read_time = present_time(a, now_us);
	h->clerk_time = clerk_us ? present_time(a, clerk_us) : NULL;
	return h;
}
