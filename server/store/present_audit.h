/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record of the audit queue as a message of the protocol: what the leaf and its
 * detail say, and what the row adds to it.
 */
#ifndef STORE_PRESENT_AUDIT_H
#define STORE_PRESENT_AUDIT_H

#include "base/arena.h"
#include "db/row.h"
#include "domain/uuid.h"
#include "stafett/v1/audit_service.pb-c.h"

enum present_audit_form {
	PRESENT_AUDIT_SHORT, /* for a list: a few of its referrals */
	PRESENT_AUDIT_WHOLE, /* all of it, and from where it was done */
};

/* Of a list, a few of many referrals. */
enum { PRESENT_AUDIT_ENTITIES = 3 };

/* A row of stafett.audit_row. False where it only says how far the log was looked
 * at. */
bool present_audit_matches(const struct db_row *row);
struct uuid present_audit_id(const struct db_row *row);
/* NULL over the arena's cap, or where the leaf is none of ours. */
Stafett__V1__AuditEntry *present_audit(
	struct arena *arena, const struct db_row *row, enum present_audit_form form);

#endif
