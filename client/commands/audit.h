/* SPDX-License-Identifier: Apache-2.0 */
/* The two halves of the command audit: a page of the log, and one thing in it. */
#ifndef CLIENT_COMMANDS_AUDIT_H
#define CLIENT_COMMANDS_AUDIT_H

#include "client/client.h"
#include "stafett/v1/audit_service.pb-c.h"

/* Reads entries until there are |rows|, or no more, or it has asked often enough;
 * the request's token is then the next one, "" at the end of the log. */
int audit_read(struct client *client, Stafett__V1__AuditServiceListRequest *request, size_t rows,
	Stafett__V1__AuditServiceListResponse *ret_all) WARN_UNUSED;
/* Keeps the ids of the rows that were printed, so that they can be named by number. */
void audit_keep_rows(struct client *client, const Stafett__V1__AuditServiceListResponse *all);

int audit_log(struct client *client, const struct arguments *arguments) WARN_UNUSED;
int audit_show(struct client *client, const struct arguments *arguments) WARN_UNUSED;

#endif
