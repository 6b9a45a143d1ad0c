/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a command ends: the exit codes, which scripts rely on. Functions of the
 * client that can fail return 0 or one of these, and have described the problem
 * (screen/problem.h) when it is not 0.
 */
#ifndef CLIENT_EXIT_H
#define CLIENT_EXIT_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_USAGE = 2,	    /* wrong use, or bad input */
	EXIT_REFUSED = 3,   /* refused by a rule: the same again is of no use */
	EXIT_NOT_FOUND = 4, /* not there, or not yours */
	EXIT_CONFLICT = 5,  /* somebody was first */
	EXIT_TEMPORARY = 6, /* temporary or unknown: the same again is safe */
	EXIT_SECURITY = 7,  /* certificate, trust, or the seal of a message */
	EXIT_OVERDUE = 8,   /* something is overdue (only where a check was asked for) */
};

#endif
