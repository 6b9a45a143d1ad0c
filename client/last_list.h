/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last list that was printed, so that its rows can be named by number: codes
 * and ids only, nothing about a person, kept in the state folder for one unit.
 */
#ifndef CLIENT_LAST_LIST_H
#define CLIENT_LAST_LIST_H

#include "client/client.h"

struct last_list_row {
	const char *code, *id; /* "7K3M-Q9FX" and the referral's UUID */
};

/* Replaces the list. A list that cannot be kept is no problem of the command. */
void last_list_save(struct client *client, const struct last_list_row *rows, size_t count);
/* The rows of the acting unit's last list; their number. */
size_t last_list_load(struct client *client, const struct last_list_row **ret_rows);
/* The same for entries of the audit log, which have ids and no codes. */
void last_log_save(struct client *client, const struct last_list_row *rows, size_t count);
size_t last_log_load(struct client *client, const struct last_list_row **ret_rows);

#endif
