/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reading of case data on its way: ask the store, collect its rows in the call's
 * arena, answer when the reading is recorded. What the handlers of reads.c and
 * today.c share.
 */
#ifndef SERVICE_READ_CALL_H
#define SERVICE_READ_CALL_H

#include "service/method.h"
#include "service/page.h"
#include "stafett/v1/admin_service.pb-c.h"
#include "stafett/v1/audit_service.pb-c.h"
#include "stafett/v1/body_service.pb-c.h"
#include "stafett/v1/chain_service.pb-c.h"
#include "stafett/v1/clock_service.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"
#include "stafett/v1/statistics_service.pb-c.h"
#include "store/present.h"

struct read_call {
	struct under_way under_way;
	struct call *call;
	struct arena *arena;
	struct read read;
	int page, rows; /* rows of a page, and rows that came */
	struct page_place last;
	struct referral_key key;
	const char *field; /* that a refusal is about; NULL: it names none */
	void (*reply)(struct read_call *rc);
	void *own; /* the handler's own, in the arena */
	union {
		Stafett__V1__GetResponse get;
		Stafett__V1__ReferralServiceListResponse list;
		Stafett__V1__InboxServiceListResponse inbox;
		Stafett__V1__TodayResponse today;
		Stafett__V1__SearchResponse search;
		Stafett__V1__ChainServiceGetResponse chain_get;
		Stafett__V1__ChainServiceListResponse chain_list;
		Stafett__V1__GetUploadResponse get_upload;
		Stafett__V1__WhyResponse why;
		Stafett__V1__AuditServiceListResponse audit_list;
		Stafett__V1__AuditServiceGetResponse audit_get;
		Stafett__V1__StatisticsServiceGetResponse statistics;
		Stafett__V1__ListRulesResponse rules;
		Stafett__V1__AddRuleResponse add_rule;
		Stafett__V1__EndRuleResponse end_rule;
	};
};

/* A reading in the call's arena; NULL after having refused the call. |reply| answers
 * it, once it is recorded. */
struct read_call *read_call_new(const struct incoming *in,
	void (*row)(struct read *, int, const struct db_row *, struct audit *),
	void (*reply)(struct read_call *));
/* Hands it to the store; the queries are added before. */
void read_call_submit(struct read_call *rc);

/* Room for |n| pointers, zeroed; NULL over the arena's cap. */
void *read_call_room(struct read_call *rc, size_t n);
/* Adds a referral to what the audit leaf says was read. */
void read_call_record(struct audit *audit, const struct uuid *id);
/* The same, where it may have been added before: once is enough. */
void read_call_record_once(struct audit *audit, const struct uuid *id);
/* The same of a row: its referral, or its chain. */
void read_call_record_row(struct audit *audit, const struct presented *p);
/* Adds a query about what |key| names, which must outlive the reading; the latest
 * |limit| rows, and one more that tells that there are earlier ones, or with 0 all. */
void read_call_add_query(struct read_call *rc, enum read_statement statement,
	const struct referral_key *key, int limit);
/* Drops that one of |*items|; true if it was there. */
bool read_call_keep_latest(void *items, size_t *n, size_t limit);
/* The row of a list; NULL over the cap. */
Stafett__V1__ReferralSummary *read_call_summary(struct arena *arena, const struct presented *p);
/* How fresh it is; NULL over the cap. */
Stafett__V1__Heartbeat *read_call_heartbeat(struct read_call *rc);

/* Takes a page's parameters; false after having refused the call. */
bool read_call_page(const struct incoming *in, int size, const char *token, int *ret_size,
	struct page_place *ret_place, bool *ret_has_place);
/* Adds the place behind which a page begins. */
void read_call_add_place(struct db_args *args, const struct page_place *place, bool has_place);
/* Takes a time that a request may lack, as a statement's argument; false after
 * having refused the call. */
bool read_call_time(const struct incoming *in, const Google__Protobuf__Timestamp *time,
	const char *field, int64_t *ret_us);

#endif
