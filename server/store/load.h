/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load of a batch: its arguments (load.c), and its rows as facts for the rules
 * (load_read.c). There are up to four statements: every operation is in the load itself,
 * those that name what was there before are in load_chains too, those that name a second
 * chain in load_others, and those that claim an upload in load_uploads.
 *
 * Where all callers and recipients are kept from earlier batches (see directory.h), the
 * load is a smaller one first: whether that still stands, and that no key is taken. Where
 * it does not, the load itself follows, in the same transaction.
 */
#ifndef STORE_LOAD_H
#define STORE_LOAD_H

#include "db/conn.h"
#include "db/row.h"
#include "stafett/caps.h"
#include "store/directory.h"
#include "store/write.h"

/* The arrays of the lock and load statements, kept between batches. */
struct load {
	/* Of every operation. A caller's member and a recipient stand with the first
	 * operation that has them, and are null with the others. */
	struct db_array unit, member, message, to;
	const struct order *orders[CAP_BATCH_OPS];
	int n, caller_of[CAP_BATCH_OPS], recipient_of[CAP_BATCH_OPS]; /* that first one */

	/* Of every operation, as long as all are known. */
	struct directory *directory; /* borrowed; NULL: nothing is */
	struct db_array unit_id;
	const struct directory_caller *callers[CAP_BATCH_OPS];
	const struct directory_recipient *recipients[CAP_BATCH_OPS];
	bool is_known;

	/* Of those that name a chain, or another thing that was there before. */
	struct db_array index, actor, chain, referral, named_unit, delivered, named_referral,
		assignee, consent;
	int n_chains;

	/* Of those that name a second chain. */
	struct db_array other_index, other_actor, other_first, other;
	int n_others;

	/* Of every operation again; null where it claims no upload. */
	struct db_array upload, upload_sha256, upload_size;
	int n_uploads; /* operations that claim one */
};

enum { LOAD_CODE_MAX = 32, LOAD_URN_MAX = 160, LOAD_HANDLE_MAX = 96 };
enum { LOAD_RECIPIENTS_MAX = 1024 };

/* What was loaded of one operation, beyond the facts of the rules too. It stays
 * where it is: its texts point into itself, but for those that are borrowed. */
struct loaded {
	int index; /* of the operation, from 0 */
	struct facts facts;
	struct standing standing;
	bool replicated, chain_exists, other_exists;
	struct uuid chain, other; /* that it names */
	bool chain_locked, other_locked;
	int delivery_seq;
	char priority[LOAD_CODE_MAX], assigned[LOAD_URN_MAX], successor[LOAD_HANDLE_MAX];
	char recipients[LOAD_RECIPIENTS_MAX]; /* of the consent */
	struct bytes organisation, receipt;   /* borrowed from the result of the load */
};

/* |directory| is borrowed, and may be NULL: then all is asked anew each time. */
void load_init(struct load *load, struct directory *directory);
void load_fini(struct load *load);
void load_clear(struct load *load);
/* The order is borrowed until the next load_clear. */
void load_add(struct load *load, const struct order *order);

/* The chains, for the lock statement and for load_chains: where there are any. */
void load_lock_args(struct load *load, struct db_args *args);
void load_chains_args(struct load *load, struct db_args *args);
void load_others_args(struct load *load, struct db_args *args);
/* Those of the claimed uploads, where there are any. */
void load_upload_args(struct load *load, struct db_args *args);
void load_args(struct load *load, struct db_args *args);
/* Whether every caller and recipient is kept, so that the smaller load will do. */
bool load_is_known(const struct load *load);
void load_known_args(struct load *load, struct db_args *args);

/* The operation, from 0, that a row of load_chains or load_uploads is about. */
int load_read_index(const struct db_row *row);
/* Takes note that |chain| was locked, if the operation names it. */
void load_read_lock(struct bytes chain, struct loaded *loaded);
/* Whether all of the chains that it names and that are there were locked. */
bool load_is_locked(const struct loaded *loaded);
/* Each fills its part of |loaded|, whose chains were set and the rest zeroed
 * before the first. */
void load_read_chain(const struct db_row *row, struct loaded *loaded);
/* After load_read_chain. */
void load_read_other(const struct db_row *row, struct loaded *loaded);
void load_read_upload(const struct db_row *row, struct loaded *loaded);
/* Of operation |i|, whose row of the load's |result| is row |i|. */
void load_read(const struct load *load, const PGresult *result, int i, struct loaded *loaded);
/* Keeps the callers and recipients of the load's |result| for later ones. */
void load_keep(const struct load *load, const PGresult *result);
/* Whether the |result| of the smaller load says that what is known stands. If so,
 * load_read_known is for it what load_read is for the other; what it fills in borrows
 * from the directory. */
bool load_stands(const struct load *load, const PGresult *result);
void load_read_known(const struct load *load, const PGresult *result, int i, struct loaded *loaded);

#endif
