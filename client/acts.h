/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of acts that more than their own command does: triage, and what follows
 * another act. Each stands in client/commands/NAME.c. */
#ifndef CLIENT_ACTS_H
#define CLIENT_ACTS_H

#include "client/acting.h"

extern const struct acting_row act_accept;
extern const struct acting_row act_ask;
extern const struct acting_row act_book;
extern const struct acting_row act_forward;
extern const struct acting_row act_reject;
extern const struct acting_row act_take;

#endif
