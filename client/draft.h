/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A referral as its author writes it: one JSON object. It is read strictly, so
 * that nothing is lost by a slip: an unknown field, a field twice, a wrong type,
 * a NUL or bytes that are not UTF-8 are refused, and so are codes, dates and
 * personal numbers that cannot be right. Nothing leaves the computer before.
 *
 *   kind priority needs[] helpRequestDate personInformed reference handBackUnit
 *   replaces chain careResponsibilityRemains callTime discharge linkedChain
 *   dose { lastTime nextBy }
 *   legalBasis { code form endDate coversMissedEvents }
 *   subject { familyName givenName identifier birthDate protectedIdentity telecom
 *             contactRule language interpreter reasonText livingSituation
 *             childrenInHousehold riskFlag screening }
 *   body (a text, or an object) or bodyFile (a path, from the file's own folder)
 */
#ifndef CLIENT_DRAFT_H
#define CLIENT_DRAFT_H

#include "client/client.h"
#include "domain/identifiers.h"

enum { DRAFT_NEEDS_MAX = 16 };

/* Checked. Texts live in the arena; NULL where the field was not given. */
struct draft {
	const char *kind, *priority, *reference, *hand_back_unit, *replaces, *chain;
	const char *help_request_date; /* "2026-11-02" */
	const char *needs[DRAFT_NEEDS_MAX];
	size_t n_needs;
	bool person_informed, care_responsibility_remains;
	int64_t call_us; /* 0: no call */
	const char *discharge, *linked_chain, *dose_next_by;
	int64_t dose_last_us; /* 0: no dose */
	const char *basis_code, *basis_form, *basis_end_date;
	bool basis_covers_missed_events;
	const char *body_file;
	struct bytes card, body;
	int age; /* of the person, in years; -1 where nobody says */
};

/* What is wrong with a personal number; PROBLEM_NONE: nothing. */
enum problem_id draft_number_problem(enum pnr_result result);
/* Reads and checks |text|. |folder| is where a bodyFile is looked for. */
int draft_read(struct client *client, struct bytes text, const char *folder,
	struct draft *ret_draft) WARN_UNUSED;
/* The same of somebody who asks for help, before a unit is asked: kind, needs,
 * helpRequestDate, subject and body only, and no kind is needed. */
int draft_read_request(
	struct client *client, struct bytes text, struct draft *ret_draft) WARN_UNUSED;

#endif
