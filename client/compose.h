/* SPDX-License-Identifier: Apache-2.0 */
/* What every write begins with: an id of its own, and who says it when. */
#ifndef CLIENT_COMPOSE_H
#define CLIENT_COMPOSE_H

#include "client/client.h"
#include "domain/uuid.h"
#include "stafett/v1/message.pb-c.h"

/* How the parts are sealed: not at all, which only a trial server takes. */
#define COMPOSE_SUITE "none"

/* A new id of this moment; never the same twice. */
struct uuid compose_id(void);
/* The same as text in the arena. */
char *compose_id_text(struct client *client, const struct uuid *id);
/* A header with id, sender and creation time; the rest is the caller's. */
void compose_header(struct client *client, const struct uuid *id, Stafett__V1__Header *header);
/* A point in time in the arena. */
Google__Protobuf__Timestamp *compose_time(struct client *client, int64_t us);
/* A part with these bytes in the arena. */
Stafett__V1__Part *compose_part(struct client *client, struct bytes data);
/* A part that claims an upload of these bytes under |id|. */
Stafett__V1__Part *compose_claim(struct client *client, const struct uuid *id, struct bytes data);

#endif
