/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reading of case data: one or more of the api functions and the audit row
 * that records it, in one transaction on a connection for readings. What was
 * read is answered only after that row is committed.
 */
#ifndef STORE_READ_H
#define STORE_READ_H

#include "base/arena.h"
#include "db/conn.h"
#include "db/row.h"
#include "store/audit.h"
#include "store/statements.h"
#include "store/write.h"

struct reader;

enum { READ_QUERIES = 7 };

/* One question of a reading; its arguments begin with the acting unit's three
 * (read_add_query puts them there). */
struct read_query {
	enum read_statement statement;
	struct db_args args;
};

struct read {
	struct caller caller;
	mask_t roles; /* one of them is needed */
	enum leaf_type type;
	struct uuid object; /* what is read, where it is one thing */
	int n_queries;
	struct read_query queries[READ_QUERIES];
	/* One row of query number |query|. May add to the audit's detail. The row
	 * lives until it returns. */
	void (*row)(struct read *read, int query, const struct db_row *row, struct audit *audit);
	/* After all rows, before the audit row: the last word on what is answered.
	 * NULL means that the rows are enough. */
	enum reason (*judge)(struct read *read);
	/* Once, after the commit. REASON_NONE: what |row| was given may be answered. */
	void (*done)(struct read *read, enum reason reason);
	void *arg;
	/* Set by |row| or |judge|: nothing was shown to anybody, there is nothing to
	 * record. What was denied is recorded all the same. */
	bool quiet;
	/* It may take long: of such, one at a time is under way, the others wait, and what
	 * it leaves behind stays even where nobody waits for its answer any more. */
	bool is_long;

	/* Of the caller, for |row| and |done|. */
	int64_t now_us;
	int64_t clerk_us; /* when the clerk last showed itself; 0: never */
	struct uuid unit;
	mask_t held; /* the member's roles in the unit */

	/* The reader's own. */
	struct list node;
	struct reader *reader; /* that works on it; NULL while it waits */
	struct db_array role_codes;
};

struct reader_ops {
	/* What is to be read next; NULL: nothing. It begins at once. */
	struct read *(*next)(void *arg);
	/* The connection came or went. */
	void (*changed)(void *arg);
};

/* |name| is that of the connection. 0 or -errno. */
int reader_new(struct event_base *base, const char *conninfo, const char *name,
	const struct reader_ops *ops, void *arg, struct reader **ret_reader) WARN_UNUSED;
/* Its reading must be done or abandoned. Accepts NULL; returns NULL. */
struct reader *reader_free(struct reader *reader);
bool reader_is_connected(const struct reader *reader);
/* Whether a reading that may take long is under way. */
bool reader_is_long(const struct reader *reader);
/* Begins with what is next, if it has nothing to do. */
void reader_wake(struct reader *reader);
/* Whoever wanted the reading under way is gone. */
void reader_abandon(struct reader *reader);

/* Prepares |read| for its queries: caller, roles and type must be set. */
void read_init(struct read *read);
/* The codes of |roles| as an argument of a statement, in |arena|; empty with NULL
 * data over its cap. */
struct bytes read_roles(struct arena *arena, mask_t roles);
/* Adds a query with the acting unit's arguments; the caller adds the others. */
struct db_args *read_add_query(struct read *read, enum read_statement statement);
/* Tells its owner how it ended. */
void read_finish(struct read *read, enum reason reason);
/* Frees what read_init made, where |done| is not to run. */
void read_fini(struct read *read);

#endif
