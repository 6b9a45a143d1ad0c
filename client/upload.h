/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a kept write, uploaded before the write itself: the server is asked
 * how far it has come, and it goes on from there, as often as the line breaks.
 */
#ifndef CLIENT_UPLOAD_H
#define CLIENT_UPLOAD_H

#include "client/call.h"
#include "client/outbox.h"

/* Uploads |entry|'s body under |entry|'s id until the server has it whole, has
 * refused it, or nothing moved until |deadline|, which each part that arrives puts
 * off. 0, or an exit code; |ret_outcome| is written in both cases. */
int upload_run(struct client *client, const struct outbox_entry *entry, int64_t *deadline_ns,
	struct call_outcome *ret_outcome) WARN_UNUSED;

#endif
