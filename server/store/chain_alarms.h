/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a chain's clock is due to tell to what is told: the rows of duty.chains_due,
 * decided one by one (domain/chain_alarm.h), as the arguments of duty.raise_chains. As
 * store/alarms.h, which does it for referrals: nothing is locked between the two.
 */
#ifndef STORE_CHAIN_ALARMS_H
#define STORE_CHAIN_ALARMS_H

#include <libpq-fe.h>

#include "db/conn.h"
#include "domain/rulebook.h"

struct chain_alarms;

/* NULL: no memory. */
struct chain_alarms *chain_alarms_new(void) WARN_UNUSED;
/* Accepts NULL; returns NULL. */
struct chain_alarms *chain_alarms_free(struct chain_alarms *alarms);
/* Decides about the rows of |due|; what was there before is forgotten. 0 or -errno. */
int chain_alarms_decide(
	struct chain_alarms *alarms, const PGresult *due, const struct rulebook *book) WARN_UNUSED;
/* How many are to be raised. */
int chain_alarms_count(const struct chain_alarms *alarms);
/* The arguments of duty.raise_chains. They live until the next chain_alarms_decide. */
void chain_alarms_args(struct chain_alarms *alarms, struct db_args *args);

#endif
