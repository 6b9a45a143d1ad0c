/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

#include "domain/uuid.h"
#include "measure.h"

static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text; /* protobuf-c never writes to it */
}

static void message_new_id(int64_t now_ns, char out[UUID_TEXT_LEN + 1])
{
	uint8_t random[10];
	struct uuid uuid;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		abort();
	uuid = uuid_make(now_ns / NS_PER_MS, random);
	uuid_format(&uuid, out);
}

size_t message_pack_header(const struct message_route *route, uint8_t out[MESSAGE_HEADER_MAX])
{
	char id[UUID_TEXT_LEN + 1], date[11];
	char kind[] = "care-request", need[] = "alcohol", code[] = "need-of-care";
	int64_t now_ns = measure_now_ns(CLOCK_REALTIME);
	time_t now_s = (time_t)(now_ns / NS_PER_S);
	struct tm tm;
	char *to[] = {borrow(route->to)}, *needs[] = {need};
	Stafett__V1__LegalBasis basis = STAFETT__V1__LEGAL_BASIS__INIT;
	Stafett__V1__SendAct act = STAFETT__V1__SEND_ACT__INIT;
	Stafett__V1__Header header = STAFETT__V1__HEADER__INIT;
	Google__Protobuf__Timestamp created = GOOGLE__PROTOBUF__TIMESTAMP__INIT;

	message_new_id(now_ns, id);
	strftime(date, sizeof(date), "%Y-%m-%d", gmtime_r(&now_s, &tm));
	created.seconds = now_s;
	basis.code = code;
	act.kind = kind;
	act.n_needs = 1;
	act.needs = needs;
	act.help_request_date = date;
	act.legal_basis = &basis;
	header.id = id;
	header.from_unit = borrow(route->unit);
	header.from_member = borrow(route->member);
	header.n_to_units = 1;
	header.to_units = to;
	header.create_time = &created;
	header.act_case = STAFETT__V1__HEADER__ACT_SEND;
	header.send = &act;
	assert(stafett__v1__header__get_packed_size(&header) <= MESSAGE_HEADER_MAX);
	return stafett__v1__header__pack(&header, out);
}

Stafett__V1__Part message_part(size_t bytes)
{
	static uint8_t filler[MESSAGE_BODY_BYTES];
	Stafett__V1__Part part;

	assert(bytes <= sizeof(filler));
	stafett__v1__part__init(&part);
	part.content_case = STAFETT__V1__PART__CONTENT_DATA;
	part.data = (ProtobufCBinaryData){bytes, filler};
	return part;
}
