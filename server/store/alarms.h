/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what is due to what is raised: the rows of duty.due, decided one by one
 * (domain/alarm.h), as the arguments of duty.raise.
 *
 * Nothing is locked between the two: duty.raise takes only what still stands as
 * it was read, in one transaction with its events, deliveries and audit records. So
 * a clerk that dies in between has done nothing, and of two that read the same
 * one raises it.
 */
#ifndef STORE_ALARMS_H
#define STORE_ALARMS_H

#include <libpq-fe.h>

#include "db/conn.h"
#include "domain/rulebook.h"
#include "domain/uuid.h"

struct alarms;

/* How far a pass over what is due has come. */
struct alarms_place {
	int64_t look_us;
	struct uuid key;
};

/* NULL: no memory. */
struct alarms *alarms_new(void) WARN_UNUSED;
/* Accepts NULL; returns NULL. */
struct alarms *alarms_free(struct alarms *alarms);
/* Decides about the rows of |due|; what was there before is forgotten. |place| is moved
 * behind the last of them. 0 or -errno. */
int alarms_decide(struct alarms *alarms, const PGresult *due, const struct rulebook *book,
	struct alarms_place *place) WARN_UNUSED;
/* How many are to be raised. */
int alarms_count(const struct alarms *alarms);
/* The arguments of duty.raise. They live until the next alarms_decide. */
void alarms_args(struct alarms *alarms, struct db_args *args);

#endif
