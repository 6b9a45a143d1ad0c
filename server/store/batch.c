/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch_internal.h"

#include <assert.h>
#include <errno.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "base/log.h"
#include "net/now.h"
#include "store/durability.h"
#include "store/lane.h"
#include "store/record.h"
#include "store/sqlstate.h"

/* Decisions come quickly; a transaction that idles holds locks for nobody. How a
 * commit is kept is the session's own: the reader refuses a database that would
 * begin with less, and a later reload of its settings does not reach us. */
#define BATCH_OPTIONS                                                                 \
	STORE_SESSION " -c idle_in_transaction_session_timeout=2s -c lock_timeout=3s" \
		      " -c synchronous_commit=on"

/* How long every batch tells which of its keys were taken, after one was. */
enum { BATCH_CAREFUL_MS = 10000 };

/* A commit is short when the rest of its batch took so many times as long. */
enum { BATCH_SHORT_COMMIT = 4 };

static void batch_on_sync(void *arg, const PGresult *result);

/* --- ending ----------------------------------------------------------------- */

/* All sides of the referral, whoever of them acted. */
static void batch_touch(struct batch *b, const struct batch_slot *slot)
{
	const struct batch_ops *ops = b->params.ops;

	if (slot->verdict != BATCH_ANSWERED || slot->decision.kind != DECISION_DO)
		return;
	ops->touched(b->params.arg, &slot->decision.owner);
	ops->touched(b->params.arg, &slot->loaded.facts.owner);
	ops->touched(b->params.arg, &slot->loaded.facts.requester);
	ops->touched(b->params.arg, &slot->loaded.facts.hand_back);
}

static void batch_settle_slot(struct batch *b, struct batch_slot *slot)
{
	struct write_result result = {
		.reason = slot->decision.reason,
		.receipt = bytes_of(slot->receipt, slot->receipt_len),
		.decision = slot->decision.kind == DECISION_REFUSE ? &slot->decision : NULL,
		.standing = &slot->loaded.standing,
	};
	struct write *write = slot->write;

	if (slot->verdict == BATCH_FAULT)
		result = (struct write_result){.reason = sqlstate_reason(b->sqlstate)};
	batch_touch(b, slot);
	if (write)
		write->slot = NULL;
	slot->write = NULL;
	b->params.ops->settle(b->params.arg, write, slot->lane, slot->verdict, &result);
}

/* Hands every operation back, the last first: those that go again are put in
 * front of the queue, and so keep their order. */
static void batch_settle(struct batch *b, enum batch_phase next)
{
	int n = b->n;

	b->n = 0;
	b->phase = next;
	for (int i = n - 1; i >= 0; i--)
		batch_settle_slot(b, &b->slots[i]);
	b->params.ops->changed(b->params.arg);
}

static void batch_set_verdicts(struct batch *b, enum batch_verdict verdict)
{
	for (int i = 0; i < b->n; i++)
		b->slots[i].verdict = verdict;
}

static void batch_on_lost(void *arg, struct db_conn *conn)
{
	struct batch *b = arg;

	batch_set_verdicts(b, BATCH_UNKNOWN);
	batch_settle(b, BATCH_OFFLINE);
}

/* Asked when connected and, because a reload may change it under us, now and then. */
static void batch_on_durability(void *arg, const PGresult *result)
{
	struct batch *b = arg;

	if (!result)
		return;
	b->checked_ns = now_ns();
	if (PQresultStatus(result) != PGRES_TUPLES_OK || !durability_is_enough(result))
		db_conn_drop(b->conn, "settings that are not durable");
}

static void batch_on_row_types(void *arg, const PGresult *result)
{
	const struct db_row row = {result, 0};
	struct batch *b = arg;

	if (!result)
		return;
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		db_conn_drop(b->conn, "the rows' types are not there");
		return;
	}
	effects_set_row_types(
		&b->effects, (uint32_t)db_row_int(&row, 0), (uint32_t)db_row_int(&row, 1));
	b->phase = BATCH_IDLE;
	b->params.ops->changed(b->params.arg);
}

