/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the inbox page by page: see the header. */
#include "client/inbox.h"

#include "client/call.h"
#include "client/memory.h"
#include "client/screen/heartbeat.h"
#include "stafett/caps.h"

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
