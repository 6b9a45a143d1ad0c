/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading one page, as a struct read (see read.h): who may see it is asked, its
 * items are marked as offered and recorded, and only then is it handed on. What a
 * feed reads is recorded once, with the names of all members who are shown it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "store/feed_internal.h"
#include "store/present.h"

/* Fifty items with their cards. */
enum { SLOT_ARENA_BYTES = 2097152 };

/* The columns of stafett.watch_row behind those of an item, which present.h knows. */
enum {
	ROW_MESSAGE = 0,
	ROW_CHANGED = PRESENT_INBOX_COLUMNS,
	ROW_SNAPSHOT,
	ROW_EPOCH,
	ROW_RESTARTED,
	ROW_MORE,
	ROW_STRANGERS,
};

/* --- what is asked ------------------------------------------------------------------ */

static struct bytes slot_keep(char *room, size_t size, struct bytes text)
{
	size_t len = text.len < size ? text.len : size - 1;

	if (len)
		memcpy(room, text.data, len);
	room[len] = '\0';
	return bytes_of(room, len);
}

/* The caller's texts: the call may end while the reading goes on. */
static void slot_keep_caller(struct feed_slot *slot, const struct caller *caller)
{
	memcpy(slot->fingerprint, caller->fingerprint, sizeof(slot->fingerprint));
	(void)slot_keep(slot->address, FEED_TEXT_MAX, bytes_of_string(caller->address));
	(void)slot_keep(slot->call_id, FEED_TEXT_MAX, bytes_of_string(caller->call_id));
	slot->read.caller = (struct caller){
		.call_id = slot->call_id,
		.address = slot->address,
		.unit = slot_keep(slot->unit, sizeof(slot->unit), caller->unit),
		.member = slot_keep(slot->member, sizeof(slot->member), caller->member),
		.fingerprint = slot->fingerprint,
	};
}

static void slot_add_others(struct feed_slot *slot)
{
	db_array_init(&slot->others, DB_TEXT_ARRAY);
	if (!slot->feed)
		return;
	list_for_each (node, &slot->feed->viewers.list) {
		struct viewer *viewer = container_of(node, struct viewer, node);

		viewer->lost = false;
		if (!viewer_is(viewer, slot->read.caller.member))
			db_array_add_bytes(&slot->others, bytes_of(viewer->member, viewer->len));
	}
}

static void slot_add_place(const struct feed_slot *slot, struct db_args *args)
{
	const struct position *p = &slot->position;

	db_args_add_bytes(args, p->has_place ? bytes_of(p->place.chain.b, 16) : bytes_of(NULL, 0));
	db_args_add_int(args, p->has_place ? p->place.seq : 0);
	db_args_add_int(args, CAP_WATCH_ROWS);
	db_args_add_int(args, CAP_WATCH_CARD_BYTES);
}

static void slot_ask_inbox(struct feed_slot *slot)
{
	struct db_args *args = read_add_query(&slot->read, READ_WATCH_INBOX);

	db_args_add_time(args, slot->position.has_place ? slot->position.place.at : INT64_MIN);
	slot_add_place(slot, args);
}

static void slot_ask_changes(struct feed_slot *slot)
{
	const struct position *p = &slot->position;
	struct db_args *args = read_add_query(&slot->read, READ_WATCH_CHANGES);

	snprintf(slot->after, sizeof(slot->after), "%" PRId64, p->place.at);
	db_args_add_array(args, &slot->others);
	db_args_add_long(args, p->epoch);
	db_args_add_text(args, p->base->text);
	db_args_add_text(args, p->upto ? p->upto->text : NULL);
	db_args_add_text(args, p->has_place ? slot->after : NULL);
	slot_add_place(slot, args);
}

static void slot_ask(
	struct feed_slot *slot, const struct watch *watch, const struct position *position)
{
	slot_keep_caller(slot, &watch->caller);
	slot->read.roles = watch->roles;
	read_init(&slot->read);
	position_copy(position, &slot->position);
	slot_add_others(slot);
	if (slot->position.whole)
		slot_ask_inbox(slot);
	else
		slot_ask_changes(slot);
	metrics_add(slot->feeds->metrics, METRIC_WATCH_READS, 1);
}

/* --- what comes ------------------------------------------------------------------------ */

/* Whether |name| is one of |names|, which have commas between them. */
static bool names_have(struct bytes names, struct bytes name)
{
	while (names.len) {
		const uint8_t *comma = memchr(names.data, ',', names.len);
		size_t len = comma ? (size_t)(comma - names.data) : names.len;

		if (bytes_equal(bytes_of(names.data, len), name))
			return true;
		len += comma ? 1 : 0;
		names = bytes_of(names.data + len, names.len - len);
	}
	return false;
}

static void slot_find_strangers(struct feed_slot *slot, struct bytes strangers)
{
	if (!slot->feed || !strangers.len)
		return;
	list_for_each (node, &slot->feed->viewers.list) {
		struct viewer *viewer = container_of(node, struct viewer, node);

		viewer->lost = names_have(strangers, bytes_of(viewer->member, viewer->len));
	}
}

/* A cursor of another time, in the middle of the inbox, is only found out here. */
static bool slot_is_of_another_time(const struct feed_slot *slot, int64_t epoch)
{
	return slot->position.whole && slot->position.base && slot->position.epoch != epoch;
}