/* Not idle before the database has said which numbers it gave to our rows' types. */
static void batch_on_ready(void *arg, struct db_conn *conn)
{
	struct batch *b = arg;

	directory_forget(b->directory);
	if (db_conn_execute(conn, WRITE_DURABILITY, NULL, batch_on_durability, b) == 0 &&
		db_conn_execute(conn, WRITE_ROW_TYPES, NULL, batch_on_row_types, b) == 0)
		(void)!db_conn_sync(conn, NULL, NULL);
}

/* A key was taken meanwhile: the same again by the statement that tells which one. For
 * a while no batch goes by the other, so that nobody can make every batch go twice. */
static bool batch_met_a_key(struct batch *b)
{
	if (!b->opens || !sqlstate_is_taken(b->sqlstate))
		return false;
	b->careful_until_ns = now_ns() + BATCH_CAREFUL_MS * NOW_NS_PER_MS;
	return true;
}

/* After ROLLBACK: each operation alone, or this one is the culprit. */
static void batch_on_rolled_back(void *arg, const PGresult *result)
{
	struct batch *b = arg;

	if (!result)
		return;
	if (batch_met_a_key(b)) {
		batch_set_verdicts(b, BATCH_AGAIN);
		batch_settle(b, BATCH_IDLE);
		return;
	}
	batch_set_verdicts(b, b->n == 1 ? BATCH_FAULT : BATCH_ISOLATE);
	if (b->n == 1)
		log_error("operation failed", LOG_S("sqlstate", b->sqlstate),
			LOG_S("call",
				b->slots[0].write ? b->slots[0].write->caller.call_id : NULL));
	batch_settle(b, BATCH_IDLE);
}

/* The group is in error: end it, and the transaction with it. */
static void batch_roll_back(struct batch *b)
{
	if (db_conn_execute(b->conn, WRITE_ROLLBACK, NULL, NULL, NULL) == 0)
		(void)!db_conn_sync(b->conn, batch_on_rolled_back, b);
}

/* An error before COMMIT was sent: the group has no sync yet. */
static void batch_fail(struct batch *b, const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	bool needs_sync = b->phase == BATCH_LOADING;

	if (!result || b->phase == BATCH_FAILING)
		return;
	if (state)
		memcpy(b->sqlstate, state, sizeof(b->sqlstate) - 1);
	if (!b->opens || !sqlstate_is_taken(state))
		log_warn("batch failed", LOG_S("connection", b->params.name),
			LOG_S("sqlstate", state), LOG_I("operations", b->n));
	if (sqlstate_ends_connection(state)) {
		db_conn_drop(b->conn, "the server does not serve");
		return;
	}
	b->phase = BATCH_FAILING;
	if (needs_sync)
		(void)!db_conn_sync(b->conn, batch_on_sync, b);
}

bool batch_is_ok(struct batch *b, const PGresult *result, ExecStatusType expected)
{
	if (result && PQresultStatus(result) == expected)
		return true;
	if (result && PQresultStatus(result) != PGRES_PIPELINE_ABORTED)
		batch_fail(b, result);
	return false;
}

static void batch_on_command(void *arg, const PGresult *result)
{
	(void)batch_is_ok(arg, result, PGRES_COMMAND_OK);
}

/* --- the second half: apply and commit ---------------------------------------- */

static void batch_enter_commit(struct batch *b)
{
	b->phase = BATCH_COMMITTING;
	b->applied_ns = now_ns();
	b->params.ops->changed(b->params.arg);
}

static void batch_on_opened(void *arg, const PGresult *result)
{
	if (batch_is_ok(arg, result, PGRES_COMMAND_OK))
		batch_enter_commit(arg);
}

