/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the inbox page by page, and in which order it is seen to: see the header. */
#include "client/inbox.h"

#include "client/call.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/heartbeat.h"
#include "client/screen/row.h"
#include "domain/words.h"
#include "stafett/caps.h"

/* What the events are that bring messages; all others only inform. */
static const struct {
	const char *kind;
	enum inbox_group group;
} inbox_kinds[] = {
	{"send", INBOX_NEW},
	{"forward", INBOX_NEW},
	{"ask", INBOX_ANSWERS},
	{"amend", INBOX_ANSWERS},
	{"accept", INBOX_ANSWERS},
	{"reject", INBOX_ANSWERS},
	{"answer", INBOX_ANSWERS},
	{"complete", INBOX_HAND_BACKS},
	{"break-off", INBOX_HAND_BACKS},
	{"withdraw", INBOX_HAND_BACKS},
	{"need-gone", INBOX_HAND_BACKS},
	{"take-back", INBOX_HAND_BACKS},
};

bool inbox_is_acknowledged(const Stafett__V1__InboxItem *item)
{
	return item->delivery && strcmp(item->delivery->state, "acknowledged") == 0;
}

int inbox_read(struct client *client, bool with_acknowledged,
	Stafett__V1__InboxServiceListResponse *ret_all)
{
	Stafett__V1__InboxServiceListRequest request =
		STAFETT__V1__INBOX_SERVICE_LIST_REQUEST__INIT;
	const Stafett__V1__InboxServiceListResponse *page;

	request.include_acknowledged = with_acknowledged;
	request.page_size = CAP_PAGE_SIZE;
	do {
		int r = call_message(client, METHOD_inbox, &request.base,
			&stafett__v1__inbox_service_list_response__descriptor, &page);

		if (r)
			return r;
		ret_all->items = memory_join(&client->arena, ret_all->items, ret_all->n_items,
			page->items, page->n_items);
		ret_all->n_items += page->n_items;
		ret_all->heartbeat = page->heartbeat;
		heartbeat_take_time(client, page->heartbeat);
		request.page_token = page->next_page_token;
	} while (*request.page_token);
	return 0;
}

bool inbox_needs_something(const Stafett__V1__InboxItem *item)
{
	return !inbox_is_acknowledged(item) && *item->needs && strcmp(item->needs, "none") != 0;
}

/* The person waits for longer than was promised, while somebody must still act on it. */
static bool inbox_help_is_late(const struct client *client, const Stafett__V1__InboxItem *item)
{
	struct date due;

	return item->awaits_help && (item->due_time || !inbox_has_ended(item)) &&
	       !*item->intervention_start_date &&
	       date_parse(bytes_of_string(item->intervention_due_date), &due) &&
	       date_compare(due, client->today) < 0;
}

bool inbox_is_late(const struct client *client, const Stafett__V1__InboxItem *item)
{
	return *item->needs && strcmp(item->needs, "none") != 0 &&
	       (row_is_late(client, format_us(item->due_time)) || inbox_help_is_late(client, item));
}

bool inbox_is_marked(const struct client *client, const Stafett__V1__InboxItem *item)
{
	return inbox_is_late(client, item) ||
	       (inbox_needs_something(item) &&
		       (row_is_danger(item->priority, item->status) || !*item->from_unit));
}

bool inbox_has_ended(const Stafett__V1__InboxItem *item)
{
	int state = state_from_code(bytes_of_string(item->status));

	return state >= 0 && state_is_ended((enum state)state);
}

/* The group of what is neither late nor in danger. */
static enum inbox_group inbox_group_of_kind(const Stafett__V1__InboxItem *item)
{
	for (size_t i = 0; i < ARRAY_SIZE(inbox_kinds) && !inbox_is_acknowledged(item); i++) {
		if (strcmp(inbox_kinds[i].kind, item->kind) == 0)
			return inbox_kinds[i].group == INBOX_NEW && inbox_has_ended(item)
				       ? INBOX_INFORMATION
				       : inbox_kinds[i].group;
	}
	return INBOX_INFORMATION;
}

bool inbox_is_new(const Stafett__V1__InboxItem *item)
{
	return inbox_group_of_kind(item) == INBOX_NEW;
}

enum inbox_group inbox_group_of(const struct client *client, const Stafett__V1__InboxItem *item)
{
	return inbox_is_marked(client, item) ? INBOX_LATE : inbox_group_of_kind(item);
}
