/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a reader of an inbox has come, and the cursor that tells it to a client.
 *
 *   whole:    the open inbox is read page by page; what changed since the snapshot
 *             |base|, that of its first page, comes afterwards
 *   changes:  everything that |base| shows has been read; pages up to the snapshot
 *             |upto| follow, which then becomes the base
 *
 * A snapshot is exact: it names the transactions that were under way. A cursor is
 * small: it names the oldest of them, so whoever resumes with it may get some
 * items twice, and misses none.
 */
#ifndef STORE_POSITION_H
#define STORE_POSITION_H

#include <stdbool.h>

#include "domain/uuid.h"
#include "stafett/base.h"

/* A pg_snapshot as text, shared by the positions that hold it. */
struct snapshot {
	unsigned refs;
	uint64_t xmin; /* every transaction before this one is over */
	char text[];
};

/* The last item that was read of a scan. */
struct place {
	int64_t at; /* whole: its store time; changes: its transaction */
	struct uuid chain;
	int seq;
};

struct position {
	int64_t epoch;
	bool whole;
	bool has_place;
	bool is_fresh;	       /* the scan began with this page: nobody has read since */
	struct snapshot *base; /* NULL: nothing has been read */
	struct snapshot *upto; /* NULL: the next page begins a scan */
	struct place place;
};

enum { CURSOR_BYTES = 54 };

/* At the beginning of the whole inbox. Holds nothing yet. */
void position_init(struct position *position);
void position_fini(struct position *position);
/* |ret_copy| must hold nothing. */
void position_copy(const struct position *position, struct position *ret_copy);

/* A page has come, which shows |snapshot|. 0, or -ENOMEM, or -EINVAL where that is
 * none. */
int position_begin_page(
	struct position *position, int64_t epoch, struct bytes snapshot) WARN_UNUSED;
/* An item of it. */
void position_advance(struct position *position, const struct place *place);
/* All of it. |more|: its scan is not over. True: it was all that there is to read,
 * and whatever changed since this page was begun is not visible in |base|. */
bool position_end_page(struct position *position, bool more);

/* Before the first page there is no cursor: gives 0, else CURSOR_BYTES. |unit| is
 * the inbox's handle. */
size_t position_pack(const struct position *position, struct bytes unit, uint8_t out[CURSOR_BYTES]);
/* An empty cursor is the beginning. 0; -EINVAL where |cursor| is none of this
 * inbox; or -ENOMEM. */
int position_unpack(
	struct bytes cursor, struct bytes unit, struct position *ret_position) WARN_UNUSED;

#endif
