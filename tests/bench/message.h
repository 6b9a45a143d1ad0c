/* SPDX-License-Identifier: Apache-2.0 */
/* The message of the benches: a new referral with a card and a body of the usual size. */
#ifndef BENCH_MESSAGE_H
#define BENCH_MESSAGE_H

#include "stafett/v1/message.pb-c.h"

enum { MESSAGE_CARD_BYTES = 256, MESSAGE_BODY_BYTES = 1024, MESSAGE_HEADER_MAX = 2048 };

/* Who sends, and to whom. */
struct message_route {
	const char *unit, *member, *to; /* handle, URN, handle */
};

/* Packs the header of a new referral, with a new id; gives its length. */
size_t message_pack_header(const struct message_route *route, uint8_t out[MESSAGE_HEADER_MAX]);
/* A card or a body of so many bytes (MESSAGE_BODY_BYTES at most); the bytes are static. */
Stafett__V1__Part message_part(size_t bytes);

#endif
