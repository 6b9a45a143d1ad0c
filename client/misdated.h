/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a day or a time that could not be read, and how it is mended. */
#ifndef CLIENT_MISDATED_H
#define CLIENT_MISDATED_H

#include "client/client.h"
#include "client/when.h"

/* Describes the problem of |typed|, which when_date or, where |is_time|, when_time
 * refused with |result|; |field| is what it was given for. An exit code. */
int misdated(struct client *client, enum when_result result, bool is_time, const char *typed,
	const char *field) WARN_UNUSED;

#endif
