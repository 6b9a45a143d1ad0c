/* SPDX-License-Identifier: Apache-2.0 */
/* Packing requests and reading answers: see the header. */
#include "request.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "client/memory.h"
#include "client/packing.h"
#include "domain/leaf.h"
#include "stafett/v1/inbox_service.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

enum { REQUEST_CARD = 200, REQUEST_PAGE = 10, REQUEST_DATE = 11 };

static const char request_send_path[] = "/stafett.v1.ReferralService/Send";
static const char request_act_path[] = "/stafett.v1.ReferralService/Act";
static const char request_acknowledge_path[] = "/stafett.v1.InboxService/Acknowledge";

/* Borrows a text for protobuf-c, which never writes to it. */
static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

static char *request_uuid(struct arena *arena, const struct uuid *uuid)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(uuid, text);
	return memory_string(arena, text);
}

static struct uuid request_new_id(void)
{
	struct timespec now;
	uint8_t random[10];

	clock_gettime(CLOCK_REALTIME, &now);
	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		abort();
	return uuid_make(now.tv_sec * 1000 + now.tv_nsec / 1000000, random);
}

/* The date in some days, by UTC. */
static char *request_date(struct arena *arena, int days)
{
	time_t then = time(NULL) + days * 86400;
	char *text = memory_alloc(arena, REQUEST_DATE);
	struct tm tm;

	strftime(text, REQUEST_DATE, "%Y-%m-%d", gmtime_r(&then, &tm));
	return text;
}

static struct bytes request_bytes(ProtobufCBinaryData data)
{
	return bytes_of(data.data, data.len);
}

/* Bytes that only this message has: no two carry the same body. */
static ProtobufCBinaryData request_filler(
	struct arena *arena, const struct uuid *message, size_t size)
{
	uint8_t *data = memory_alloc(arena, size);

	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(message->b[i % sizeof(message->b)] + i / sizeof(message->b));
	return (ProtobufCBinaryData){size, data};
}

static void request_begin_header(
	struct arena *arena, const struct actor *actor, Stafett__V1__Header *header)
{
	Google__Protobuf__Timestamp *now = memory_alloc(arena, sizeof(*now));

	stafett__v1__header__init(header);
	google__protobuf__timestamp__init(now);
	now->seconds = time(NULL);
	header->create_time = now;
	header->from_unit = borrow(actor->unit);
	header->from_member = borrow(actor->member);
}

static ProtobufCBinaryData request_pack(struct arena *arena, const ProtobufCMessage *message)
{
	struct bytes packed = packing_pack(arena, message);

	return (ProtobufCBinaryData){packed.len, (uint8_t *)(uintptr_t)packed.data};
}

/* --- Send ------------------------------------------------------------------------ */

static ProtobufCBinaryData request_send_header(struct arena *arena, const struct actor *actor,
	const struct request *request, const struct uuid *chain)
{
	char kind[] = "care-request", need[] = "alcohol", basis_code[] = "need-of-care";
	char *to = borrow(request->to), *needs[] = {need};
	Stafett__V1__LegalBasis basis = STAFETT__V1__LEGAL_BASIS__INIT;
	Stafett__V1__SendAct act = STAFETT__V1__SEND_ACT__INIT;
	Stafett__V1__Header header;

	request_begin_header(arena, actor, &header);
	header.id = request_uuid(arena, &request->key);
	header.to_units = &to;
	header.n_to_units = 1;
	if (chain)
		header.chain = request_uuid(arena, chain);
	basis.code = basis_code;
	act.kind = kind;
	act.needs = needs;
	act.n_needs = 1;
	act.help_request_date = request_date(arena, 0);
	act.legal_basis = &basis;
	header.act_case = STAFETT__V1__HEADER__ACT_SEND;
	header.send = &act;
	return request_pack(arena, &header.base);
}

struct request request_send(struct arena *arena, const struct actor *actor, const char *to,
	const struct uuid *chain, size_t size)
{
	char suite[] = "none";
	struct request request = {.path = request_send_path,
		.what = "send",
		.is_write = true,
		.key = request_new_id(),
		.to = to};
	Stafett__V1__Part card, body;
	Stafett__V1__SendRequest send = STAFETT__V1__SEND_REQUEST__INIT;
	struct known *known = &request.known;

	stafett__v1__part__init(&card);
	stafett__v1__part__init(&body);
	card.content_case = body.content_case = STAFETT__V1__PART__CONTENT_DATA;
	card.data = request_filler(arena, &request.key, REQUEST_CARD);
	body.data = request_filler(arena, &request.key, size);
	send.header = request_send_header(arena, actor, &request, chain);
	send.card = &card;
	send.body = &body;
	send.suite = suite;
	request.message = packing_pack(arena, &send.base);
	content_hash(request_bytes(send.header), request_bytes(card.data), request_bytes(body.data),
		request.hash);
	known->message = request.key;
	known->version = 1;
	memcpy(known->hash, request.hash, sizeof(known->hash));
	uuid_derive(bytes_of_string(actor->unit), &request.key, &known->referral, &known->chain);
	if (chain)
		known->chain = *chain;
	return request;
}

/* --- acts ------------------------------------------------------------------------- */

struct request request_acknowledge(
	struct arena *arena, const struct actor *actor, const struct known *known)
{
	struct request request = {.path = request_acknowledge_path,
		.what = "acknowledge",
		.is_write = true,
		.key = request_new_id(),
		.to = "",
		.known = *known};
	Stafett__V1__AcknowledgeRequest acknowledge = STAFETT__V1__ACKNOWLEDGE_REQUEST__INIT;

