/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes on their way: kept in the outbox first, tried until the server has
 * decided, forgotten only then. A write that a crash, a closed lid or a dead line
 * interrupted goes on with the next command that sends, with the same bytes.
 */
#ifndef CLIENT_DELIVER_H
#define CLIENT_DELIVER_H

#include "client/client.h"
#include "client/method.h"
#include "client/outbox.h"

/* Delivers what earlier commands left, the oldest first, and tells on standard
 * error what became of it. Gives an exit code, with the problem described, only
 * where the line is down, so that nothing else can be sent either. That this command
 * is kept, too, is said only where |is_kept|. */
int deliver_pending(struct client *client, bool is_kept) WARN_UNUSED;

/* Keeps a write of the profile's unit under its id; from here on it is not lost.
 * |body| is uploaded under the same id before; empty where there is none. */
int deliver_keep(struct client *client, const struct uuid *id, enum method method,
	const ProtobufCMessage *request, struct bytes body,
	struct outbox_entry *ret_entry) WARN_UNUSED;
/* Delivers a kept write. 0 with the reply's bytes; otherwise the problem says
 * whether it was refused (and is gone) or is still kept. */
int deliver_entry(
	struct client *client, struct outbox_entry *entry, struct bytes *ret_reply) WARN_UNUSED;
/* Both, one after the other, without a body. */
int deliver_write(struct client *client, const struct uuid *id, enum method method,
	const ProtobufCMessage *request, struct bytes *ret_reply) WARN_UNUSED;

#endif
