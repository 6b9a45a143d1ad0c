/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load of a batch: its arguments, and its rows as facts for the rules.
 */
#ifndef STORE_LOAD_H
#define STORE_LOAD_H

#include "db/conn.h"
#include "db/row.h"
#include "store/write.h"

/* The arrays of the lock and load statements, kept between batches. */
struct load {
	struct db_array unit, member, message, chain, referral, to, hand_back, delivered, replaces;
	struct db_array upload, upload_sha256, upload_size;
	int n_uploads; /* operations that claim one */
};

/* What one row says beyond the facts of the rules. */
struct loaded {
	int index; /* of the operation, from 0 */
	struct facts facts;
	bool replicated, chain_exists;
	int chain_version, custody_seq, event_seq, delivery_seq;
	struct uuid hand_back;		    /* known where facts.hand_back_known */
	struct bytes organisation, receipt; /* borrowed from the row */
};

void load_init(struct load *load);
void load_fini(struct load *load);
void load_clear(struct load *load);
void load_add(struct load *load, const struct order *order);
/* The lock statement's argument: the chains. */
void load_lock_args(struct load *load, struct db_args *args);
void load_args(struct load *load, struct db_args *args);
/* Those of the claimed uploads, where there are any. */
void load_upload_args(struct load *load, struct db_args *args);
/* Reads one row of them: which operation, from 0, and whether it may claim. */
int load_read_upload(const struct db_row *row, bool *ret_ready);
/* Reads one row; texts are borrowed from it. */
void load_read(const struct db_row *row, struct loaded *ret_loaded);

#endif
