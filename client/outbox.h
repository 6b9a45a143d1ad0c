/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outbox: every write is kept here, byte for byte, before its first try and
 * until the server has decided. One file a write, mode 0600, named by the write's
 * id (a UUIDv7, so that names sort by age):
 *
 *   stafett outbox 1
 *   profile lund-maria
 *   unit lund/vuxen
 *   path /stafett.v1.ReferralService/Send
 *   sha256 <of the bytes>
 *   bytes 3141
 *   body <sha256> <bytes>
 *   <an empty line, then the bytes>
 *
 * The line "body" stands there only where the write has a body that is uploaded
 * before it; that lies beside it, in ID.body instead of ID.write.
 *
 * Invariants: a file under its final name is whole and on disk; its bytes never
 * change; a write has its name after its body has it, and loses it before; whoever
 * delivers one holds its lock, so that two programs never deliver the same at once
 * (which would do no harm, but tell the user twice).
 */
#ifndef CLIENT_OUTBOX_H
#define CLIENT_OUTBOX_H

#include <stdbool.h>

#include "base/arena.h"
#include "domain/digest.h"
#include "domain/uuid.h"

/* One write. Texts and bytes live in the arena. */
struct outbox_entry {
	struct uuid id;
	const char *profile, *unit, *path;
	struct bytes request;
	struct bytes body; /* to be uploaded before; empty without */
	uint8_t body_sha256[DIGEST_LEN];
	bool is_mapped;	  /* the body, by outbox_open */
	const char *file; /* where it is kept */
	int lock;	  /* descriptor that holds the lock; -1 without */
};

/* Keeps |entry|: |file|, |lock| and |body_sha256| are set. 0 or -errno; the write must not be
 * tried before this gave 0. */
int outbox_keep(struct arena *arena, struct outbox_entry *entry) WARN_UNUSED;
/* Forgets a write that the server has decided, and its body: both are removed and
 * overwritten. */
void outbox_forget(struct arena *arena, struct outbox_entry *entry);
/* Leaves a write for later. */
void outbox_leave(struct outbox_entry *entry);

/* Removes what a crash left behind: writes that were never whole, and bodies whose
 * writes never were or are no more. */
void outbox_sweep(struct arena *arena);
/* The files of all kept writes, the oldest first. */
size_t outbox_list(struct arena *arena, char ***ret_files);
/* Opens and locks one. 0; -EAGAIN where another program is delivering it;
 * -ENOENT where it has been by now; -EBADMSG where the file is damaged. */
int outbox_open(struct arena *arena, const char *file, struct outbox_entry *ret_entry) WARN_UNUSED;

#endif
