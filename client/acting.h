/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all commands share that act on one referral: the referral as it was seen,
 * the header that names its version, the delivery, and what is said afterwards.
 *
 *   read the options -> acting_begin -> set the header's act -> acting_finish
 */
#ifndef CLIENT_ACTING_H
#define CLIENT_ACTING_H

#include "client/client.h"
#include "domain/codes.h"
#include "domain/uuid.h"
#include "stafett/v1/message.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

struct acting {
	struct client *client;
	const Stafett__V1__GetResponse *seen; /* has a referral and a chain */
	struct uuid id;
	Stafett__V1__Header header; /* without its act, which the command sets */
};

/* An option's code, checked against |list|; NULL where it was not given. */
int acting_code(struct client *client, const struct arguments *arguments, enum option_id option,
	enum codes_list list, char **ret_code) WARN_UNUSED;
/* The same of an option that must be given. */
int acting_need_code(struct client *client, const struct arguments *arguments,
	enum option_id option, enum codes_list list, char **ret_code) WARN_UNUSED;
/* The text of the file that |option| names ("-" is standard input). Without the
 * option: lines from the terminal, where there is one and |is_needed|; else a
 * needed text is a problem and another is empty. */
int acting_text(struct client *client, const struct arguments *arguments, enum option_id option,
	bool is_needed, struct bytes *ret_text) WARN_UNUSED;
/* Opens the profile, delivers what waits, and reads the referral that the first
 * argument names. */
int acting_begin(struct client *client, const struct arguments *arguments,
	struct acting *ret_acting) WARN_UNUSED;
/* Delivers the act with |body| (may be empty). */
int acting_deliver(struct acting *acting, struct bytes body,
	const Stafett__V1__ActResponse **ret_response) WARN_UNUSED;
/* The referral after the act; as it was seen before, where nobody can be asked. */
const Stafett__V1__GetResponse *acting_look_again(const struct acting *acting);
/* Delivers the act with |body| (may be empty), says |sentence| and what comes next. */
int acting_finish(struct acting *acting, struct bytes body, const char *sentence) WARN_UNUSED;

#endif
