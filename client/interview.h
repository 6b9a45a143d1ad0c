/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The questions of `stafett send`, asked on a terminal: one line each, the default
 * in brackets; "?" explains a question, and a bad answer is asked again with the
 * reason. Answers are kept in locked memory only; ^C leaves nothing behind.
 */
#ifndef CLIENT_INTERVIEW_H
#define CLIENT_INTERVIEW_H

#include "client/question.h"

/* Asks for the unit, unless |to| is one, and for every answer that |answers| does
 * not have. 0 where all is to be sent; PROBLEM_NOT_SENT where it is not. */
int interview_run(struct client *client, const char *to, struct answers *answers,
	const char **ret_to) WARN_UNUSED;
/* The questions about somebody who asks for help, for `stafett register`. */
int interview_request(struct client *client, struct answers *answers) WARN_UNUSED;

#endif
