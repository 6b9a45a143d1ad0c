/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions of one line each on a terminal that tty.h has taken: a bad answer is
 * asked again with the reason, "?" explains. What is typed lives in the arena.
 */
#ifndef CLIENT_ASKING_H
#define CLIENT_ASKING_H

#include "client/input.h"
#include "client/screen/tty.h"

struct asking {
	struct client *client;
	struct tty tty;
	struct secret line; /* what is being typed */
	enum tty_line said; /* how the last line ended */
};

/* 0 or an exit code; on 0, asking_end must follow. */
int asking_begin(struct client *client, struct asking *ret_asking) WARN_UNUSED;
/* Gives the terminal back. */
void asking_end(struct asking *asking);

/* One line below the question. */
void asking_tell(struct asking *asking, const char *text);
/* The client's problem in such a line; then there is none any more. */
void asking_tell_problem(struct asking *asking);
/* That there must be an answer, and how to leave. */
void asking_tell_required(struct asking *asking);
/* One line as it is typed after |shown|; NULL where the user gave up. */
const char *asking_type(struct asking *asking, const char *shown);
/* A line; an empty one is |fallback|, or NULL. NULL too where the user gave up. */
const char *asking_line(struct asking *asking, const char *label, const char *fallback);
/* Yes or no; no where the user gave up. */
bool asking_confirm(struct asking *asking, const char *question);
/* Yes or no, asked until it is one of them: an Enter too many decides nothing. */
enum asking_answer { ASKING_NO, ASKING_YES, ASKING_STOPPED };
enum asking_answer asking_insist(struct asking *asking, const char *question);
/* The codes of a list with what they mean. */
void asking_tell_codes(enum codes_list list);
/* An input's value, with |fallback| in place of its own where that is not NULL.
 * False where the user gave up. */
bool asking_input(struct asking *asking, enum input_id id, const char *fallback,
	struct input_value *ret_value);

#endif