static void slot_take_head(struct feed_slot *slot, const struct db_row *row)
{
	struct page_head *head = &slot->head;
	int64_t epoch = db_row_long(row, ROW_EPOCH);

	head->restarted = db_row_bool(row, ROW_RESTARTED) || slot_is_of_another_time(slot, epoch);
	head->more = db_row_bool(row, ROW_MORE);
	head->present = head->restarted || position_begin_page(&slot->position, epoch,
						   db_row_bytes(row, ROW_SNAPSHOT)) == 0;
	slot_find_strangers(slot, db_row_bytes(row, ROW_STRANGERS));
}

/* Those who are shown the page, besides the one whom the record begins with. */
static void slot_record_viewers(const struct feed_slot *slot, struct audit *audit)
{
	if (!slot->feed)
		return;
	list_for_each (node, &slot->feed->viewers.list) {
		struct viewer *viewer = container_of(node, struct viewer, node);

		if (!viewer->lost && !viewer_is(viewer, slot->read.caller.member))
			audit_add(audit, AUDIT_MEMBER, bytes_of(viewer->member, viewer->len));
	}
}

static void slot_take_item(struct feed_slot *slot, const struct db_row *row, struct audit *audit)
{
	struct inbox_place at;
	Stafett__V1__InboxItem *item = present_inbox_item(&slot->arena, row, &at);
	struct place place;

	if (!item || slot->n_items == CAP_WATCH_ROWS)
		return;
	if (slot->n_items == 0)
		slot_record_viewers(slot, audit);
	slot->items[slot->n_items++] = item;
	place = (struct place){at.store_us, at.chain, at.seq};
	if (!slot->position.whole)
		place.at = db_row_long(row, ROW_CHANGED);
	position_advance(&slot->position, &place);
	audit_add(audit, AUDIT_REFERRAL, uuid_bytes(&at.referral));
}

static void slot_on_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct feed_slot *slot = read->arg;

	if (!db_row_has(row, ROW_MESSAGE))
		slot_take_head(slot, row);
	else if (slot->head.present && !slot->head.restarted)
		slot_take_item(slot, row, audit);
}

/* A watch is recorded when it begins; from then on, only what is shown. */
static enum reason slot_judge(struct read *read)
{
	struct feed_slot *slot = read->arg;

	if (!slot->head.present || slot->arena.overflowed)
		return REASON_SERVER_FAULT;
	read->quiet = slot->n_items == 0 && (slot->feed || slot->watch->opened);
	return REASON_NONE;
}

static void slot_clear(struct feed_slot *slot)
{
	slot->feed = NULL;
	slot->watch = NULL;
	slot->n_items = 0;
	slot->head = (struct page_head){0};
	position_fini(&slot->position);
	db_array_fini(&slot->others);
	arena_fini(&slot->arena);
}

static void slot_on_done(struct read *read, enum reason reason)
{
	struct feed_slot *slot = read->arg;

	if (slot->feed)
		feed_on_page(slot->feed, slot, reason);
	else
		watch_on_page(slot->watch, slot, reason);
	slot_clear(slot);
}

/* --- the slot ------------------------------------------------------------------------------ */

void feed_slot_init(struct feed_slot *slot, struct feeds *feeds)
{
	slot->feeds = feeds;
	slot->read.type = LEAF_WATCH;
	slot->read.row = slot_on_row;
	slot->read.judge = slot_judge;
	slot->read.done = slot_on_done;
	slot->read.arg = slot;
	arena_init(&slot->arena, SLOT_ARENA_BYTES);
	position_init(&slot->position);
	db_array_init(&slot->others, DB_TEXT_ARRAY);
}

bool feed_slot_is_free(const struct feed_slot *slot)
{
	return !slot->feed && !slot->watch;
}

void feed_slot_take_feed(struct feed_slot *slot, struct feed *feed)
{
	slot->feed = feed;
	feed->slot = slot;
	feed->dirty = false;
	slot_ask(slot, list_first(&feed->live, struct watch, node), &feed->position);
}

void feed_slot_take_watch(struct feed_slot *slot, struct watch *watch)
{
	slot->watch = watch;
	watch->slot = slot;
	slot_ask(slot, watch, &watch->position);
}

void feed_slot_abandon(struct feed_slot *slot)
{
	reader_abandon(slot->feeds->reader);
	read_fini(&slot->read);
	slot_clear(slot);
}

/* --- messages --------------------------------------------------------------------------------- */

static void response_set_cursor(Stafett__V1__WatchResponse *response,
	const struct position *position, struct bytes unit, uint8_t room[CURSOR_BYTES])
{
	response->cursor.data = room;
	response->cursor.len = position_pack(position, unit, room);
}

struct bytes feed_slot_pack(struct feed_slot *slot, bool restarted, bool current)
{
	Stafett__V1__WatchResponse response = STAFETT__V1__WATCH_RESPONSE__INIT;
	uint8_t cursor[CURSOR_BYTES];
	size_t size;
	uint8_t *out;

	response.items = slot->items;
	response.n_items = slot->n_items;
	response.restarted = restarted;
	response.current = current;
	response.heartbeat =
		present_heartbeat(&slot->arena, slot->read.now_us, slot->read.clerk_us);
	response_set_cursor(&response, &slot->position, slot->read.caller.unit, cursor);
	size = stafett__v1__watch_response__get_packed_size(&response);
	out = arena_alloc(&slot->arena, size);
	return bytes_of(out, out ? stafett__v1__watch_response__pack(&response, out) : 0);
}

struct bytes farewell(
	const struct position *position, struct bytes unit, uint8_t out[FAREWELL_BYTES])
{
	Stafett__V1__WatchResponse response = STAFETT__V1__WATCH_RESPONSE__INIT;
	uint8_t cursor[CURSOR_BYTES];

	response_set_cursor(&response, position, unit, cursor);
	return bytes_of(out, stafett__v1__watch_response__pack(&response, out));
}
