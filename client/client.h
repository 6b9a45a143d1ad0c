/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of the program: who acts, the line to the server, the words that
 * belong to the command, and the problem, if there is one.
 *
 * Functions of the client that can fail give 0 or an exit code; with an exit code
 * |problem| is described, and main prints it once.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <openssl/ssl.h>

#include "client/commands/arguments.h"
#include "client/net/channel.h"
#include "client/profile.h"
#include "client/screen/problem.h"
#include "client/screen/table.h"
#include "client/screen/words.h"
#include "domain/calendar.h"
#include "domain/identity.h"

struct client {
	struct arena arena; /* everything that a command makes */
	struct words words; /* about the command: ref, to, unit, ... */
	struct problem problem;
	int64_t now_us;	    /* as this machine has it; the server's, once an answer told it */
	struct date today;  /* at Stockholm */
	int64_t timeout_ns; /* how long one call is tried again */
	bool is_json;
	enum table_form form;
	bool is_plain;	  /* a form for programs: codes and dates as they are, no hints */
	const char *as;	  /* the option, or NULL */
	char *unit_names; /* what directory.c remembers; NULL until it is asked */
	char *known;	  /* what known.c remembers; likewise */

	/* After client_open. */
	const struct profile *profile;
	SSL_CTX *tls;
	char member[IDENTITY_MEMBER_MAX + 1]; /* as the certificate has it */
	struct channel *channel; /* NULL until the first call, and after a broken one */
};

void client_init(struct client *client);
/* Takes the global options. */
int client_configure(struct client *client, const struct arguments *arguments) WARN_UNUSED;
/* Chooses the profile and reads its files; connects to nothing yet. */
int client_open(struct client *client) WARN_UNUSED;
/* The same for a profile that is known by its name; whatever was open is closed. */
int client_open_profile(struct client *client, const struct profile *profile) WARN_UNUSED;
void client_fini(struct client *client);

/* Describes a problem: pairs of a word's name and its value, then NULL. Gives the
 * exit code, to be returned. */
int client_problem(struct client *client, enum problem_id id, ...) __attribute__((sentinel));
/* Sets a word of the command ("ref", "to") for the sentences of later problems. */
void client_word(struct client *client, const char *name, const char *value);
/* A command that the user can type next: "stafett show 7K3M", with the same --as,
 * and its name in the user's language. */
char *client_next(struct client *client, const char *format, ...) PRINTF_LIKE(2, 3);
/* Prints |client->problem| as the user asked for it. */
void client_print_problem(struct client *client);

#endif
