/* SPDX-License-Identifier: Apache-2.0 */
/* Cells that several lists show in the same way. */
#ifndef CLIENT_SCREEN_ROW_H
#define CLIENT_SCREEN_ROW_H

#include "client/card.h"
#include "client/client.h"
#include "stafett/v1/referral.pb-c.h"

/* The number of a row, from 1. */
const char *row_number(struct client *client, size_t index);
/* Who it is about: "Holm, Anders"; a long name is cut on a page. */
const char *row_person(struct client *client, const struct card *card);
/* The year of birth. */
const char *row_born(struct client *client, const struct card *card);
/* What is asked for: "urgent: alcohol, housing; interpreter so". */
const char *row_matter(struct client *client, const char *priority, char *const *needs,
	size_t n_needs, const struct card *card);
/* By when: short on a page, RFC 3339 for programs. */
const char *row_time(struct client *client, int64_t us);
/* The heading of the next, shorter on a narrow page. */
const char *row_help_title(const struct client *client);
/* Days left of the help that was promised for |due|, "16 d", or "met" where a treatment
 * has begun by |start|; for programs the date itself. */
const char *row_help(struct client *client, const char *due, const char *start);
/* The same of a chain; nothing where it was closed before any help began. */
const char *row_chain_help(struct client *client, const Stafett__V1__Chain *chain);
/* A unit's name, or "you", which is shorter and what one looks for; for programs
 * its handle. */
const char *row_unit(struct client *client, const char *handle);
/* What must be done next, in words. */
const char *row_act(const struct client *client, const Stafett__V1__Referral *referral);
/* The same with what was asked, where that is to be answered. */
const char *row_duty(struct client *client, const Stafett__V1__Referral *referral);
/* Whether a treatment is to begin, and so far no visit of it is booked. */
bool row_is_to_be_booked(const Stafett__V1__Referral *referral);
/* The act that is next, which is first to book; where that is refused since the consent was
 * revoked, the one that is left. */
const char *row_next_act(const Stafett__V1__Referral *referral);
/* Whether the consent on which it rests is revoked, as far as the unit is told. */
bool row_is_unshared(const Stafett__V1__Referral *referral);
/* Whether it is the others' turn, and all that they can do is to say no: the unit holds the
 * person, and the consent on which it rests is revoked. */
bool row_is_left_to_us(const struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain);
/* "Beroende Lund: accept"; "" where nobody must act. */
const char *row_next_step(struct client *client, const Stafett__V1__Referral *referral);
/* Whether what is next should have been done by now, or the person's help have begun: every
 * screen calls that late, and counts it. |referral| may be NULL, and then the chain says it. */
bool row_is_overdue(const struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain);
/* Late, or a danger to life that nobody has accepted: what has a mark on every screen. */
bool row_is_marked(const struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain);
/* Whether a referral of that priority and state is a danger to life that nobody has accepted. */
bool row_is_danger(const char *priority, const char *status);
/* Whether a point in time has passed, by the server's clock where it was told; 0 never
 * has. */
bool row_is_late(const struct client *client, int64_t due_us);

#endif
