/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the audit log in words. */
#ifndef CLIENT_SCREEN_AUDIT_H
#define CLIENT_SCREEN_AUDIT_H

#include "client/client.h"
#include "stafett/v1/audit_service.pb-c.h"

/* Something that should not have been tried, or was tried in vain. */
bool audit_is_marked(const Stafett__V1__AuditEntry *entry);
/* What was done: "read 7K3M", "tried to accept 7K3M; refused: VERSION_CONFLICT". */
char *audit_what(struct client *client, const Stafett__V1__AuditEntry *entry);
/* Who did it: "Petra Svensson, Beroende Lund". */
char *audit_who(struct client *client, const Stafett__V1__AuditEntry *entry);

/* A sentence for each entry, behind its number and time; a table for programs. */
void audit_print(struct client *client, Stafett__V1__AuditEntry *const *entries, size_t count);
/* All of one entry, a line for each thing. */
void audit_print_whole(struct client *client, const Stafett__V1__AuditEntry *entry);

#endif
