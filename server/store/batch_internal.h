/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch among its own files.
 *
 *   batch.c       its life: collected, decided, applied, committed, settled
 *   batch_load.c  what the operations name that was there before: locked and loaded
 */
#ifndef STORE_BATCH_INTERNAL_H
#define STORE_BATCH_INTERNAL_H

#include "domain/identity.h"
#include "store/batch.h"
#include "store/effects.h"

/* Each operation needs randomness for its event's id and its audit record. */
enum { BATCH_RANDOM = 10 + AUDIT_RANDOM };

/* Offline and idle wait for work; the others for the database. */
enum batch_phase {
	BATCH_OFFLINE,
	BATCH_IDLE,
	BATCH_LOADING,	  /* BEGIN, lock and load are sent */
	BATCH_APPLYING,	  /* apply, COMMIT and sync are sent */
	BATCH_COMMITTING, /* of these, apply is answered */
	BATCH_FAILING,	  /* an error: sync, ROLLBACK and sync are sent */
};

/* One operation under way. The write is NULL once its owner has gone. */
struct batch_slot {
	struct write *write;
	struct lane *lane;
	struct loaded loaded;
	struct decision decision;
	char alternative[IDENTITY_HANDLE_MAX + 1];
	uint8_t receipt[RECEIPT_MAX];
	size_t receipt_len;
	enum batch_verdict verdict;
};

struct batch {
	struct batch_params params;
	struct db_conn *conn;
	enum batch_phase phase;
	struct directory *directory; /* for this connection: another may be to another database */
	struct load load;
	struct effects effects;
	struct audit audit; /* of the operation being decided */
	uint8_t random[CAP_BATCH_OPS * BATCH_RANDOM];
	int n;
	struct batch_slot slots[CAP_BATCH_OPS];
	/* Which slot each row of the apply statement belongs to. */
	int row_slot[CAP_BATCH_OPS];
	int64_t began_ns, applied_ns, checked_ns;
	int64_t careful_until_ns;
	bool opens;	    /* by WRITE_OPEN or WRITE_OPEN_AGREED */
	bool committed;	    /* COMMIT said COMMIT */
	bool commits_short; /* the last one that was timed did */
	char sqlstate[6];   /* of the error that failed the batch */
};

/* Whether |result| is of the kind that is |expected|; where it is an error, the batch
 * fails. */
bool batch_is_ok(struct batch *batch, const PGresult *result, ExecStatusType expected);
/* Queues the statements for what the operations name, where any does. */
int batch_load_named(struct batch *batch);

#endif
