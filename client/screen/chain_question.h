/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of whoever holds a chain: why help is late, and how the person is some
 * time after the treatment; as a line with its command, and as a row for programs.
 */
#ifndef CLIENT_SCREEN_CHAIN_QUESTION_H
#define CLIENT_SCREEN_CHAIN_QUESTION_H

#include "client/client.h"
#include "client/screen/table.h"
#include "stafett/v1/referral_service.pb-c.h"

/* Keeps, at the front, those that came with a chain; how many there are. */
size_t chain_question_keep_whole(Stafett__V1__ChainQuestion **duties, size_t n);
void chain_question_print(struct client *client, const Stafett__V1__ChainQuestion *duty);
/* A row of the day's table. */
void chain_question_add(
	struct client *client, struct table *table, const Stafett__V1__ChainQuestion *duty);

#endif
