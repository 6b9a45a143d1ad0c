/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A problem: why a command could not be done, in words for a caseworker, for a
 * script and for whoever searches the server's log. The texts are in
 * problems.def; the words that they name come from whoever raises the problem,
 * and before that from the command (struct words).
 *
 * Values may be other people's text: they are made harmless when they are put
 * into a sentence.
 */
#ifndef CLIENT_SCREEN_PROBLEM_H
#define CLIENT_SCREEN_PROBLEM_H

#include <stdbool.h>
#include <stdio.h>

#include "client/exit.h"
#include "client/screen/words.h"
#include "domain/reason.h"

/* Both kinds in one enum: a client finds some of the server's reasons itself. */
#define SAID(name, ...) PROBLEM_##name,
#define ALSO(name, ...) PROBLEM_##name,
#define OWN(name, ...)	PROBLEM_##name,
enum problem_id {
	PROBLEM_NONE,
#include "client/screen/problems.def"
	PROBLEM_COUNT,
};
#undef SAID
#undef ALSO
#undef OWN

struct problem {
	enum problem_id id; /* PROBLEM_NONE: all is well */
	int exit_code;
	const char *reason, *layer; /* never NULL once there is a problem */
	const char *field;	    /* a path, or "" */
	const char *sentence, *hint, *command;
	/* What the server added; NULL or 0 where it did not. */
	const char *status, *call_id, *detail, *current_status;
	int current_version;
	char *const *allowed_acts;
	size_t n_allowed_acts;
	char *const *commands; /* that may be run instead, besides |command| */
	size_t n_commands;
};

/* The problem of a reason that the server gave. */
enum problem_id problem_of_reason(enum reason reason);
/* The exit code of a problem, before it happens. */
int problem_exit_code(enum problem_id id);
/* Describes |id| in |problem| with the words at hand. Gives the exit code. */
int problem_describe(struct problem *problem, struct arena *arena, enum problem_id id,
	const struct words *words);
/* Prints it: a sentence, what to do, and a last line for the log. */
void problem_print(const struct problem *problem, struct arena *arena, FILE *out);
/* Prints it as one JSON object (the object "Error" of the manual). */
void problem_print_json(const struct problem *problem, FILE *out);

#endif
