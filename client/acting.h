/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An act on one referral, or on its chain: what is known of it is read from the
 * command line or asked for (input.h), its message is built by the act's own row,
 * and afterwards it is said who holds the chain, what is next and by when.
 *
 *   a command:  acting_run(client, arguments, row)
 *   triage:     acting_on(client, row, seen, &acting); its inputs; acting_do(&acting)
 */
#ifndef CLIENT_ACTING_H
#define CLIENT_ACTING_H

#include "client/client.h"
#include "client/input.h"
#include "domain/uuid.h"
#include "stafett/v1/message.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

struct acting;

/* What the message names: the referral; its chain, which may be called by its own
 * code, too; or which of them, as the row's fill says, and the referral at first. */
enum acting_target { ACTING_ON_REFERRAL, ACTING_ON_CHAIN, ACTING_ON_EITHER };

struct acting_row {
	enum command_id command;
	const char *act;  /* of tbl/acts.def; NULL where it may be one of several */
	const char *verb; /* that is typed behind the command, not translated yet; or NULL */
	enum acting_target target;
	bool is_shown;	    /* on a terminal it is always shown first, and confirmed */
	bool takes_nothing; /* its command's inputs are for another row */
	/* What else is worth seeing before it is confirmed, on stderr; may be NULL. */
	int (*show)(struct acting *acting);
	/* Whether an input that may be left empty is needed this time; may be NULL. */
	bool (*needs)(const struct acting *acting, enum input_id id);
	/* Whether an input that is never asked for is so this time; may be NULL. */
	bool (*asks)(const struct acting *acting, enum input_id id);
	/* What an empty answer means this time, in place of the input's own; NULL: that. May
	 * be NULL. */
	const char *(*offers)(const struct acting *acting, enum input_id id);
	/* What can be told of an input's value before all is sent: warns on stderr, or says
	 * what is wrong with it. 0 or an exit code. May be NULL. */
	int (*check)(struct acting *acting, enum input_id id);
	/* Sets the header's act. 0 or an exit code. */
	int (*fill)(struct acting *acting);
	const char *said; /* not translated yet; fill may say something else */
	/* Says it instead, of the referral as it is now; may be NULL. */
	void (*tell)(struct acting *acting, const Stafett__V1__GetResponse *now);
};

struct acting {
	struct client *client;
	const struct acting_row *row;
	/* Has a referral and a chain; of a chain alone a stand-in (client/chain.h). */
	const Stafett__V1__GetResponse *seen;
	struct input_value values[INPUT_COUNT];
	struct uuid id;
	Stafett__V1__Header header;
	struct bytes body;
	const char *said; /* translated */
};

/* All of a command. */
int acting_run(struct client *client, const struct arguments *arguments,
	const struct acting_row *row) WARN_UNUSED;
/* The same up to the sending: the inputs are there, asked for if need be. */
int acting_begin(struct client *client, const struct arguments *arguments,
	const struct acting_row *row, struct acting *ret_acting) WARN_UNUSED;
/* Begins an act on what was just read. */
void acting_on(struct client *client, const struct acting_row *row,
	const Stafett__V1__GetResponse *seen, struct acting *ret_acting);
/* Builds the message of the row from the inputs and delivers it. */
int acting_do(struct acting *acting, const Stafett__V1__ActResponse **ret_response) WARN_UNUSED;
/* The referral after the act; as it was seen before, where nobody can be asked. */
const Stafett__V1__GetResponse *acting_look_again(const struct acting *acting);

/* -- for rows ------------------------------------------------------------------------- */

/* A new act of this type, which is now the header's. */
void *acting_make(struct acting *acting, const ProtobufCMessageDescriptor *type);
bool acting_has(const struct acting *acting, enum input_id id);
/* A value as a field of a message has it: "" where nothing was given. */
char *acting_text(const struct acting *acting, enum input_id id);
/* What is expected at |time|; a visit where |kind| says nothing else. NULL where no
 * time was given. */
Stafett__V1__ExpectedEvent *acting_event(
	struct acting *acting, enum input_id time, enum input_id kind);
/* Whether |act| may be done to the referral now. */
bool acting_may(const struct acting *acting, const char *act);

#endif
