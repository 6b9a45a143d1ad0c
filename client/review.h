/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All answers once more before they leave, as they were understood: a day and not
 * "yesterday". The personal number is not shown, only what is known by it.
 */
#ifndef CLIENT_REVIEW_H
#define CLIENT_REVIEW_H

#include "client/question.h"

/* What each answer was understood as; NULL: as it stands. In the arena. */
struct review {
	const char *understood[QUESTION_COUNT];
	/* What stands on each numbered line, from 1: a question, or REVIEW_TO. */
	int lines[QUESTION_COUNT + 1];
	size_t n_lines;
};

/* What a line may be besides a question. */
enum { REVIEW_NONE = -1, REVIEW_TO = QUESTION_COUNT };

/* Notes what came of the answer to a question, by the draft of that answer alone. */
void review_note(struct client *client, enum question_id id, const struct draft *draft,
	struct review *review);
/* Prints every answer on standard error, a numbered line each; |to| is NULL where nobody is
 * asked yet. */
void review_print(struct client *client, const char *to, const struct answers *answers,
	struct review *review);
/* Which line that was printed, or other question that is asked, is meant by its number or
 * by how its name begins; REVIEW_NONE: none. */
int review_find(const struct review *review, const struct answers *answers, const char *typed);
/* An answer as people read it. */
const char *review_value(struct client *client, enum question_id id, const struct answers *answers,
	const struct review *review);
/* How long a text is: "3 lines". */
const char *review_lines(struct client *client, const char *text);
/* Prints how a text begins, on standard error. */
void review_print_text(struct client *client, struct bytes text);

#endif