/* Rows whose key was taken meanwhile: they are decided again, as duplicates. */
static void batch_on_applied(void *arg, const PGresult *result)
{
	struct batch *b = arg;

	if (!batch_is_ok(b, result, PGRES_TUPLES_OK))
		return;
	for (int i = 0; i < PQntuples(result); i++) {
		int row = db_row_int(&(struct db_row){result, i}, 0);

		assert(row >= 1 && row <= b->effects.rows);
		b->slots[b->row_slot[row - 1]].verdict = BATCH_AGAIN;
	}
	batch_enter_commit(b);
}

static void batch_on_commit(void *arg, const PGresult *result)
{
	struct batch *b = arg;

	/* A COMMIT of a failed transaction says ROLLBACK, and is no error. */
	if (batch_is_ok(b, result, PGRES_COMMAND_OK))
		b->committed = strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "COMMIT") == 0;
}

/* That of one operation alone is not told apart from its apply. */
static void batch_time_commit(struct batch *b)
{
	int64_t work_ns = b->applied_ns - b->began_ns;

	if (b->n > 1)
		b->commits_short = (now_ns() - b->applied_ns) * BATCH_SHORT_COMMIT < work_ns;
}

static void batch_on_sync(void *arg, const PGresult *result)
{
	struct batch *b = arg;

	if (!result)
		return;
	if (b->phase == BATCH_FAILING) {
		batch_roll_back(b);
	} else if (b->committed && !db_conn_is_doubtful(b->conn)) {
		metrics_add(b->params.metrics, METRIC_BATCHES, 1);
		batch_time_commit(b);
		batch_settle(b, BATCH_IDLE);
	} else {
		/* It may be on this disk and on no other: nobody may be told so. */
		db_conn_drop(b->conn, "a commit that promises nothing");
	}
}

static void batch_apply(struct batch *b)
{
	struct db_args args;

	/* Nobody is to wait for one alone, so its apply needs no answer of its own. */
	b->phase = b->n > 1 ? BATCH_APPLYING : BATCH_COMMITTING;
	effects_args(&b->effects, &args);
	if (db_conn_execute(b->conn, (int)b->effects.statement, &args,
		    b->opens ? batch_on_opened : batch_on_applied, b) == 0 &&
		(b->n == 1 || db_conn_ask(b->conn) == 0) &&
		db_conn_execute(b->conn, WRITE_COMMIT, NULL, batch_on_commit, b) == 0)
		(void)!db_conn_sync(b->conn, batch_on_sync, b);
}

/* --- the middle: decide -------------------------------------------------------- */

/* Keeps what the answer needs: the loaded row goes with its result. */
static void slot_keep(struct batch_slot *slot, const struct loaded *l)
{
	struct bytes *alternative = &slot->decision.alternative;
	size_t len = alternative->len < sizeof(slot->alternative) ? alternative->len : 0;

	if (len)
		memcpy(slot->alternative, alternative->data, len);
	*alternative = bytes_of(slot->alternative, len);
	if (slot->decision.kind == DECISION_DUPLICATE && l->receipt.len <= RECEIPT_MAX) {
		memcpy(slot->receipt, l->receipt.data, l->receipt.len);
		slot->receipt_len = l->receipt.len;
	}
}

/* Whether this batch carries an operation that this one must not go along with. */
static bool batch_meets(const struct batch *b, const struct write *write)
{
	for (int i = 0; i < b->n; i++) {
		const struct batch_slot *slot = &b->slots[i];

		if (slot->write && slot->write != write && slot->verdict == BATCH_ANSWERED &&
			lane_orders_meet(&slot->write->order, &write->order))
			return true;
	}
	return false;
}

/* A chain that is there but was not locked is busy elsewhere: not now. Nor is it
 * the turn of a key's second operation: the next batch will know the key. Gives the
 * least statement that does all that is to be done. */
static enum write_statement batch_decide(struct batch *b, struct batch_slot *slot)
{
	const struct loaded *l = &slot->loaded;

