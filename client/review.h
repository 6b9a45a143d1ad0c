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
};

/* Notes what came of the answer to a question, by the draft of that answer alone. */
void review_note(struct client *client, enum question_id id, const struct draft *draft,
	struct review *review);
/* Prints every answer on standard error, a line each; |to| is NULL where nobody is
 * asked yet. */
void review_print(struct client *client, const char *to, const struct answers *answers,
	const struct review *review);
/* Prints how a text begins, on standard error. */
void review_print_text(struct client *client, struct bytes text);

#endif
