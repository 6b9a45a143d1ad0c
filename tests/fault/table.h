/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all callers of a run know together: chains, their referrals, and whose
 * turn it is. A caller takes a task, and while it is at it nobody else touches
 * the same referral: so a refusal is never a caller's own fault. The same chain
 * may be used by any number of callers at once; that is what the daemon is for.
 *
 * Invariants: every task taken is settled; a chain that some task uses is not
 * replaced by another.
 */
#ifndef TESTS_FAULT_TABLE_H
#define TESTS_FAULT_TABLE_H

#include "domain/words.h"
#include "request.h"

enum task_kind {
	TASK_OPEN,	  /* send in a chain of its own */
	TASK_ADD,	  /* send in a chain that is there */
	TASK_ACKNOWLEDGE, /* what came to the caller's unit */
	TASK_ACCEPT,
	TASK_AGAIN, /* the caller's last write once more */
	TASK_GET,   /* a referral of the caller's unit */
	TASK_PEEK,  /* somebody else's: not found */
	TASK_LIST,
	TASK_INBOX,
};

struct task {
	enum task_kind kind;
	int chain, referral; /* their places in the table; -1: none */
	struct known known;  /* of the referral or, to add to it, the chain */
	int to;		     /* the recipient of a send */
};

struct table_params {
	int actors; /* how many units there are; a caller is one of them, by number */
	int chains; /* at most; an old one makes room for a new one */
	int fresh;  /* per cent of tasks that open a chain once there are enough */
	int hot;    /* per cent of the others that go to the first chain */
};

struct table;

struct table *table_new(const struct table_params *params);
struct table *table_free(struct table *table);
/* Something to do for |actor|, by |chance|. */
struct task table_take(struct table *table, int actor, uint64_t chance);
/* It is over. |request| is what was sent, where it was carried out; else NULL. */
void table_settle(
	struct table *table, int actor, const struct task *task, const struct request *request);

#endif