	if (!slot->write || !load_is_locked(l) || batch_meets(b, slot->write))
		return WRITE_OPEN;
	slot->verdict = BATCH_ANSWERED;
	rules_decide(&slot->write->order, &l->facts, &slot->decision);
	return effects_statement_for(&slot->write->order, &slot->decision);
}

static void batch_add_effects(struct batch *b, struct batch_slot *slot)
{
	const struct loaded *l = &slot->loaded;
	const uint8_t *random = b->random + (size_t)l->index * BATCH_RANDOM;
	struct uuid event = uuid_make(l->facts.now_us / 1000, random);

	record_write(&b->audit, slot->write, &slot->decision, l, random + 10);
	if (slot->decision.kind == DECISION_DO)
		slot->receipt_len = receipt_pack(slot->write, l, &b->audit, slot->receipt);
	slot_keep(slot, l);
	slot->write->tried = true;
	b->row_slot[b->effects.rows] = l->index;
	effects_add(&b->effects, slot->write, l, &slot->decision, &b->audit, &event,
		bytes_of(slot->receipt, slot->receipt_len));
}

static void batch_decide_all(struct batch *b, const PGresult *result,
	void (*read)(const struct load *load, const PGresult *result, int i, struct loaded *loaded))
{
	enum write_statement statement = WRITE_OPEN;

	if (RAND_bytes(b->random, b->n * BATCH_RANDOM) != 1) {
		db_conn_drop(b->conn, "no randomness");
		return;
	}
	for (int i = 0; i < b->n; i++) {
		struct batch_slot *slot = &b->slots[i];
		enum write_statement one;

		read(&b->load, result, i, &slot->loaded);
		slot->loaded.facts.book = b->params.ops->book(b->params.arg);
		one = batch_decide(b, slot);
		if (one > statement)
			statement = one;
	}
	if (b->began_ns < b->careful_until_ns)
		statement = WRITE_APPLY;
	b->opens = statement != WRITE_APPLY;
	effects_begin(&b->effects, statement);
	for (int i = 0; i < b->n; i++)
		if (b->slots[i].verdict == BATCH_ANSWERED)
			batch_add_effects(b, &b->slots[i]);
	batch_apply(b);
}

static void batch_on_loaded(void *arg, const PGresult *result)
{
	struct batch *b = arg;

	if (!batch_is_ok(b, result, PGRES_TUPLES_OK))
		return;
	if (PQntuples(result) != b->n) {
		db_conn_drop(b->conn, "a load that is not of this batch");
		return;
	}
	load_keep(&b->load, result);
	batch_decide_all(b, result, load_read);
}

static void batch_load(struct batch *b)
{
	struct db_args args;

	load_args(&b->load, &args);
	if (db_conn_execute(b->conn, WRITE_LOAD, &args, batch_on_loaded, b) == 0)
		(void)!db_conn_flush(b->conn);
}

/* What is known of all callers and recipients stands, or all is loaded. */
static void batch_on_known(void *arg, const PGresult *result)
{
	struct batch *b = arg;

	if (!batch_is_ok(b, result, PGRES_TUPLES_OK))
		return;
	if (PQntuples(result) == 1 && load_stands(&b->load, result))
		batch_decide_all(b, result, load_read_known);
	else
		batch_load(b);
}

static void batch_ask_known(struct batch *b)
{
	struct db_args args;

	load_known_args(&b->load, &args);
	if (db_conn_execute(b->conn, WRITE_LOAD_KNOWN, &args, batch_on_known, b) == 0)
		(void)!db_conn_flush(b->conn);
}

/* --- the first half: collect, lock, load ----------------------------------------- */

static void batch_take(struct batch *b, struct write *write)
{
	struct batch_slot *slot = &b->slots[b->n++];

	slot->write = write;
	slot->lane = write->lane;
	slot->loaded =
		(struct loaded){.chain = write->order.chain, .other = write->order.other_chain};
	slot->receipt_len = 0;
	slot->verdict = BATCH_AGAIN;
	write->slot = slot;
	load_add(&b->load, &write->order);
}

