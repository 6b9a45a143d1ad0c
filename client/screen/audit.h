/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the audit log in words. */
#ifndef CLIENT_SCREEN_AUDIT_H
#define CLIENT_SCREEN_AUDIT_H

#include "client/client.h"
#include "stafett/v1/audit_service.pb-c.h"

/* A sentence for each entry, behind its number and time; a table for programs. */
void audit_print(struct client *client, Stafett__V1__AuditEntry *const *entries, size_t count);
/* All of one entry, a line for each thing. */
void audit_print_whole(struct client *client, const Stafett__V1__AuditEntry *entry);

#endif
