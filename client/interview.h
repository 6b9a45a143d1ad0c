/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The questions of `stafett send`, asked on a terminal: one line each, the default
 * in brackets; "?" explains a question, and a bad answer is asked again with the
 * reason. Answers are kept in locked memory only; ^C leaves nothing behind.
 */
#ifndef CLIENT_INTERVIEW_H
#define CLIENT_INTERVIEW_H

#include "client/question.h"

/* A matter of its own, one for a chain that was named, or one in another's place. */
enum interview_for { INTERVIEW_ANEW, INTERVIEW_IN_CHAIN, INTERVIEW_IN_PLACE };

struct interview_result {
	const char *to, *chain; /* |chain|: that the user goes on in; NULL: none was met */
	bool has_looked;	/* whether the person has an open chain already was asked */
};

/* Asks for the unit, unless |to| is one, and for every answer that |answers| does
 * not have; in another's place nothing of the person that was left empty there. Any of them may be
 * changed at the end. 0 where all is to be sent; PROBLEM_NOT_SENT where it is not. */
int interview_run(struct client *client, const char *to, enum interview_for what,
	struct answers *answers, struct interview_result *ret_result) WARN_UNUSED;
/* The questions about somebody who asks for help, for `stafett register`. */
int interview_request(struct client *client, struct answers *answers) WARN_UNUSED;

#endif
