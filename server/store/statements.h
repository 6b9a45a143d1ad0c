/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every statement that the daemon sends, by number. The texts stand in
 * statements.c: named, parameterised, never put together at run time.
 */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include "db/conn.h"

/* Of the two write connections: the batch (see batch.h). */
enum write_statement {
	WRITE_ROW_TYPES,  /* once a connection: of the arguments of open and apply */
	WRITE_DURABILITY, /* when connected, and again now and then */
	WRITE_BEGIN,
	WRITE_LOCK,	    /* only where an operation names a chain */
	WRITE_LOAD_CHAINS,  /* likewise */
	WRITE_LOAD_OTHERS,  /* only where one names a second chain */
	WRITE_LOAD_UPLOADS, /* only where an operation claims one */
	WRITE_LOAD_KNOWN,   /* instead of the next, where all was loaded before */
	WRITE_LOAD,
	/* Each does all that the one before it does, and more. */
	WRITE_OPEN,	   /* all effects of a batch that only opens chains */
	WRITE_OPEN_AGREED, /* and gives consents with them */
	WRITE_APPLY,	   /* all effects of any batch */
	WRITE_COMMIT,
	WRITE_ROLLBACK,
	WRITE_STATEMENTS,
};

/* Of the read connection (see read.h). */
enum read_statement {
	READ_BEGIN,
	READ_ACTOR,
	READ_PATIENCE,
	READ_REFERRAL,
	READ_EVENTS,
	READ_MESSAGES,
	READ_BODY,
	READ_BEGIN_UPLOAD,
	READ_UPLOAD,
	READ_CHAIN,
	READ_CHAIN_REFERRALS,
	READ_CHAIN_HISTORY,
	READ_CHAIN_MESSAGES,
	READ_CHAIN_CARD,
	READ_HELD_CHAINS,
	READ_REFERRALS,
	READ_OPEN,
	READ_COUNTS,
	READ_CHAIN_QUESTIONS,
	READ_NEWS,
	READ_PROPOSALS,
	READ_CHAIN_PROPOSALS,
	READ_READINGS,
	READ_DEADLINES,
	READ_CHAIN_DEADLINES,
	READ_INBOX,
	READ_WATCH_INBOX,
	READ_WATCH_CHANGES,
	READ_UNITS,
	READ_AUDIT_SUBJECT,
	READ_AUDIT_LOG,
	READ_AUDIT_ENTRY,
	READ_RULES,
	READ_ADD_RULE,
	READ_END_RULE,
	READ_STATISTICS_QUARTER,
	READ_STATISTICS,
	READ_AUDIT,
	READ_COMMIT,
	READ_ROLLBACK,
	READ_DURABILITY,
	READ_KEEP,
	READ_STATEMENTS,
};

/* Of the connection for bodies (see body.h). */
enum body_statement {
	BODY_PUT,
	BODY_FINISH,
	BODY_PART,
	BODY_STATEMENTS,
};

/* Of the clerk's connection (see duty.h). */
enum duty_statement {
	DUTY_LISTEN,
	DUTY_LISTEN_COMMITS,
	DUTY_RULES,
	DUTY_RULE_UNITS,
	DUTY_CLOCK,
	DUTY_PURGE_UPLOADS,
	DUTY_DUE,
	DUTY_RAISE,
	DUTY_BREAK_CLOCKS,
	DUTY_CHAINS_DUE,
	DUTY_RAISE_CHAINS,
	DUTY_HINT,
	DUTY_NOTICE_UNITS,
	DUTY_GATHER_NOTICES,
	DUTY_CLAIM_NOTICES,
	DUTY_NOTE_TOLD,
	DUTY_PURGE_NOTICES,
	DUTY_NEXT,
	DUTY_BEAT,
	DUTY_STATEMENTS,
};

/* Of the connection for hints (see hint.h). */
enum hint_statement {
	HINT_LISTEN,
	HINT_LISTEN_RULES,
	HINT_RULES,
	HINT_BASES,
	HINT_RULE_UNITS,
	HINT_NOTIFY,
	HINT_STATEMENTS,
};

extern const struct db_statement write_statements[WRITE_STATEMENTS];
extern const struct db_statement read_statements[READ_STATEMENTS];
extern const struct db_statement body_statements[BODY_STATEMENTS];
extern const struct db_statement duty_statements[DUTY_STATEMENTS];
extern const struct db_statement hint_statements[HINT_STATEMENTS];

/* What every connection of the daemon sets, whoever it logged in as: its own role,
 * and plans that do not hang on statistics (see 0001-core.sql). */
#define STORE_SESSION                                                              \
	"-c role=stafett_app -c enable_seqscan=off -c enable_bitmapscan=off"       \
	" -c enable_hashjoin=off -c enable_mergejoin=off -c join_collapse_limit=1" \
	" -c plan_cache_mode=force_generic_plan -c jit=off"

/* The columns of a batch; BATCH_COLUMNS of them, of which the first ones are all that
 * an opening has. */
#define COLUMN(name, type) BATCH_##name,
enum batch_column {
#include "store/columns.def"
	BATCH_COLUMNS,
	BATCH_OPENING_COLUMNS = BATCH_stopped_date,
};
#undef COLUMN

#endif
