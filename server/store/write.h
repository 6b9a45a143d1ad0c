/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One write operation: what the service floor hands to the store, and what it
 * gets back. The memory is the owner's and must stay until |done| has run or
 * store_abandon has returned.
 */
#ifndef STORE_WRITE_H
#define STORE_WRITE_H

#include "domain/leaf.h"
#include "domain/rules.h"
#include "stafett/list.h"

struct lane;
struct turns_org;
struct batch_slot;

/* Where the call came from, for the audit detail. */
struct caller {
	const char *call_id, *address;
	struct bytes unit, member;  /* handle and URN, as claimed and proved */
	const uint8_t *fingerprint; /* 32 bytes: SHA-256 of the certificate */
};

/* What a send asks for beyond what the rules read; stored as it came. */
struct request {
	struct bytes needs;			   /* codes with commas between */
	struct bytes basis, basis_form, reference; /* empty: none */
	struct bytes given_by;
	bool basis_covers, remains, informed, protects;
	int64_t last_dose_us;	   /* 0: no doses are given */
	struct bytes next_dose_by; /* code list dose-giver */
	struct bytes discharge;
};

enum { STANDING_CODE_MAX = 32, STANDING_HANDLE_MAX = 96, STANDING_NAME_MAX = 256 };

/* How a referral stands, for those whom a refusal may tell. Texts that are too long
 * are empty. */
struct standing {
	enum state state;
	int version;
	bool chain_open;
	int chain_version;
	struct date due_date; /* of the person's clock; year 0: none */
	int64_t question_us;  /* since when a question is open; 0: none is */
	int64_t last_us;      /* its last act: when, which, whose */
	char last_act[STANDING_CODE_MAX], last_unit[STANDING_HANDLE_MAX];
	char last_member[STANDING_NAME_MAX];
};

/* How a write ended, after its commit. */
struct write_result {
	enum reason reason; /* REASON_NONE: done, now or before */
	struct bytes receipt;
	/* With a refusal; else NULL. */
	const struct decision *decision;
	const struct standing *standing; /* where decision->state_known */
};

struct write {
	struct order order;
	struct request request;
	struct bytes header, card, body, suite; /* header NULL: nothing is carried */
	enum leaf_type type;
	struct caller caller;
	int64_t deadline_ns; /* CLOCK_MONOTONIC: nobody waits for the answer after it */
	/* Runs once, after the commit; the result lives until it returns. */
	void (*done)(struct write *write, const struct write_result *result);
	void *arg;

	/* The store's own. */
	struct list node;	 /* in its organisation's queue or a lane's */
	struct list pending;	 /* among all that are not done */
	int64_t answer_by_ns;	 /* when it is told what is known by then */
	struct lane *lane;	 /* where it waits its turn */
	struct turns_org *org;	 /* whose turn it waits for */
	struct batch_slot *slot; /* while a batch carries it */
	bool leads;		 /* it is the lane's one under way */
	bool tried;		 /* its effects were sent: it may have happened */
	bool alone;		 /* its batch failed: the next try is by itself */
};

#endif
