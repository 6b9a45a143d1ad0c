/* SPDX-License-Identifier: Apache-2.0 */
/* Locks first, then loads: see the way of a batch in batch.h. */
#include "store/batch_internal.h"

/* What one of the optional loads says of some of the operations. */
static void batch_read(struct batch *b, const PGresult *result,
	void (*read)(const struct db_row *row, struct loaded *loaded))
{
	if (!batch_is_ok(b, result, PGRES_TUPLES_OK))
		return;
	for (int i = 0; i < PQntuples(result); i++) {
		const struct db_row row = {result, i};

		read(&row, &b->slots[load_read_index(&row)].loaded);
	}
}

static void batch_on_chains(void *arg, const PGresult *result)
{
	batch_read(arg, result, load_read_chain);
}

static void batch_on_others(void *arg, const PGresult *result)
{
	batch_read(arg, result, load_read_other);
}

static void batch_on_uploads(void *arg, const PGresult *result)
{
	batch_read(arg, result, load_read_upload);
}

static void batch_on_locked(void *arg, const PGresult *result)
{
	struct batch *b = arg;

	if (!batch_is_ok(b, result, PGRES_TUPLES_OK))
		return;
	for (int row = 0; row < PQntuples(result); row++) {
		struct bytes id = db_row_bytes(&(struct db_row){result, row}, 0);

		for (int i = 0; i < b->n; i++)
			load_read_lock(id, &b->slots[i].loaded);
	}
}

/* Locks and loads what the operations name that was there before, where any does. */
int batch_load_named(struct batch *b)
{
	struct db_args args;
	int r = 0;

	if (b->load.n_chains + b->load.n_others > 0) {
		load_lock_args(&b->load, &args);
		r = db_conn_execute(b->conn, WRITE_LOCK, &args, batch_on_locked, b);
	}
	if (r == 0 && b->load.n_chains > 0) {
		load_chains_args(&b->load, &args);
		r = db_conn_execute(b->conn, WRITE_LOAD_CHAINS, &args, batch_on_chains, b);
	}
	if (r == 0 && b->load.n_others > 0) {
		load_others_args(&b->load, &args);
		r = db_conn_execute(b->conn, WRITE_LOAD_OTHERS, &args, batch_on_others, b);
	}
	if (r == 0 && b->load.n_uploads > 0) {
		load_upload_args(&b->load, &args);
		r = db_conn_execute(b->conn, WRITE_LOAD_UPLOADS, &args, batch_on_uploads, b);
	}
	return r;
}