	acknowledge.id = request_uuid(arena, &request.key);
	acknowledge.message = request_uuid(arena, &known->message);
	acknowledge.content_hash =
		(ProtobufCBinaryData){REQUEST_HASH, (uint8_t *)(uintptr_t)known->hash};
	acknowledge.referral = request_uuid(arena, &known->referral);
	acknowledge.chain = request_uuid(arena, &known->chain);
	acknowledge.version = known->version;
	request.message = packing_pack(arena, &acknowledge.base);
	content_hash(request.message, bytes_of("", 0), bytes_of("", 0), request.hash);
	return request;
}

struct request request_accept(
	struct arena *arena, const struct actor *actor, const struct known *known)
{
	char suite[] = "none", responsible[] = "nurse";
	struct request request = {.path = request_act_path,
		.what = "accept",
		.is_write = true,
		.key = request_new_id(),
		.to = "",
		.known = *known};
	Stafett__V1__AcceptAct accept = STAFETT__V1__ACCEPT_ACT__INIT;
	Stafett__V1__ActRequest act = STAFETT__V1__ACT_REQUEST__INIT;
	Stafett__V1__Header header;

	request_begin_header(arena, actor, &header);
	header.id = request_uuid(arena, &request.key);
	header.referral = request_uuid(arena, &known->referral);
	header.chain = request_uuid(arena, &known->chain);
	header.version = known->version;
	accept.responsible = responsible;
	accept.contact_by_date = request_date(arena, 7);
	header.act_case = STAFETT__V1__HEADER__ACT_ACCEPT;
	header.accept = &accept;
	act.header = request_pack(arena, &header.base);
	act.suite = suite;
	request.message = packing_pack(arena, &act.base);
	content_hash(request_bytes(act.header), bytes_of("", 0), bytes_of("", 0), request.hash);
	return request;
}

/* --- readings ----------------------------------------------------------------------- */

struct request request_get(struct arena *arena, const struct known *known)
{
	struct request request = {
		.path = "/stafett.v1.ReferralService/Get", .what = "get", .known = *known};
	Stafett__V1__GetRequest get = STAFETT__V1__GET_REQUEST__INIT;

	get.id = request_uuid(arena, &known->referral);
	request.message = packing_pack(arena, &get.base);
	return request;
}

struct request request_list(struct arena *arena)
{
	struct request request = {.path = "/stafett.v1.ReferralService/List", .what = "list"};
	Stafett__V1__ReferralServiceListRequest list =
		STAFETT__V1__REFERRAL_SERVICE_LIST_REQUEST__INIT;

	list.page_size = REQUEST_PAGE;
	request.message = packing_pack(arena, &list.base);
	return request;
}

struct request request_inbox(struct arena *arena)
{
	struct request request = {.path = "/stafett.v1.InboxService/List", .what = "inbox"};
	Stafett__V1__InboxServiceListRequest list = STAFETT__V1__INBOX_SERVICE_LIST_REQUEST__INIT;

	list.page_size = REQUEST_PAGE;
	request.message = packing_pack(arena, &list.base);
	return request;
}

/* --- answers ------------------------------------------------------------------------- */

struct bytes request_receipt(
	struct arena *arena, const struct request *request, struct bytes answer)
{
	const ProtobufCMessageDescriptor *type = &stafett__v1__send_response__descriptor;
	const void *message;

	if (request->path == request_act_path)
		type = &stafett__v1__act_response__descriptor;
	else if (request->path == request_acknowledge_path)
		type = &stafett__v1__acknowledge_response__descriptor;
	message = packing_unpack(arena, type, answer);
	if (!message)
		return bytes_of(NULL, 0);
	if (request->path == request_act_path)
		return request_bytes(((const Stafett__V1__ActResponse *)message)->receipt);
	if (request->path == request_acknowledge_path)
		return request_bytes(((const Stafett__V1__AcknowledgeResponse *)message)->receipt);
	return request_bytes(((const Stafett__V1__SendResponse *)message)->receipt);
}

static const char *request_append(struct arena *arena, const char *list, const char *id)
{
	return memory_printf(arena, "%s%s\"%s\"", list, *list ? "," : "", id);
}

static const char *request_listed(struct arena *arena, struct bytes answer)
{
	const Stafett__V1__ReferralServiceListResponse *list = packing_unpack(
		arena, &stafett__v1__referral_service_list_response__descriptor, answer);
	const char *ids = "";

	for (size_t i = 0; list && i < list->n_referrals; i++)
		ids = request_append(arena, ids, list->referrals[i]->referral->id);
	return list ? ids : NULL;
}

static const char *request_inbox_items(struct arena *arena, struct bytes answer)
{
	const Stafett__V1__InboxServiceListResponse *list = packing_unpack(
		arena, &stafett__v1__inbox_service_list_response__descriptor, answer);
	const char *ids = "";

	for (size_t i = 0; list && i < list->n_items; i++)
		ids = request_append(arena, ids, list->items[i]->referral);
	return list ? ids : NULL;
}

const char *request_referrals(
	struct arena *arena, const struct request *request, struct bytes answer)
{
	const Stafett__V1__GetResponse *get;

	if (strcmp(request->what, "list") == 0)
		return request_listed(arena, answer);
	if (strcmp(request->what, "inbox") == 0)
		return request_inbox_items(arena, answer);
	get = packing_unpack(arena, &stafett__v1__get_response__descriptor, answer);
	return get ? request_append(arena, "", get->referral->id) : NULL;
}