static void batch_collect(struct batch *b)
{
	size_t room = CAP_BATCH_BYTES;
	struct write *write;

	load_clear(&b->load);
	b->n = 0;
	while (b->n < CAP_BATCH_OPS &&
		(write = b->params.ops->next(b->params.arg, room, b->n == 0))) {
		size_t bytes = write->header.len + write->card.len + write->body.len;

		room -= bytes < room ? bytes : room;
		batch_take(b, write);
		if (write->alone)
			break;
	}
}

static int batch_check(struct batch *b)
{
	if (b->began_ns - b->checked_ns < DURABILITY_CHECK_MS * NOW_NS_PER_MS)
		return 0;
	return db_conn_execute(b->conn, WRITE_DURABILITY, NULL, batch_on_durability, b);
}

void batch_start(struct batch *b)
{
	assert(b->phase == BATCH_IDLE);
	batch_collect(b);
	if (!b->n)
		return;
	b->phase = BATCH_LOADING;
	b->began_ns = now_ns();
	b->committed = b->opens = false;
	db_conn_clear_doubts(b->conn);
	if (batch_check(b) < 0 ||
		db_conn_execute(b->conn, WRITE_BEGIN, NULL, batch_on_command, b) < 0 ||
		batch_load_named(b) < 0)
		return;
	if (load_is_known(&b->load))
		batch_ask_known(b);
	else
		batch_load(b);
}

/* --- life -------------------------------------------------------------------------- */

int batch_new(const struct batch_params *params, struct batch **ret_batch)
{
	static const struct db_ops ops = {batch_on_ready, batch_on_lost};
	struct batch *b = calloc(1, sizeof(*b));
	struct db_params db = {
		.base = params->base,
		.conninfo = params->conninfo,
		.options = BATCH_OPTIONS,
		.name = params->name,
		.statements = write_statements,
		.n_statements = WRITE_STATEMENTS,
		.ops = &ops,
		.arg = b,
	};
	int rc;

	if (!b)
		return -ENOMEM;
	b->params = *params;
	b->directory = directory_new();
	load_init(&b->load, b->directory);
	effects_init(&b->effects);
	rc = b->directory ? db_conn_new(&db, &b->conn) : -ENOMEM;
	if (rc < 0) {
		directory_free(b->directory);
		free(b);
		return rc;
	}
	*ret_batch = b;
	return 0;
}

struct batch *batch_free(struct batch *b)
{
	if (!b)
		return NULL;
	db_conn_free(b->conn);
	batch_set_verdicts(b, BATCH_UNKNOWN);
	batch_settle(b, BATCH_OFFLINE);
	load_fini(&b->load);
	directory_free(b->directory);
	effects_fini(&b->effects);
	free(b);
	return NULL;
}

bool batch_is_idle(const struct batch *b)
{
	return b->phase == BATCH_IDLE;
}

bool batch_is_busy(const struct batch *b, int64_t latest_ns)
{
	bool works = b->phase == BATCH_LOADING || b->phase == BATCH_APPLYING;

	return (works || (b->phase == BATCH_COMMITTING && b->commits_short)) &&
	       b->began_ns > latest_ns;
}

static bool batch_is_awaited(const struct batch *b)
{
	for (int i = 0; i < b->n; i++)
		if (b->slots[i].write)
			return true;
	return false;
}

bool batch_is_stuck(const struct batch *b, int64_t now_ns)
{
	int64_t age_ms = (now_ns - b->began_ns) / NOW_NS_PER_MS;

	return b->phase != BATCH_OFFLINE && b->phase != BATCH_IDLE &&
	       age_ms >= (batch_is_awaited(b) ? CAP_DEADLINE_MS : CAP_PARK_MS);
}

bool batch_is_connected(const struct batch *b)
{
	return b->phase != BATCH_OFFLINE;
}

void batch_abandon(struct batch_slot *slot)
{
	slot->write->slot = NULL;
	slot->write = NULL;
}
