/* SPDX-License-Identifier: Apache-2.0 */
/* Ids and headers: see the header. */
#include "client/compose.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "client/memory.h"
#include "client/text.h"
#include "domain/digest.h"

static int64_t compose_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct uuid compose_id(void)
{
	uint8_t random[10];

	while (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
		if (errno == EINTR)
			continue;
		/* An id that may come twice is worse than none. */
		fputs(_("stafett: the system gives no randomness\n"), stderr);
		exit(EXIT_TEMPORARY);
	}
	return uuid_make(compose_now_us() / 1000, random);
}

char *compose_id_text(struct client *client, const struct uuid *id)
{
	char *text = memory_alloc(&client->arena, UUID_TEXT_LEN + 1);

	uuid_format(id, text);
	return text;
}

Google__Protobuf__Timestamp *compose_time(struct client *client, int64_t us)
{
	Google__Protobuf__Timestamp *time = memory_alloc(&client->arena, sizeof(*time));

	google__protobuf__timestamp__init(time);
	time->seconds = us / 1000000;
	time->nanos = (int32_t)(us % 1000000) * 1000;
	return time;
}

void compose_header(struct client *client, const struct uuid *id, Stafett__V1__Header *header)
{
	stafett__v1__header__init(header);
	header->id = compose_id_text(client, id);
	header->from_unit = (char *)client->profile->unit;
	header->from_member = client->member;
	header->create_time = compose_time(client, compose_now_us());
}

Stafett__V1__Part *compose_part(struct client *client, struct bytes data)
{
	Stafett__V1__Part *part = memory_alloc(&client->arena, sizeof(*part));

	stafett__v1__part__init(part);
	part->content_case = STAFETT__V1__PART__CONTENT_DATA;
	part->data.data = (uint8_t *)data.data;
	part->data.len = data.len;
	return part;
}

Stafett__V1__Part *compose_claim(struct client *client, const struct uuid *id, struct bytes data)
{
	Stafett__V1__Part *part = memory_alloc(&client->arena, sizeof(*part));
	Stafett__V1__UploadClaim *claim = memory_alloc(&client->arena, sizeof(*claim));

	stafett__v1__upload_claim__init(claim);
	claim->id = compose_id_text(client, id);
	claim->sha256.data = memory_alloc(&client->arena, DIGEST_LEN);
	claim->sha256.len = DIGEST_LEN;
	digest_sha256(&data, 1, claim->sha256.data);
	claim->size = (uint32_t)data.len;
	stafett__v1__part__init(part);
	part->content_case = STAFETT__V1__PART__CONTENT_UPLOAD;
	part->upload = claim;
	return part;
}
