/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stafett inbox --watch: a line for each message that waits, and then one for each
 * that comes or changes, until the user ends it. What breaks is taken up again where
 * it was, however often and for however long.
 */
#include <stdio.h>
#include <stdlib.h>

#include "client/call.h"
#include "client/commands/inbox.h"
#include "client/inbox.h"
#include "client/memory.h"
#include "client/net/clock.h"
#include "client/packing.h"
#include "client/screen/format.h"
#include "client/screen/safe_text.h"
#include "client/text.h"
#include "codec/pb_json.h"

/* A message of a watch, with room to spare; and how long nothing may come: the
 * server says every 20 seconds that it is there. */
enum { WATCH_MESSAGE_BYTES = CAP_MESSAGE_BYTES, WATCH_PATIENCE_MS = 60000 };
enum { WATCH_CURSOR_BYTES = 128 };

struct inbox_watch {
	struct client *client;
	const struct arguments *arguments;
	uint8_t cursor[WATCH_CURSOR_BYTES];
	size_t cursor_len;
	bool heard; /* something came in this try */
};

/* "ack by 17:00"; what is only to be known has no such end. */
static const char *watch_need(struct client *client, const Stafett__V1__InboxItem *item)
{
	const char *by = format_brief(&client->arena, format_us(item->due_time), client->today);
	const char *need = strcmp(item->needs, "ack") == 0 ? _("ack") : _("act");

	if (inbox_is_acknowledged(item) || !*item->needs || strcmp(item->needs, "none") == 0)
		return "";
	return *by ? memory_printf(&client->arena, _("%s by %s"), need, by) : need;
}

static void watch_print_item(struct client *client, const Stafett__V1__InboxItem *item)
{
	const char *from = inbox_from(item);
	struct timespec now;
	struct card card;

	clock_gettime(CLOCK_REALTIME, &now);
	client->today = calendar_date_of(now.tv_sec * INT64_C(1000000));
	card_read(&client->arena, item->card, &card);
	printf(client->is_plain ? "%s\t%s\t%s\t%s\t%s\n" : "%s  %s  %-20s  %-24s  %s\n",
		format_clock(&client->arena, now.tv_sec * INT64_C(1000000)),
		format_code_start(&client->arena, item->code), safe_line(&client->arena, from),
		safe_line(&client->arena, inbox_what(client, item, &card)),
		watch_need(client, item));
}

/* One line an item, for programs. */
static void watch_print_json(const Stafett__V1__InboxItem *item)
{
	char *text = NULL;

	if (pb_json_print(&item->base, 0, &text) == 0)
		puts(text);
	free(text);
}

static bool watch_keep(struct inbox_watch *watch, const Stafett__V1__WatchResponse *message)
{
	if (message->cursor.len > sizeof(watch->cursor))
		return false;
	if (message->cursor.len)
		memcpy(watch->cursor, message->cursor.data, message->cursor.len);
	watch->cursor_len = message->cursor.len;
	watch->heard = true;
	return true;
}

/* What a message needs of memory dies with it: a watch may last for months. */
static bool watch_take(void *arg, struct bytes bytes)
{
	struct inbox_watch *watch = arg;
	struct client *client = watch->client;
	const struct arena kept = client->arena;
	const Stafett__V1__WatchResponse *message;
	bool fits;

	arena_init(&client->arena, CAP_ARENA_BYTES);
	message = packing_unpack(&client->arena, &stafett__v1__watch_response__descriptor, bytes);
	fits = message && watch_keep(watch, message);
	for (size_t i = 0; fits && i < message->n_items; i++) {
		if (!inbox_fits(client, watch->arguments, message->items[i]))
			continue;
		if (client->is_json)
			watch_print_json(message->items[i]);
		else
			watch_print_item(client, message->items[i]);
	}
	fflush(stdout);
	arena_fini(&client->arena);
	client->arena = kept;
	return fits && !ferror(stdout);
}

static int watch_once(struct inbox_watch *watch, struct call_outcome *ret_outcome)
{
	const struct answer_sink sink = {watch_take, watch, WATCH_MESSAGE_BYTES};
	Stafett__V1__WatchRequest message = STAFETT__V1__WATCH_REQUEST__INIT;
	struct client *client = watch->client;
	struct channel_request request = {
		.path = method_path(METHOD_watch),
		.unit = client->profile->unit,
		.patience_ns = WATCH_PATIENCE_MS * CLOCK_NS_PER_MS,
		.sink = &sink,
	};

	message.cursor.data = watch->cursor;
	message.cursor.len = watch->cursor_len;
	request.message = packing_pack(&client->arena, &message.base);
	watch->heard = false;
	return call_once(client, &request, ret_outcome);
}

int inbox_watch(struct client *client, const struct arguments *arguments)
{
	struct inbox_watch watch = {.client = client, .arguments = arguments};

	for (unsigned tries = 1;; tries++) {
		struct call_outcome outcome;
		int r = watch_once(&watch, &outcome);

		if (r && !outcome.may_retry)
			return r;
		if (watch.heard)
			tries = 1;
		(void)call_pause(client, tries, &outcome, INT64_MAX);
	}
}
